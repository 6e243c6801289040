// The list of clients is filtered while one types; two recordings are picked for comparing.

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
