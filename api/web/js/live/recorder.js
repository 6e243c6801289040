// Films the first set during live coaching, if asked; on this device, and independent of the connection.
import { recordStream } from "hinge/stream-recorder.js";

/** @typedef {import("hinge/stream-recorder.js").RecordedFilm} RecordedFilm */

/**
 * Films from the tall stand, without which a film cannot be measured, to the end of the first set: what a coach wants to
 * see is one whole set, and a phone that only coaches afterwards has its full processing power.
 * @param {(seconds: number | null) => void} onClock called with the film's length, null whenever nothing is filmed
 */
export function createSetRecorder(onClock) {
  /** @type {MediaStream | null} */
  let stream = null;
  /** @type {ReturnType<typeof recordStream> | null} */
  let recording = null;
  let counted = false;
  /** @type {string | undefined} */
  let previousState = "";

  /** @param {MediaStream} camera */
  function restart(camera) {
    recording?.end(); // what was filmed so far was no set
    const mine = recordStream(camera, (seconds) => {
      if (recording === mine && stream) onClock(seconds);
    });
    recording = mine;
    mine.done.then(() => {
      if (recording === mine) stop();
    });
    onClock(0);
  }

  function stop() {
    stream = null;
    onClock(null);
    recording?.end();
  }

  return {
    /** Arms it for a session. @param {MediaStream} camera */
    arm(camera) {
      [stream, recording, counted, previousState] = [camera, null, false, ""];
    },
    /** Follows the session's state. @param {{state?: string, set?: number, total?: number}} session */
    follow({ state, set = 1, total = 0 }) {
      if (!stream) return;
      if (counted && (state === "rest" || set > 1)) return stop();
      counted ||= total > 0;
      if (!counted && state === "stand" && previousState !== "stand") restart(stream);
      else if (!recording && state === "go") restart(stream);
      previousState = state;
    },
    /** Ends and returns the film. @returns {Promise<RecordedFilm> | null} null if nothing was filmed */
    finish() {
      const mine = recording;
      stop();
      recording = null;
      return mine?.done ?? null;
    },
    /** Ends and keeps nothing. */
    discard() {
      stop();
      recording = null;
    },
  };
}
