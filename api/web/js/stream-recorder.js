// Records a camera's stream on this device; what was recorded is kept even if the camera fails.
import { pickRecordingType } from "hinge/camera.js";

/** A set is over by then, and a film of that length has about 110 megabytes. */
const LONGEST_S = 180;
const BITS_PER_SECOND = 5_000_000;

/**
 * @typedef {object} RecordedFilm
 * @property {Blob} film
 * @property {number} seconds
 * @property {boolean} lost the camera failed before the end
 */

/**
 * Starts to record; ends on `end()`, with the camera, or after `LONGEST_S`.
 * @param {MediaStream} stream
 * @param {(seconds: number) => void} [onClock] called twice a second
 * @returns {{end: () => void, done: Promise<RecordedFilm>}}
 */
export function recordStream(stream, onClock = () => {}) {
  const type = pickRecordingType();
  const recorder = new MediaRecorder(stream, { ...(type && { mimeType: type }), videoBitsPerSecond: BITS_PER_SECOND });
  const [track] = stream.getVideoTracks();
  /** @type {Blob[]} */
  const pieces = [];
  const begun = performance.now();
  let lost = false;
  const end = () => {
    if (recorder.state !== "inactive") recorder.stop();
  };
  const endLost = () => {
    lost = true;
    end();
  };
  const timer = setInterval(() => {
    const seconds = Math.floor((performance.now() - begun) / 1000);
    onClock(seconds);
    if (seconds >= LONGEST_S) end();
  }, 500);
  recorder.addEventListener("dataavailable", ({ data }) => {
    if (data.size) pieces.push(data);
  });
  recorder.addEventListener("error", endLost);
  track.addEventListener("ended", endLost, { once: true });
  /** @type {Promise<RecordedFilm>} */
  const done = new Promise((resolve) => {
    recorder.addEventListener("stop", () => {
      clearInterval(timer);
      const film = new Blob(pieces, { type: (recorder.mimeType || type || "video/webm").split(";")[0] });
      resolve({ film, seconds: Math.round((performance.now() - begun) / 1000), lost });
    });
  });
  // One piece a second, so that a failing camera loses at most the last one.
  recorder.start(1000);
  return { end, done };
}
