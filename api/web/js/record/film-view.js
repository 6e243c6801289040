// Films a set in the page: preview with a guide, time to get into position, a countdown, the film.
import { openCamera } from "hinge/camera.js";
import { find, findAs } from "hinge/dom.js";
import { FramingGuide } from "hinge/record/framing-guide.js";
import { createVoice } from "hinge/record/voice.js";
import { recordStream } from "hinge/stream-recorder.js";

const PLACE_S = 8;
const TALL_S = 3;

/**
 * Creates the view.
 * @param {HTMLElement} view
 * @param {import("hinge/translations.js").Translate} t
 * @param {{model?: string, onFilmed: (film: Blob, seconds: number, lost: boolean) => void, onError: (error: unknown) => void}} options
 * @returns {{open: () => Promise<void>, close: () => void}}
 */
export function createFilmView(view, t, options) {
  const filmView = new FilmView(view, t, options);
  return { open: () => filmView.open(), close: () => filmView.close() };
}

class FilmView {
  /** @type {import("hinge/camera.js").Camera | undefined} */
  #camera;
  /** @type {import("hinge/camera.js").Facing} */
  #facing = "environment";
  /** Ends the countdown or the film; undefined when neither runs. @type {AbortController | undefined} */
  #filming;
  /** @type {WakeLockSentinel | undefined} */
  #wakeLock;

  /**
   * @param {HTMLElement} view
   * @param {import("hinge/translations.js").Translate} t
   * @param {Parameters<typeof createFilmView>[2]} options
   */
  constructor(view, t, { model, onFilmed, onError }) {
    const part = (/** @type {string} */ name) => find(view, `[data-${name}]`);
    this.view = view;
    this.t = t;
    this.onFilmed = onFilmed;
    this.onError = onError;
    this.video = findAs(view, "[data-preview]", HTMLVideoElement);
    this.stage = part("stage");
    this.count = part("count");
    this.clock = part("clock");
    this.beginButton = part("begin");
    this.stopButton = part("stop");
    this.switchButton = findAs(view, "[data-switch]", HTMLButtonElement);
    this.voice = createVoice({ caption: part("caption"), announcement: part("said"), button: part("voice") });
    const [list, words, drawing] = ["checks", "guide-words", "guide"].map(part);
    this.guide = new FramingGuide({ video: this.video, list, words, drawing, model, t });
    this.beginButton.addEventListener("click", () => this.#film());
    this.switchButton.addEventListener("click", () => this.#switchCamera());
  }

  async open() {
    this.#camera?.close();
    this.#camera = undefined;
    const camera = await openCamera(this.#facing);
    this.#camera = camera;
    this.#facing = camera.facing;
    const { video } = this;
    video.srcObject = camera.stream;
    // People are used to seeing themselves mirrored; the film itself never is.
    video.classList.toggle("mirrored", camera.facing === "user");
    this.switchButton.hidden = !camera.several;
    await video.play().catch(() => {}); // the view was left meanwhile
    this.stage.style.setProperty("--shape", `${video.videoWidth || 16} / ${video.videoHeight || 9}`);
    this.guide.start();
  }

  close() {
    this.#filming?.abort();
    this.guide.stop();
    this.voice.silence();
    this.#camera?.close();
    this.#camera = undefined;
    this.video.srcObject = null;
    this.#wakeLock?.release().catch(() => {});
    this.#wakeLock = undefined;
  }

  /** @param {number} from seconds @param {AbortSignal} signal */
  async #countDown(from, signal) {
    this.count.hidden = false;
    for (let left = from; left > 0; left -= 1) {
      this.count.textContent = String(left);
      await waitSecond(signal);
    }
    this.count.hidden = true;
  }

  async #film() {
    const filming = new AbortController();
    this.#filming = filming;
    const { signal } = filming;
    this.#setFilming(true);
    try {
      this.#wakeLock = await navigator.wakeLock?.request("screen").catch(() => undefined);
      const place = Number(this.view.dataset.placeS ?? PLACE_S);
      this.voice.say(this.t("record-say-place", { seconds: place }));
      await this.#countDown(place, signal);
      this.guide.stop(); // filming needs all of the phone's processing power
      const { film, seconds, lost } = await this.#record(signal);
      this.voice.say(this.t("record-say-stopped"));
      this.close();
      this.onFilmed(film, seconds, lost);
    } catch (error) {
      if (!(error instanceof Error && error.name === "AbortError")) this.onError(error);
      else if (this.#camera) {
        this.voice.silence();
        this.guide.start();
      }
    } finally {
      this.#filming = undefined;
      this.#setFilming(false);
    }
  }

  /**
   * Records from standing tall to the stop; what was filmed is returned even if the camera fails.
   * @param {AbortSignal} signal
   */
  async #record(signal) {
    if (!this.#camera) throw new DOMException("closed", "AbortError");
    const countdown = new AbortController();
    const recording = recordStream(this.#camera.stream, (seconds) => {
      this.clock.textContent = this.t("record-clock", { seconds });
    });
    this.stopButton.onclick = recording.end;
    const abort = () => {
      countdown.abort();
      recording.end();
    };
    signal.addEventListener("abort", abort, { once: true });
    this.clock.hidden = false;
    this.stopButton.hidden = false;
    this.stopButton.focus();
    this.voice.say(this.t("record-say-tall"));
    this.#countDown(TALL_S, countdown.signal).then(
      () => this.voice.say(this.t("record-say-begin")),
      () => {}, // stopped before that
    );
    const recorded = await recording.done;
    this.clock.hidden = true;
    this.count.hidden = true;
    signal.throwIfAborted();
    countdown.abort();
    return recorded;
  }

  /** @param {boolean} filming */
  #setFilming(filming) {
    this.beginButton.hidden = filming;
    this.stopButton.hidden = !filming;
    this.switchButton.disabled = filming;
    if (filming) {
      this.stopButton.onclick = () => this.#filming?.abort(new DOMException("stopped", "AbortError"));
      this.stopButton.focus();
    } else {
      this.count.hidden = true;
      this.clock.hidden = true;
    }
    this.view.dataset.filming = String(filming);
  }

  async #switchCamera() {
    this.#facing = this.#facing === "user" ? "environment" : "user";
    try {
      await this.open();
    } catch (error) {
      this.onError(error);
    }
  }
}

/** @param {AbortSignal} signal @returns {Promise<void>} */
const waitSecond = (signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, 1000);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
  });
