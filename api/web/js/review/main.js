// The review page: video with layers, curves, comments, corrections, limits, draft and publishing, held together here.

import { ask } from "hinge/http.js";
import { words } from "hinge/translations.js";
import { Board } from "./drawing-board.js";
import { Comments } from "./comments.js";
import { Corrections } from "./corrections.js";
import { Curves } from "./curves.js";
import { clock, figure } from "./number-format.js";
import { Frames } from "./frames.js";
import { keys } from "./shortcuts.js";
import { Limits } from "./limits.js";
import { ready } from "./video-stage.js";
import { rhythmPlot, usual } from "./rhythm.js";
import { Transport } from "./transport.js";
import { writing } from "./decision-form.js";

const root = document.getElementById("review");
const { recording, analysis, client } = root.dataset;
const find = (name) => document.querySelector(`[data-${name}]`);

const [t, overlay, told, reviews] = await Promise.all([
  words("review", "shell"),
  ask(`/recordings/${recording}/overlay?analysis=${analysis}`),
  ask(`/recordings/${recording}/report?analysis=${analysis}`),
  ask(`/recordings/${recording}/reviews`),
]);
const frames = new Frames(overlay.data);
const report = told.data;
const duration = Number(root.dataset.duration) || frames.last;
const titles = Object.fromEntries([...root.querySelectorAll("[data-fault-names] [data-code]")].map((each) => [each.dataset.code, each.textContent]));
const title = (code) => titles[code] ?? code;
const limitsNow = () => Object.fromEntries([...root.querySelectorAll("[data-limit]")].map((each) => [each.dataset.limit, Number(each.dataset.was)]));

/** A short word at the foot of the page, told to screen readers as well. */
function say(text) {
  const note = document.createElement("p");
  note.className = "toast";
  note.setAttribute("role", "status");
  document.body.append(note);
  note.textContent = text;
  setTimeout(() => note.remove(), 6000);
}

// Picture and time
const picture = find("picture");
const { video, player, layers } = ready(picture, frames, t);
picture.classList.toggle("empty", !video);
video?.addEventListener("error", () => {
  // A coding this browser does not know, and no copy in another yet: the annotated video plays everywhere.
  if (video.src.endsWith("/annotated.mp4")) return;
  video.src = `/api/v1/recordings/${recording}/annotated.mp4`;
  video.controls = true;
  layers.canvas.hidden = true;
  find("draw-tools").hidden = true; // its picture has another shape
  say(t("review-video-other"));
});
const board = new Board(find("board"), frames.width, frames.height);

// Curves
find("curves").hidden = false;
const curves = new Curves(find("curves"), frames, {
  reps: report.reps,
  limits: limitsNow(),
  t,
  seek: (time) => {
    player.pause();
    player.leave();
    return player.seek(time);
  },
});
const transport = new Transport(find("transport"), player, { video, layers, reps: report.reps, frames, t });
const rows = [...root.querySelectorAll("tr[data-rep]")];
player.onFrame((time) => {
  layers.draw(time);
  curves.show(time, transport.paused);
  transport.show(time);
  for (const row of rows) row.toggleAttribute("data-now", time >= Number(row.dataset.start) && time <= Number(row.dataset.end));
});

/** Go to a moment from somewhere else on the page: the picture comes into sight. */
function goto(time) {
  find("stage").scrollIntoView({ block: "start" });
  return transport.go(time);
}

// Moments in tables and lists become buttons that go there.
for (const each of root.querySelectorAll("[data-seek]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet moment";
  button.textContent = each.textContent;
  const time = Number(each.dataset.seek);
  if ("ofRep" in each.dataset) button.setAttribute("aria-label", `${t("review-rep-n", { n: each.textContent })}, ${clock(time)}`);
  button.addEventListener("click", () => goto(time));
  each.replaceChildren(button);
}

// The draft
let comments;
let corrections;
const { draft } = await writing({
  recording,
  analysis,
  reviews: reviews.data,
  t,
  picture: { width: frames.width, height: frames.height },
  filled() {
    comments?.render();
    corrections?.render();
  },
  before: () => comments.finish(),
});
comments = new Comments(document, { player, board, t, draft, say, here: () => transport.here, goto, recording });
corrections = new Corrections(root, { player, curves, report, t, draft, title, duration, here: () => transport.here });

// Limits: the table tells what was noticed by those that are tried.
new Limits(root, {
  recording,
  client,
  report,
  t,
  title,
  say,
  tried(other) {
    for (const rep of other.reps) {
      const row = rows.find((each) => each.dataset.rep === String(rep.rep));
      if (!row) continue;
      for (const [place, text] of [
        ["score", figure(rep.score, rep.score_se, "") || t("shell-cannot-tell")],
        ["faults", rep.faults.map(title).join(", ") || "–"],
      ]) {
        const cell = row.querySelector(`[data-${place}]`);
        cell.dataset.was ??= cell.textContent;
        cell.textContent = text;
        cell.classList.toggle("tried", cell.dataset.was !== text);
      }
    }
    curves.tried = { ...limitsNow(), ...other.protocol.limits };
  },
});

// Keys
const sheet = find("keys");
const layerKeys = Object.fromEntries(["skeleton", "back", "angles"].map((layer, k) => [String(k + 1), () => transport.layer(layer)]));
const openSheet = () => sheet.showModal();
transport.sheet = openSheet;
keys(
  {
    " ": () => transport.toggle(),
    k: () => transport.toggle(),
    ArrowLeft: () => player.step(-1),
    ",": () => player.step(-1),
    ArrowRight: () => player.step(1),
    ".": () => player.step(1),
    l: () => transport.loop(),
    n: () => transport.rep(1),
    p: () => transport.rep(-1),
    s: () => transport.slower(),
    c: () => comments.open(),
    "?": openSheet,
    ...layerKeys,
  },
  sheet,
);

// How the bend is shared
const band = document.getElementById("compare-with") ? await usual(client, recording) : null;
find("rhythm").hidden = false;
find("rhythm-plot").replaceChildren(rhythmPlot(frames, report.reps, band, t));
find("rhythm-says").textContent = `${t("review-rhythm-how")} ${t(band ? "review-rhythm-band" : "review-rhythm-no-band")}`;
root.dataset.ready = "yes";
