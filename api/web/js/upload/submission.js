// Sends a video from the page it was filmed or chosen in: stored on this device first, its status, a refusal in words.
import { createElement, find } from "hinge/dom.js";
import { createStatusView } from "hinge/upload/status-view.js";
import { saveEntry } from "hinge/upload/store.js";
import { startUpload } from "hinge/upload/upload.js";

/**
 * @typedef {import("hinge/upload/store.js").Entry} Entry
 * @typedef {import("hinge/upload/upload.js").UploadProblem} UploadProblem
 * @typedef {import("hinge/translations.js").Translate} Translate
 */

/**
 * Makes the entry of a video to be sent.
 * @param {{owner: string, blob: Blob, protocol: string, plan: string, checkin?: Entry["checkin"]}} video
 * @returns {Entry}
 */
export const newEntry = ({ owner, blob, protocol, plan, checkin = null }) => ({
  id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`,
  owner,
  blob,
  bytes: blob.size,
  sent: 0,
  protocol,
  plan,
  begun: Date.now(),
  url: null,
  created: null,
  checkin,
  said: false,
  recording: null,
});

/**
 * Stores an entry and sends it.
 * @param {Entry} entry
 * @param {HTMLElement} place filled with its status
 * @param {Translate} t with the texts of "record"
 * @param {{tus: string, onDone: (recording: string) => unknown, onRefused: (problem: UploadProblem) => unknown}} options
 */
export async function submitVideo(entry, place, t, { tus, onDone, onRefused }) {
  const stored = await saveEntry(entry);
  const warn = (/** @type {Event} */ event) => event.preventDefault();
  if (!stored) addEventListener("beforeunload", warn);
  const view = createStatusView(place, t, () => upload.retryNow());
  view.setStored(stored);
  view.show({ kind: "starting", sent: 0, total: entry.bytes });
  const upload = startUpload(entry, {
    tus,
    async onStatus(status) {
      view.show(status);
      if (status.kind === "done" || status.kind === "refused") removeEventListener("beforeunload", warn);
      if (status.kind === "done" && status.recording) await onDone(status.recording);
      else if (status.kind === "refused" && status.problem) await onRefused(status.problem);
    },
  });
}

/**
 * Shows the page of a refusal within a view of this one; the problem's own words where that page cannot be loaded.
 * @param {HTMLElement} view
 * @param {Translate} t
 * @param {UploadProblem} problem
 * @param {string} plan
 */
export async function showRefusal(view, t, problem, plan) {
  const address = `/record/refused?${new URLSearchParams({ code: problem.code, plan })}`;
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    view.replaceChildren(document.importNode(find(page, "[data-refusal]"), true));
    // The server's message, which has the numbers, is in English only.
    if (document.documentElement.lang === "en" && problem.detail)
      find(view, "[data-message]").textContent = problem.detail;
  } catch {
    const title = createElement("h1", { tabindex: "-1" }, t("record-refused-title"));
    view.replaceChildren(title, createElement("p", {}, `${problem.detail} ${problem.advice}`));
  }
}
