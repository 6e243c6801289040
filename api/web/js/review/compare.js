// Two recordings in step: one phase for both, moved by the slider, a curve or the first video as it plays.

import { ask } from "hinge/http.js";
import { words } from "hinge/translations.js";
import uPlot from "uplot";
import { degrees } from "./number-format.js";
import { themeColour } from "./theme-colour.js";
import { Frames } from "./frames.js";
import { pace, phaseAt, timeAt, valueAt } from "./phase.js";
import { ready } from "./video-stage.js";

const PHASES = Array.from({ length: 101 }, (_each, k) => k / 100);
/** Further apart than this the second video is set anew, seconds. */
const ASTRAY_S = 0.25;

const root = document.getElementById("compare");
const find = (name) => root.querySelector(`[data-${name}]`);
const t = await words("compare", "review");
const halves = await Promise.all([...root.querySelectorAll("[data-half]")].map(half));
const [lead, follow] = halves;
let phase = 0;
let rate = 1;
let looping = false;
let moving = Promise.resolve();

/** One side: its frames, reps, player and layers. */
async function half(place) {
  const { recording, analysis } = place.dataset;
  const [overlay, report] = await Promise.all(["overlay", "report"].map((what) => ask(`/recordings/${recording}/${what}?analysis=${analysis}`)));
  const frames = new Frames(overlay.data);
  const { video, player, layers } = ready(place.querySelector("[data-picture]"), frames, t);
  const choice = place.querySelector("[data-rep-choice]");
  choice.hidden = false;
  const made = { frames, player, layers, choice, video, reps: report.data.reps, rep: report.data.reps[0] };
  choice.addEventListener("change", () => {
    made.rep = made.reps[Number(choice.value)];
    pause();
    build();
    go(phase);
  });
  player.onFrame((time) => layers.draw(time));
  return made;
}

/** Show one phase in both. */
function go(to) {
  phase = Math.min(Math.max(to, 0), 1);
  show();
  moving = moving.then(() => Promise.all(halves.map(({ player, rep }) => player.seek(timeAt(rep, phase)))));
  return moving;
}

function pause() {
  for (const { player } of halves) player.pause();
}

const paused = () => (lead.video ? lead.video.paused : lead.player.paused);

async function play() {
  if (phase > 0.995) await go(0);
  else await go(phase);
  lead.player.rate = rate;
  await Promise.all(halves.map(({ player }) => player.play()));
}

// The first video leads; the second is kept at the same phase by its speed.
lead.player.onFrame((time) => {
  if (paused()) return;
  phase = phaseAt(lead.rep, time);
  show();
  const target = timeAt(follow.rep, phase);
  const astray = follow.player.time - target;
  if (Math.abs(astray) > ASTRAY_S) follow.player.seek(target);
  const even = (rate * pace(follow.rep, phase)) / pace(lead.rep, phase);
  follow.player.rate = Math.min(Math.max(even * (1 - Math.min(Math.max(2 * astray, -0.5), 0.5)), 0.0625), 8);
  if (time < lead.rep.end_s) return;
  pause();
  go(looping ? 0 : 1).then(() => looping && play());
});

// Curves by phase
let plots = [];
function build() {
  for (const plot of plots) plot.destroy();
  plots = [...root.querySelectorAll("[data-plot]")].map((box) => {
    const name = box.dataset.plot;
    const colour = themeColour(name === "hip" ? "hip" : "back");
    const curves = halves.map(({ frames, rep }) => PHASES.map((each) => valueAt(frames.time_s, frames[`${name}_deg`], timeAt(rep, each))));
    const axis = { stroke: themeColour("ink-soft"), font: "12px system-ui, sans-serif", grid: { stroke: themeColour("line"), width: 1 }, ticks: { show: false } };
    const plot = new uPlot(
      {
        width: Math.max(box.clientWidth, 120),
        height: Math.max(box.clientHeight, 80),
        padding: [8, 24, 0, 0],
        scales: { x: { time: false, range: () => [0, 1] }, y: { range: (_plot, low, high) => [Math.min(-10, (low ?? 0) - 4), Math.max(40, (high ?? 0) + 4)] } },
        axes: [
          { ...axis, size: 24, gap: 2, splits: () => [0, 0.5, 1], values: () => [t("compare-stand"), t("compare-bottom"), t("compare-stand")] },
          { ...axis, size: 44, gap: 4, space: 28, values: (_plot, ticks) => ticks.map((each) => `${String(each).replace("-", "−")}°`) },
        ],
        series: [
          {},
          { stroke: colour, width: 1.5, dash: [6, 5], points: { show: false } },
          { stroke: colour, width: 2.5, points: { show: false } },
        ],
        legend: { show: false },
        cursor: { show: false },
        hooks: { draw: [line] }, // scales are settled only then
      },
      [PHASES, ...curves],
      box,
    );
    plot.root.setAttribute("aria-hidden", "true");
    plot.line = document.createElement("div");
    plot.line.className = "curve-line";
    plot.over.append(plot.line);
    const to = (event) => {
      pause();
      go(plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, "x"));
    };
    plot.over.addEventListener("pointerdown", (event) => {
      plot.over.setPointerCapture(event.pointerId);
      to(event);
    });
    plot.over.addEventListener("pointermove", (event) => plot.over.hasPointerCapture(event.pointerId) && to(event));
    return plot;
  });
  show();
}

const line = (plot) => plot.line?.style.setProperty("transform", `translateX(${plot.valToPos(phase, "x").toFixed(1)}px)`);

function show() {
  const slider = find("phase");
  slider.value = String(phase);
  const down = phase <= 0.5;
  const share = Math.round(100 * (down ? 2 * phase : 2 - 2 * phase));
  const says = down ? t("compare-phase-down", { share }) : t("compare-phase-up", { share: 100 - share });
  find("phase-says").textContent = says;
  slider.setAttribute("aria-valuetext", says);
  plots.forEach(line);
  for (const place of root.querySelectorAll("[data-now]")) {
    const told = halves.map(({ frames, rep }) => degrees(valueAt(frames.time_s, frames[`${place.dataset.now}_deg`], timeAt(rep, phase))) || "–");
    place.textContent = told.join(" · ");
  }
}

find("transport").hidden = false;
find("phases").hidden = false;
const button = root.querySelector("[data-do=play]");
button.addEventListener("click", () => (paused() ? play() : pause()));
for (const kind of ["play", "pause"]) {
  (lead.video ?? lead.player.events).addEventListener(kind, () => {
    for (const each of button.querySelectorAll("[data-when]")) each.hidden = (each.dataset.when === "paused") !== paused();
    const name = t(paused() ? "compare-play" : "compare-pause");
    button.setAttribute("aria-label", name);
    button.title = name;
  });
}
find("phase").addEventListener("input", (event) => {
  pause();
  go(Number(event.target.value));
});
for (const each of root.querySelectorAll("[data-rate]")) {
  each.addEventListener("click", () => {
    rate = Number(each.dataset.rate);
    lead.player.rate = rate;
    for (const other of root.querySelectorAll("[data-rate]")) other.setAttribute("aria-pressed", String(other === each));
  });
}
const loop = root.querySelector("[data-do=loop]");
loop.addEventListener("click", () => {
  looping = !looping;
  loop.setAttribute("aria-pressed", String(looping));
});
new ResizeObserver(build).observe(find("phases"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", build);
build();
await go(0.5);
root.dataset.ready = "yes";
