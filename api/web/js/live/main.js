// The page of live coaching: choose, get into the picture, be counted and cued, review. Pictures stay in this page.
import { CameraError, openCamera } from "hinge/camera.js";
import { dataOf, find, findAll, findAllAs, findAs } from "hinge/dom.js";
import { request } from "hinge/http.js";
import { Connection } from "hinge/live/connection.js";
import { Dashboard } from "hinge/live/dashboard.js";
import { analysisSize, Detector } from "hinge/live/detector.js";
import { FilmUpload } from "hinge/live/film-upload.js";
import { encodeFrame } from "hinge/live/frame-codec.js";
import { createOverlay } from "hinge/live/overlay.js";
import { createSetRecorder } from "hinge/live/recorder.js";
import { showSummary } from "hinge/live/summary.js";
import { Voice } from "hinge/live/voice.js";
import { createWakeLock } from "hinge/live/wake-lock.js";
import { checkFraming } from "hinge/pose/framing.js";
import { loadTranslations } from "hinge/translations.js";

const root = find(document, "[data-live]");
const part = (/** @type {string} */ name) => find(root, `[data-${name}]`);
const [filmBox] = findAllAs(root, "[data-wish]", HTMLInputElement);
const canFilm = Boolean(filmBox) && "MediaRecorder" in window;
const t = await loadTranslations("shell", "messages", "live", ...(canFilm ? ["record"] : []));
const video = findAs(root, "[data-preview]", HTMLVideoElement);
const wakeLock = createWakeLock();
const overlay = createOverlay(findAs(root, "[data-overlay]", HTMLCanvasElement), video);
const dashboard = new Dashboard(part("coach"), t, phraseText);
const voice = new Voice({ voice: part("voice"), beeps: part("beeps"), announcement: part("said") }, phraseText);
const detector = new Detector({
  video,
  models: { full: root.dataset.poseModel, lite: root.dataset.poseLite },
  isWanted: () => shownView === "coach",
  onLoading(share) {
    if (shownView === "coach" && share < 1)
      dashboard.showNote(t("live-loading", { percent: 10 * Math.floor(10 * share) }));
  },
  onPose: handlePose,
  onError: () => showTrouble("unable"),
});
const setRecorder = createSetRecorder((seconds) => {
  part("filming").hidden = seconds === null;
  part("filming").textContent = seconds === null ? "" : t("live-filming", { seconds });
});
const filmUpload = canFilm ? new FilmUpload(root, t, show) : null;
let shownView = "ready";
/** @type {import("hinge/camera.js").Camera | null} */
let camera = null;
/** @type {import("hinge/camera.js").Facing} */
let facing = "user";
/** @type {Connection | null} */
let connection = null;
/** @type {{width: number, height: number} | null} */
let size = null;
let seq = 0;
let loaded = false;
/** What is practised: a plan's exercise, or a protocol's. */
let exercise = { plan: "", protocol: "" };
/** @type {Map<number, import("types/live").LiveRep>} */
const reps = new Map();

/** What is spoken and captioned, in the language of the page. @param {import("types/live").Phrase} phrase */
function phraseText({ kind, code, text }) {
  if (kind === "count") return text;
  try {
    return t(kind === "cue" ? `fault-${code}-ear` : `say-${kind}-${code}`);
  } catch {
    return text; // the server has a phrase newer than this page
  }
}

/** @param {string} name of a view */
function show(name) {
  shownView = name;
  root.dataset.at = name;
  for (const each of findAll(root, "[data-view]")) each.hidden = each.dataset.view !== name;
  document.body.classList.toggle("coaching", name === "coach");
  scrollTo(0, 0);
  findAll(root, `[data-view="${name}"] h1`)[0]?.focus();
}

/** @param {string} kind */
function showTrouble(kind) {
  stop();
  show("ready");
  part("trouble-words").textContent = t(`live-trouble-${kind}`);
  part("trouble").hidden = false;
  part("trouble").focus();
}

// ---- before

function coachingObstacle() {
  if (!isSecureContext) return "insecure";
  if (!("getUserMedia" in (navigator.mediaDevices ?? {}))) return "unfit";
  if (!("WebAssembly" in window) || !("Worker" in window)) return "unable";
  return root.dataset.poseModel || root.dataset.poseLite ? null : "unable";
}

function chooseExercise() {
  const selector = '[name="exercise"]:checked, [name="exercise"][type="hidden"]';
  const { value, dataset } = findAs(part("ready-form"), selector, HTMLInputElement);
  for (const each of findAll(root, "[data-demo]")) each.hidden = each.dataset.demo !== dataset.protocol;
  return { plan: dataset.plan ? value : "", protocol: dataset.protocol ?? "" };
}

function setStageShape() {
  part("stage").style.setProperty("--shape", `${video.videoWidth} / ${video.videoHeight}`);
}

/** @param {import("hinge/camera.js").Camera} opened */
async function showCamera(opened) {
  camera = opened;
  facing = opened.facing;
  part("switch").hidden = !opened.several;
  part("stage").classList.toggle("mirrored", facing === "user");
  video.srcObject = opened.stream;
  opened.stream.getVideoTracks()[0].addEventListener("ended", () => {
    if (shownView === "coach") showTrouble("lost");
  });
  await video.play();
  size = analysisSize(video);
  setStageShape();
}

async function start() {
  part("trouble").hidden = true;
  filmUpload?.discard();
  voice.unlockAudio();
  let opened;
  try {
    opened = await openCamera(facing);
  } catch (error) {
    showTrouble(error instanceof CameraError ? error.kind : "unfit");
    return;
  }
  await showCamera(opened);
  loaded = false;
  dashboard.clear();
  reps.clear();
  seq = 0;
  show("coach");
  dashboard.showNote(t("live-loading", { percent: 0 }));
  exercise = chooseExercise();
  if (canFilm && filmBox.checked) setRecorder.arm(opened.stream);
  connection = new Connection({ sessionStart, onUpdate: handleUpdate, onState: handleConnectionState });
  connection.open();
  wakeLock.start();
  overlay.start();
  detector.start();
}

function sessionStart() {
  const { plan, protocol } = exercise;
  return { ...size, ...(plan ? { plan } : { protocol }), model: root.dataset.poseModel ? "full" : "lite" };
}

function stop() {
  setRecorder.discard();
  detector.stop();
  overlay.stop();
  wakeLock.stop();
  voice.silence();
  connection?.end();
  connection = null;
  camera?.close();
  camera = null;
  video.srcObject = null;
}

// ---- meanwhile

/** @param {import("types/pose").Pose} pose @param {import("hinge/live/detector.js").FrameInfo} frame */
function handlePose(pose, { seconds, luma, lookedForOthers }) {
  if (shownView !== "coach") return;
  overlay.setPose(pose.landmarks);
  if (!loaded) {
    loaded = true;
    dashboard.showNote("");
  }
  if (!connection?.isFree) return; // the newest wins: this one would be old by the time of the answer
  const others = lookedForOthers && pose.landmarks ? Number(checkFraming(pose, 128).one === "more") : null;
  seq += 1;
  connection.sendFrame(encodeFrame(pose, { seq, seconds, luma, others }));
}

/** @param {import("types/live").LiveUpdate} update */
function handleUpdate(update) {
  if (update.began) {
    dashboard.setLimit(update.began.lumbar_limit_deg);
    voice.resetNumbers(); // they go on from the last ticket, which may be older than the last phrase
  }
  if (update.rep) reps.set(update.rep.total, update.rep);
  if (update.say) voice.say(update.say);
  if (update.finished) finish(update.finished);
  else if (shownView === "coach") {
    dashboard.show(update);
    setRecorder.follow(dashboard.state);
  }
}

/** @type {import("hinge/live/connection.js").ConnectionOptions["onState"]} */
function handleConnectionState(state, code) {
  if (state === "open") dashboard.showNote(loaded ? "" : t("live-loading", { percent: 100 }));
  else if (state === "away") dashboard.showNote(t("live-away"));
  else if (state === "lost") dashboard.showNote(t("live-lost"));
  else showTrouble(code === "not_cleared" ? "clearance" : code === "signed_out" ? "signed-out" : "exercise");
}

/** @param {import("types/live").Finished} finished */
async function finish(finished) {
  const filmWanted = canFilm && filmBox.checked;
  const recorded = setRecorder.finish();
  stop();
  showSummary(find(root, '[data-view="summary"]'), t, finished, reps, filmWanted);
  show("summary");
  if (filmWanted) filmUpload?.offer(await recorded, exercise);
}

document.addEventListener("visibilitychange", () => {
  if (shownView !== "coach") return;
  dashboard.showNote(document.hidden ? t("live-hidden") : t("live-returned"));
  if (document.hidden) return;
  setTimeout(() => {
    if (shownView === "coach" && part("note").textContent === t("live-returned")) dashboard.showNote("");
  }, 4000);
});
video.addEventListener("resize", () => {
  if (shownView !== "coach" || !size) return;
  const now = analysisSize(video);
  if (now.width === size.width && now.height === size.height) return;
  size = now;
  setStageShape();
  connection?.reconnect();
});

part("start").addEventListener("click", start);
part("again").addEventListener("click", start);
part("pause").addEventListener("click", () => connection?.sendCommand("rest"));
part("resume").addEventListener("click", () => connection?.sendCommand("next_set"));
part("next-set").addEventListener("click", () => connection?.sendCommand("next_set"));
part("finish").addEventListener("click", () => connection?.sendCommand("finish"));
part("leave").addEventListener("click", () => {
  stop();
  show("ready");
});
part("switch").addEventListener("click", () => {
  facing = facing === "user" ? "environment" : "user";
  stop();
  start();
});
part("discard").addEventListener("click", async () => {
  const button = part("discard");
  const path = `/clients/${dataOf(root, "owner")}/live-sessions/${dataOf(button, "session")}`;
  await request(path, { method: "DELETE" });
  button.hidden = true;
  part("saved").textContent = t("live-saved-discarded");
});
document.addEventListener("keydown", (event) => {
  if (shownView !== "coach" || event.ctrlKey || event.metaKey || event.altKey) return;
  const onControl = event.target instanceof Element && event.target.closest("button, a, input, select");
  const key = event.key.toLowerCase();
  if (key === " " && !onControl) {
    event.preventDefault();
    part(part("resume").hidden ? "pause" : "resume").click();
  } else if (key === "n") {
    if (!part("next-set").hidden) part("next-set").click();
  } else if (key === "f") part("finish").click();
  else if (key === "m") voice.toggle();
});
addEventListener("pagehide", () => {
  stop();
  filmUpload?.discard();
});

const obstacle = coachingObstacle();
if (obstacle) {
  part("trouble-words").textContent = t(`live-trouble-${obstacle}`);
  part("trouble").hidden = false;
} else {
  part("start").hidden = false;
  if (canFilm) part("wish-card").hidden = false;
}
if (canFilm) {
  filmBox.addEventListener("change", () => {
    part("private-filmed").hidden = !filmBox.checked;
    part("private").hidden = filmBox.checked;
  });
}
root.dataset.at = "ready";
