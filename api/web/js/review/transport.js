// Playback: frames, reps, loop, speed, layers; what the buttons show.

import { clock } from "./number-format.js";

const RATES = [1, 0.5, 0.25];

export class Transport {
  /**
   * @param {HTMLElement} bar
   * @param {any} player
   * @param {{video: HTMLVideoElement | null, layers: import("./layers.js").Layers, reps: any[], frames: any, t: Function}} given
   */
  constructor(bar, player, { video, layers, reps, frames, t }) {
    Object.assign(this, { bar, player, video, layers, reps, frames, t });
    bar.hidden = false;
    this.clock = bar.querySelector("[data-clock]");
    this.sheet = () => {};
    const does = {
      play: () => this.toggle(),
      "frame-back": () => player.step(-1),
      "frame-on": () => player.step(1),
      "rep-before": () => this.rep(-1),
      "rep-after": () => this.rep(1),
      loop: () => this.loop(),
      keys: () => this.sheet(),
    };
    for (const [name, act] of Object.entries(does)) bar.querySelector(`[data-do=${name}]`).addEventListener("click", act);
    for (const button of bar.querySelectorAll("[data-rate]")) button.addEventListener("click", () => this.rate(Number(button.dataset.rate)));
    for (const button of bar.querySelectorAll("[data-layer]")) button.addEventListener("click", () => this.layer(button.dataset.layer));
    for (const kind of ["play", "pause", "ended"]) (video ?? player.events).addEventListener(kind, () => this.#playing());
  }

  get paused() {
    return this.video ? this.video.paused : this.player.paused;
  }

  /** The moment gone to, as its frame's own time: shown already, or while a seek is under way about to be. */
  get here() {
    const time = this.video?.seeking ? this.video.currentTime : this.player.time;
    const frame = this.frames.time_s[this.frames.at(time)];
    return frame !== undefined && time - frame < 1 / this.frames.fps ? frame : time;
  }

  show(time) {
    this.clock.textContent = clock(time);
    this.bar.querySelector("[data-do=loop]").setAttribute("aria-pressed", String(Boolean(this.player.range?.loop)));
  }

  toggle() {
    if (this.paused) this.player.play();
    else this.player.pause();
  }

  /** Show a moment, leaving whatever was being played. */
  go(time) {
    this.player.pause();
    this.player.leave();
    return this.player.seek(time);
  }

  /** The rep of a moment, or the next one after it. */
  #rep(time) {
    return this.reps.find((rep) => time <= rep.end_s + 0.02) ?? this.reps.at(-1);
  }

  rep(by) {
    if (!this.reps.length) return;
    const { time } = this.player;
    const next = by > 0 ? this.reps.find((rep) => rep.start_s > time + 0.02) : this.reps.findLast((rep) => rep.start_s < time - 0.02);
    if (next) this.go(next.start_s);
  }

  loop() {
    if (this.player.range?.loop) {
      this.player.leave();
      this.show(this.player.time);
      return;
    }
    const rep = this.#rep(this.player.time);
    if (rep) this.player.playRange(rep.start_s, rep.end_s, { loop: true }).then(() => this.show(this.player.time));
  }

  rate(rate) {
    this.player.rate = rate;
    for (const button of this.bar.querySelectorAll("[data-rate]")) button.setAttribute("aria-pressed", String(Number(button.dataset.rate) === rate));
  }

  slower() {
    this.rate(RATES[(RATES.indexOf(this.player.rate) + 1) % RATES.length]);
  }

  layer(name) {
    const on = this.layers.toggle(name);
    this.bar.querySelector(`[data-layer=${name}]`).setAttribute("aria-pressed", String(on));
  }

  #playing() {
    const button = this.bar.querySelector("[data-do=play]");
    const words = this.t(this.paused ? "review-play" : "review-pause");
    button.setAttribute("aria-label", words);
    button.title = words;
    for (const each of button.querySelectorAll("[data-when]")) each.hidden = (each.dataset.when === "paused") !== this.paused;
    this.show(this.player.time);
  }
}
