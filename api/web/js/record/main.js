// The page of filming: choose or film, look at it once, send it, say meanwhile how it went.
import { CameraProblem, unfit } from "hinge/camera.js";
import { CARRIED, filled, gathered, sendCheckin, watched } from "hinge/checkin.js";
import { filming } from "hinge/record/film-view.js";
import { entryOf, sendHere, tellRefusal } from "hinge/upload/submission.js";
import { forget, keep } from "hinge/upload/store.js";
import { megabytes } from "hinge/upload/status-view.js";
import { words } from "hinge/translations.js";

const root = document.querySelector("[data-record]");
const form = root.querySelector("[data-send]");
const part = (name) => root.querySelector(`[data-${name}]`);
const most = Number(root.dataset.mostBytes);
const t = await words("record", "checkin");
let film = null;

/** Show one view and say so: the focus goes to its heading. */
function show(name) {
  for (const view of root.querySelectorAll("[data-view]")) view.hidden = view.dataset.view !== name;
  scrollTo(0, 0);
  root.querySelector(`[data-view="${name}"] h1`)?.focus();
  root.dataset.at = name;
}

function exercise() {
  const { dataset, value } = form.querySelector('[name="plan"]:checked, [name="plan"][type="hidden"]');
  return { plan: value, protocol: dataset.protocol, load: dataset.load };
}

function say(kind) {
  part("camera-words").textContent = t(`record-camera-${kind}`);
  part("camera-notice").hidden = false;
}

// ---- choose

part("plain-send").hidden = true;
form.classList.add("scripted");
form.addEventListener("submit", (event) => event.preventDefault());
const phone = part("phone-input");
phone.disabled = false;
part("phone").hidden = !matchMedia("(pointer: coarse)").matches;
part("choose-label").classList.add("button", "quiet", "way-second");
for (const input of [form.elements.video, phone]) {
  input.addEventListener("change", () => {
    const [file] = input.files;
    input.value = ""; // the same file may be chosen again
    if (file) review(file, null);
  });
}
if (unfit()) say(unfit());
else part("film").hidden = false;

// ---- film

const camera = filming(root.querySelector('[data-view="film"]'), t, {
  model: root.dataset.poseModel,
  filmed: (blob, seconds, lost) => {
    review(blob, seconds);
    if (lost) part("review-words").textContent = `${t("record-camera-lost")} ${part("review-words").textContent}`;
  },
  failed: refusedByCamera,
});

function refusedByCamera(error) {
  camera.close();
  show("choose");
  say(error instanceof CameraProblem ? error.kind : "unfit");
  part("camera-notice").focus();
}

async function toFilm() {
  part("camera-notice").hidden = true;
  show("film");
  try {
    await camera.open();
  } catch (error) {
    refusedByCamera(error);
  }
}
part("film").addEventListener("click", toFilm);
part("leave-film").addEventListener("click", () => {
  camera.close();
  show("choose");
});

// ---- look at it once

const player = part("review");
let again = () => {};

function review(blob, seconds) {
  if (blob.size > most) {
    show("choose");
    part("camera-words").textContent = t("record-too-large", { megabytes: megabytes(blob.size), most: most / 1e6 });
    part("camera-notice").hidden = false;
    part("camera-notice").focus();
    return;
  }
  // Without its name, which may say more than anybody needs to know.
  film = new Blob([blob], { type: blob.type });
  again = seconds === null ? () => show("choose") : toFilm;
  const size = megabytes(blob.size);
  part("review-words").textContent =
    seconds === null ? t("record-review-chosen", { megabytes: size }) : t("record-review-filmed", { seconds, megabytes: size });
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
part("retake").addEventListener("click", () => again());
part("keep").addEventListener("click", () => sendOff(film));

// ---- send, and the check-in meanwhile

const checkin = part("checkin");

async function sendOff(blob) {
  player.pause();
  const { plan, protocol, load } = exercise();
  const carried = JSON.parse(sessionStorage.getItem(CARRIED) ?? "null");
  const entry = entryOf({ owner: root.dataset.owner, blob, protocol, plan, checkin: carried });
  sessionStorage.removeItem(CARRIED);
  filled(checkin, { load_kg: load, ...entry.checkin });
  part("sending-title").textContent = t("record-sending-title");
  show("sending");
  let finished = false;

  /** Say what is known of the set as soon as there is something to say it of. */
  async function tellCheckin() {
    if (!entry.checkin || !entry.recording) return;
    const asked = JSON.stringify(entry.checkin);
    const done = await sendCheckin(entry.recording, entry.checkin);
    if (asked === JSON.stringify(entry.checkin)) entry.said = done;
    part("checkin-kept").textContent = t(done ? "checkin-kept" : "checkin-not-kept");
    if (entry.said) await forget(entry.id);
    else await keep(entry);
  }

  watched(checkin, async (said) => {
    entry.checkin = said;
    entry.said = false;
    if (entry.recording) return tellCheckin();
    if (await keep(entry)) part("checkin-kept").textContent = t("checkin-kept-here");
  });
  checkin.addEventListener("submit", async (event) => {
    event.preventDefault();
    entry.checkin = gathered(checkin);
    entry.said = false;
    finished = true;
    await (entry.recording ? tellCheckin() : keep(entry));
    if (entry.recording) location.assign(`/recordings/${entry.recording}`);
    else {
      checkin.hidden = true;
      part("sending-title").focus();
    }
  });

  await sendHere(entry, part("sending"), t, {
    tus: root.dataset.tus,
    async done(recording) {
      part("sending-title").textContent = t("record-sent-title");
      await tellCheckin();
      if (!entry.checkin) await forget(entry.id);
      if (finished) return location.assign(`/recordings/${recording}`);
      part("go-on-link").href = `/recordings/${recording}`;
      part("go-on").hidden = false;
    },
    async refused(problem) {
      if (entry.checkin) sessionStorage.setItem(CARRIED, JSON.stringify(entry.checkin));
      await tellRefusal(root.querySelector('[data-view="refused"]'), t, problem, plan);
      show("refused");
    },
  });
}
