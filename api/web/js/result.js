// The result page: repetitions and comments take the video to their moment, a drawing shows over its frame.
import { dataOf, find, findAllAs, findAs } from "hinge/dom.js";
import { paintDrawing } from "hinge/player/drawing.js";
import { Player } from "hinge/player/player.js";
import { keepPlayable } from "hinge/player/signed-links.js";

/** How long the lowest point of a repetition is shown before it plays, milliseconds. */
const LOOK_MS = 900;
/** A drawing belongs to one frame: this far from it, seconds, it disappears. */
const BESIDE_S = 0.08;

const stage = find(document, "[data-film]");
const video = findAs(stage, "video", HTMLVideoElement);
const svg = findAs(stage, "[data-drawing-over]", SVGSVGElement);
const caption = find(stage, "[data-says]");
const reps = findAllAs(document, "a[data-rep]", HTMLAnchorElement);
const moments = findAllAs(document, "a[data-moment]", HTMLAnchorElement);
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

const player = new Player(video);
keepPlayable(player, dataOf(stage, "recording"), {
  name: stage.dataset.file,
  expires: Number(stage.dataset.expires),
});

/** Number of the last tap: a later one cancels what an earlier one began. */
let tap = 0;
/** The moment whose drawing shows. @type {{time: number} | null} */
let drawn = null;

/** @param {string | undefined} text */
const parseSize = (text) => {
  const [width, height] = (text ?? "").split(" ").map(Number);
  return width && height ? { width, height } : { width: video.videoWidth, height: video.videoHeight };
};

/** @param {import("types/service").Drawing | null} drawing @param {number} [time] */
function draw(drawing, time = 0) {
  drawn = drawing && { time };
  paintDrawing(svg, drawing, { picture: parseSize(svg.dataset.picture), canvas: parseSize(svg.dataset.canvas) });
}

/** @param {HTMLAnchorElement[]} links @param {HTMLAnchorElement | null | undefined} chosen */
function mark(links, chosen) {
  for (const link of links) {
    if (link === chosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

/**
 * Goes to a moment.
 * @param {HTMLAnchorElement} link
 * @param {number} time
 * @returns {Promise<boolean>} false if a later tap came first
 */
async function goTo(link, time) {
  tap += 1;
  const mine = tap;
  player.leave();
  player.pause();
  draw(null);
  caption.textContent = dataOf(link, "say");
  stage.scrollIntoView({ block: "nearest" });
  await player.seek(time);
  return mine === tap;
}

/** @param {HTMLAnchorElement} link */
async function showRep(link) {
  const [start, bottom, end] = ["start", "bottom", "end"].map((name) => Number(link.dataset[name]));
  if (!(await goTo(link, bottom)) || reducedMotion.matches) return;
  const mine = tap;
  const cancel = () => {
    tap += 1;
  };
  video.addEventListener("play", cancel, { once: true });
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  video.removeEventListener("play", cancel);
  if (mine === tap) await player.playRange(start, end);
}

/** @param {HTMLAnchorElement} link */
async function showMoment(link) {
  const time = Number(link.dataset.moment);
  mark(moments, link);
  if (!(await goTo(link, time))) return;
  if (link.dataset.drawing) draw(JSON.parse(link.dataset.drawing), time);
}

/** @param {HTMLAnchorElement[]} links @param {(link: HTMLAnchorElement) => void} show */
function bindLinks(links, show) {
  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // opens in a tab of its own
      event.preventDefault();
      show(link);
    });
  }
}

bindLinks(reps, showRep);
bindLinks(moments, showMoment);

player.onFrame((time) => {
  mark(
    reps,
    reps.find((link) => time >= Number(link.dataset.start) && time < Number(link.dataset.end)),
  );
  if (drawn && Math.abs(time - drawn.time) > BESIDE_S) {
    draw(null);
    mark(moments, null);
  }
});
