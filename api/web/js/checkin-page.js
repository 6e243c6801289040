// The check-in's own page: answers stay in this tab until they are sent, even if the page is reloaded.
import { fillForm, readForm, watchForm } from "hinge/checkin.js";
import { findAs } from "hinge/dom.js";

const form = findAs(document, "[data-checkin]", HTMLFormElement);
const key = `checkin-${form.dataset.recording}`;

const draft = sessionStorage.getItem(key);
if (draft) fillForm(form, JSON.parse(draft));
watchForm(form, (answers) => sessionStorage.setItem(key, JSON.stringify(answers)));
form.addEventListener("submit", () => {
  sessionStorage.setItem(key, JSON.stringify(readForm(form)));
  // Removed once the next page is there: coming back later shows what the server has.
  addEventListener("pagehide", () => sessionStorage.removeItem(key), { once: true });
});
