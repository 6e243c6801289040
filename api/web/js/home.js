// The demonstration can be paused: it moves for longer than five seconds.
import { dataOf, find, findAll } from "hinge/dom.js";

for (const frame of findAll(document, "[data-demonstration]")) {
  /** @type {SVGSVGElement | null} */
  const drawing = frame.querySelector("svg.drawing-animated");
  if (!drawing || matchMedia("(prefers-reduced-motion: reduce)").matches) continue;
  const button = find(frame, "[data-pause]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const paused = drawing.animationsPaused();
    if (paused) drawing.unpauseAnimations();
    else drawing.pauseAnimations();
    button.textContent = dataOf(button, paused ? "pauseText" : "playText");
  });
}
