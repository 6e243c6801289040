// What every page does once scripts run: preferences apply at once, a double tap sends a form once.

for (const form of document.querySelectorAll("[data-preferences]")) {
  form.querySelector("[data-apply]").hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // Back from the cache of pages the form is fresh again.
  addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});
