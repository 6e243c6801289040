// Limits that are tried out: the score follows at once, and nothing is kept until the clinician says so.

import { ask, ServiceProblem } from "hinge/http.js";
import { figure } from "./number-format.js";

const SOON_MS = 250;

export class Limits {
  #timer = 0;
  #asked = 0;
  #text = null;

  /**
   * @param {HTMLElement} root
   * @param {{recording: string, client: string, report: any, t: Function, title: (code: string) => string,
   *   say: (words: string) => void, tried: (limits: Record<string, number>, report: any) => void}} given
   */
  constructor(root, given) {
    Object.assign(this, given);
    this.root = root;
    this.pane = root.querySelector("[data-limits]");
    if (!this.pane) return;
    this.pane.hidden = false;
    this.out = this.pane.querySelector("[data-trial]");
    this.inputs = [...this.pane.querySelectorAll("[data-limit]")];
    for (const input of this.inputs) {
      input.addEventListener("input", () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#try(), SOON_MS);
      });
    }
    this.pane.querySelector("[data-do=drop-limits]").addEventListener("click", () => this.#drop());
    this.keep = this.pane.querySelector("[data-do=keep-limits]");
    this.keep.addEventListener("click", () => this.#keep());
  }

  get #changed() {
    const changed = this.inputs.filter((each) => each.value !== "" && Number(each.value) !== Number(each.dataset.was));
    return Object.fromEntries(changed.map((each) => [each.dataset.limit, Number(each.value)]));
  }

  async #try() {
    const limits = this.#changed;
    if (!Object.keys(limits).length) return this.#drop();
    const turn = ++this.#asked;
    const says = this.pane.querySelector("[data-trial-says]");
    try {
      const { data } = await ask(`/recordings/${this.recording}/trial`, { method: "POST", json: { limits } });
      if (turn !== this.#asked) return;
      this.#text = data.text;
      this.plan = data.plan_id;
      this.#show(data.report);
      this.keep.disabled = false;
    } catch (problem) {
      if (!(problem instanceof ServiceProblem || problem instanceof TypeError)) throw problem;
      if (turn !== this.#asked) return;
      this.out.hidden = false;
      this.keep.disabled = true;
      this.pane.querySelector("[data-trial-after]").textContent = "–";
      says.textContent = problem.details?.errors?.[0]?.message ?? this.t("review-limits-wrong");
    }
  }

  #show(report) {
    const { t } = this;
    const score = (summary) => figure(summary.score, summary.score_se, "") || t("shell-cannot-tell");
    const codes = (of) => of.faults.map((each) => each.code);
    const [before, after] = [codes(this.report), codes(report)];
    const gone = before.filter((code) => !after.includes(code));
    const fresh = after.filter((code) => !before.includes(code));
    const list = (some) => some.map(this.title).join(", ");
    const says = [];
    if (gone.length) says.push(t("review-limits-gone", { what: list(gone) }));
    if (fresh.length) says.push(t("review-limits-new", { what: list(fresh) }));
    this.pane.querySelector("[data-trial-before]").textContent = score(this.report.summary);
    this.pane.querySelector("[data-trial-after]").textContent = score(report.summary);
    this.pane.querySelector("[data-trial-says]").textContent = says.join(" ") || t("review-limits-same");
    this.out.hidden = false;
    this.pane.querySelector("[data-trial-actions]").hidden = false;
    this.latest = report;
    this.tried(report);
  }

  #drop() {
    this.#asked += 1;
    for (const input of this.inputs) input.value = String(Number(input.dataset.was));
    this.out.hidden = true;
    this.tried(this.report);
  }

  /** For the person, in the plan; where the exercise is not on it, for this recording. */
  async #keep() {
    this.keep.disabled = true;
    try {
      this.say(await this.#write());
    } catch (problem) {
      if (!(problem instanceof ServiceProblem || problem instanceof TypeError)) throw problem;
      this.say(problem.advice || this.t("shell-offline"));
      this.keep.disabled = false;
      return;
    }
    this.report = this.latest;
    for (const input of this.inputs) if (input.value !== "") input.dataset.was = input.value;
    this.pane.querySelector("[data-trial-actions]").hidden = true;
  }

  async #write() {
    if (!this.plan) {
      await ask(`/recordings/${this.recording}/analyses`, { method: "POST", json: { text: this.#text } });
      return this.t("review-limits-used");
    }
    const path = `/clients/${this.client}/plans/${this.plan}`;
    const { step, sets, reps, load_kg, days_per_week, notes } = (await ask(path)).data;
    await ask(path, { method: "PUT", json: { step, sets, reps, load_kg, days_per_week, notes, limits: this.#text } });
    return this.t("review-limits-kept");
  }
}
