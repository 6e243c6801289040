// Numbers as people read them, the same as on the server: whole degrees with their 95 % interval.

/** Standard errors in half a 95 % interval of a normal error. */
export const Z95 = 1.96;

/** A time as minutes and seconds. @param {number} seconds @returns {string} "0:01.47" */
export const formatTime = (seconds) => {
  const t = Math.max(0, Math.round(seconds * 100) / 100);
  return `${Math.floor(t / 60)}:${(t % 60).toFixed(2).padStart(5, "0")}`;
};

/**
 * A value with its 95 % interval.
 * @param {number | null | undefined} value
 * @param {number | null | undefined} se
 * @param {string} [unit]
 * @returns {string} "64 ± 5°", "≈ 64°" without an error, "" without a value
 */
export const formatEstimate = (value, se, unit = "°") => {
  if (value == null) return "";
  const whole = String(Math.round(value)).replace("-", "−");
  return se == null ? `≈ ${whole}${unit}` : `${whole} ± ${Math.max(1, Math.round(Z95 * se))}${unit}`;
};

/** Whole degrees. @param {number | null | undefined} value @returns {string} "64°", "" without a value */
export const formatDegrees = (value) => (value == null ? "" : `${String(Math.round(value)).replace("-", "−")}°`);

/** Degrees of an axis. @param {number} value @returns {string} "−20°" */
export const formatTick = (value) => `${String(value).replace("-", "−")}°`;
