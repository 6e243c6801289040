// The page of filming: choose or film, watch it once, send it, and meanwhile answer how the set went.
import { CameraError, filmingObstacle } from "hinge/camera.js";
import { CARRIED_KEY, fillForm, readForm, sendCheckin, watchForm } from "hinge/checkin.js";
import { dataOf, find, findAll, findAs } from "hinge/dom.js";
import { createFilmView } from "hinge/record/film-view.js";
import { loadTranslations } from "hinge/translations.js";
import { toMegabytes } from "hinge/upload/status-view.js";
import { deleteEntry, saveEntry } from "hinge/upload/store.js";
import { newEntry, showRefusal, submitVideo } from "hinge/upload/submission.js";

const root = find(document, "[data-record]");
const form = findAs(root, "[data-send]", HTMLFormElement);
const part = (/** @type {string} */ name) => find(root, `[data-${name}]`);
const view = (/** @type {string} */ name) => find(root, `[data-view="${name}"]`);
const maxBytes = Number(root.dataset.mostBytes);
const t = await loadTranslations("record", "checkin");
/** @type {Blob | null} */
let film = null;

/** Shows one view and focuses its heading, so that screen readers announce it. @param {string} name */
function show(name) {
  for (const each of findAll(root, "[data-view]")) each.hidden = each.dataset.view !== name;
  scrollTo(0, 0);
  findAll(view(name), "h1")[0]?.focus();
  root.dataset.at = name;
}

function chosenExercise() {
  const { dataset, value } = findAs(form, '[name="plan"]:checked, [name="plan"][type="hidden"]', HTMLInputElement);
  return { plan: value, protocol: dataset.protocol ?? "", load: dataset.load ?? "" };
}

/** @param {string} text */
function showNotice(text) {
  part("camera-words").textContent = text;
  part("camera-notice").hidden = false;
}

// ---- choose

part("plain-send").hidden = true;
form.classList.add("scripted");
form.addEventListener("submit", (event) => event.preventDefault());
const phoneInput = findAs(form, "[data-phone-input]", HTMLInputElement);
phoneInput.disabled = false;
part("phone").hidden = !matchMedia("(pointer: coarse)").matches;
part("choose-label").classList.add("button", "quiet", "way-second");
for (const input of [findAs(form, '[name="video"]', HTMLInputElement), phoneInput]) {
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    input.value = ""; // the same file may be chosen again
    if (file) review(file, null);
  });
}
const obstacle = filmingObstacle();
if (obstacle) showNotice(t(`record-camera-${obstacle}`));
else part("film").hidden = false;

// ---- film

const filmView = createFilmView(view("film"), t, {
  model: root.dataset.poseModel,
  onFilmed: (blob, seconds, lost) => {
    review(blob, seconds);
    if (lost) part("review-words").textContent = `${t("record-camera-lost")} ${part("review-words").textContent}`;
  },
  onError: showCameraError,
});

/** @param {unknown} error */
function showCameraError(error) {
  filmView.close();
  show("choose");
  showNotice(t(`record-camera-${error instanceof CameraError ? error.kind : "unfit"}`));
  part("camera-notice").focus();
}

async function startFilming() {
  part("camera-notice").hidden = true;
  show("film");
  try {
    await filmView.open();
  } catch (error) {
    showCameraError(error);
  }
}
part("film").addEventListener("click", startFilming);
part("leave-film").addEventListener("click", () => {
  filmView.close();
  show("choose");
});

// ---- watch it once

const player = findAs(root, "[data-review]", HTMLVideoElement);
/** @type {() => void} */
let retake = () => {};

/** @param {Blob} blob @param {number | null} seconds null for a chosen file */
function review(blob, seconds) {
  if (blob.size > maxBytes) {
    show("choose");
    showNotice(t("record-too-large", { megabytes: toMegabytes(blob.size), most: maxBytes / 1e6 }));
    part("camera-notice").focus();
    return;
  }
  // Without the file's name, which may say more than anybody needs to know.
  film = new Blob([blob], { type: blob.type });
  retake = seconds === null ? () => show("choose") : startFilming;
  const megabytes = toMegabytes(blob.size);
  part("review-words").textContent =
    seconds === null ? t("record-review-chosen", { megabytes }) : t("record-review-filmed", { seconds, megabytes });
  URL.revokeObjectURL(player.src);
  part("review-frame").hidden = false;
  part("review-unplayable").hidden = true;
  player.src = URL.createObjectURL(film);
  show("review");
}
player.addEventListener("error", () => {
  part("review-frame").hidden = true;
  part("review-unplayable").hidden = false;
});
part("retake").addEventListener("click", () => retake());
part("keep").addEventListener("click", () => {
  if (film) sendFilm(film);
});

// ---- send, and the check-in meanwhile

const checkin = findAs(root, "[data-checkin]", HTMLFormElement);
const goOnLink = findAs(root, "[data-go-on-link]", HTMLAnchorElement);

/** @param {Blob} blob */
async function sendFilm(blob) {
  player.pause();
  const { plan, protocol, load } = chosenExercise();
  const carried = JSON.parse(sessionStorage.getItem(CARRIED_KEY) ?? "null");
  const entry = newEntry({ owner: dataOf(root, "owner"), blob, protocol, plan, checkin: carried });
  sessionStorage.removeItem(CARRIED_KEY);
  fillForm(checkin, { load_kg: load, ...entry.checkin });
  part("sending-title").textContent = t("record-sending-title");
  show("sending");
  const followUp = followCheckin(entry);

  await submitVideo(entry, part("sending"), t, {
    tus: dataOf(root, "tus"),
    async onDone(recording) {
      part("sending-title").textContent = t("record-sent-title");
      await followUp.send();
      if (!entry.checkin) await deleteEntry(entry.id);
      if (followUp.isFinished()) return location.assign(`/recordings/${recording}`);
      goOnLink.href = `/recordings/${recording}`;
      part("go-on").hidden = false;
    },
    async onRefused(problem) {
      if (entry.checkin) sessionStorage.setItem(CARRIED_KEY, JSON.stringify(entry.checkin));
      await showRefusal(view("refused"), t, problem, plan);
      show("refused");
    },
  });
}

/**
 * Keeps the answers with the entry and sends them as soon as the recording they belong to exists.
 * @param {import("hinge/upload/store.js").Entry} entry
 */
function followCheckin(entry) {
  let finished = false;

  async function send() {
    if (!entry.checkin || !entry.recording) return;
    const sent = JSON.stringify(entry.checkin);
    const done = await sendCheckin(entry.recording, entry.checkin);
    if (sent === JSON.stringify(entry.checkin)) entry.said = done;
    part("checkin-kept").textContent = t(done ? "checkin-kept" : "checkin-not-kept");
    if (entry.said) await deleteEntry(entry.id);
    else await saveEntry(entry);
  }

  watchForm(checkin, async (answers) => {
    entry.checkin = answers;
    entry.said = false;
    if (entry.recording) await send();
    else if (await saveEntry(entry)) part("checkin-kept").textContent = t("checkin-kept-here");
  });
  checkin.addEventListener("submit", async (event) => {
    event.preventDefault();
    entry.checkin = readForm(checkin);
    entry.said = false;
    finished = true;
    await (entry.recording ? send() : saveEntry(entry));
    if (entry.recording) location.assign(`/recordings/${entry.recording}`);
    else {
      checkin.hidden = true;
      part("sending-title").focus();
    }
  });
  return { send, isFinished: () => finished };
}
