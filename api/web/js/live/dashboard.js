// What is read from three metres away: the count, the phase, two bars, one instruction, one caption.
import { find, findAll, findAs } from "hinge/dom.js";
import { createAngleText } from "hinge/live/angle-text.js";

/**
 * @typedef {import("types/live").LiveUpdate} LiveUpdate
 * @typedef {import("types/live").LiveState} LiveState
 * @typedef {import("types/live").Phrase} Phrase
 * @typedef {import("types/live").Angle} Angle
 */

/** Degrees that fill a bar. */
const FULL_DEG = { hip: 100, lumbar: 40 };

/** A limit of the lower back's bar that is out of its sight. */
const NO_LIMIT = 2;

/** @type {LiveState} */
const EMPTY = {
  state: "looking",
  instruction: null,
  progress: 0,
  set: 1,
  reps: 0,
  phase: "",
  hip: null,
  lumbar: null,
  caption: null,
};

/** Shows the state of a session. */
export class Dashboard {
  /** Everything shown, of all updates so far. @type {LiveState} */
  state = {};

  /**
   * @param {HTMLElement} root
   * @param {import("hinge/translations.js").Translate} t
   * @param {(phrase: Phrase) => string} phraseText
   */
  constructor(root, t, phraseText) {
    this.root = root;
    this.t = t;
    this.phraseText = phraseText;
    this.angleText = createAngleText(t);
    this.drawings = new Map(findAll(root, "[data-drawing]").map((each) => [each.dataset.drawing, each]));
    this.progress = findAs(root, "[data-progress]", HTMLProgressElement);
  }

  /** Shows what an update changes. @param {LiveUpdate} update */
  show(update) {
    const { state, t } = this;
    Object.assign(state, update);
    this.root.dataset.state = state.state ?? "looking";
    if (update.instruction !== undefined) this.#showInstruction(update.instruction);
    if (update.reps !== undefined) this.#setText("count", String(update.reps));
    if (update.set !== undefined) this.#setText("set", t("live-set", { set: update.set }));
    if (update.phase !== undefined) this.#setText("phase", update.phase ? t(`phase-${update.phase}`) : "");
    if (update.progress !== undefined) {
      this.progress.value = update.progress;
      this.progress.hidden = !(update.progress > 0);
    }
    if (update.hip !== undefined) this.#showBar("hip", update.hip);
    if (update.lumbar !== undefined) this.#showBar("lumbar", update.lumbar);
    if (update.caption !== undefined) this.#showCaption(update.caption);
    this.#showButtons();
  }

  /** Shows a line about the connection or the page; empty for none. @param {string} text */
  showNote(text) {
    this.#setText("note", text);
    this.#part("note").hidden = !text;
  }

  /** Marks the limit on the lower back's bar. @param {number | null} deg */
  setLimit(deg) {
    const share = deg === null ? NO_LIMIT : Math.min(1, deg / FULL_DEG.lumbar);
    find(this.root, '[data-bar="lumbar"]').style.setProperty("--limit", String(share));
  }

  /** Resets to the state before the first update. */
  clear() {
    this.state = {};
    this.show(EMPTY);
    this.showNote("");
  }

  /** @param {string} name */
  #part(name) {
    return find(this.root, `[data-${name}]`);
  }

  /** Sets a text only if it changes, for the sake of live regions. @param {string} name @param {string} text */
  #setText(name, text) {
    const place = this.#part(name);
    if (place.textContent !== text) place.textContent = text;
  }

  /** @param {import("types/live").Instruction | null} instruction */
  #showInstruction(instruction) {
    const text = instruction ? this.phraseText({ kind: "instruction", ...instruction }) : "";
    this.#setText("instruction", text);
    this.#part("instruction").hidden = !text;
    for (const [code, drawing] of this.drawings) drawing.hidden = code !== instruction?.code;
    this.root.dataset.drawn = String(this.drawings.has(instruction?.code));
  }

  /** @param {Phrase | null} caption */
  #showCaption(caption) {
    this.#setText("caption", caption ? this.phraseText(caption) : "");
    this.#part("caption").hidden = !caption;
    this.#part("caption").dataset.kind = caption?.kind ?? "";
  }

  /** @param {"hip" | "lumbar"} name @param {Angle | null} angle */
  #showBar(name, angle) {
    const place = find(this.root, `[data-bar="${name}"]`);
    place.dataset.known = String(Boolean(angle));
    find(place, "[data-value]").textContent = this.angleText(angle?.deg, angle?.se);
    const share = (/** @type {number} */ deg) => Math.min(1, Math.max(0, deg / FULL_DEG[name]));
    const set = (/** @type {string} */ key, /** @type {number} */ value) => place.style.setProperty(key, String(value));
    set("--share", angle ? share(angle.deg) : 0);
    set("--low", angle ? share(angle.deg - 1.96 * angle.se) : 0);
    set("--high", angle ? share(angle.deg + 1.96 * angle.se) : 0);
  }

  #showButtons() {
    const { state } = this;
    const paused = state.instruction?.code === "paused";
    const practising = state.state === "go" || state.state === "rest";
    this.#part("pause").hidden = paused || !practising;
    this.#part("resume").hidden = !paused;
    this.#part("next-set").hidden = paused || !(practising && (state.reps ?? 0) > 0);
  }
}
