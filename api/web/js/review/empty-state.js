// A recording without measurements: comments and a decision are saved and published all the same.
import { dataOf, find } from "hinge/dom.js";
import { request } from "hinge/http.js";
import { loadTranslations } from "hinge/translations.js";
import { createDecisionForm } from "./decision-form.js";

const root = find(document, "[data-unmeasured]");
const recording = dataOf(root, "recording");
const [t, reviews] = await Promise.all([
  loadTranslations("review", "shell"),
  request(`/recordings/${recording}/reviews`),
]);
await createDecisionForm({ recording, reviews: reviews.data, t, picture: { width: 16, height: 9 } });
root.dataset.ready = "yes";
