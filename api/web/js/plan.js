// Keeps what is typed in a plan until it is saved, across reloads too; follows a new scoring to its end.
import { dataOf, find, findAll, findAllAs, findAs } from "hinge/dom.js";
import { request } from "hinge/http.js";
import { loadTranslations } from "hinge/translations.js";

const form = findAs(document, "[data-plan]", HTMLFormElement);
const prefix = `plan:${form.dataset.plan}:`;
const edit = form.elements.namedItem("edit");
const key = `${prefix}${edit instanceof HTMLInputElement ? edit.value : "new"}`;
// In this tab only, and gone with it: the computer may be shared.
const KEPT = ["sets", "reps", "load_kg", "days_per_week", "notes", "why"];

const fields = () =>
  [...findAllAs(form, "input", HTMLInputElement), ...findAllAs(form, "textarea", HTMLTextAreaElement)].filter(
    (each) => KEPT.includes(each.name) || each.name.startsWith("limit-"),
  );

if (document.querySelector("[data-saved]")) {
  const ours = Object.keys(sessionStorage).filter((each) => each.startsWith(prefix));
  for (const each of ours) sessionStorage.removeItem(each);
}
/** @type {Record<string, string>} */
const draft = JSON.parse(sessionStorage.getItem(key) ?? "{}");
for (const field of fields()) if (field.name in draft) field.value = draft[field.name];
form.addEventListener("input", () => {
  const typed = Object.fromEntries(fields().map((each) => [each.name, each.value]));
  sessionStorage.setItem(key, JSON.stringify(typed));
});
for (const link of findAll(form, "a.button")) {
  link.addEventListener("click", () => sessionStorage.removeItem(key));
}

const [box] = findAll(document, "[data-rescoring]");
if (box) followRescoring(box);

/** @param {HTMLElement} box */
async function followRescoring(box) {
  const t = await loadTranslations("plan");
  const words = find(box, "[data-words]");
  const bar = findAs(box, "progress", HTMLProgressElement);
  const poll = async () => {
    let now;
    try {
      now = (await request(dataOf(box, "rescoring"))).data;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      setTimeout(poll, 5000); // no connection right now
      return;
    }
    bar.value = now.progress;
    words.textContent = t("plan-rescoring", { done: now.done + now.failed, total: now.total });
    if (now.progress < 1) setTimeout(poll, 1000);
    else {
      bar.hidden = true;
      const { failed, total } = now;
      words.textContent = failed ? t("plan-rescored-some", { failed, total }) : t("plan-rescored", { count: total });
    }
  };
  await poll();
}
