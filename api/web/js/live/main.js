// The page of live coaching: choose, be seen, be counted and cued, look back. Pictures stay in this page.
import { CameraProblem, openCamera } from "hinge/camera.js";
import { ask } from "hinge/http.js";
import { framing } from "hinge/pose/framing.js";
import { words } from "hinge/translations.js";
import { awake } from "hinge/live/wake-lock.js";
import { board as makeBoard } from "hinge/live/dashboard.js";
import { eyes as makeEyes, sizeOf } from "hinge/live/detector.js";
import { film as makeFilm } from "hinge/live/recorder.js";
import { link as makeLink } from "hinge/live/connection.js";
import { overlay as makeOverlay } from "hinge/live/overlay.js";
import { sending as makeSending } from "hinge/live/film-upload.js";
import { summary } from "hinge/live/summary.js";
import { voice as makeVoice } from "hinge/live/voice.js";
import { encode } from "hinge/live/frame-codec.js";

const root = document.querySelector("[data-live]");
const part = (name) => root.querySelector(`[data-${name}]`);
const mayFilm = Boolean(part("wish")) && "MediaRecorder" in window;
const t = await words("shell", "messages", "live", ...(mayFilm ? ["record"] : []));
const video = part("preview");
const screen = awake();
const overlay = makeOverlay(part("overlay"), video);
const board = makeBoard(part("coach"), t, spoken);
const voice = makeVoice({ voice: part("voice"), beeps: part("beeps"), said: part("said") }, spoken);
const eyes = makeEyes({
  video,
  models: { full: root.dataset.poseModel, lite: root.dataset.poseLite },
  wanted: () => at === "coach",
  onLoading(share) {
    if (at === "coach" && share < 1) board.note(t("live-loading", { percent: 10 * Math.floor(10 * share) }));
  },
  found,
  failed: () => trouble("unable"),
});
const film = makeFilm((seconds) => {
  part("filming").hidden = seconds === null;
  part("filming").textContent = seconds === null ? "" : t("live-filming", { seconds });
});
const sending = mayFilm ? makeSending(root, t, show) : null;
let at = "ready";
let camera = null;
let facing = "user";
let line = null;
let size = null;
let seq = 0;
let loaded = false;
let practised = null;
const reps = new Map();

/** What is spoken and captioned, in the language of the page. */
function spoken({ kind, code, text }) {
  if (kind === "count") return text;
  try {
    return t(kind === "cue" ? `fault-${code}-ear` : `say-${kind}-${code}`);
  } catch {
    return text; // a word that is newer than this page
  }
}

function show(view) {
  at = view;
  root.dataset.at = view;
  for (const each of root.querySelectorAll("[data-view]")) each.hidden = each.dataset.view !== view;
  document.body.classList.toggle("coaching", view === "coach");
  scrollTo(0, 0);
  root.querySelector(`[data-view="${view}"] h1`)?.focus();
}

function trouble(kind) {
  stop();
  show("ready");
  part("trouble-words").textContent = t(`live-trouble-${kind}`);
  part("trouble").hidden = false;
  part("trouble").focus();
}

// ---- before

function hindrance() {
  if (!isSecureContext) return "insecure";
  if (!navigator.mediaDevices?.getUserMedia) return "unfit";
  if (!("WebAssembly" in window) || !("Worker" in window)) return "unable";
  return root.dataset.poseModel || root.dataset.poseLite ? null : "unable";
}

function exercise() {
  const { value, dataset } = part("ready-form").querySelector('[name="exercise"]:checked, [name="exercise"][type="hidden"]');
  for (const each of root.querySelectorAll("[data-demo]")) each.hidden = each.dataset.demo !== dataset.protocol;
  return { plan: dataset.plan ? value : "", protocol: dataset.protocol };
}

async function start() {
  part("trouble").hidden = true;
  sending?.drop();
  voice.wake();
  try {
    camera = await openCamera(facing);
  } catch (error) {
    trouble(error instanceof CameraProblem ? error.kind : "unfit");
    return;
  }
  facing = camera.facing;
  part("switch").hidden = !camera.several;
  part("stage").classList.toggle("mirrored", facing === "user");
  video.srcObject = camera.stream;
  camera.stream.getVideoTracks()[0].addEventListener("ended", () => at === "coach" && trouble("lost"));
  await video.play();
  size = sizeOf(video);
  part("stage").style.setProperty("--shape", `${video.videoWidth} / ${video.videoHeight}`);
  loaded = false;
  board.clear();
  reps.clear();
  seq = 0;
  show("coach");
  board.note(t("live-loading", { percent: 0 }));
  practised = exercise();
  const chosen = practised.plan ? { plan: practised.plan } : { protocol: practised.protocol };
  if (mayFilm && part("wish").checked) film.ready(camera.stream);
  line = makeLink({
    begin: () => ({ ...size, ...chosen, model: root.dataset.poseModel ? "full" : "lite" }),
    told,
    stands,
  });
  line.open();
  screen.start();
  overlay.start();
  eyes.start();
}

function stop() {
  film.drop();
  eyes.stop();
  overlay.stop();
  screen.stop();
  voice.hush();
  line?.end();
  line = null;
  camera?.close();
  camera = null;
  video.srcObject = null;
}

// ---- meanwhile

function found(seen, { seconds, luma, looked }) {
  if (at !== "coach") return;
  overlay.see(seen.landmarks);
  if (!loaded) {
    loaded = true;
    board.note("");
  }
  if (!line.free()) return; // the newest wins: this one is old when the answer comes
  const company = looked && seen.landmarks ? Number(framing(seen, 128).one === "more") : null;
  line.send(encode(seen, { seq: (seq += 1), seconds, luma, others: company }));
}

function told(answer) {
  if (answer.began) {
    board.limit(answer.began.lumbar_limit_deg);
    voice.anew(); // numbers go on from the last ticket, which may be older than the last word
  }
  if (answer.rep) reps.set(answer.rep.total, answer.rep);
  if (answer.say) voice.say(answer.say);
  if (answer.finished) finish(answer.finished);
  else if (at === "coach") {
    board.show(answer);
    film.follow(board.state);
  }
}

function stands(state, code) {
  if (state === "open") board.note(loaded ? "" : t("live-loading", { percent: 100 }));
  else if (state === "away") board.note(t("live-away"));
  else if (state === "lost") board.note(t("live-lost"));
  else trouble(code === "not_cleared" ? "clearance" : code === "signed_out" ? "signed-out" : "exercise");
}

async function finish(finished) {
  const wished = mayFilm && part("wish").checked;
  const taken = film.take();
  stop();
  summary(root.querySelector('[data-view="summary"]'), t, finished, reps, wished);
  show("summary");
  if (wished) sending.offer(await taken, practised);
}

document.addEventListener("visibilitychange", () => {
  if (at === "coach") board.note(document.hidden ? t("live-hidden") : t("live-returned"));
  if (at === "coach" && !document.hidden) setTimeout(() => at === "coach" && part("note").textContent === t("live-returned") && board.note(""), 4000);
});
video.addEventListener("resize", () => {
  if (at !== "coach" || !size) return;
  const now = sizeOf(video);
  if (now.width === size.width && now.height === size.height) return;
  size = now;
  part("stage").style.setProperty("--shape", `${video.videoWidth} / ${video.videoHeight}`);
  line?.renew();
});

const press = (what) => line?.press(what);

part("start").addEventListener("click", start);
part("again").addEventListener("click", start);
part("pause").addEventListener("click", () => press("rest"));
part("resume").addEventListener("click", () => press("next_set"));
part("next-set").addEventListener("click", () => press("next_set"));
part("finish").addEventListener("click", () => press("finish"));
part("leave").addEventListener("click", () => {
  stop();
  show("ready");
});
part("switch").addEventListener("click", () => {
  facing = facing === "user" ? "environment" : "user";
  stop();
  start();
});
part("discard").addEventListener("click", async ({ currentTarget: button }) => {
  await ask(`/clients/${root.dataset.owner}/live-sessions/${button.dataset.session}`, { method: "DELETE" });
  button.hidden = true;
  part("saved").textContent = t("live-saved-discarded");
});
document.addEventListener("keydown", (event) => {
  if (at !== "coach" || event.ctrlKey || event.metaKey || event.altKey) return;
  const onControl = event.target.closest("button, a, input, select");
  const key = event.key.toLowerCase();
  if (key === " " && !onControl) {
    event.preventDefault();
    (part("resume").hidden ? part("pause") : part("resume")).click();
  } else if (key === "n") part("next-set").hidden || part("next-set").click();
  else if (key === "f") part("finish").click();
  else if (key === "m") voice.toggle();
});
addEventListener("pagehide", () => {
  stop();
  sending?.drop();
});

if (hindrance()) {
  part("trouble-words").textContent = t(`live-trouble-${hindrance()}`);
  part("trouble").hidden = false;
} else {
  part("start").hidden = false;
  if (mayFilm) part("wish-card").hidden = false;
}
if (mayFilm) {
  part("wish").addEventListener("change", ({ currentTarget: wish }) => {
    part("private-filmed").hidden = !wish.checked;
    part("private").hidden = wish.checked;
  });
}
root.dataset.at = "ready";
