// Publishing: first what the client will see, then the deed.

import { ServiceProblem } from "hinge/http.js";
import { paint } from "hinge/player/drawing.js";
import { element } from "./element.js";
import { clock } from "./number-format.js";
import { svg } from "./svg.js";

/**
 * @param {HTMLDialogElement} dialog
 * @param {{draft: import("./draft.js").Draft, t: Function, picture: {width: number, height: number}, done: () => void}} given
 * @returns {() => void} opens it
 */
export function publishing(dialog, { draft, t, picture, done }) {
  const preview = dialog.querySelector("[data-preview]");
  const wrong = dialog.querySelector("[data-publish-wrong]");
  const now = dialog.querySelector("[data-publish-now]");
  dialog.querySelector("[data-publish-leave]").addEventListener("click", () => dialog.close());
  now.addEventListener("click", async () => {
    now.disabled = true;
    wrong.hidden = true;
    try {
      if (await draft.publish()) return done();
      wrong.textContent = t("review-publish-failed");
    } catch (problem) {
      if (!(problem instanceof ServiceProblem || problem instanceof TypeError)) throw problem;
      wrong.textContent = `${t("review-publish-failed")} ${problem.advice ?? ""}`;
    }
    wrong.hidden = false;
    now.disabled = false;
  });
  return () => {
    const { form } = draft;
    const parts = [];
    if (form.verdict) parts.push(element("p", {}, element("strong", {}, t(`review-verdict-${form.verdict}`))));
    if (form.summary.trim()) parts.push(element("p", { class: "words" }, form.summary));
    const comments = form.comments.map((each) => {
      const item = element("li", {});
      if (each.time_s != null) item.append(element("span", { class: "moment" }, clock(each.time_s)), " ");
      item.append(each.text);
      if (each.drawing) {
        const small = svg("svg", { class: "preview-drawing", role: "img", "aria-label": t("review-with-drawing") });
        paint(small, each.drawing, { picture });
        item.append(small);
      }
      return item;
    });
    if (comments.length) parts.push(element("ol", { class: "list" }, ...comments));
    if (!parts.length) parts.push(element("p", {}, t("review-publish-nothing")));
    preview.replaceChildren(...parts);
    wrong.hidden = true;
    dialog.showModal();
  };
}
