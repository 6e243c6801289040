// A recording without figures: words and a decision are kept and published all the same.

import { ask } from "hinge/http.js";
import { words } from "hinge/translations.js";
import { writing } from "./decision-form.js";

const root = document.querySelector("[data-unmeasured]");
const { recording } = root.dataset;
const [t, reviews] = await Promise.all([words("review", "shell"), ask(`/recordings/${recording}/reviews`)]);
await writing({ recording, reviews: reviews.data, t, picture: { width: 16, height: 9 } });
root.dataset.ready = "yes";
