// Filters the list of clients while one types; keeps the two recordings picked for comparison different.
import { find, findAll, findAllAs } from "hinge/dom.js";

const [filter] = findAllAs(document, "[data-filter]", HTMLInputElement);
const rows = findAll(document, "[data-row]");

if (filter && rows.length) {
  const none = find(document, "[data-none]");
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !words.every((word) => row.dataset.row?.includes(word));
    none.hidden = rows.some((row) => !row.hidden);
  });
}

// The same recording cannot be picked in both columns.
for (const form of findAllAs(document, "[data-pick]", HTMLFormElement)) {
  form.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    const choices = (/** @type {string} */ name) => findAllAs(form, `[name="${name}"]`, HTMLInputElement);
    const other = choices(target.name === "a" ? "b" : "a");
    if (other.find((each) => each.checked)?.value !== target.value) return;
    const free = other.find((each) => each.value !== target.value);
    if (free) free.checked = true;
  });
}
