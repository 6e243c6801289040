// What is typed in a plan stays until it is saved, over a reload too; scoring again is followed to its end.
import { ask } from "hinge/http.js";
import { words } from "hinge/translations.js";

const form = document.querySelector("[data-plan]");
const key = `plan:${form.dataset.plan}:${form.elements.edit?.value ?? "new"}`;
// Of this tab alone, gone with it: the computer may be everybody's.
const kept = ["sets", "reps", "load_kg", "days_per_week", "notes", "why"];

if (document.querySelector("[data-saved]")) {
  const ours = Object.keys(sessionStorage).filter((each) => each.startsWith(`plan:${form.dataset.plan}:`));
  for (const each of ours) sessionStorage.removeItem(each);
}
const draft = JSON.parse(sessionStorage.getItem(key) ?? "{}");
for (const [name, value] of Object.entries(draft)) if (form.elements[name]) form.elements[name].value = value;
form.addEventListener("input", () => {
  const named = [...form.elements].filter((each) => kept.includes(each.name) || each.name.startsWith("limit-"));
  sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(named.map((each) => [each.name, each.value]))));
});
for (const link of form.querySelectorAll("a.button")) link.addEventListener("click", () => sessionStorage.removeItem(key));

const box = document.querySelector("[data-rescoring]");
if (box) follow(box);

async function follow(box) {
  const t = await words("plan");
  const said = box.querySelector("[data-words]");
  const bar = box.querySelector("progress");
  const look = async () => {
    let now;
    try {
      now = (await ask(box.dataset.rescoring)).data;
    } catch (problem) {
      if (!(problem instanceof TypeError)) throw problem;
      setTimeout(look, 5000); // no connection just now
      return;
    }
    bar.value = now.progress;
    said.textContent = t("plan-rescoring", { done: now.done + now.failed, total: now.total });
    if (now.progress < 1) setTimeout(look, 1000);
    else {
      bar.hidden = true;
      const { failed, total } = now;
      said.textContent = failed ? t("plan-rescored-some", { failed, total }) : t("plan-rescored", { count: total });
    }
  };
  await look();
}
