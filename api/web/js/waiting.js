// Shows how far a recording's analysis is: from the server's event stream, by polling where that does not come through.
// Then opens the result.
import { dataOf, find, findAll, findAs } from "hinge/dom.js";
import { request, ServiceProblem } from "hinge/http.js";
import { loadTranslations } from "hinge/translations.js";

/** @typedef {{state: import("types/service").RecordingState, progress?: number}} RecordingProgress */

const EVERY_MS = 3000;
const ENDED = new Set(["done", "refused", "failed", "removed"]);
const root = find(document, "[data-waiting]");
const id = dataOf(root, "recording");
const t = await loadTranslations("waiting");
const announcement = find(root, "[data-told]");
const connection = find(root, "[data-line]");
const queuedWords = find(root, "[data-queued-words]");
let state = dataOf(root, "state");
let ended = false;
let announcedQuarter = -1;

function showConnectionLost() {
  connection.textContent = t("waiting-line");
  connection.hidden = false;
}

/** @param {RecordingProgress} recording */
function show({ state: now, progress = 0 }) {
  connection.hidden = true;
  if (ended) return;
  if (ENDED.has(now)) {
    ended = true;
    document.title = `${t("waiting-ready")} · hinge-check`;
    location.replace(now === "removed" ? "/" : `/recordings/${id}`);
    return;
  }
  if (now !== "analysing") return;
  const percent = Math.round(100 * progress);
  if (state !== now) {
    state = root.dataset.state = now;
    const [, queued, analysing] = findAll(root, "[data-step]");
    queued.className = "done";
    queued.removeAttribute("aria-current");
    analysing.className = "now";
    analysing.setAttribute("aria-current", "step");
    queuedWords.textContent = t("waiting-queue-over");
  }
  const bar = findAs(root, "progress", HTMLProgressElement);
  bar.hidden = false;
  bar.value = percent;
  find(root, "[data-analysing-words]").textContent = t("waiting-analysing", { percent });
  const quarter = Math.floor(percent / 25);
  if (quarter !== announcedQuarter) {
    announcedQuarter = quarter;
    announcement.textContent = t("waiting-analysing", { percent });
  }
}

/** Refreshes the place in the queue, which changes with other people's videos: only the page itself has it. */
async function refreshQueue() {
  if (state !== "queued") return;
  const answer = await fetch(`/recordings/${id}/waiting`, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector('[data-state="queued"] [data-queued-words]')?.textContent;
  if (fresh && state === "queued" && fresh !== queuedWords.textContent) {
    queuedWords.textContent = fresh;
    announcement.textContent = fresh;
  }
}

async function refresh() {
  try {
    const { data } = await request(`/recordings/${id}`);
    show(data);
    await refreshQueue();
  } catch (error) {
    if (error instanceof ServiceProblem && error.status === 404) show({ state: "removed" });
    else showConnectionLost();
  }
}

function startPolling() {
  const timer = setInterval(() => (ended ? clearInterval(timer) : refresh()), EVERY_MS);
}

function listen() {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let lost;
  const source = new EventSource(`/api/v1/recordings/${id}/events`);
  source.addEventListener("progress", (event) => show(JSON.parse(event.data)));
  source.addEventListener("end", (event) => {
    source.close();
    show(JSON.parse(event.data));
  });
  source.addEventListener("error", () => {
    // Closed for good: a proxy does not let the stream through, or we were signed out. Else the browser reconnects itself.
    if (source.readyState === EventSource.CLOSED && !ended) return startPolling();
    // The server ends the stream now and then, and it is back within two seconds: not worth a message.
    clearTimeout(lost);
    lost = setTimeout(showConnectionLost, 5000);
  });
  source.addEventListener("open", () => {
    clearTimeout(lost);
    connection.hidden = true;
  });
  addEventListener("pagehide", () => source.close());
  const timer = setInterval(
    () => (state === "queued" && !ended ? refreshQueue().catch(() => {}) : clearInterval(timer)),
    EVERY_MS,
  );
}

if ("EventSource" in window) listen();
else startPolling();
