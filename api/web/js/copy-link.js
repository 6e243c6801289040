// A page that answers a form with a link or a secret to pass on: copied with one tap.
import { dataOf, find, findAs } from "hinge/dom.js";

const button = find(document, "[data-copy]");
if (navigator.clipboard) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = findAs(document, `#${dataOf(button, "copy")}`, HTMLInputElement);
    field.select();
    await navigator.clipboard.writeText(field.value);
    find(document, "[data-copied]").textContent = dataOf(button, "done");
  });
}

// Reloading must not send the form again.
history.replaceState(null, "", dataOf(find(document, "[data-instead]"), "instead"));
