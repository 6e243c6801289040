// Keeps today's list fresh while somebody looks at it, without replacing it under their hands.
import { find } from "hinge/dom.js";

const EVERY_MS = 60_000;
const notice = find(document, "[data-told]");
const showButton = find(document, "[data-show]");
/** @type {HTMLElement | null} */
let fresh = null;

const list = () => find(document, "[data-today]");

function replaceList() {
  if (!fresh) return;
  list().replaceWith(fresh);
  document.title = `${fresh.dataset.title} · hinge-check`;
  fresh = null;
  showButton.hidden = true;
  notice.className = "unseen"; // on the screen already; for screen readers
  notice.hidden = false;
}

async function poll() {
  if (document.visibilityState !== "visible") return;
  let page;
  try {
    const answer = await fetch("/", { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (!answer.ok) return;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch (error) {
    if (error instanceof TypeError) return; // no connection: the next poll may have one
    throw error;
  }
  /** @type {HTMLElement | null} */
  const found = page.querySelector("[data-today]");
  if (!found || found.dataset.state === list().dataset.state) return;
  fresh = document.adoptNode(found);
  if (list().contains(document.activeElement) || list().matches(":hover")) {
    notice.className = "";
    notice.hidden = false;
    showButton.hidden = false;
  } else replaceList();
}

showButton.addEventListener("click", () => {
  replaceList();
  find(document, "main").focus(); // the button is gone now
});
setInterval(poll, EVERY_MS);
document.addEventListener("visibilitychange", poll);
