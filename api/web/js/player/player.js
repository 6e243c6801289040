// A video that tells every displayed frame's time, goes to a moment, and plays a stretch once or over and over.
//
// Times are media seconds. `requestVideoFrameCallback` tells what is on the screen; browsers without it are asked on every
// animation frame while playing. A seek aims a little beyond the moment asked for: exactly on a frame's edge, rounding
// decides which of two frames shows.

/** How far beyond a frame's time a seek aims, seconds: well within a frame at 120 a second. */
const INSIDE_S = 0.004;

export class Player {
  #video;
  #listeners = new Set();
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
      video.addEventListener(kind, () => this.#tell(video.currentTime), { signal });
    }
    // Whoever takes the video's own controls leaves the stretch that was being played.
    video.addEventListener("seeking", () => this.#strayed() && this.leave(), { signal });
    video.addEventListener("ended", () => this.#turn(), { signal });
    if (!this.#byFrame) video.addEventListener("play", () => this.#ask(), { signal });
    this.#ask();
  }

  /** The element. */
  get video() {
    return this.#video;
  }

  /** Time of the frame that is displayed. */
  get time() {
    return this.#shown;
  }

  /** The stretch that is being played: {from, to, loop}, or null. */
  get range() {
    return this.#range && { ...this.#range };
  }

  get rate() {
    return this.#video.playbackRate;
  }

  set rate(rate) {
    this.#video.playbackRate = rate;
    this.#video.defaultPlaybackRate = rate; // stays when the source is renewed
  }

  /**
   * Be told the time of each displayed frame, playing or sought; now, too.
   * @param {(time: number) => void} listener
   * @returns {() => void} ends it
   */
  onFrame(listener) {
    this.#listeners.add(listener);
    listener(this.#shown);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Show a moment.
   * @param {number} time
   * @returns {Promise<void>} once it is there
   */
  async seek(time) {
    await this.#ready();
    const video = this.#video;
    const last = Number.isFinite(video.duration) ? Math.max(0, video.duration - INSIDE_S) : Infinity;
    const aim = Math.min(Math.max(0, time + INSIDE_S), last);
    if (Math.abs(video.currentTime - aim) < 1e-4 && !video.seeking) return;
    const there = new Promise((resolve) => {
      const look = () => {
        if (video.seeking) return; // that was the end of an earlier seek
        video.removeEventListener("seeked", look);
        resolve();
      };
      video.addEventListener("seeked", look);
    });
    video.currentTime = aim;
    await there;
  }

  /** Play on from here. Browsers may refuse to begin without a touch: then it stays where it is. */
  async play() {
    try {
      await this.#video.play();
    } catch (refused) {
      if (!["NotAllowedError", "AbortError"].includes(refused.name)) throw refused;
    }
  }

  pause() {
    this.#video.pause();
  }

  /**
   * Play a stretch and pause at its end, or play it over and over.
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

  /** Leave the stretch; the video plays on, or stays paused, as it is. */
  leave() {
    this.#range = null;
  }

  /**
   * Pause, and go some frames on or back.
   * @param {number} count
   */
  async step(count) {
    this.pause();
    this.leave();
    await this.seek(this.frames ? this.#frame(count) : Math.round(this.#video.currentTime * this.fps - 0.25 + count) / this.fps);
  }

  /** Another address of the same video, where its link has expired: goes on where it was. */
  async renew(address) {
    const video = this.#video;
    const [time, paused, rate] = [video.currentTime, video.paused, video.playbackRate];
    video.src = address;
    video.load();
    await this.#ready();
    video.playbackRate = rate;
    video.currentTime = time;
    if (!paused) await this.play();
  }

  /** Let go of the element. */
  destroy() {
    this.#stop.abort();
    this.#listeners.clear();
    if (this.#byFrame) this.#video.cancelVideoFrameCallback(this.#pending);
    else cancelAnimationFrame(this.#pending);
  }

  #frame(count) {
    const times = this.frames;
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

  #ask() {
    const video = this.#video;
    if (this.#byFrame) {
      this.#pending = video.requestVideoFrameCallback((_now, { mediaTime }) => {
        this.#tell(mediaTime);
        this.#ask();
      });
    } else {
      this.#pending = requestAnimationFrame(() => {
        this.#tell(video.currentTime);
        if (!video.paused && !video.ended) this.#ask();
      });
    }
  }

  #tell(time) {
    this.#shown = time;
    for (const listener of this.#listeners) listener(time);
    if (this.#range && time >= this.#range.to && !this.#video.seeking) this.#turn();
  }

  #turn() {
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

  #strayed() {
    const at = this.#video.currentTime;
    return this.#range && (at < this.#range.from - 0.1 || at > this.#range.to + 0.1);
  }

  #ready() {
    const video = this.#video;
    if (video.readyState >= HTMLMediaElement.HAVE_METADATA) return Promise.resolve();
    return new Promise((resolve, reject) => {
      video.addEventListener("loadedmetadata", resolve, { once: true });
      video.addEventListener("error", () => reject(new Error("this video could not be read")), { once: true });
      if (video.preload === "none") video.load();
    });
  }
}
