// An angle in words, with its 95 % interval.

/**
 * Creates the formatter.
 * @param {import("hinge/translations.js").Translate} t with the texts of "live" and "shell"
 * @returns {(deg: number | null | undefined, se: number | null | undefined) => string} "cannot tell" without both
 */
export const createAngleText = (t) => (deg, se) =>
  deg === null || deg === undefined || se === null || se === undefined
    ? t("shell-cannot-tell")
    : t("live-degrees", { value: Math.round(deg) || 0, error: Math.round(1.96 * se) });
