// Shows how far an upload is, in words and as a bar, also to screen readers.
import { createElement } from "hinge/dom.js";

/** @typedef {import("hinge/upload/upload.js").UploadStatus} UploadStatus */

const MB = 1e6;
/** Kinds that come again and again: announced once a quarter only. */
const REPEATED = new Set(["sending", "retrying"]);

/** Megabytes with one decimal. @param {number} bytes */
export const toMegabytes = (bytes) => Math.round((10 * bytes) / MB) / 10;

/** @param {UploadStatus} status @returns {string} the key of its text */
function messageKey({ kind, same }) {
  return {
    starting: "record-upload-starting",
    sending: "record-upload-of",
    checking: "record-upload-checking",
    waiting: "record-upload-waiting",
    retrying: "record-upload-retrying",
    elsewhere: "record-upload-elsewhere",
    "signed-out": "record-upload-signed-out",
    full: "record-upload-full",
    done: same ? "record-upload-same" : "record-upload-done",
    problem: "record-upload-not-now",
    refused: "record-upload-not-now",
    gone: "record-upload-given-up",
  }[kind];
}

/**
 * Creates the view.
 * @param {HTMLElement} place is filled
 * @param {import("hinge/translations.js").Translate} t with the texts of "record"
 * @param {() => void} retryNow
 * @returns {{show: (status: UploadStatus) => void, setStored: (stored: boolean) => void}}
 */
export function createStatusView(place, t, retryNow) {
  const words = createElement("p", { class: "upload-words" });
  const bar = createElement("progress", { max: "100", "aria-label": t("record-upload-progress") });
  const announcement = createElement("p", { class: "unseen", "aria-live": "polite" });
  const storedNote = createElement("p", { class: "small" });
  const button = createElement("button", { type: "button", class: "quiet small" }, t("record-upload-now"));
  button.hidden = true;
  button.addEventListener("click", retryNow);
  place.replaceChildren(words, bar, announcement, button, storedNote);

  let quarter = -1;
  let kind = "";
  return {
    setStored(stored) {
      storedNote.textContent = t(stored ? "record-upload-keeps" : "record-upload-stay");
    },
    show(status) {
      const percent = Math.floor(100 * (status.total ? status.sent / status.total : 0));
      const numbers = { sent: toMegabytes(status.sent), total: toMegabytes(status.total), percent };
      const text = t(messageKey(status), { ...numbers, seconds: status.seconds ?? 0 });
      const { problem } = status;
      words.textContent =
        status.kind === "problem" && problem?.detail ? `${text} ${problem.detail} ${problem.advice}` : text;
      bar.value = status.kind === "done" ? 100 : percent;
      bar.hidden = ["elsewhere", "gone", "problem", "refused", "signed-out"].includes(status.kind);
      button.hidden = status.kind !== "retrying" && status.kind !== "waiting";
      storedNote.hidden = ["done", "refused", "gone", "checking"].includes(status.kind);
      // Announced at every quarter and every change of kind, not at every percent.
      const step = Math.floor(percent / 25);
      if (status.kind !== kind || (status.kind === "sending" && step !== quarter)) {
        if (!(REPEATED.has(status.kind) && status.kind === kind) || step !== quarter)
          announcement.textContent = words.textContent;
      }
      [quarter, kind] = [step, status.kind];
      place.dataset.kind = status.kind;
    },
  };
}
