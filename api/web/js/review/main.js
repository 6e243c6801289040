// The review page: connects video and layers, curves, comments, corrections, limits, draft and publishing.
import { createElement, dataOf, find, findAll, findAs } from "hinge/dom.js";
import { request } from "hinge/http.js";
import { loadTranslations } from "hinge/translations.js";
import { Comments } from "./comments.js";
import { Corrections } from "./corrections.js";
import { Curves } from "./curves.js";
import { createDecisionForm } from "./decision-form.js";
import { DrawingBoard } from "./drawing-board.js";
import { Frames } from "./frames.js";
import { bindLimitPreview } from "./limit-preview.js";
import { formatEstimate, formatTime } from "./number-format.js";
import { drawRhythm, fetchUsualRhythm } from "./rhythm.js";
import { bindShortcuts } from "./shortcuts.js";
import { Transport } from "./transport.js";
import { createVideoStage } from "./video-stage.js";

const root = find(document, "#review");
const [recording, analysis, client] = ["recording", "analysis", "client"].map((name) => dataOf(root, name));
const part = (/** @type {string} */ name) => find(document, `[data-${name}]`);

const [t, overlay, loadedReport, reviews] = await Promise.all([
  loadTranslations("review", "shell"),
  request(`/recordings/${recording}/overlay?analysis=${analysis}`),
  request(`/recordings/${recording}/report?analysis=${analysis}`),
  request(`/recordings/${recording}/reviews`),
]);
const frames = new Frames(overlay.data);
/** @type {import("types/service").Report} */
const report = loadedReport.data;
const duration = Number(root.dataset.duration) || frames.last;
const titles = new Map(
  findAll(root, "[data-fault-names] [data-code]").map((each) => [each.dataset.code, each.textContent ?? ""]),
);
const title = (/** @type {string} */ code) => titles.get(code) ?? code;
const currentLimits = () =>
  Object.fromEntries(findAll(root, "[data-limit]").map((each) => [dataOf(each, "limit"), Number(each.dataset.was)]));

/** Shows a short message at the foot of the page, announced to screen readers as well. @param {string} text */
function say(text) {
  const note = createElement("p", { class: "toast", role: "status" });
  document.body.append(note);
  note.textContent = text;
  setTimeout(() => note.remove(), 6000);
}

// ---- picture and time

const picture = part("picture");
const { video, player, layers } = createVideoStage(picture, frames, t);
picture.classList.toggle("empty", !video);
video?.addEventListener("error", () => {
  // A codec this browser does not know, and no other copy yet: the annotated video plays everywhere.
  if (video.src.endsWith("/annotated.mp4")) return;
  video.src = `/api/v1/recordings/${recording}/annotated.mp4`;
  video.controls = true;
  layers.canvas.hidden = true;
  part("draw-tools").hidden = true; // its picture has another shape
  say(t("review-video-other"));
});
const board = new DrawingBoard(findAs(document, "[data-board]", SVGSVGElement), frames.width, frames.height);

// ---- curves

part("curves").hidden = false;
const curves = new Curves(part("curves"), frames, {
  reps: report.reps,
  limits: currentLimits(),
  t,
  seek: (time) => {
    player.pause();
    player.leave();
    return player.seek(time);
  },
});
const transport = new Transport(part("transport"), player, { video, layers, reps: report.reps, frames, t });
const rows = findAll(root, "tr[data-rep]");
player.onFrame((time) => {
  layers.draw(time);
  curves.show(time, transport.paused);
  transport.show(time);
  for (const row of rows) {
    const isNow = time >= Number(row.dataset.start) && time <= Number(row.dataset.end);
    row.toggleAttribute("data-now", isNow);
  }
});

/** Goes to a moment from elsewhere on the page, and scrolls the picture into view. @param {number} time */
function goTo(time) {
  part("stage").scrollIntoView({ block: "start" });
  return transport.goTo(time);
}

// Moments in tables and lists become buttons that go there.
for (const each of findAll(root, "[data-seek]")) {
  const text = each.textContent ?? "";
  const button = createElement("button", { type: "button", class: "quiet moment" }, text);
  const time = Number(each.dataset.seek);
  if ("ofRep" in each.dataset) {
    button.setAttribute("aria-label", `${t("review-rep-n", { n: text })}, ${formatTime(time)}`);
  }
  button.addEventListener("click", () => goTo(time));
  each.replaceChildren(button);
}

// ---- the draft

/** @type {Comments | undefined} */
let comments;
/** @type {Corrections | undefined} */
let corrections;
const { draft } = await createDecisionForm({
  recording,
  analysis,
  reviews: reviews.data,
  t,
  picture: { width: frames.width, height: frames.height },
  onFilled() {
    comments?.render();
    corrections?.render();
  },
  beforePublish: () => comments?.finish(),
});
const here = () => transport.here;
comments = new Comments(document, { player, board, t, draft, say, here, goTo, recording });
corrections = new Corrections(root, { player, curves, report, t, draft, title, duration, here });

// ---- limits

/**
 * Shows what the previewed limits would say of a rep.
 * @param {HTMLElement} row
 * @param {string} name of the cell
 * @param {string} text
 */
function previewCell(row, name, text) {
  const cell = find(row, `[data-${name}]`);
  cell.dataset.was ??= cell.textContent ?? "";
  cell.textContent = text;
  cell.classList.toggle("tried", cell.dataset.was !== text);
}

bindLimitPreview(root, {
  recording,
  client,
  report,
  t,
  title,
  say,
  onPreview(other) {
    for (const rep of other.reps) {
      const row = rows.find((each) => each.dataset.rep === String(rep.rep));
      if (!row) continue;
      previewCell(row, "score", formatEstimate(rep.score, rep.score_se, "") || t("shell-cannot-tell"));
      previewCell(row, "faults", rep.faults.map(title).join(", ") || "–");
    }
    curves.setLimits({ ...currentLimits(), ...other.protocol.limits });
  },
});

// ---- shortcuts

const sheet = findAs(document, "[data-keys]", HTMLDialogElement);
const openSheet = () => sheet.showModal();
transport.openSheet = openSheet;
bindShortcuts(
  {
    " ": () => transport.toggle(),
    k: () => transport.toggle(),
    ArrowLeft: () => player.step(-1),
    ",": () => player.step(-1),
    ArrowRight: () => player.step(1),
    ".": () => player.step(1),
    l: () => transport.toggleLoop(),
    n: () => transport.skipRep(1),
    p: () => transport.skipRep(-1),
    s: () => transport.slower(),
    c: () => comments.open(),
    "?": openSheet,
    1: () => transport.toggleLayer("skeleton"),
    2: () => transport.toggleLayer("back"),
    3: () => transport.toggleLayer("angles"),
  },
  sheet,
);

// ---- lumbopelvic rhythm

const usual = document.getElementById("compare-with") ? await fetchUsualRhythm(client, recording) : null;
part("rhythm").hidden = false;
part("rhythm-plot").replaceChildren(drawRhythm(frames, report.reps, usual, t));
const band = t(usual ? "review-rhythm-band" : "review-rhythm-no-band");
part("rhythm-says").textContent = `${t("review-rhythm-how")} ${band}`;
root.dataset.ready = "yes";
