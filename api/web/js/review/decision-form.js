// The form of decision and summary: saved while one types, published after a preview of what the client will see.
import { find, findAllAs, findAs } from "hinge/dom.js";
import { Draft } from "./draft.js";
import { createPublishDialog } from "./publish-dialog.js";

/**
 * Asks which of two drafts to go on with.
 * @param {HTMLDialogElement} dialog
 * @returns {Promise<"mine" | "theirs">}
 */
function chooseDraft(dialog) {
  dialog.showModal();
  return new Promise((resolve) => {
    const choose = (/** @type {"mine" | "theirs"} */ choice) => () => {
      dialog.close();
      resolve(choice);
    };
    find(dialog, "[data-conflict-mine]").onclick = choose("mine");
    find(dialog, "[data-conflict-theirs]").onclick = choose("theirs");
    dialog.oncancel = choose("mine");
  });
}

/**
 * Binds the form.
 * @param {object} options
 * @param {string} options.recording
 * @param {string} [options.analysis]
 * @param {import("types/service").Review[]} options.reviews
 * @param {import("hinge/translations.js").Translate} options.t
 * @param {{width: number, height: number}} options.picture
 * @param {() => void} [options.onFilled] called when another draft replaced what was shown
 * @param {() => void} [options.beforePublish] called when publishing begins
 * @returns {Promise<{draft: Draft}>}
 */
export async function createDecisionForm({
  recording,
  analysis,
  reviews,
  t,
  picture,
  onFilled = () => {},
  beforePublish = () => {},
}) {
  const form = findAs(document, "[data-write]", HTMLFormElement);
  const summary = findAs(form, "[name=summary]", HTMLTextAreaElement);
  const verdicts = findAllAs(form, "[name=verdict]", HTMLInputElement);
  const state = find(document, "[data-save-state]");
  const conflict = findAs(document, "[data-conflict]", HTMLDialogElement);

  const draft = new Draft(recording, analysis, {
    onState(kind, { at, what } = {}) {
      state.dataset.state = kind;
      const language = document.documentElement.lang;
      const time = new Date(at ?? Date.now()).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
      // The line above already says when it was published.
      state.textContent = kind === "new" && reviews.length ? "" : t(`review-state-${kind}`, { time, what: what ?? "" });
    },
    chooseDraft: () => chooseDraft(conflict),
    onReplaced: fill,
  });

  /** Shows the draft. */
  function fill() {
    summary.value = draft.form.summary;
    for (const each of verdicts) each.checked = each.value === (draft.form.verdict ?? "");
    onFilled();
  }

  await draft.load(reviews);
  fill();
  summary.addEventListener("input", () => draft.change({ summary: summary.value }));
  for (const each of verdicts) each.addEventListener("change", () => draft.change({ verdict: each.value || null }));
  find(document, "[data-save]").hidden = true;
  const openDialog = createPublishDialog(findAs(document, "[data-publish-dialog]", HTMLDialogElement), {
    draft,
    t,
    picture,
    onDone: () => location.assign(`/review/${recording}?said=published`),
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    beforePublish();
    openDialog();
  });
  return { draft };
}
