// Comments pinned to moments, with drawings on the frame.
import { createElement, dataOf, find, findAll, findAs } from "hinge/dom.js";
import { formatTime } from "./number-format.js";

/**
 * @typedef {import("types/service").Comment} Comment
 * @typedef {import("types/service").Drawing} Drawing
 * @typedef {import("types/service").Shape["kind"]} Tool
 * @typedef {{at: number | null, text: string, drawing: Drawing | null, editing: number | null}} OpenComment
 */

/** A displayed frame this close to a comment's moment shows its drawing, seconds. */
const SAME_S = 0.06;

/** The list of comments and the form that edits one. */
export class Comments {
  /** Index of the comment being edited; null for a new one. @type {number | null} */
  #editing = null;
  /** @type {number | null} */
  #at = 0;
  /** The comment whose drawing shows. @type {Comment | null} */
  #showing = null;
  /** The last comment deleted. @type {Comment | null} */
  #removed = null;

  /**
   * @param {ParentNode} root the page
   * @param {object} options
   * @param {import("./video-stage.js").AnyPlayer} options.player
   * @param {import("./drawing-board.js").DrawingBoard} options.board
   * @param {import("hinge/translations.js").Translate} options.t
   * @param {import("./draft.js").Draft} options.draft
   * @param {(text: string) => void} options.say
   * @param {() => number} options.here the chosen moment, displayed or about to be
   * @param {(time: number) => Promise<void>} options.goTo
   * @param {string} options.recording
   */
  constructor(root, { player, board, t, draft, say, here, goTo, recording }) {
    this.player = player;
    this.board = board;
    this.t = t;
    this.draft = draft;
    this.say = say;
    this.here = here;
    this.goTo = goTo;
    this.key = `hinge-comment-${recording}`;
    const part = (/** @type {string} */ name) => find(root, `[data-${name}]`);
    this.form = part("comment-form");
    this.list = part("comment-list");
    this.text = findAs(root, "[data-comment-text]", HTMLTextAreaElement);
    this.label = part("comment-label");
    this.keepButton = part("comment-keep");
    this.drawHint = part("draw-how");
    this.opener = part("comment-new");
    this.tools = part("draw-tools");
    this.opener.hidden = false;
    find(this.opener, "button").addEventListener("click", () => this.open());
    part("comment-leave").addEventListener("click", () => this.close());
    this.#bindForm();
    this.#bindTools();
    board.onChange = () => this.#showTool();
    player.onFrame((time) => this.#onFrame(time));
    this.render();
    this.#resume();
  }

  /**
   * Opens the form: a new comment at this moment, or an existing one.
   * @param {number | null} [index]
   * @param {OpenComment} [resumed]
   */
  open(index = null, resumed) {
    this.player.pause();
    const existing = index == null ? null : this.draft.form.comments[index];
    const comment = resumed ? { ...resumed, time_s: resumed.at } : existing;
    this.#editing = index;
    this.#at = comment ? comment.time_s : Math.round(this.here() * 1000) / 1000;
    if (comment?.time_s != null) this.player.seek(comment.time_s);
    this.text.value = comment?.text ?? "";
    this.board.show(comment?.drawing ?? null);
    this.#showing = null;
    this.form.hidden = false;
    this.opener.hidden = true;
    this.label.textContent =
      this.#at == null
        ? this.t("review-comment-text")
        : this.t("review-comment-text-at", { time: formatTime(this.#at) });
    this.keepButton.textContent = this.t(index == null ? "review-comment-keep" : "review-comment-change");
    this.drawHint.textContent = "";
    this.text.focus({ preventScroll: true });
    this.form.scrollIntoView({ block: "nearest" });
  }

  /** Keeps the open comment, if there is anything in it. */
  finish() {
    if (!this.form.hidden && (this.text.value.trim() || this.board.drawing)) this.#keep();
  }

  close() {
    localStorage.removeItem(this.key);
    this.form.hidden = true;
    this.opener.hidden = false;
    this.board.selectTool(null);
    this.board.show(null);
    for (const each of findAll(this.tools, "[data-draw]")) each.setAttribute("aria-pressed", "false");
    this.#editing = null;
    find(this.opener, "button").focus();
  }

  render() {
    const { t } = this;
    const { comments } = this.draft.form;
    this.list.replaceChildren(...comments.map((comment, index) => this.#createItem(comment, index)));
    if (!comments.length) this.list.append(createElement("li", { class: "small" }, t("review-no-comments")));
    const removed = this.#removed;
    if (!removed) return;
    const restore = createElement("button", { type: "button", class: "bare small" }, t("review-comment-restore"));
    restore.addEventListener("click", () => {
      this.#removed = null;
      this.#save([...this.draft.form.comments, removed]);
    });
    this.list.append(createElement("li", { class: "small" }, `${t("review-comment-deleted")} `, restore));
  }

  /** @param {Comment} comment @param {number} index */
  #createItem(comment, index) {
    const { t } = this;
    const time = comment.time_s == null ? null : formatTime(comment.time_s);
    const item = createElement("li", { class: "comment" });
    if (time !== null) {
      const go = createElement("button", { type: "button", class: "quiet moment" }, time);
      go.addEventListener("click", () => this.#show(comment));
      item.append(go);
    }
    const words = createElement("p", {}, comment.text);
    if (comment.drawing) words.append(" ", createElement("span", { class: "tiny" }, t("review-with-drawing")));
    const button = (/** @type {string} */ name, /** @type {() => void} */ act) => {
      const label = `${name}: ${time ?? comment.text.slice(0, 40)}`;
      const made = createElement("button", { type: "button", class: "bare small", "aria-label": label }, name);
      made.addEventListener("click", act);
      return made;
    };
    const edit = button(t("review-comment-edit"), () => this.open(index));
    const remove = button(t("review-comment-delete"), () => this.#remove(index));
    item.append(words, createElement("span", { class: "comment-does" }, edit, remove));
    return item;
  }

  /** Goes to a comment's moment and shows its drawing. @param {Comment} comment */
  async #show(comment) {
    if (comment.time_s == null) return;
    await this.goTo(comment.time_s);
    if (!this.form.hidden) return;
    this.#showing = comment;
    this.board.show(comment.drawing);
  }

  /** Stores the open comment on this device: one that is not added yet survives a reload. */
  #store() {
    if (this.form.hidden) return;
    /** @type {OpenComment} */
    const open = { at: this.#at, text: this.text.value, drawing: this.board.drawing, editing: this.#editing };
    localStorage.setItem(this.key, JSON.stringify(open));
  }

  #resume() {
    /** @type {OpenComment | null} */
    const open = JSON.parse(localStorage.getItem(this.key) ?? "null");
    if (!open) return;
    const exists = open.editing !== null && this.draft.form.comments[open.editing];
    this.open(exists ? open.editing : null, open);
  }

  /** @param {number} time */
  #onFrame(time) {
    const { time_s } = this.#showing ?? {};
    if (time_s != null && Math.abs(time - time_s) > SAME_S) {
      this.#showing = null;
      this.board.show(null);
    }
    find(this.opener, "[data-comment-at]").textContent = this.t("review-comment-here", { time: formatTime(time) });
  }

  #keep() {
    const text = this.text.value.trim();
    const { drawing } = this.board;
    if (!text && !drawing) {
      this.drawHint.textContent = this.t("review-comment-empty");
      this.text.focus();
      return;
    }
    const comment = { time_s: this.#at, text, drawing };
    const comments = [...this.draft.form.comments];
    if (this.#editing == null) comments.push(comment);
    else comments[this.#editing] = comment;
    this.#removed = null;
    this.#save(comments);
    this.close();
  }

  /** @param {number} index */
  #remove(index) {
    const comments = [...this.draft.form.comments];
    [this.#removed] = comments.splice(index, 1);
    this.#save(comments);
    this.say(this.t("review-comment-deleted"));
    findAll(this.list, "li:last-child button")[0]?.focus();
  }

  /** @param {Comment[]} comments */
  #save(comments) {
    comments.sort((one, other) => (one.time_s ?? -1) - (other.time_s ?? -1));
    this.draft.change({ comments });
    this.render();
  }

  #bindForm() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#keep();
    });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#keep();
      if (event.key === "Escape") this.close();
    });
    this.text.addEventListener("input", () => this.#store());
  }

  #bindTools() {
    const { board, tools } = this;
    for (const button of findAll(tools, "[data-draw]")) {
      const tool = /** @type {Tool} */ (dataOf(button, "draw"));
      button.addEventListener("click", () => {
        board.selectTool(board.tool === tool ? null : tool);
        if (board.tool) board.element.focus({ preventScroll: true });
      });
    }
    const colours = findAll(tools, "[data-colour]");
    for (const button of colours) {
      button.addEventListener("click", () => {
        board.colour = dataOf(button, "colour");
        for (const each of colours) each.setAttribute("aria-pressed", String(each === button));
      });
    }
    find(tools, "[data-do=undo]").addEventListener("click", () => board.undo());
  }

  /** Shows which tool is selected and what to do with it. */
  #showTool() {
    const { board, t } = this;
    for (const each of findAll(this.tools, "[data-draw]")) {
      each.setAttribute("aria-pressed", String(each.dataset.draw === board.tool));
    }
    const { set, needed, shapes } = board.progress;
    const done = shapes ? `${t("review-draw-done", { count: shapes })} ` : "";
    let how = "";
    if (board.tool === "freehand") how = t("review-draw-how-freehand");
    else if (board.tool) how = t("review-draw-how", { tool: t(`review-draw-${board.tool}`), set, needed });
    this.drawHint.textContent = done + how;
    this.#store();
    board.element.setAttribute("aria-label", `${t("review-drawing")}. ${this.drawHint.textContent}`);
  }
}
