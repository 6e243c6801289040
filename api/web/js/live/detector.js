// Looks at the camera's pictures as quickly as this device can, one at a time, and tells what it found.
import { createPose } from "hinge/pose/landmarker.js";

const LONG_EDGE = 640;
const LUMA_EVERY_MS = 200;
/** After so many seconds below so many pictures a second something lighter is tried. */
const PATIENCE_MS = 5000;
const SLOW_HZ = 8;
const KEY = "hinge-live-light";

/** The size pictures are looked at in. @param {HTMLVideoElement} video */
export function sizeOf(video) {
  const scale = Math.min(1, LONG_EDGE / Math.max(video.videoWidth, video.videoHeight));
  return { width: Math.round(scale * video.videoWidth), height: Math.round(scale * video.videoHeight) };
}

/**
 * @param {object} options
 * @param {HTMLVideoElement} options.video
 * @param {{full: string, lite: string}} options.models addresses; either may be missing
 * @param {(share: number) => void} options.onLoading
 * @param {() => boolean} options.wanted whether a look would be of use now
 * @param {(found: import("hinge/pose/landmarker.js").Pose, about: {seconds: number, luma: number | null, looked: boolean}) => void} options.found
 * @param {(error: unknown) => void} options.failed it does not run here, or broke
 */
export function eyes({ video, models, onLoading, wanted, found, failed }) {
  const small = document.createElement("canvas");
  [small.width, small.height] = [32, 18];
  const pixels = small.getContext("2d", { willReadFrequently: true });
  // A second person costs a look for people in every picture; the lighter way goes without.
  const ways = [
    { model: models.full ?? models.lite, people: 2 },
    { model: models.lite ?? models.full, people: 1 },
  ];
  let way = localStorage.getItem(KEY) ? 1 : 0;
  let pose = null;
  let running = null;
  let lumaAt = 0;

  function luma(now) {
    if (now - lumaAt < LUMA_EVERY_MS) return null;
    lumaAt = now;
    pixels.drawImage(video, 0, 0, small.width, small.height);
    const { data } = pixels.getImageData(0, 0, small.width, small.height);
    let sum = 0;
    for (let k = 0; k < data.length; k += 4) sum += 0.299 * data[k] + 0.587 * data[k + 1] + 0.114 * data[k + 2];
    return (4 * sum) / data.length;
  }

  async function open(signal) {
    const { model, people } = ways[way];
    if (!model) throw new Error("no model on the server");
    pose = await createPose({ model, people, masks: true, signal, onLoading });
  }

  async function look(signal) {
    const now = performance.now();
    const { width, height } = sizeOf(video);
    const frame = await createImageBitmap(video, { resizeWidth: width, resizeHeight: height });
    if (signal.aborted) return frame.close();
    const bright = luma(now);
    const seen = await pose.detect(frame, now);
    if (!signal.aborted) found(seen, { seconds: now / 1000, luma: bright, looked: ways[way].people > 1 });
  }

  async function run(signal) {
    try {
      await open(signal);
      let since = performance.now();
      let looks = 0;
      while (!signal.aborted) {
        await nextPicture(video, signal);
        if (document.hidden || !video.videoWidth || !wanted()) {
          since = performance.now();
          looks = 0;
          continue;
        }
        await look(signal);
        looks += 1;
        const spent = performance.now() - since;
        if (way === 0 && spent > PATIENCE_MS && (1000 * looks) / spent < SLOW_HZ) {
          way = 1;
          localStorage.setItem(KEY, "1");
          pose.close();
          await open(signal);
          since = performance.now();
          looks = 0;
        }
      }
    } catch (error) {
      if (!signal.aborted) failed(error);
    } finally {
      pose?.close();
      pose = null;
    }
  }

  return {
    start() {
      running?.abort();
      running = new AbortController();
      run(running.signal);
    },
    stop() {
      running?.abort();
      running = null;
    },
  };
}

/** Resolves with the next picture of the camera; at the latest after a moment, for cameras that stop. */
function nextPicture(video, signal) {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, 250);
    const done = () => {
      clearTimeout(late);
      resolve();
    };
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(done);
    else requestAnimationFrame(done);
    signal.addEventListener("abort", done, { once: true });
  });
}
