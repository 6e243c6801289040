// Editors of the clinic: mark changed numbers while one types, warn before leaving unsaved changes.
// Without scripts all of it works as plain forms.
import { dataOf, findAll, findAllAs } from "hinge/dom.js";
import { loadTranslations } from "hinge/translations.js";

/** @param {string} typed @returns {number} NaN for what is no number */
const parseNumber = (typed) => (typed.trim() === "" ? NaN : Number(typed.replace(",", ".").replace("−", "-")));

// The attribute holds the limit, then the value from which the clinician is told; the fields stand the other way round.
for (const row of findAll(document, "[data-figure]")) {
  const shipped = dataOf(row, "figure").split(" ").map(Number).reverse();
  const fields = findAllAs(row, ".number-cell input", HTMLInputElement);
  row.addEventListener("input", () => {
    row.classList.toggle(
      "is-own",
      fields.some((field, k) => parseNumber(field.value) !== shipped[k]),
    );
  });
}

const [errors] = findAll(document, "[data-amiss]");
const [editor] = findAllAs(document, "[data-editor]", HTMLFormElement);
if (editor) await watchEditor(editor);
errors?.focus();

/** @param {HTMLFormElement} form */
async function watchEditor(form) {
  const content = () => {
    const pairs = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
    return new URLSearchParams(pairs).toString();
  };
  // What came back with errors was never saved.
  const saved = errors ? null : content();
  let submitted = false;
  const isChanged = () => content() !== saved;
  form.addEventListener("submit", () => {
    submitted = true;
  });
  addEventListener("pageshow", () => {
    submitted = false;
  });
  addEventListener("beforeunload", (event) => {
    if (!submitted && isChanged()) event.preventDefault();
  });
  const [state] = findAll(form, "[data-state]");
  if (!state) return;
  const original = state.textContent;
  const t = await loadTranslations("clinic");
  const showState = () => {
    state.textContent = isChanged() ? t("clinic-unsaved") : original;
    state.parentElement?.classList.toggle("is-changed", isChanged());
  };
  form.addEventListener("input", showState);
  showState();
}
