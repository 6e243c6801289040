// What the clinician sees otherwise: side, part of the video, bounds of a rep, something noticed that is not so.

import { element } from "./element.js";
import { clock } from "./number-format.js";

const BOUNDS = ["start_s", "bottom_s", "end_s"];

export class Corrections {
  #rep = "";

  /**
   * @param {HTMLElement} root
   * @param {{player: any, curves: import("./curves.js").Curves, report: any, t: Function,
   *   draft: import("./draft.js").Draft, title: (code: string) => string, duration: number,
   *   here: () => number}} given
   */
  constructor(root, given) {
    Object.assign(this, given);
    this.root = root;
    const find = (name) => root.querySelector(`[data-${name}]`);
    this.pane = find("corrections");
    this.pane.hidden = false;
    this.list = find("correction-list");
    this.side = find("correct-side");
    this.choice = find("correct-rep");
    this.tools = find("rep-tools");
    this.says = find("rep-says");
    this.side.addEventListener("change", () => this.#put("side", this.side.value ? { kind: "side", side: this.side.value } : null));
    for (const end of ["start", "end"]) {
      this.pane.querySelector(`[data-do=trim-${end}]`).addEventListener("click", () => this.#trim(end));
    }
    this.choice.addEventListener("change", () => this.#choose(this.choice.value));
    for (const button of this.pane.querySelectorAll("[data-bound]")) {
      button.addEventListener("click", () => this.#bound(button.dataset.bound, this.here()));
    }
    this.pane.querySelector("[data-do=no-rep]").addEventListener("click", () => {
      if (this.#rep !== "new") this.#put(`rep-${this.#rep}`, { kind: "rep", rep: Number(this.#rep), is_none: true });
    });
    for (const button of root.querySelectorAll("[data-wrong]")) {
      button.parentElement.hidden = false;
      button.addEventListener("click", () => {
        this.#put(`fault-${button.dataset.wrong}`, { kind: "fault", code: button.dataset.wrong });
        this.list.lastElementChild?.querySelector("input")?.focus();
      });
    }
    this.curves.onBuilt(() => this.#handles());
    this.render();
  }

  render() {
    const { t } = this;
    const all = this.draft.form.corrections;
    this.list.replaceChildren(...all.map((each) => this.#item(each)));
    this.side.value = all.find((each) => each.kind === "side")?.side ?? "";
    for (const button of this.root.querySelectorAll("[data-wrong]")) {
      const wrong = all.some((each) => keyOf(each) === `fault-${button.dataset.wrong}`);
      button.closest("li").classList.toggle("taken-back", wrong);
      button.parentElement.hidden = wrong;
    }
    this.says.textContent = t("review-rep-drag");
    this.#handles();
  }

  #item(correction) {
    const { t } = this;
    const [what, had, now] = this.#words(correction);
    const why = element("input", { type: "text", maxlength: "4000", "aria-label": `${what}: ${t("review-why")}`, placeholder: t("review-why") });
    why.value = correction.reason ?? "";
    why.addEventListener("input", () => {
      const corrections = this.draft.form.corrections.map((each) => (keyOf(each) === keyOf(correction) ? { ...each, reason: why.value } : each));
      this.draft.change({ corrections });
    });
    const back = element("button", { type: "button", class: "bare small", "aria-label": `${t("review-take-back")}: ${what}` }, t("review-take-back"));
    back.addEventListener("click", () => this.#put(keyOf(correction), null));
    const line = element("p", {}, element("strong", {}, what), " ", now ? `${now} ` : "", element("s", { class: "tiny computed" }, had));
    return element("li", { class: "correction" }, line, element("span", { class: "row" }, why, back));
  }

  #words(it) {
    const { t, report } = this;
    const computed = (value) => (value ? t("review-computed", { value }) : t("review-not-computed"));
    if (it.kind === "side") {
      const had = report.view.near_side;
      return [t("review-corrected-side"), computed(had && t(`review-side-${had}`)), t(`review-side-${it.side}`)];
    }
    if (it.kind === "trim") {
      const [from, to] = this.#trimmed();
      return [t("review-corrected-trim"), computed(span(from, to)), span(it.start_s, it.end_s)];
    }
    if (it.kind === "rep") {
      const rep = report.reps.find((each) => each.rep === it.rep);
      const what = rep ? t("review-corrected-rep", { n: it.rep }) : t("review-corrected-rep-new");
      const had = computed(rep && span(rep.start_s, rep.end_s));
      return [what, had, it.is_none ? t("review-is-none") : span(it.start_s ?? rep?.start_s, it.end_s ?? rep?.end_s)];
    }
    const fault = report.faults.find((each) => each.code === it.code);
    const had = computed(fault && t("review-only-reps", { reps: fault.reps.join(", ") }));
    return [t("review-corrected-fault", { what: this.title(it.code) }), had, it.reps ? t("review-only-reps", { reps: it.reps.join(", ") }) : ""];
  }

  #put(key, correction) {
    const kept = this.draft.form.corrections.find((each) => keyOf(each) === key);
    const others = this.draft.form.corrections.filter((each) => keyOf(each) !== key);
    const made = correction && { reason: kept?.reason ?? "", ...correction };
    this.draft.change({ corrections: made ? [...others, made] : others });
    this.render();
  }

  #trimmed() {
    const trim = this.report.provenance?.trim_s;
    return [trim?.[0] ?? 0, trim?.[1] ?? this.duration];
  }

  #trim(end) {
    const kept = this.draft.form.corrections.find((each) => each.kind === "trim");
    const [from, to] = this.#trimmed();
    const next = { start_s: kept?.start_s ?? from, end_s: kept?.end_s ?? to, [`${end}_s`]: round(this.here()) };
    if (next.end_s > next.start_s) this.#put("trim", { kind: "trim", ...next });
  }

  #choose(rep) {
    this.#rep = rep;
    this.tools.hidden = !rep;
    this.pane.querySelector("[data-do=no-rep]").hidden = rep === "new";
    const computed = this.#computed();
    if (computed) this.player.seek(computed.bottom_s);
    this.says.textContent = this.t("review-rep-drag");
    this.#handles();
  }

  #computed() {
    return this.report.reps.find((each) => String(each.rep) === this.#rep) ?? null;
  }

  get #key() {
    return this.#rep === "new" ? "rep-null" : `rep-${this.#rep}`;
  }

  /** The bounds as they stand: corrected where they are, else as computed. */
  #bounds() {
    const kept = this.draft.form.corrections.find((each) => keyOf(each) === this.#key);
    const computed = this.#computed();
    return Object.fromEntries(BOUNDS.map((name) => [name, kept?.[name] ?? this.partial?.[name] ?? computed?.[name] ?? null]));
  }

  #bound(name, time) {
    const computed = this.#computed();
    const bounds = { ...this.#bounds(), [name]: round(time) };
    const set = BOUNDS.map((each) => bounds[each]).filter((each) => each != null);
    if (set.some((each, k) => k > 0 && each <= set[k - 1])) {
      this.says.textContent = this.t("review-rep-order");
      return;
    }
    if (!computed && (bounds.start_s == null || bounds.end_s == null)) {
      this.partial = bounds; // a rep that was not seen needs both ends before it is one
      this.#handles();
      return;
    }
    this.partial = null;
    const changed = Object.fromEntries(BOUNDS.filter((each) => bounds[each] != null && bounds[each] !== computed?.[each]).map((each) => [each, bounds[each]]));
    this.#put(this.#key, Object.keys(changed).length ? { kind: "rep", rep: computed?.rep ?? null, ...changed } : null);
  }

  /** Handles on the curves for the rep that is chosen: dragged, or moved by arrow keys. */
  #handles() {
    const focused = document.activeElement?.dataset?.handle;
    for (const old of this.root.querySelectorAll("[data-handle]")) old.remove();
    if (!this.#rep) return;
    const bounds = this.#bounds();
    const plot = this.curves.plots.at(-1);
    for (const name of BOUNDS) {
      const time = bounds[name];
      if (time == null) continue;
      const handle = element("div", { class: `curve-handle ${name}`, role: "slider", tabindex: "0", "data-handle": name, "aria-label": this.t(`review-handle-${name}`), "aria-valuemin": "0", "aria-valuemax": String(this.duration), "aria-valuenow": time.toFixed(2), "aria-valuetext": clock(time) });
      handle.style.setProperty("transform", `translateX(${this.curves.place(plot, time).toFixed(1)}px)`);
      handle.addEventListener("pointerdown", (event) => {
        event.stopPropagation();
        event.preventDefault();
        handle.setPointerCapture(event.pointerId);
      });
      const to = (event) => plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, "x");
      handle.addEventListener("pointermove", (event) => {
        if (!handle.hasPointerCapture(event.pointerId)) return;
        handle.style.setProperty("transform", `translateX(${this.curves.place(plot, to(event)).toFixed(1)}px)`);
        this.player.seek(to(event));
      });
      handle.addEventListener("pointerup", (event) => this.#bound(name, to(event)));
      handle.addEventListener("keydown", (event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (!by) return;
        event.preventDefault();
        const next = time + by / this.curves.frames.fps;
        this.player.seek(next);
        this.#bound(name, next);
      });
      this.curves.boxes.at(-1).append(handle);
      if (focused === name) handle.focus();
    }
  }
}

/** What a correction is about: one stands for each. */
const keyOf = (it) => ({ side: "side", trim: "trim", rep: `rep-${it.rep ?? null}`, fault: `fault-${it.code}` })[it.kind];

const round = (time) => Math.max(0, Math.round(time * 1000) / 1000);

const span = (from, to) => (from == null || to == null ? "" : `${clock(from)} – ${clock(to)}`);
