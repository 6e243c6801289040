// Phase of a repetition: 0 at its start, 0.5 at the bottom, 1 at its end; linear in between, as on the server.

/** @typedef {import("types/service").RepTimes} RepTimes */

const BOTTOM = 0.5;

/** The time of a phase. @param {RepTimes} rep @param {number} phase @returns {number} seconds */
export const timeAt = ({ start_s, bottom_s, end_s }, phase) =>
  phase <= BOTTOM
    ? start_s + ((bottom_s - start_s) * phase) / BOTTOM
    : bottom_s + ((end_s - bottom_s) * (phase - BOTTOM)) / (1 - BOTTOM);

/** The phase at a time. @param {RepTimes} rep @param {number} time @returns {number} 0…1, clamped */
export function phaseAt({ start_s, bottom_s, end_s }, time) {
  const share =
    time <= bottom_s
      ? (BOTTOM * (time - start_s)) / (bottom_s - start_s)
      : BOTTOM + ((1 - BOTTOM) * (time - bottom_s)) / (end_s - bottom_s);
  return Math.min(Math.max(share, 0), 1);
}

/** How many seconds a unit of phase takes there. @param {RepTimes} rep @param {number} phase */
export const secondsPerPhase = ({ start_s, bottom_s, end_s }, phase) =>
  phase < BOTTOM ? (bottom_s - start_s) / BOTTOM : (end_s - bottom_s) / (1 - BOTTOM);

/**
 * A curve at a time, linear; null beside a gap.
 * @param {number[]} times
 * @param {(number | null)[]} values
 * @param {number} time
 */
export function interpolate(times, values, time) {
  const right = times.findIndex((each) => each >= time);
  if (right < 0) return null;
  if (right === 0) return times[0] - time < 0.05 ? values[0] : null;
  const [a, b] = [values[right - 1], values[right]];
  if (a == null || b == null) return null;
  return a + ((b - a) * (time - times[right - 1])) / (times[right] - times[right - 1]);
}
