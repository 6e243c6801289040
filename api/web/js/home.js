// The demonstration can be paused: it moves for longer than five seconds.

for (const frame of document.querySelectorAll("[data-demonstration]")) {
  const drawing = frame.querySelector("svg.drawing-animated");
  const button = frame.querySelector("[data-pause]");
  if (!drawing || matchMedia("(prefers-reduced-motion: reduce)").matches) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const still = drawing.animationsPaused();
    if (still) drawing.unpauseAnimations();
    else drawing.pauseAnimations();
    button.textContent = still ? button.dataset.pauseText : button.dataset.playText;
  });
}
