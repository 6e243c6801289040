// Records a camera's stream on this device; what is there stays, whatever happens to the camera.
import { recordingType } from "hinge/camera.js";

/** A set is over by then, and a film of so long has about 110 megabytes. */
const LONGEST_S = 180;
const BITS_PER_SECOND = 5_000_000;

/**
 * @typedef {object} Recorded
 * @property {Blob} film
 * @property {number} seconds
 * @property {boolean} lost the camera went before the end
 */

/**
 * Begin to record; it ends when told to, with the camera, or after `LONGEST_S`.
 * @param {MediaStream} stream
 * @param {(seconds: number) => void} [clock] told twice a second
 * @returns {{end: () => void, done: Promise<Recorded>}}
 */
export function record(stream, clock = () => {}) {
  const type = recordingType();
  const recorder = new MediaRecorder(stream, { ...(type && { mimeType: type }), videoBitsPerSecond: BITS_PER_SECOND });
  const [track] = stream.getVideoTracks();
  const pieces = [];
  const begun = performance.now();
  let lost = false;
  const end = () => recorder.state !== "inactive" && recorder.stop();
  const clockwork = setInterval(() => {
    const seconds = Math.floor((performance.now() - begun) / 1000);
    clock(seconds);
    if (seconds >= LONGEST_S) end();
  }, 500);
  recorder.addEventListener("dataavailable", ({ data }) => data.size && pieces.push(data));
  recorder.addEventListener("error", () => ((lost = true), end()));
  track.addEventListener("ended", () => ((lost = true), end()), { once: true });
  const done = new Promise((resolve) => {
    recorder.addEventListener("stop", () => {
      clearInterval(clockwork);
      const film = new Blob(pieces, { type: (recorder.mimeType || type || "video/webm").split(";")[0] });
      resolve({ film, seconds: Math.round((performance.now() - begun) / 1000), lost });
    });
  });
  // A piece a second: what is there stays, whatever happens to the camera.
  recorder.start(1000);
  return { end, done };
}
