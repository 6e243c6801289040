// Phase of a repetition: 0 where it begins, 0.5 at its bottom, 1 where it ends; linear in between, as on the server.

const BOTTOM = 0.5;

/** @param {{start_s: number, bottom_s: number, end_s: number}} rep @param {number} phase @returns {number} seconds */
export const timeAt = ({ start_s, bottom_s, end_s }, phase) =>
  phase <= BOTTOM ? start_s + ((bottom_s - start_s) * phase) / BOTTOM : bottom_s + ((end_s - bottom_s) * (phase - BOTTOM)) / (1 - BOTTOM);

/** @param {{start_s: number, bottom_s: number, end_s: number}} rep @param {number} time @returns {number} 0…1, clamped */
export function phaseAt({ start_s, bottom_s, end_s }, time) {
  const share = time <= bottom_s ? (BOTTOM * (time - start_s)) / (bottom_s - start_s) : BOTTOM + ((1 - BOTTOM) * (time - bottom_s)) / (end_s - bottom_s);
  return Math.min(Math.max(share, 0), 1);
}

/** Seconds that a unit of phase takes there. */
export const pace = ({ start_s, bottom_s, end_s }, phase) => (phase < BOTTOM ? (bottom_s - start_s) / BOTTOM : (end_s - bottom_s) / (1 - BOTTOM));

/** A curve at a time, linear; null beside a gap. */
export function valueAt(times, values, time) {
  const right = times.findIndex((each) => each >= time);
  if (right < 0) return null;
  if (right === 0) return times[0] - time < 0.05 ? values[0] : null;
  const [a, b] = [values[right - 1], values[right]];
  if (a == null || b == null) return null;
  return a + ((b - a) * (time - times[right - 1])) / (times[right] - times[right - 1]);
}
