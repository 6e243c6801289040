// Stands in for the player where there is no video: a time that can be set and that runs.

/** @typedef {import("hinge/player/player.js").PlayRange} PlayRange */

/** Has the interface of `Player`, as far as the review uses it. */
export class StillPlayer {
  /** @type {Set<(time: number) => void>} */
  #listeners = new Set();
  #request = 0;
  /** @type {PlayRange | null} */
  #range = null;

  /** @param {number[]} frames times of the analysed frames */
  constructor(frames) {
    this.frames = frames;
    this.time = frames[0] ?? 0;
    this.rate = 1;
    this.paused = true;
    /** Dispatches play and pause. */
    this.events = new EventTarget();
  }

  get range() {
    return this.#range && { ...this.#range };
  }

  /** @param {(time: number) => void} listener @returns {() => void} removes the listener */
  onFrame(listener) {
    this.#listeners.add(listener);
    listener(this.time);
    return () => this.#listeners.delete(listener);
  }

  /** @param {number} time */
  async seek(time) {
    this.#show(Math.min(Math.max(time, this.frames[0]), this.#last));
  }

  async play() {
    if (!this.paused) return;
    if (this.time >= this.#last - 0.01) this.#show(this.frames[0]);
    this.paused = false;
    this.events.dispatchEvent(new Event("play"));
    let before = performance.now();
    const run = (/** @type {number} */ now) => {
      if (this.paused) return;
      this.#show(this.time + ((now - before) / 1000) * this.rate);
      before = now;
      const end = this.#range?.to ?? this.#last;
      if (this.time >= end) {
        if (!this.#range?.loop) return this.pause();
        this.#show(this.#range.from);
      }
      this.#request = requestAnimationFrame(run);
    };
    this.#request = requestAnimationFrame(run);
  }

  pause() {
    cancelAnimationFrame(this.#request);
    if (this.paused) return;
    this.paused = true;
    this.events.dispatchEvent(new Event("pause"));
  }

  /** @param {number} from @param {number} to @param {{loop?: boolean}} [options] */
  async playRange(from, to, { loop = false } = {}) {
    this.#show(from);
    this.#range = { from, to, loop };
    await this.play();
  }

  leave() {
    this.#range = null;
  }

  /** @param {number} count of frames */
  async step(count) {
    this.pause();
    this.leave();
    const now = this.frames.findLastIndex((time) => time <= this.time + 1e-6);
    this.#show(this.frames[Math.min(Math.max(now + count, 0), this.frames.length - 1)]);
  }

  get #last() {
    return this.frames[this.frames.length - 1];
  }

  /** @param {number} time */
  #show(time) {
    this.time = time;
    for (const listener of this.#listeners) listener(time);
  }
}
