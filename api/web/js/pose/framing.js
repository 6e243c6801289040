// Checks whether a person stands so that a set can be measured: pure, from one pose of landmarker.js. The thresholds are
// those of hinge_check/measure/framing.py, so that what is green here is not refused afterwards.

export const SIDE_YAW_DEG = 18;
/** The pose's own bias in a true side view, towards the front. */
export const YAW_BIAS_DEG = 2.5;
export const DARK_LUMA = 40;
export const SMALL_SHARE = 0.45;
export const LARGE_SHARE = 0.95;

const HEAD = [0, 7, 8];
const FEET = [27, 28, 29, 30, 31, 32];

/**
 * @typedef {object} Framing every check is "yes", or what to do
 * @property {"yes" | "turn" | "nobody"} side
 * @property {"yes" | "closer" | "back" | "head" | "feet" | "middle" | "nobody"} distance
 * @property {"yes" | "more"} light
 * @property {"yes" | "more" | "nobody"} one
 */

/**
 * Checks how a person stands in the picture.
 * @param {import("types/pose").Pose} pose
 * @param {number} luma mean brightness of the picture, 0..255
 * @returns {Framing}
 */
export function checkFraming({ landmarks, world, others }, luma) {
  const light = luma < DARK_LUMA ? "more" : "yes";
  if (!landmarks || !world) return { side: "nobody", distance: "nobody", light, one: "nobody" };
  return {
    side: Math.abs(yawDeg(world) - YAW_BIAS_DEG) <= SIDE_YAW_DEG ? "yes" : "turn",
    distance: checkDistance(landmarks),
    light,
    one: others.some((other) => areApart(landmarks, other)) ? "more" : "yes",
  };
}

/**
 * How far the shoulders are turned off the line of sight: 0 in a side view, 90 in a front or back view.
 * @param {Float32Array} world
 */
export function yawDeg(world) {
  const across = Math.abs(world[11 * 3] - world[12 * 3]);
  const along = Math.abs(world[11 * 3 + 2] - world[12 * 3 + 2]);
  return (180 / Math.PI) * Math.atan2(across, along);
}

/** @param {Float32Array} points @returns {Framing["distance"]} */
function checkDistance(points) {
  const x = (/** @type {number} */ k) => points[k * 4];
  const y = (/** @type {number} */ k) => points[k * 4 + 1];
  const top = Math.min(...Array.from({ length: 11 }, (_, k) => y(k)));
  const bottom = Math.max(...FEET.map(y));
  const height = (bottom - top) / 0.94; // the highest landmark is at the eyes
  const headOut = HEAD.every((k) => y(k) < 0);
  const feetOut = FEET.every((k) => y(k) > 1);
  if ((headOut && feetOut) || height > LARGE_SHARE) return "back";
  if (headOut) return "head";
  if (feetOut) return "feet";
  const middle = (x(23) + x(24)) / 2;
  if (middle < 0.15 || middle > 0.85) return "middle";
  return height < SMALL_SHARE ? "closer" : "yes";
}

/** Whether two poses are of two people, not of one body found twice. @param {Float32Array} a @param {Float32Array} b */
function areApart(a, b) {
  const hip = (/** @type {Float32Array} */ points, /** @type {number} */ axis) =>
    (points[23 * 4 + axis] + points[24 * 4 + axis]) / 2;
  return Math.hypot(hip(a, 0) - hip(b, 0), hip(a, 1) - hip(b, 1)) > 0.08;
}

/**
 * The most frequent of the last few answers, so that one odd pose changes nothing.
 * @template {string} T
 * @param {T[]} answers
 * @returns {T | undefined}
 */
export function mostFrequent(answers) {
  /** @type {Map<T, number>} */
  const counts = new Map();
  for (const each of answers) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
