// Colours of the design sheet for what is painted on a canvas.

/** @type {Map<string, HTMLElement>} */
const probes = new Map();

/**
 * A colour of the design sheet, as it is in the present theme. A custom property reads back as its text, light-dark()
 * and all; only the colour of an element is resolved, so each colour is read off a hidden element of its own.
 * @param {string} name of the token, without dashes
 * @returns {string} "rgb(0, 114, 178)"
 */
export function themeColour(name) {
  let probe = probes.get(name);
  if (!probe) {
    probe = document.createElement("i");
    probe.hidden = true;
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    probes.set(name, probe);
  }
  return getComputedStyle(probe).color;
}
