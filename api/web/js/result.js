// The result page: repetitions and comments take the video to their moment, a drawing shows over its frame.
import { Player } from "hinge/player/player.js";
import { paint } from "hinge/player/drawing.js";
import { keepPlayable } from "hinge/player/signed-links.js";

/** How long the lowest point of a repetition stands before it plays, milliseconds. */
const LOOK_MS = 900;
/** A drawing belongs to its frame: so far beside it, seconds, it goes. */
const BESIDE_S = 0.08;

const film = document.querySelector("[data-film]");
const video = film.querySelector("video");
const over = film.querySelector("[data-drawing-over]");
const says = film.querySelector("[data-says]");
const reps = [...document.querySelectorAll("a[data-rep]")];
const moments = [...document.querySelectorAll("a[data-moment]")];
const still = matchMedia("(prefers-reduced-motion: reduce)");

const player = new Player(video);
keepPlayable(player, film.dataset.recording, { name: film.dataset.file, expires: Number(film.dataset.expires) });

/** What was asked for last: a later tap leaves the earlier one behind. */
let asked = 0;
/** The moment whose drawing shows. */
let drawn = null;

const size = (text) => {
  const [width, height] = (text ?? "").split(" ").map(Number);
  return width && height ? { width, height } : { width: video.videoWidth, height: video.videoHeight };
};

function draw(drawing, time) {
  drawn = drawing && { time };
  paint(over, drawing, { picture: size(over.dataset.picture), canvas: size(over.dataset.canvas) });
}

function mark(links, chosen) {
  for (const link of links) {
    if (link === chosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

async function go(link, time) {
  const turn = ++asked;
  player.leave();
  player.pause();
  draw(null);
  says.textContent = link.dataset.say;
  film.scrollIntoView({ block: "nearest" });
  await player.seek(time);
  return turn === asked;
}

async function toRep(link) {
  const [start, bottom, end] = ["start", "bottom", "end"].map((name) => Number(link.dataset[name]));
  if (!(await go(link, bottom)) || still.matches) return;
  const turn = asked;
  const leave = () => (asked += 1);
  video.addEventListener("play", leave, { once: true });
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  video.removeEventListener("play", leave);
  if (turn === asked) await player.playRange(start, end);
}

async function toMoment(link) {
  const time = Number(link.dataset.moment);
  mark(moments, link);
  if (!(await go(link, time))) return;
  if (link.dataset.drawing) draw(JSON.parse(link.dataset.drawing), time);
}

for (const [links, show] of [[reps, toRep], [moments, toMoment]]) {
  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab of its own
      event.preventDefault();
      show(link);
    });
  }
}

player.onFrame((time) => {
  mark(reps, reps.find((link) => time >= Number(link.dataset.start) && time < Number(link.dataset.end)));
  if (drawn && Math.abs(time - drawn.time) > BESIDE_S) {
    draw(null);
    mark(moments, null);
  }
});
