// The form of decision and summary: saved as one types, published after a look at what the client will see.

import { Draft } from "./draft.js";
import { publishing } from "./publish.js";

/**
 * @param {{recording: string, analysis?: string, reviews: any[], t: Function, picture: {width: number, height: number},
 *   filled?: () => void, before?: () => void}} given `filled` is told when another draft took the place of what was
 *   shown, `before` when publishing begins
 * @returns {Promise<{draft: Draft}>}
 */
export async function writing({ recording, analysis, reviews, t, picture, filled = () => {}, before = () => {} }) {
  const find = (name) => document.querySelector(`[data-${name}]`);
  const form = find("write");
  const summary = form.elements.namedItem("summary");
  const verdicts = [...form.querySelectorAll("[name=verdict]")];
  const state = find("save-state");
  const dialog = find("conflict");

  const draft = new Draft(recording, analysis, {
    told(kind, { at, what } = {}) {
      state.dataset.state = kind;
      const time = new Date(at ?? Date.now()).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
      // Above it stands when it was published.
      state.textContent = kind === "new" && reviews.length ? "" : t(`review-state-${kind}`, { time, what: what ?? "" });
    },
    differs() {
      dialog.showModal();
      return new Promise((resolve) => {
        const choose = (choice) => () => {
          dialog.close();
          resolve(choice);
        };
        dialog.querySelector("[data-conflict-mine]").onclick = choose("mine");
        dialog.querySelector("[data-conflict-theirs]").onclick = choose("theirs");
        dialog.oncancel = choose("mine");
      });
    },
    replaced: fill,
  });

  /** The form as the draft has it. */
  function fill() {
    summary.value = draft.form.summary;
    for (const each of verdicts) each.checked = each.value === (draft.form.verdict ?? "");
    filled();
  }

  await draft.begin(reviews);
  fill();
  summary.addEventListener("input", () => draft.change({ summary: summary.value }));
  for (const each of verdicts) each.addEventListener("change", () => draft.change({ verdict: each.value || null }));
  find("save").hidden = true;
  const open = publishing(find("publish-dialog"), { draft, t, picture, done: () => location.assign(`/review/${recording}?said=published`) });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    before();
    open();
  });
  return { draft };
}
