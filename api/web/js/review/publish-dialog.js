// Publishing: first a preview of what the client will see, then the publication itself.
import { createElement, createSvg, find, findAs } from "hinge/dom.js";
import { isRequestFailure, ServiceProblem } from "hinge/http.js";
import { paintDrawing } from "hinge/player/drawing.js";
import { formatTime } from "./number-format.js";

/**
 * @typedef {object} PublishOptions
 * @property {import("./draft.js").Draft} draft
 * @property {import("hinge/translations.js").Translate} t
 * @property {{width: number, height: number}} picture
 * @property {() => void} onDone
 */

/**
 * Creates the dialog.
 * @param {HTMLDialogElement} dialog
 * @param {PublishOptions} options
 * @returns {() => void} opens it
 */
export function createPublishDialog(dialog, options) {
  const { draft, t, onDone } = options;
  const preview = find(dialog, "[data-preview]");
  const error = find(dialog, "[data-publish-wrong]");
  const button = findAs(dialog, "[data-publish-now]", HTMLButtonElement);
  find(dialog, "[data-publish-leave]").addEventListener("click", () => dialog.close());
  button.addEventListener("click", async () => {
    button.disabled = true;
    error.hidden = true;
    try {
      if (await draft.publish()) return onDone();
      error.textContent = t("review-publish-failed");
    } catch (problem) {
      if (!isRequestFailure(problem)) throw problem;
      const advice = problem instanceof ServiceProblem ? problem.advice : "";
      error.textContent = `${t("review-publish-failed")} ${advice}`;
    }
    error.hidden = false;
    button.disabled = false;
  });
  return () => {
    preview.replaceChildren(...previewOf(options));
    error.hidden = true;
    dialog.showModal();
  };
}

/** @param {PublishOptions} options */
function previewOf({ draft, t, picture }) {
  const { form } = draft;
  const parts = [];
  if (form.verdict)
    parts.push(createElement("p", {}, createElement("strong", {}, t(`review-verdict-${form.verdict}`))));
  if (form.summary.trim()) parts.push(createElement("p", { class: "words" }, form.summary));
  const comments = form.comments.map((each) => {
    const item = createElement("li");
    if (each.time_s != null) item.append(createElement("span", { class: "moment" }, formatTime(each.time_s)), " ");
    item.append(each.text);
    if (each.drawing) {
      const label = t("review-with-drawing");
      const small = createSvg("svg", { class: "preview-drawing", role: "img", "aria-label": label });
      paintDrawing(small, each.drawing, { picture });
      item.append(small);
    }
    return item;
  });
  if (comments.length) parts.push(createElement("ol", { class: "list" }, ...comments));
  if (!parts.length) parts.push(createElement("p", {}, t("review-publish-nothing")));
  return parts;
}
