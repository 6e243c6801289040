// The live yes/no beside the camera's picture. Without the pose model the drawing and plain advice remain.
import { createPose } from "hinge/pose/landmarker.js";
import { framing, steady } from "hinge/pose/framing.js";

const EVERY_MS = 250;
const LOOK_BACK = 5;
const LONG_EDGE = 512;

/**
 * @param {object} parts
 * @param {HTMLVideoElement} parts.video
 * @param {HTMLElement} parts.list items with data-check
 * @param {HTMLElement} parts.words one line below
 * @param {HTMLElement} parts.guide the drawing on the picture
 * @param {string | undefined} parts.model address of the pose bundle
 * @param {(key: string, figures?: object) => string} parts.t
 * @returns {{start: () => void, stop: () => void}} `stop` sets the model free
 */
export function guide({ video, list, words, guide: drawing, model, t }) {
  const small = document.createElement("canvas");
  [small.width, small.height] = [32, 18];
  const pixels = small.getContext("2d", { willReadFrequently: true });
  let running;
  let past = [];

  function without() {
    for (const item of list.children) if (item.dataset.check !== "light") item.hidden = true;
    words.textContent = t("record-guide-none");
  }

  function mark(check, answer) {
    const item = list.querySelector(`[data-check="${check}"]`);
    const state = answer === "yes" ? "yes" : answer === undefined || answer === "nobody" ? "looking" : "no";
    item.dataset.state = state;
    const key = answer === "nobody" ? (check === "side" ? "record-side-nobody" : "record-check-looking") : `record-${check}-${answer}`;
    const text = answer === undefined ? t("record-check-looking") : t(key);
    const place = item.querySelector("[data-check-words]");
    if (place.textContent !== text) place.textContent = text;
    return state === "yes";
  }

  function luma() {
    pixels.drawImage(video, 0, 0, small.width, small.height);
    const { data } = pixels.getImageData(0, 0, small.width, small.height);
    let sum = 0;
    for (let k = 0; k < data.length; k += 4) sum += 0.299 * data[k] + 0.587 * data[k + 1] + 0.114 * data[k + 2];
    return (4 * sum) / data.length;
  }

  async function look(pose) {
    if (pose.busy() || video.readyState < 2 || !video.videoWidth) return;
    const scale = Math.min(1, LONG_EDGE / Math.max(video.videoWidth, video.videoHeight));
    const frame = await createImageBitmap(video, {
      resizeWidth: Math.round(scale * video.videoWidth),
      resizeHeight: Math.round(scale * video.videoHeight),
    });
    const bright = luma();
    past = [...past, framing(await pose.detect(frame, performance.now()), bright)].slice(-LOOK_BACK);
    const answers = ["side", "distance", "light", "one"].map((check) => mark(check, steady(past.map((each) => each[check]))));
    const well = answers.every(Boolean);
    drawing.dataset.well = String(well);
    const text = well ? t("record-guide-ready") : "";
    if (words.textContent !== text) words.textContent = text;
  }

  async function run(signal) {
    const alone = setInterval(() => video.readyState >= 2 && mark("light", luma() < 40 ? "more" : "yes"), 1000);
    let pose;
    try {
      if (!model) throw new Error("no model on the server");
      let shown = -1;
      pose = await createPose({
        model,
        people: 2,
        signal,
        onLoading(share) {
          const percent = 10 * Math.floor(10 * share);
          if (percent !== shown) words.textContent = t("record-guide-loading", { percent: (shown = percent) });
        },
      });
      clearInterval(alone);
      words.textContent = "";
      while (!signal.aborted) {
        await look(pose);
        await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      }
    } catch {
      // It does not run here: no WebAssembly, no memory, no model. Filming goes on with the drawing alone.
      if (!signal.aborted) without();
      await new Promise((resolve) => signal.aborted ? resolve() : signal.addEventListener("abort", resolve));
    } finally {
      clearInterval(alone);
      pose?.close();
    }
  }

  return {
    start() {
      this.stop();
      past = [];
      for (const item of list.children) item.hidden = false;
      for (const check of ["side", "distance", "light", "one"]) mark(check, undefined);
      running = new AbortController();
      run(running.signal);
    },
    stop() {
      running?.abort();
      running = undefined;
    },
  };
}
