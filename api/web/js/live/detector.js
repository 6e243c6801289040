// Finds the pose in the camera's pictures as fast as this device can, one picture at a time.
import { createBrightnessMeter } from "hinge/pose/brightness.js";
import { createLandmarker } from "hinge/pose/landmarker.js";

const LONG_EDGE = 640;
const LUMA_EVERY_MS = 200;
/** After this long below this many pictures a second, a lighter configuration is tried. */
const PATIENCE_MS = 5000;
const SLOW_HZ = 8;
const KEY = "hinge-live-light";

/** The size in which pictures are analysed. @param {HTMLVideoElement} video */
export function analysisSize(video) {
  const scale = Math.min(1, LONG_EDGE / Math.max(video.videoWidth, video.videoHeight));
  return { width: Math.round(scale * video.videoWidth), height: Math.round(scale * video.videoHeight) };
}

/**
 * @typedef {object} FrameInfo
 * @property {number} seconds on the page's steady clock
 * @property {number | null} luma mean brightness; null where it was not read
 * @property {boolean} lookedForOthers
 */

/**
 * @typedef {object} DetectorOptions
 * @property {HTMLVideoElement} video
 * @property {{full?: string, lite?: string}} models addresses
 * @property {(share: number) => void} onLoading
 * @property {() => boolean} isWanted whether a pose is of use now
 * @property {(pose: import("types/pose").Pose, frame: FrameInfo) => void} onPose
 * @property {(error: unknown) => void} onError it does not run here, or broke
 */

/** Runs the pose model on the pictures of a camera. */
export class Detector {
  /** @type {import("hinge/pose/landmarker.js").Landmarker | null} */
  #landmarker = null;
  /** @type {AbortController | null} */
  #running = null;
  #lumaAt = 0;

  /** @param {DetectorOptions} options */
  constructor(options) {
    const { full, lite } = options.models;
    this.options = options;
    this.brightness = createBrightnessMeter(options.video);
    // A second person costs a person detection in every picture; the lighter configuration goes without.
    /** @type {{model: string | undefined, people: 1 | 2}[]} */
    this.configurations = [
      { model: full ?? lite, people: 2 },
      { model: lite ?? full, people: 1 },
    ];
    this.chosen = localStorage.getItem(KEY) ? 1 : 0;
  }

  start() {
    this.#running?.abort();
    this.#running = new AbortController();
    this.#run(this.#running.signal);
  }

  stop() {
    this.#running?.abort();
    this.#running = null;
  }

  /** @param {AbortSignal} signal */
  async #run(signal) {
    const { video, isWanted, onError } = this.options;
    try {
      await this.#open(signal);
      let since = performance.now();
      let count = 0;
      while (!signal.aborted) {
        await nextPicture(video, signal);
        if (document.hidden || !video.videoWidth || !isWanted()) {
          since = performance.now();
          count = 0;
          continue;
        }
        await this.#detect(signal);
        count += 1;
        const spent = performance.now() - since;
        if (this.chosen === 0 && spent > PATIENCE_MS && (1000 * count) / spent < SLOW_HZ) {
          await this.#lighten(signal);
          since = performance.now();
          count = 0;
        }
      }
    } catch (error) {
      if (!signal.aborted) onError(error);
    } finally {
      this.#landmarker?.close();
      this.#landmarker = null;
    }
  }

  /** @param {AbortSignal} signal */
  async #open(signal) {
    const { model, people } = this.configurations[this.chosen];
    if (!model) throw new Error("no model on the server");
    const { onLoading } = this.options;
    this.#landmarker = await createLandmarker({ model, people, masks: true, signal, onLoading });
  }

  /** @param {AbortSignal} signal */
  async #lighten(signal) {
    this.chosen = 1;
    localStorage.setItem(KEY, "1");
    this.#landmarker?.close();
    await this.#open(signal);
  }

  /** @param {AbortSignal} signal */
  async #detect(signal) {
    const { video, onPose } = this.options;
    const now = performance.now();
    const { width, height } = analysisSize(video);
    const frame = await createImageBitmap(video, { resizeWidth: width, resizeHeight: height });
    if (signal.aborted || !this.#landmarker) return frame.close();
    const luma = this.#readLuma(now);
    const pose = await this.#landmarker.detect(frame, now);
    const lookedForOthers = this.configurations[this.chosen].people > 1;
    if (!signal.aborted) onPose(pose, { seconds: now / 1000, luma, lookedForOthers });
  }

  /** @param {number} now */
  #readLuma(now) {
    if (now - this.#lumaAt < LUMA_EVERY_MS) return null;
    this.#lumaAt = now;
    return this.brightness();
  }
}

/**
 * Resolves with the camera's next picture; at the latest after 250 ms, for cameras that stop.
 * @param {HTMLVideoElement} video
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function nextPicture(video, signal) {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, 250);
    const done = () => {
      clearTimeout(late);
      resolve();
    };
    if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(done);
    else requestAnimationFrame(done);
    signal.addEventListener("abort", done, { once: true });
  });
}
