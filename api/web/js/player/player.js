// A video that reports the time of every displayed frame, seeks to a moment, and plays a range once or in a loop.
//
// Times are media seconds. `requestVideoFrameCallback` reports what is on the screen; browsers without it are polled on
// every animation frame while playing. A seek aims slightly past the moment asked for: exactly on a frame's edge, rounding
// decides which of two frames shows.

/** How far beyond a frame's time a seek aims, seconds: well within a frame at 120 a second. */
const INSIDE_S = 0.004;

/** @typedef {{from: number, to: number, loop: boolean}} PlayRange */

/** A video element with seeking by frame, ranges and the time of each displayed frame. */
export class Player {
  #video;
  /** @type {Set<(time: number) => void>} */
  #listeners = new Set();
  /** @type {PlayRange | null} */
  #range = null;
  #shown = 0;
  #pending = 0;
  #byFrame;
  #stop = new AbortController();

  /**
   * @param {HTMLVideoElement} video
   * @param {{fps?: number, frames?: ArrayLike<number>}} [options] for `step`: the frames' times where they are known
   *   (rising), else the rate
   */
  constructor(video, { fps = 30, frames } = {}) {
    this.#video = video;
    this.fps = fps;
    this.frames = frames ?? null;
    this.#byFrame = "requestVideoFrameCallback" in HTMLVideoElement.prototype;
    const { signal } = this.#stop;
    for (const kind of ["seeked", "loadeddata", "pause"]) {
      video.addEventListener(kind, () => this.#report(video.currentTime), { signal });
    }
    // Using the video's own controls leaves the range being played.
    video.addEventListener("seeking", () => this.#isOutsideRange() && this.leave(), { signal });
    video.addEventListener("ended", () => this.#endRange(), { signal });
    if (!this.#byFrame) video.addEventListener("play", () => this.#watchFrames(), { signal });
    this.#watchFrames();
  }

  /** The element. */
  get video() {
    return this.#video;
  }

  /** Dispatches play, pause and ended. */
  get events() {
    return this.#video;
  }

  get paused() {
    return this.#video.paused;
  }

  /** Time of the displayed frame. */
  get time() {
    return this.#shown;
  }

  /** The range being played, or null. */
  get range() {
    return this.#range && { ...this.#range };
  }

  get rate() {
    return this.#video.playbackRate;
  }

  set rate(rate) {
    this.#video.playbackRate = rate;
    this.#video.defaultPlaybackRate = rate; // kept when the source is renewed
  }

  /**
   * Calls the listener with the time of each displayed frame, playing or sought, and once now.
   * @param {(time: number) => void} listener
   * @returns {() => void} removes the listener
   */
  onFrame(listener) {
    this.#listeners.add(listener);
    listener(this.#shown);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Shows a moment.
   * @param {number} time
   * @returns {Promise<void>} once it is displayed
   */
  async seek(time) {
    await this.#metadata();
    const video = this.#video;
    const last = Number.isFinite(video.duration) ? Math.max(0, video.duration - INSIDE_S) : Infinity;
    const aim = Math.min(Math.max(0, time + INSIDE_S), last);
    if (Math.abs(video.currentTime - aim) < 1e-4 && !video.seeking) return;
    /** @type {Promise<void>} */
    const arrived = new Promise((resolve) => {
      const check = () => {
        if (video.seeking) return; // that was the end of an earlier seek
        video.removeEventListener("seeked", check);
        resolve();
      };
      video.addEventListener("seeked", check);
    });
    video.currentTime = aim;
    await arrived;
  }

  /** Plays on from here. Browsers may refuse to start without a touch: then it stays where it is. */
  async play() {
    try {
      await this.#video.play();
    } catch (error) {
      if (!(error instanceof Error && ["NotAllowedError", "AbortError"].includes(error.name))) throw error;
    }
  }

  pause() {
    this.#video.pause();
  }

  /**
   * Plays a range and pauses at its end, or loops it.
   * @param {number} from
   * @param {number} to
   * @param {{loop?: boolean}} [options]
   */
  async playRange(from, to, { loop = false } = {}) {
    this.#range = null;
    await this.seek(from);
    this.#range = { from, to, loop };
    await this.play();
  }

  /** Leaves the range; the video plays on, or stays paused. */
  leave() {
    this.#range = null;
  }

  /**
   * Pauses and steps some frames forwards, or backwards if negative.
   * @param {number} count
   */
  async step(count) {
    this.pause();
    this.leave();
    await this.seek(this.#steppedTime(count));
  }

  /**
   * Takes another address of the same video when its link has expired, and goes on where it was.
   * @param {string} address
   */
  async renew(address) {
    const video = this.#video;
    const [time, paused, rate] = [video.currentTime, video.paused, video.playbackRate];
    video.src = address;
    video.load();
    await this.#metadata();
    video.playbackRate = rate;
    video.currentTime = time;
    if (!paused) await this.play();
  }

  /** Releases the element. */
  destroy() {
    this.#stop.abort();
    this.#listeners.clear();
    if (this.#byFrame) this.#video.cancelVideoFrameCallback(this.#pending);
    else cancelAnimationFrame(this.#pending);
  }

  /** @param {number} count @returns {number} */
  #steppedTime(count) {
    const times = this.frames;
    if (!times) return Math.round(this.#video.currentTime * this.fps - 0.25 + count) / this.fps;
    const now = this.#video.currentTime + 1e-6;
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= now) low = middle + 1;
      else high = middle;
    }
    return times[Math.min(Math.max(low - 1 + count, 0), times.length - 1)];
  }

  #watchFrames() {
    const video = this.#video;
    if (this.#byFrame) {
      this.#pending = video.requestVideoFrameCallback((_now, { mediaTime }) => {
        this.#report(mediaTime);
        this.#watchFrames();
      });
    } else {
      this.#pending = requestAnimationFrame(() => {
        this.#report(video.currentTime);
        if (!video.paused && !video.ended) this.#watchFrames();
      });
    }
  }

  /** @param {number} time */
  #report(time) {
    this.#shown = time;
    for (const listener of this.#listeners) listener(time);
    if (this.#range && time >= this.#range.to && !this.#video.seeking) this.#endRange();
  }

  #endRange() {
    if (!this.#range) return;
    const { from, loop } = this.#range;
    if (loop) {
      this.#video.currentTime = from + INSIDE_S;
      this.play();
    } else {
      this.leave();
      this.pause();
    }
  }

  #isOutsideRange() {
    const at = this.#video.currentTime;
    return this.#range && (at < this.#range.from - 0.1 || at > this.#range.to + 0.1);
  }

  /** Resolves once the video's metadata is there. @returns {Promise<void>} */
  #metadata() {
    const video = this.#video;
    if (video.readyState >= HTMLMediaElement.HAVE_METADATA) return Promise.resolve();
    return new Promise((resolve, reject) => {
      video.addEventListener("loadedmetadata", () => resolve(), { once: true });
      video.addEventListener("error", () => reject(new Error("this video could not be read")), { once: true });
      if (video.preload === "none") video.load();
    });
  }
}
