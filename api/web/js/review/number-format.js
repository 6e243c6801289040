// Figures as people read them, the same as on the server: whole degrees with their 95 % interval.

/** Standard errors in half a 95 % interval of a normal error. */
export const Z95 = 1.96;

/** @param {number} seconds @returns {string} "0:01.47" */
export const clock = (seconds) => {
  const t = Math.max(0, Math.round(seconds * 100) / 100);
  return `${Math.floor(t / 60)}:${(t % 60).toFixed(2).padStart(5, "0")}`;
};

/** @returns {string} "64 ± 5°", "≈ 64°" without an error, "" without a value */
export const figure = (value, se, unit = "°") => {
  if (value == null) return "";
  const whole = String(Math.round(value)).replace("-", "−");
  return se == null ? `≈ ${whole}${unit}` : `${whole} ± ${Math.max(1, Math.round(Z95 * se))}${unit}`;
};

/** @returns {string} "64°" */
export const degrees = (value) => (value == null ? "" : `${String(Math.round(value)).replace("-", "−")}°`);
