// The live yes/no beside the camera's picture. Without the pose model the drawing and plain advice remain.
import { find, findAll } from "hinge/dom.js";
import { createBrightnessMeter } from "hinge/pose/brightness.js";
import { checkFraming, DARK_LUMA, mostFrequent } from "hinge/pose/framing.js";
import { createLandmarker } from "hinge/pose/landmarker.js";

/** @typedef {import("hinge/pose/framing.js").Framing} Framing */

const EVERY_MS = 250;
const REMEMBERED = 5;
const LONG_EDGE = 512;
const CHECKS = /** @type {const} */ (["side", "distance", "light", "one"]);

/** Marks which conditions for filming are met. */
export class FramingGuide {
  /** @type {AbortController | undefined} */
  #running;
  /** The last few results. @type {Framing[]} */
  #recent = [];

  /**
   * @param {object} parts
   * @param {HTMLVideoElement} parts.video
   * @param {HTMLElement} parts.list items with data-check
   * @param {HTMLElement} parts.words one line below
   * @param {HTMLElement} parts.drawing on the picture
   * @param {string | undefined} parts.model address of the pose bundle
   * @param {import("hinge/translations.js").Translate} parts.t
   */
  constructor({ video, list, words, drawing, model, t }) {
    this.video = video;
    this.list = list;
    this.words = words;
    this.drawing = drawing;
    this.model = model;
    this.t = t;
    this.items = findAll(list, "[data-check]");
    this.brightness = createBrightnessMeter(video);
  }

  start() {
    this.stop();
    this.#recent = [];
    for (const item of this.items) item.hidden = false;
    for (const name of CHECKS) this.#mark(name, undefined);
    this.#running = new AbortController();
    this.#run(this.#running.signal);
  }

  /** Stops and releases the model. */
  stop() {
    this.#running?.abort();
    this.#running = undefined;
  }

  /** @param {AbortSignal} signal */
  async #run(signal) {
    const lightOnly = setInterval(() => {
      if (this.video.readyState >= 2) this.#mark("light", this.brightness() < DARK_LUMA ? "more" : "yes");
    }, 1000);
    let landmarker;
    try {
      landmarker = await this.#load(signal);
      clearInterval(lightOnly);
      this.words.textContent = "";
      while (!signal.aborted) {
        await this.#check(landmarker);
        await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      }
    } catch {
      // It does not run here: no WebAssembly, no memory, no model. Filming goes on with the drawing alone.
      if (!signal.aborted) this.#showUnavailable();
      await aborted(signal);
    } finally {
      clearInterval(lightOnly);
      landmarker?.close();
    }
  }

  /** @param {AbortSignal} signal */
  async #load(signal) {
    if (!this.model) throw new Error("no model on the server");
    let shown = -1;
    return createLandmarker({
      model: this.model,
      people: 2,
      signal,
      onLoading: (share) => {
        const percent = 10 * Math.floor(10 * share);
        if (percent === shown) return;
        shown = percent;
        this.words.textContent = this.t("record-guide-loading", { percent });
      },
    });
  }

  /** @param {import("hinge/pose/landmarker.js").Landmarker} landmarker */
  async #check(landmarker) {
    const { video } = this;
    if (landmarker.busy() || video.readyState < 2 || !video.videoWidth) return;
    const scale = Math.min(1, LONG_EDGE / Math.max(video.videoWidth, video.videoHeight));
    const frame = await createImageBitmap(video, {
      resizeWidth: Math.round(scale * video.videoWidth),
      resizeHeight: Math.round(scale * video.videoHeight),
    });
    const luma = this.brightness();
    const framing = checkFraming(await landmarker.detect(frame, performance.now()), luma);
    this.#recent = [...this.#recent, framing].slice(-REMEMBERED);
    const answers = CHECKS.map((name) => this.#mark(name, mostFrequent(this.#recent.map((each) => each[name]))));
    const well = answers.every(Boolean);
    this.drawing.dataset.well = String(well);
    setText(this.words, well ? this.t("record-guide-ready") : "");
  }

  /**
   * @param {keyof Framing} check
   * @param {string | undefined} answer undefined before the first
   * @returns {boolean} whether it is well
   */
  #mark(check, answer) {
    const item = find(this.list, `[data-check="${check}"]`);
    const state = answer === "yes" ? "yes" : answer === undefined || answer === "nobody" ? "looking" : "no";
    item.dataset.state = state;
    setText(find(item, "[data-check-words]"), this.t(messageKey(check, answer)));
    return state === "yes";
  }

  #showUnavailable() {
    for (const item of this.items) if (item.dataset.check !== "light") item.hidden = true;
    this.words.textContent = this.t("record-guide-none");
  }
}

/** @param {keyof Framing} check @param {string | undefined} answer */
function messageKey(check, answer) {
  if (answer === undefined) return "record-check-looking";
  if (answer !== "nobody") return `record-${check}-${answer}`;
  return check === "side" ? "record-side-nobody" : "record-check-looking";
}

/** Sets a text only if it changes, for the sake of live regions. @param {HTMLElement} place @param {string} text */
function setText(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** @param {AbortSignal} signal @returns {Promise<void>} once it is aborted */
const aborted = (signal) =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve());
  });
