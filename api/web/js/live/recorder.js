// Films the first set beside the coaching, where that was asked for; on this device, and independent of the line.
import { record } from "hinge/stream-recorder.js";

/**
 * From the tall stand, without which nothing can be measured in a film, to the end of the first set: what a coach wants
 * to see is one whole set, and a phone that only coaches afterwards keeps its strength.
 * @param {(seconds: number | null) => void} clock told how long it is, null whenever nothing is filmed
 */
export function film(clock) {
  let stream = null;
  let taking = null;
  let counted = false;
  let before = "";

  function anew() {
    taking?.end(); // what stood there before was no set
    const mine = record(stream, (seconds) => taking === mine && stream && clock(seconds));
    taking = mine;
    mine.done.then(() => taking === mine && over());
    clock(0);
  }

  function over() {
    stream = null;
    clock(null);
    taking?.end();
  }

  return {
    /** Film this session. @param {MediaStream} camera */
    ready(camera) {
      [stream, taking, counted, before] = [camera, null, false, ""];
    },
    /** How the session stands. @param {{state?: string, set?: number, total?: number}} session */
    follow({ state, set = 1, total = 0 }) {
      if (!stream) return;
      if (counted && (state === "rest" || set > 1)) return over();
      counted ||= total > 0;
      if (!counted && state === "stand" && before !== "stand") anew();
      else if (!taking && state === "go") anew();
      before = state;
    },
    /** The end. @returns {Promise<import("hinge/stream-recorder.js").Recorded> | null} null where nothing was filmed */
    take() {
      const mine = taking;
      over();
      taking = null;
      return mine?.done ?? null;
    },
    /** The end, and nothing is kept. */
    drop() {
      over();
      taking = null;
    },
  };
}
