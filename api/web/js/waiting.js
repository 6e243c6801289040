// How far a recording is, as the server tells it; by asking again where it cannot tell. Then the result.
import { ask } from "hinge/http.js";
import { words } from "hinge/translations.js";

const EVERY_MS = 3000;
const ENDED = new Set(["done", "refused", "failed", "removed"]);
const root = document.querySelector("[data-waiting]");
const id = root.dataset.recording;
const t = await words("waiting");
const told = root.querySelector("[data-told]");
const line = root.querySelector("[data-line]");
let state = root.dataset.state;
let ended = false;
let heard = -1;

function show({ state: now, progress }) {
  line.hidden = true;
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
    const [, queued, analysing] = root.querySelectorAll("[data-step]");
    queued.className = "done";
    queued.removeAttribute("aria-current");
    analysing.className = "now";
    analysing.setAttribute("aria-current", "step");
    root.querySelector("[data-queued-words]").textContent = t("waiting-queue-over");
  }
  const bar = root.querySelector("progress");
  bar.hidden = false;
  bar.value = percent;
  root.querySelector("[data-analysing-words]").textContent = t("waiting-analysing", { percent });
  const step = Math.floor(percent / 25);
  if (step !== heard) {
    heard = step;
    told.textContent = t("waiting-analysing", { percent });
  }
}

/** Whose turn it is changes with other people's videos: the page itself knows. */
async function turn() {
  if (state !== "queued") return;
  const answer = await fetch(`/recordings/${id}/waiting`, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector('[data-state="queued"] [data-queued-words]')?.textContent;
  const here = root.querySelector("[data-queued-words]");
  if (fresh && state === "queued" && fresh !== here.textContent) told.textContent = here.textContent = fresh;
}

async function look() {
  try {
    const { data } = await ask(`/recordings/${id}`);
    show(data);
    await turn();
  } catch (error) {
    if (error.status === 404) return show({ state: "removed" });
    line.textContent = t("waiting-line");
    line.hidden = false;
  }
}

function poll() {
  const timer = setInterval(() => (ended ? clearInterval(timer) : look()), EVERY_MS);
}

if ("EventSource" in window) {
  let cut;
  const source = new EventSource(`/api/v1/recordings/${id}/events`);
  source.addEventListener("progress", (event) => show(JSON.parse(event.data)));
  source.addEventListener("end", (event) => {
    source.close();
    show(JSON.parse(event.data));
  });
  source.addEventListener("error", () => {
    // Closed for good: a proxy that does not let it through, or we were signed out. Else the browser comes again itself.
    if (source.readyState === EventSource.CLOSED && !ended) return poll();
    // The server ends the line now and then, and it is back in two seconds: not worth a word.
    clearTimeout(cut);
    cut = setTimeout(() => {
      line.textContent = t("waiting-line");
      line.hidden = false;
    }, 5000);
  });
  source.addEventListener("open", () => {
    clearTimeout(cut);
    line.hidden = true;
  });
  addEventListener("pagehide", () => source.close());
  const turns = setInterval(() => (state === "queued" && !ended ? turn().catch(() => {}) : clearInterval(turns)), EVERY_MS);
} else {
  poll();
}
