// Two recordings side by side: one phase for both, set by the slider, a curve or the first video as it plays.

import { dataOf, find, findAll, findAs } from "hinge/dom.js";
import { request } from "hinge/http.js";
import { loadTranslations } from "hinge/translations.js";
import uPlot from "uplot";
import { Frames } from "./frames.js";
import { formatDegrees } from "./number-format.js";
import { interpolate, phaseAt, secondsPerPhase, timeAt } from "./phase.js";
import {
  addCursorLine,
  axisStyle,
  bindScrubbing,
  degreesAxis,
  degreesRange,
  moveCursorLine,
  plotSize,
} from "./plot.js";
import { themeColour } from "./theme-colour.js";
import { createVideoStage } from "./video-stage.js";

/** @typedef {import("types/service").Rep} Rep */
/** @typedef {Awaited<ReturnType<typeof loadHalf>>} Half */

const PHASES = Array.from({ length: 101 }, (_each, k) => k / 100);
/** Further apart than this the second video is sought instead of sped up, seconds. */
const ASTRAY_S = 0.25;

const root = find(document, "#compare");
const slider = findAs(root, "[data-phase]", HTMLInputElement);
const playButton = find(root, "[data-do=play]");
const loopButton = find(root, "[data-do=loop]");
const t = await loadTranslations("compare", "review");
const halves = await Promise.all(findAll(root, "[data-half]").map(loadHalf));
const [lead, follow] = halves;
let phase = 0;
let rate = 1;
let looping = false;
/** @type {Promise<unknown>} */
let moving = Promise.resolve();
/** @type {{plot: uPlot, line: HTMLElement}[]} */
let plots = [];

/** Loads one side: its frames, reps, player and layers. @param {HTMLElement} place */
async function loadHalf(place) {
  const { recording, analysis } = place.dataset;
  const [overlay, report] = await Promise.all(
    ["overlay", "report"].map((what) => request(`/recordings/${recording}/${what}?analysis=${analysis}`)),
  );
  const frames = new Frames(overlay.data);
  const { player, layers } = createVideoStage(find(place, "[data-picture]"), frames, t);
  const choice = findAs(place, "[data-rep-choice]", HTMLSelectElement);
  choice.hidden = false;
  /** @type {Rep[]} */
  const reps = report.data.reps;
  const half = { frames, player, rep: reps[0] };
  choice.addEventListener("change", () => {
    half.rep = reps[Number(choice.value)];
    pause();
    build();
    goTo(phase);
  });
  player.onFrame((time) => layers.draw(time));
  return half;
}

/** The value of a joint's curve in one half at a phase. @param {Half} half @param {string} joint @param {number} at */
function curveAt({ frames, rep }, joint, at) {
  const column = joint === "hip" ? frames.hip_deg : frames.lumbar_deg;
  return interpolate(frames.time_s, column, timeAt(rep, at));
}

// ---- playback

/** Shows one phase in both. @param {number} to */
function goTo(to) {
  phase = Math.min(Math.max(to, 0), 1);
  show();
  moving = moving.then(() => Promise.all(halves.map(({ player, rep }) => player.seek(timeAt(rep, phase)))));
  return moving;
}

function pause() {
  for (const { player } of halves) player.pause();
}

async function play() {
  await goTo(phase > 0.995 ? 0 : phase);
  lead.player.rate = rate;
  await Promise.all(halves.map(({ player }) => player.play()));
}

/** The first video leads; the second is kept at the same phase by its speed. @param {number} time */
function followLead(time) {
  if (lead.player.paused) return;
  phase = phaseAt(lead.rep, time);
  show();
  const target = timeAt(follow.rep, phase);
  const astray = follow.player.time - target;
  if (Math.abs(astray) > ASTRAY_S) follow.player.seek(target);
  const even = (rate * secondsPerPhase(follow.rep, phase)) / secondsPerPhase(lead.rep, phase);
  follow.player.rate = Math.min(Math.max(even * (1 - Math.min(Math.max(2 * astray, -0.5), 0.5)), 0.0625), 8);
  if (time < lead.rep.end_s) return;
  pause();
  goTo(looping ? 0 : 1).then(() => {
    if (looping) play();
  });
}

// ---- curves by phase

/** @param {HTMLElement} box */
function createPlot(box) {
  const joint = dataOf(box, "plot");
  const colour = themeColour(joint === "hip" ? "hip" : "back");
  const curves = halves.map((half) => PHASES.map((each) => curveAt(half, joint, each)));
  const phaseAxis = {
    ...axisStyle(),
    size: 24,
    gap: 2,
    splits: () => [0, 0.5, 1],
    values: () => [t("compare-stand"), t("compare-bottom"), t("compare-stand")],
  };
  const plot = new uPlot(
    {
      ...plotSize(box),
      padding: [8, 24, 0, 0],
      scales: { x: { time: false, range: () => [0, 1] }, y: { range: degreesRange(-10, 40) } },
      axes: [phaseAxis, degreesAxis()],
      series: [
        {},
        { stroke: colour, width: 1.5, dash: [6, 5], points: { show: false } },
        { stroke: colour, width: 2.5, points: { show: false } },
      ],
      legend: { show: false },
      cursor: { show: false },
      hooks: { draw: [moveLines] }, // scales are settled only then
    },
    [PHASES, ...curves],
    box,
  );
  plot.root.setAttribute("aria-hidden", "true");
  bindScrubbing(plot, (value) => {
    pause();
    goTo(value);
  });
  return { plot, line: addCursorLine(plot) };
}

function build() {
  for (const { plot } of plots) plot.destroy();
  plots = findAll(root, "[data-plot]").map(createPlot);
  show();
}

function moveLines() {
  for (const { plot, line } of plots) moveCursorLine(plot, line, phase);
}

/** Shows the phase on the slider, the curves and in the values. */
function show() {
  slider.value = String(phase);
  const down = phase <= 0.5;
  const share = Math.round(100 * (down ? 2 * phase : 2 - 2 * phase));
  const text = down ? t("compare-phase-down", { share }) : t("compare-phase-up", { share: 100 - share });
  find(root, "[data-phase-says]").textContent = text;
  slider.setAttribute("aria-valuetext", text);
  moveLines();
  for (const place of findAll(root, "[data-now]")) {
    const values = halves.map((half) => formatDegrees(curveAt(half, dataOf(place, "now"), phase)) || "–");
    place.textContent = values.join(" · ");
  }
}

function showPlaying() {
  const { paused } = lead.player;
  for (const each of findAll(playButton, "[data-when]")) each.hidden = (each.dataset.when === "paused") !== paused;
  const name = t(paused ? "compare-play" : "compare-pause");
  playButton.setAttribute("aria-label", name);
  playButton.title = name;
}

lead.player.onFrame(followLead);
find(root, "[data-transport]").hidden = false;
find(root, "[data-phases]").hidden = false;
playButton.addEventListener("click", () => (lead.player.paused ? play() : pause()));
for (const kind of ["play", "pause"]) lead.player.events.addEventListener(kind, showPlaying);
slider.addEventListener("input", () => {
  pause();
  goTo(Number(slider.value));
});
const rateButtons = findAll(root, "[data-rate]");
for (const button of rateButtons) {
  button.addEventListener("click", () => {
    rate = Number(button.dataset.rate);
    lead.player.rate = rate;
    for (const other of rateButtons) other.setAttribute("aria-pressed", String(other === button));
  });
}
loopButton.addEventListener("click", () => {
  looping = !looping;
  loopButton.setAttribute("aria-pressed", String(looping));
});
new ResizeObserver(build).observe(find(root, "[data-phases]"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", build);
build();
await goTo(0.5);
root.dataset.ready = "yes";
