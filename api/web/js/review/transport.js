// Playback: frames, reps, loop, speed, layers, and the state of their buttons.
import { dataOf, find, findAll } from "hinge/dom.js";
import { formatTime } from "./number-format.js";

/**
 * @typedef {import("./video-stage.js").AnyPlayer} AnyPlayer
 * @typedef {import("./layers.js").LayerName} LayerName
 * @typedef {import("types/service").Rep} Rep
 */

const RATES = [1, 0.5, 0.25];

/** The bar of playback controls. */
export class Transport {
  /**
   * @param {HTMLElement} bar
   * @param {AnyPlayer} player
   * @param {object} parts
   * @param {HTMLVideoElement | null} parts.video
   * @param {import("./layers.js").Layers} parts.layers
   * @param {Rep[]} parts.reps
   * @param {import("./frames.js").Frames} parts.frames
   * @param {import("hinge/translations.js").Translate} parts.t
   */
  constructor(bar, player, { video, layers, reps, frames, t }) {
    this.bar = bar;
    this.player = player;
    this.video = video;
    this.layers = layers;
    this.reps = reps;
    this.frames = frames;
    this.t = t;
    bar.hidden = false;
    this.clock = find(bar, "[data-clock]");
    this.openSheet = () => {};
    const actions = {
      play: () => this.toggle(),
      "frame-back": () => player.step(-1),
      "frame-on": () => player.step(1),
      "rep-before": () => this.skipRep(-1),
      "rep-after": () => this.skipRep(1),
      loop: () => this.toggleLoop(),
      keys: () => this.openSheet(),
    };
    for (const [name, act] of Object.entries(actions)) this.#button(name).addEventListener("click", act);
    for (const button of findAll(bar, "[data-rate]")) {
      button.addEventListener("click", () => this.setRate(Number(button.dataset.rate)));
    }
    for (const button of findAll(bar, "[data-layer]")) {
      const layer = /** @type {LayerName} */ (dataOf(button, "layer"));
      button.addEventListener("click", () => this.toggleLayer(layer));
    }
    for (const kind of ["play", "pause", "ended"]) player.events.addEventListener(kind, () => this.#showPlaying());
  }

  get paused() {
    return this.player.paused;
  }

  /** The chosen moment, as its frame's own time: displayed already, or about to be while a seek is under way. */
  get here() {
    const time = this.video?.seeking ? this.video.currentTime : this.player.time;
    const frame = this.frames.time_s[this.frames.at(time)];
    return frame !== undefined && time - frame < 1 / this.frames.fps ? frame : time;
  }

  /** Shows the time and whether a rep is looped. @param {number} time */
  show(time) {
    this.clock.textContent = formatTime(time);
    this.#button("loop").setAttribute("aria-pressed", String(Boolean(this.player.range?.loop)));
  }

  toggle() {
    if (this.paused) this.player.play();
    else this.player.pause();
  }

  /** Shows a moment, leaving whatever was being played. @param {number} time */
  goTo(time) {
    this.player.pause();
    this.player.leave();
    return this.player.seek(time);
  }

  /** Goes to the next rep, or back to the last one before. @param {1 | -1} by */
  skipRep(by) {
    const { time } = this.player;
    const next =
      by > 0
        ? this.reps.find((rep) => rep.start_s > time + 0.02)
        : this.reps.findLast((rep) => rep.start_s < time - 0.02);
    if (next) this.goTo(next.start_s);
  }

  toggleLoop() {
    if (this.player.range?.loop) {
      this.player.leave();
      this.show(this.player.time);
      return;
    }
    const { time } = this.player;
    const rep = this.reps.find((each) => time <= each.end_s + 0.02) ?? this.reps.at(-1);
    if (rep) this.player.playRange(rep.start_s, rep.end_s, { loop: true }).then(() => this.show(this.player.time));
  }

  /** @param {number} rate */
  setRate(rate) {
    this.player.rate = rate;
    for (const button of findAll(this.bar, "[data-rate]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.rate) === rate));
    }
  }

  slower() {
    this.setRate(RATES[(RATES.indexOf(this.player.rate) + 1) % RATES.length]);
  }

  /** @param {LayerName} name */
  toggleLayer(name) {
    const on = this.layers.toggle(name);
    find(this.bar, `[data-layer=${name}]`).setAttribute("aria-pressed", String(on));
  }

  /** @param {string} name */
  #button(name) {
    return find(this.bar, `[data-do=${name}]`);
  }

  #showPlaying() {
    const button = this.#button("play");
    const text = this.t(this.paused ? "review-play" : "review-pause");
    button.setAttribute("aria-label", text);
    button.title = text;
    for (const each of findAll(button, "[data-when]")) each.hidden = (each.dataset.when === "paused") !== this.paused;
    this.show(this.player.time);
  }
}
