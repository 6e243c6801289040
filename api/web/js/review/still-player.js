// What stands in for the player where there is no video to show: time that can be gone to and that runs.

export class Still {
  #listeners = new Set();
  #running = 0;
  #range = null;

  /** @param {number[]} frames times of the analysed frames */
  constructor(frames) {
    this.frames = frames;
    this.time = frames[0] ?? 0;
    this.rate = 1;
    this.paused = true;
    this.events = new EventTarget();
  }

  get range() {
    return this.#range && { ...this.#range };
  }

  onFrame(listener) {
    this.#listeners.add(listener);
    listener(this.time);
    return () => this.#listeners.delete(listener);
  }

  async seek(time) {
    this.#show(Math.min(Math.max(time, this.frames[0]), this.frames.at(-1)));
  }

  async play() {
    if (!this.paused) return;
    if (this.time >= this.frames.at(-1) - 0.01) this.#show(this.frames[0]);
    this.paused = false;
    this.events.dispatchEvent(new Event("play"));
    let before = performance.now();
    const run = (now) => {
      if (this.paused) return;
      this.#show(this.time + ((now - before) / 1000) * this.rate);
      before = now;
      const end = this.#range?.to ?? this.frames.at(-1);
      if (this.time >= end) {
        if (!this.#range?.loop) return this.pause();
        this.#show(this.#range.from);
      }
      this.#running = requestAnimationFrame(run);
    };
    this.#running = requestAnimationFrame(run);
  }

  pause() {
    cancelAnimationFrame(this.#running);
    if (this.paused) return;
    this.paused = true;
    this.events.dispatchEvent(new Event("pause"));
  }

  async playRange(from, to, { loop = false } = {}) {
    this.#show(from);
    this.#range = { from, to, loop };
    await this.play();
  }

  leave() {
    this.#range = null;
  }

  async step(count) {
    this.pause();
    this.leave();
    const now = this.frames.findLastIndex((time) => time <= this.time + 1e-6);
    this.#show(this.frames[Math.min(Math.max(now + count, 0), this.frames.length - 1)]);
  }

  #show(time) {
    this.time = time;
    for (const listener of this.#listeners) listener(time);
  }
}
