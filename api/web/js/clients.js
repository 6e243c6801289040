// The list of clients is filtered while one types; a link is copied at a tap; two recordings are picked for comparing.

const filter = document.querySelector("[data-filter]");
const rows = [...document.querySelectorAll("[data-row]")];

if (filter && rows.length) {
  const none = document.querySelector("[data-none]");
  const look = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !words.every((word) => row.dataset.row.includes(word));
    none.hidden = rows.some((row) => !row.hidden);
  };
  filter.addEventListener("input", look);

}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    document.querySelector("[data-copied]").textContent = button.dataset.done;
  });
}

// This page answered a form; loading it again must not send the form again.
const instead = document.querySelector("[data-instead]");
if (instead) history.replaceState(null, "", instead.dataset.instead);

// Of two columns of choices the same recording cannot be picked twice.
for (const form of document.querySelectorAll("[data-pick]")) {
  form.addEventListener("change", ({ target }) => {
    const [first, second] = ["a", "b"].map((name) => form.elements[name]);
    if (first.value !== second.value) return;
    const other = target.name === "a" ? second : first;
    const free = [...other].find((each) => each.value !== target.value);
    if (free) free.checked = true;
  });
}
