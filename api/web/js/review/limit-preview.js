// Previews other limits: the score follows at once, and nothing is saved until the clinician says so.
import { dataOf, find, findAll, findAllAs, findAs } from "hinge/dom.js";
import { isRequestFailure, request, ServiceProblem } from "hinge/http.js";
import { formatEstimate } from "./number-format.js";

/** @typedef {import("types/service").Report} Report */

const SOON_MS = 250;

/**
 * @typedef {object} LimitPreviewOptions
 * @property {string} recording
 * @property {string} client
 * @property {Report} report
 * @property {import("hinge/translations.js").Translate} t
 * @property {(code: string) => string} title of a fault
 * @property {(text: string) => void} say
 * @property {(report: Report) => void} onPreview called with the report under the limits shown
 */

/**
 * Binds the pane with the limits, where the page has one.
 * @param {HTMLElement} root
 * @param {LimitPreviewOptions} options
 */
export function bindLimitPreview(root, options) {
  const [pane] = findAll(root, "[data-limits]");
  if (pane) new LimitPreview(pane, options);
}

class LimitPreview {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #requests = 0;
  /** The limits as the plan's text. @type {string | null} */
  #text = null;
  /** @type {string | null} */
  #plan = null;

  /** @param {HTMLElement} pane @param {LimitPreviewOptions} options */
  constructor(pane, options) {
    this.pane = pane;
    this.options = options;
    this.report = options.report;
    this.latest = options.report;
    pane.hidden = false;
    this.result = find(pane, "[data-trial]");
    this.inputs = findAllAs(pane, "[data-limit]", HTMLInputElement);
    for (const input of this.inputs) {
      input.addEventListener("input", () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#preview(), SOON_MS);
      });
    }
    find(pane, "[data-do=drop-limits]").addEventListener("click", () => this.#reset());
    this.keepButton = findAs(pane, "[data-do=keep-limits]", HTMLButtonElement);
    this.keepButton.addEventListener("click", () => this.#keep());
  }

  get #changed() {
    const changed = this.inputs.filter((each) => each.value !== "" && Number(each.value) !== Number(each.dataset.was));
    return Object.fromEntries(changed.map((each) => [dataOf(each, "limit"), Number(each.value)]));
  }

  /** @param {string} name */
  #part(name) {
    return find(this.pane, `[data-trial-${name}]`);
  }

  async #preview() {
    const limits = this.#changed;
    if (!Object.keys(limits).length) return this.#reset();
    this.#requests += 1;
    const mine = this.#requests;
    try {
      const path = `/recordings/${this.options.recording}/trial`;
      const { data } = await request(path, { method: "POST", json: { limits } });
      if (mine !== this.#requests) return;
      this.#text = data.text;
      this.#plan = data.plan_id;
      this.#show(data.report);
      this.keepButton.disabled = false;
    } catch (problem) {
      if (!isRequestFailure(problem)) throw problem;
      if (mine !== this.#requests) return;
      this.result.hidden = false;
      this.keepButton.disabled = true;
      this.#part("after").textContent = "–";
      const errors = problem instanceof ServiceProblem ? problem.details.errors : undefined;
      this.#part("says").textContent = errors?.[0]?.message ?? this.options.t("review-limits-wrong");
    }
  }

  /** @param {Report} report */
  #show(report) {
    const { t, title, onPreview } = this.options;
    const score = (/** @type {Report} */ { summary }) =>
      formatEstimate(summary.score, summary.score_se, "") || t("shell-cannot-tell");
    const codes = (/** @type {Report} */ of) => of.faults.map((each) => each.code);
    const [before, after] = [codes(this.report), codes(report)];
    const gone = before.filter((code) => !after.includes(code));
    const fresh = after.filter((code) => !before.includes(code));
    const list = (/** @type {string[]} */ some) => some.map(title).join(", ");
    const says = [];
    if (gone.length) says.push(t("review-limits-gone", { what: list(gone) }));
    if (fresh.length) says.push(t("review-limits-new", { what: list(fresh) }));
    this.#part("before").textContent = score(this.report);
    this.#part("after").textContent = score(report);
    this.#part("says").textContent = says.join(" ") || t("review-limits-same");
    this.result.hidden = false;
    this.#part("actions").hidden = false;
    this.latest = report;
    onPreview(report);
  }

  #reset() {
    this.#requests += 1;
    for (const input of this.inputs) input.value = String(Number(input.dataset.was));
    this.result.hidden = true;
    this.options.onPreview(this.report);
  }

  /** Saves the limits in the person's plan; for this recording only if the exercise is not in it. */
  async #keep() {
    const { t, say } = this.options;
    this.keepButton.disabled = true;
    try {
      say(await this.#save());
    } catch (problem) {
      if (!isRequestFailure(problem)) throw problem;
      say((problem instanceof ServiceProblem && problem.advice) || t("shell-offline"));
      this.keepButton.disabled = false;
      return;
    }
    this.report = this.latest;
    for (const input of this.inputs) if (input.value !== "") input.dataset.was = input.value;
    this.#part("actions").hidden = true;
  }

  /** @returns {Promise<string>} what was done, in words */
  async #save() {
    const { t, recording, client } = this.options;
    if (!this.#plan) {
      await request(`/recordings/${recording}/analyses`, { method: "POST", json: { text: this.#text } });
      return t("review-limits-used");
    }
    const path = `/clients/${client}/plans/${this.#plan}`;
    const { step, sets, reps, load_kg, days_per_week, notes } = (await request(path)).data;
    const json = { step, sets, reps, load_kg, days_per_week, notes, limits: this.#text };
    await request(path, { method: "PUT", json });
    return t("review-limits-kept");
  }
}
