// What every page does once scripts run: preferences apply at once, a double tap sends a form once.
import { find, findAllAs } from "hinge/dom.js";

for (const form of findAllAs(document, "[data-preferences]", HTMLFormElement)) {
  find(form, "[data-apply]").hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // Restored from the back-forward cache, the form may be sent again.
  addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});
