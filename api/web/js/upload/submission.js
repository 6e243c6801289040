// Sends a video from the page it was made or chosen in: kept on this device first, how it stands, a refusal in words.
import { send } from "hinge/upload/upload.js";
import { keep } from "hinge/upload/store.js";
import { uploadView } from "hinge/upload/status-view.js";

/**
 * What is kept of a video that is to be sent.
 * @param {{owner: string, blob: Blob, protocol: string, plan: string, checkin?: object | null}} what
 * @returns {import("hinge/upload/store.js").Entry}
 */
export const entryOf = ({ owner, blob, protocol, plan, checkin = null }) => ({
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
 * Keep an entry and send it.
 * @param {import("hinge/upload/store.js").Entry} entry
 * @param {HTMLElement} place filled with how it stands
 * @param {(key: string, figures?: object) => string} t with the words of "record"
 * @param {{tus: string, done: (recording: string) => unknown, refused: (problem: object) => unknown}} options
 */
export async function sendHere(entry, place, t, { tus, done, refused }) {
  const isKept = await keep(entry);
  const unkept = (event) => event.preventDefault();
  if (!isKept) addEventListener("beforeunload", unkept);
  const upload = send(entry, {
    tus,
    async tell(told) {
      view.show(told);
      if (told.kind === "done" || told.kind === "refused") removeEventListener("beforeunload", unkept);
      if (told.kind === "done") await done(told.recording);
      else if (told.kind === "refused") await refused(told.problem);
    },
  });
  const view = uploadView(place, t, { now: () => upload.now() });
  view.keeps(isKept);
  view.show({ kind: "starting", sent: 0, total: entry.bytes });
}

/** The page of a refusal, put into a view of this one; its own words where it cannot be had. */
export async function tellRefusal(view, t, problem, plan) {
  const address = `/record/refused?${new URLSearchParams({ code: problem.code, plan })}`;
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    view.replaceChildren(document.importNode(page.querySelector("[data-refusal]"), true));
    // The server tells the figures in English only.
    if (document.documentElement.lang === "en" && problem.detail) view.querySelector("[data-message]").textContent = problem.detail;
  } catch {
    const title = document.createElement("h1");
    title.tabIndex = -1;
    title.textContent = t("record-refused-title");
    const text = document.createElement("p");
    text.textContent = `${problem.detail} ${problem.advice}`;
    view.replaceChildren(title, text);
  }
}
