// The check-in's own page: answers stay in this tab until they are sent, whatever happens to the page.
import { filled, gathered, watched } from "hinge/checkin.js";

const form = document.querySelector("[data-checkin]");
const key = `checkin-${form.dataset.recording}`;

const draft = sessionStorage.getItem(key);
if (draft) filled(form, JSON.parse(draft));
watched(form, (said) => sessionStorage.setItem(key, JSON.stringify(said)));
form.addEventListener("submit", () => {
  sessionStorage.setItem(key, JSON.stringify(gathered(form)));
  // Gone once the next page is there: coming back after it shows what the server has.
  addEventListener("pagehide", () => sessionStorage.removeItem(key), { once: true });
});
