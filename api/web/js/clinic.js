// Editors of the clinic: which figures differ is seen while one types, nothing typed is left behind by accident.
// Without scripts all of it works as forms.
import { words } from "hinge/translations.js";

/** @param {string} typed @returns {number} NaN for what is no number */
const number = (typed) => (typed.trim() === "" ? NaN : Number(typed.replace(",", ".").replace("−", "-")));

// In the order of the attribute: the limit, then from which value on the clinician is told; fields stand the other way.
for (const row of document.querySelectorAll("[data-figure]")) {
  const shipped = row.dataset.figure.split(" ").map(Number).reverse();
  const fields = [...row.querySelectorAll(".number-cell input")];
  row.addEventListener("input", () => {
    row.classList.toggle("is-own", fields.some((field, at) => number(field.value) !== shipped[at]));
  });
}

const form = document.querySelector("[data-editor]");
if (form) {
  const state = form.querySelector("[data-state]");
  const content = () => new URLSearchParams(new FormData(form)).toString();
  // What came back with something to look at was never saved.
  const kept = document.querySelector("[data-amiss]") ? null : content();
  let sent = false;
  const changed = () => content() !== kept;
  form.addEventListener("submit", () => (sent = true));
  addEventListener("pageshow", () => (sent = false));
  addEventListener("beforeunload", (event) => {
    if (!sent && changed()) event.preventDefault();
  });
  if (state) {
    const said = state.textContent;
    const say = await words("clinic");
    const tell = () => {
      state.textContent = changed() ? say("clinic-unsaved") : said;
      state.parentElement.classList.toggle("is-changed", changed());
    };
    form.addEventListener("input", tell);
    tell();
  }
}

document.querySelector("[data-amiss]")?.focus();
