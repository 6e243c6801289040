// Goes on with unfinished uploads, on any page that has a place for them (record/pending.html).
import { CARRIED_KEY, sendCheckin } from "hinge/checkin.js";
import { createElement, dataOf, findAll } from "hinge/dom.js";
import { loadTranslations } from "hinge/translations.js";
import { createStatusView } from "hinge/upload/status-view.js";
import { deleteEntry, listPending } from "hinge/upload/store.js";
import { startUpload } from "hinge/upload/upload.js";

/**
 * @typedef {import("hinge/upload/store.js").Entry} Entry
 * @typedef {import("hinge/translations.js").Translate} Translate
 */

const [place] = findAll(document, "[data-pending]");
if (place) resumeAll(place);

/** @param {HTMLElement} place */
async function resumeAll(place) {
  const entries = await listPending(dataOf(place, "owner"));
  if (!entries.length) return;
  const t = await loadTranslations("record", "shell");
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    weekday: "long",
    hour: "numeric",
    minute: "2-digit",
  });
  for (const entry of entries) {
    if (entry.recording) await finish(entry);
    else resume(place, entry, t, format.format(entry.begun));
  }
}

/** The video has arrived; its check-in may not have. @param {Entry} entry */
async function finish(entry) {
  // Kept for the next visit if it does not get through now.
  if (!entry.checkin || entry.said || (entry.recording && (await sendCheckin(entry.recording, entry.checkin))))
    await deleteEntry(entry.id);
}

/** @param {Translate} t @param {string} when */
function createCard(t, when) {
  const title = createElement("h2", {}, t("record-upload-pending", { when }));
  const body = createElement("div");
  const link = createElement("a", { class: "button" });
  link.hidden = true;
  const cancel = createElement("button", { type: "button", class: "bare" }, t("record-upload-give-up"));
  const actions = createElement("p", { class: "actions" }, link, cancel);
  return { card: createElement("section", { class: "card pending" }, title, body, actions), title, body, link, cancel };
}

/** @param {HTMLElement} place @param {Entry} entry @param {Translate} t @param {string} when */
function resume(place, entry, t, when) {
  const { card, title, body, link, cancel } = createCard(t, when);
  place.append(card);
  const view = createStatusView(body, t, () => upload.retryNow());
  view.setStored(true);
  const upload = startUpload(entry, {
    tus: dataOf(place, "tus"),
    onStatus(status) {
      view.show(status);
      cancel.hidden = ["done", "refused", "gone"].includes(status.kind);
      if (status.kind === "done") {
        title.textContent = t("record-upload-pending-done", { when });
        link.textContent = t("record-upload-look");
        link.href = `/recordings/${status.recording}`;
        link.hidden = false;
        finish(entry);
      } else if (status.kind === "refused") {
        if (entry.checkin) sessionStorage.setItem(CARRIED_KEY, JSON.stringify(entry.checkin));
        title.textContent = t("record-upload-pending-refused", { when });
        link.textContent = t("record-upload-how");
        link.href = `/record/refused?${new URLSearchParams({ code: status.problem?.code ?? "", plan: entry.plan })}`;
        link.hidden = false;
      } else if (status.kind === "gone") card.remove();
    },
  });
  cancel.addEventListener("click", async () => {
    await upload.cancel();
    card.remove();
  });
}
