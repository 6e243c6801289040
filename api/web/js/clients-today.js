// Keeps the list of today fresh: asked for again while somebody looks at it, changed under nobody's hands.

const EVERY_MS = 60_000;
const told = document.querySelector("[data-told]");
const show = document.querySelector("[data-show]");
let fresh = null;

const list = () => document.querySelector("[data-today]");

function put() {
  list().replaceWith(fresh);
  document.title = `${fresh.dataset.title} · hinge-check`;
  fresh = null;
  show.hidden = true;
  told.className = "unseen"; // seen already; said to whoever listens
  told.hidden = false;
}

async function look() {
  if (document.visibilityState !== "visible") return;
  let page;
  try {
    const answer = await fetch("/", { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (!answer.ok) return;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch (problem) {
    if (problem instanceof TypeError) return; // no connection: the next look may have one
    throw problem;
  }
  const found = page.querySelector("[data-today]");
  if (!found || found.dataset.state === list().dataset.state) return;
  fresh = document.adoptNode(found);
  if (list().contains(document.activeElement) || list().matches(":hover")) {
    told.className = "";
    told.hidden = false;
    show.hidden = false;
  } else put();
}

show.addEventListener("click", () => {
  put();
  document.querySelector("main").focus(); // the button is gone now
});
setInterval(look, EVERY_MS);
document.addEventListener("visibilitychange", look);
