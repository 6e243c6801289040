// What the clinician corrects: the side, the part of the video, the bounds of a rep, a fault that is none.
import { createElement, dataOf, find, findAll, findAs } from "hinge/dom.js";
import { formatTime } from "./number-format.js";
import { valueUnder } from "./plot.js";

/**
 * @typedef {import("types/service").Correction} Correction
 * @typedef {import("types/service").TrimCorrection} TrimCorrection
 * @typedef {import("types/service").RepCorrection} RepCorrection
 * @typedef {import("types/service").FaultCorrection} FaultCorrection
 * @typedef {import("types/service").Bound} Bound
 */

/** @type {Bound[]} */
const BOUNDS = ["start_s", "bottom_s", "end_s"];

/**
 * @typedef {object} CorrectionsOptions
 * @property {import("./video-stage.js").AnyPlayer} player
 * @property {import("./curves.js").Curves} curves
 * @property {import("types/service").Report} report
 * @property {import("hinge/translations.js").Translate} t
 * @property {import("./draft.js").Draft} draft
 * @property {(code: string) => string} title of a fault
 * @property {number} duration
 * @property {() => number} here the chosen moment
 */

/** The pane of corrections and the handles on the curves. */
export class Corrections {
  /** Number of the chosen rep; "new" for one that was not found, "" for none. */
  #rep = "";
  /** Bounds of a new rep that are set so far. @type {Partial<Record<Bound, number>> | null} */
  #partial = null;

  /** @param {HTMLElement} root @param {CorrectionsOptions} options */
  constructor(root, { player, curves, report, t, draft, title, duration, here }) {
    this.root = root;
    this.player = player;
    this.curves = curves;
    this.report = report;
    this.t = t;
    this.draft = draft;
    this.title = title;
    this.duration = duration;
    this.here = here;
    this.pane = find(root, "[data-corrections]");
    this.pane.hidden = false;
    this.list = find(root, "[data-correction-list]");
    this.sideSelect = findAs(root, "[data-correct-side]", HTMLSelectElement);
    this.repSelect = findAs(root, "[data-correct-rep]", HTMLSelectElement);
    this.repTools = find(root, "[data-rep-tools]");
    this.hint = find(root, "[data-rep-says]");
    this.faultButtons = findAll(root, "[data-wrong]");
    this.#bindPane();
    this.#bindFaults();
    this.curves.onBuilt(() => this.#renderHandles());
    this.render();
  }

  render() {
    const all = this.draft.form.corrections;
    this.list.replaceChildren(...all.map((each) => this.#createItem(each)));
    this.sideSelect.value = all.find((each) => each.kind === "side")?.side ?? "";
    for (const button of this.faultButtons) {
      const wrong = all.some((each) => keyOf(each) === `fault-${button.dataset.wrong}`);
      button.closest("li")?.classList.toggle("taken-back", wrong);
      if (button.parentElement) button.parentElement.hidden = wrong;
    }
    this.hint.textContent = this.t("review-rep-drag");
    this.#renderHandles();
  }

  #bindPane() {
    const { sideSelect, pane } = this;
    sideSelect.addEventListener("change", () => {
      this.#put("side", sideSelect.value ? { kind: "side", side: sideSelect.value } : null);
    });
    find(pane, "[data-do=trim-start]").addEventListener("click", () => this.#trim("start_s"));
    find(pane, "[data-do=trim-end]").addEventListener("click", () => this.#trim("end_s"));
    this.repSelect.addEventListener("change", () => this.#chooseRep(this.repSelect.value));
    for (const button of findAll(pane, "[data-bound]")) {
      const bound = /** @type {Bound} */ (dataOf(button, "bound"));
      button.addEventListener("click", () => this.#setBound(bound, this.here()));
    }
    this.noRepButton.addEventListener("click", () => {
      if (this.#rep !== "new") this.#put(this.#key, { kind: "rep", rep: Number(this.#rep), is_none: true });
    });
  }

  #bindFaults() {
    for (const button of this.faultButtons) {
      const code = dataOf(button, "wrong");
      if (button.parentElement) button.parentElement.hidden = false;
      button.addEventListener("click", () => {
        this.#put(`fault-${code}`, { kind: "fault", code });
        this.list.lastElementChild?.querySelector("input")?.focus();
      });
    }
  }

  get noRepButton() {
    return find(this.pane, "[data-do=no-rep]");
  }

  /** @param {Correction} correction */
  #createItem(correction) {
    const { t } = this;
    const [what, computed, corrected] = this.#describe(correction);
    const key = keyOf(correction);
    const why = t("review-why");
    const reason = createElement("input", { type: "text", maxlength: "4000", placeholder: why });
    reason.setAttribute("aria-label", `${what}: ${why}`);
    reason.value = correction.reason ?? "";
    reason.addEventListener("input", () => {
      const corrections = this.draft.form.corrections.map((each) =>
        keyOf(each) === key ? { ...each, reason: reason.value } : each,
      );
      this.draft.change({ corrections });
    });
    const undo = createElement("button", { type: "button", class: "bare small" }, t("review-take-back"));
    undo.setAttribute("aria-label", `${t("review-take-back")}: ${what}`);
    undo.addEventListener("click", () => this.#put(key, null));
    const line = createElement("p", {}, createElement("strong", {}, what), " ", corrected ? `${corrected} ` : "");
    line.append(createElement("s", { class: "tiny computed" }, computed));
    return createElement("li", { class: "correction" }, line, createElement("span", { class: "row" }, reason, undo));
  }

  /** @param {Correction} correction @returns {[what: string, computed: string, corrected: string]} */
  #describe(correction) {
    const { t, report } = this;
    switch (correction.kind) {
      case "side": {
        const side = report.view.near_side;
        const computed = this.#describeComputed(side && t(`review-side-${side}`));
        return [t("review-corrected-side"), computed, t(`review-side-${correction.side}`)];
      }
      case "trim": {
        const computed = this.#describeComputed(formatSpan(...this.#computedTrim()));
        return [t("review-corrected-trim"), computed, formatSpan(correction.start_s, correction.end_s)];
      }
      case "rep":
        return this.#describeRep(correction);
      case "fault":
        return this.#describeFault(correction);
    }
  }

  /** @param {RepCorrection} correction @returns {[string, string, string]} */
  #describeRep({ rep: number, start_s, end_s, is_none }) {
    const { t } = this;
    const rep = this.report.reps.find((each) => each.rep === number);
    const what = rep ? t("review-corrected-rep", { n: rep.rep }) : t("review-corrected-rep-new");
    const computed = this.#describeComputed(rep && formatSpan(rep.start_s, rep.end_s));
    const span = formatSpan(start_s ?? rep?.start_s, end_s ?? rep?.end_s);
    return [what, computed, is_none ? t("review-is-none") : span];
  }

  /** @param {FaultCorrection} correction @returns {[string, string, string]} */
  #describeFault({ code, reps }) {
    const { t } = this;
    const inReps = (/** @type {number[]} */ some) => t("review-only-reps", { reps: some.join(", ") });
    const fault = this.report.faults.find((each) => each.code === code);
    const computed = this.#describeComputed(fault && inReps(fault.reps));
    return [t("review-corrected-fault", { what: this.title(code) }), computed, reps ? inReps(reps) : ""];
  }

  /** @param {string | null | undefined} value */
  #describeComputed(value) {
    return value ? this.t("review-computed", { value }) : this.t("review-not-computed");
  }

  /** Replaces the correction of a key; null takes it back. @param {string} key @param {Correction | null} correction */
  #put(key, correction) {
    const before = this.draft.form.corrections.find((each) => keyOf(each) === key);
    const others = this.draft.form.corrections.filter((each) => keyOf(each) !== key);
    const made = correction && { reason: before?.reason ?? "", ...correction };
    this.draft.change({ corrections: made ? [...others, made] : others });
    this.render();
  }

  /** @returns {[from: number, to: number]} */
  #computedTrim() {
    const trim = this.report.provenance?.trim_s;
    return [trim?.[0] ?? 0, trim?.[1] ?? this.duration];
  }

  /** @param {"start_s" | "end_s"} end */
  #trim(end) {
    const before = this.draft.form.corrections.find((each) => each.kind === "trim");
    const [from, to] = this.#computedTrim();
    const next = { start_s: before?.start_s ?? from, end_s: before?.end_s ?? to, [end]: roundTime(this.here()) };
    if (next.end_s > next.start_s) this.#put("trim", { kind: "trim", ...next });
  }

  /** @param {string} rep */
  #chooseRep(rep) {
    this.#rep = rep;
    this.repTools.hidden = !rep;
    this.noRepButton.hidden = rep === "new";
    const computed = this.#computedRep();
    if (computed) this.player.seek(computed.bottom_s);
    this.hint.textContent = this.t("review-rep-drag");
    this.#renderHandles();
  }

  #computedRep() {
    return this.report.reps.find((each) => String(each.rep) === this.#rep) ?? null;
  }

  get #key() {
    return this.#rep === "new" ? "rep-null" : `rep-${this.#rep}`;
  }

  /** The bounds as they stand: corrected where they are, else as computed. @returns {Record<Bound, number | null>} */
  #bounds() {
    const found = this.draft.form.corrections.find((each) => keyOf(each) === this.#key);
    const corrected = found?.kind === "rep" ? found : null;
    const computed = this.#computedRep();
    const bound = (/** @type {Bound} */ name) => corrected?.[name] ?? this.#partial?.[name] ?? computed?.[name] ?? null;
    return { start_s: bound("start_s"), bottom_s: bound("bottom_s"), end_s: bound("end_s") };
  }

  /** @param {Bound} name @param {number} time */
  #setBound(name, time) {
    const computed = this.#computedRep();
    const bounds = { ...this.#bounds(), [name]: roundTime(time) };
    const set = BOUNDS.map((each) => bounds[each]).filter((each) => each != null);
    if (set.some((each, k) => k > 0 && each <= set[k - 1])) {
      this.hint.textContent = this.t("review-rep-order");
      return;
    }
    /** @type {Partial<Record<Bound, number>>} */
    const changed = {};
    for (const each of BOUNDS) {
      const value = bounds[each];
      if (value != null && value !== computed?.[each]) changed[each] = value;
    }
    if (!computed && (bounds.start_s == null || bounds.end_s == null)) {
      this.#partial = changed; // a rep that was not found needs both ends before it is one
      this.#renderHandles();
      return;
    }
    this.#partial = null;
    this.#put(this.#key, Object.keys(changed).length ? { kind: "rep", rep: computed?.rep ?? null, ...changed } : null);
  }

  /** Handles on the curves for the chosen rep: dragged, or moved by arrow keys. */
  #renderHandles() {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.handle : undefined;
    for (const old of findAll(this.root, "[data-handle]")) old.remove();
    if (!this.#rep) return;
    const bounds = this.#bounds();
    for (const name of BOUNDS) {
      const time = bounds[name];
      if (time == null) continue;
      const handle = this.#createHandle(name, time);
      this.curves.lowerBox.append(handle);
      if (focused === name) handle.focus();
    }
  }

  /** @param {Bound} name @param {number} time */
  #createHandle(name, time) {
    const { curves, player } = this;
    const plot = curves.lowerPlot;
    const handle = createElement("div", {
      class: `curve-handle ${name}`,
      role: "slider",
      tabindex: "0",
      "data-handle": name,
      "aria-label": this.t(`review-handle-${name}`),
      "aria-valuemin": "0",
      "aria-valuemax": String(this.duration),
      "aria-valuenow": time.toFixed(2),
      "aria-valuetext": formatTime(time),
    });
    const move = (/** @type {number} */ to) =>
      handle.style.setProperty("transform", `translateX(${curves.place(to).toFixed(1)}px)`);
    move(time);
    handle.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      move(valueUnder(plot, event));
      player.seek(valueUnder(plot, event));
    });
    handle.addEventListener("pointerup", (event) => this.#setBound(name, valueUnder(plot, event)));
    handle.addEventListener("keydown", (event) => {
      const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
      if (!by) return;
      event.preventDefault();
      const next = time + by / curves.frames.fps;
      player.seek(next);
      this.#setBound(name, next);
    });
    return handle;
  }
}

/** What a correction is about: there is one for each. @param {Correction} correction */
function keyOf(correction) {
  if (correction.kind === "rep") return `rep-${correction.rep ?? null}`;
  return correction.kind === "fault" ? `fault-${correction.code}` : correction.kind;
}

/** @param {number} time */
const roundTime = (time) => Math.max(0, Math.round(time * 1000) / 1000);

/** @param {number | null | undefined} from @param {number | null | undefined} to */
const formatSpan = (from, to) => (from == null || to == null ? "" : `${formatTime(from)} – ${formatTime(to)}`);
