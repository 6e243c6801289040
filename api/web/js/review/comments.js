// Comments pinned to moments, with drawings on the frame.

import { element } from "./element.js";
import { clock } from "./number-format.js";

/** A displayed frame this close to a comment's moment shows its drawing, seconds. */
const SAME_S = 0.06;

export class Comments {
  #editing = null;
  #at = 0;
  #showing = null;
  #removed = null;

  /**
   * @param {HTMLElement} root the page
   * @param {{player: any, board: import("./drawing-board.js").Board | null, t: Function, draft: import("./draft.js").Draft,
     *   say: (words: string) => void, here: () => number,
   *   goto: (time: number) => Promise<void>, recording: string}} given `here`: the moment gone to, shown or about to be
   */
  constructor(root, { player, board, t, draft, say, here, goto, recording }) {
    Object.assign(this, { root, player, board, t, draft, say, here, goto });
    this.key = `hinge-comment-${recording}`;
    const find = (name) => root.querySelector(`[data-${name}]`);
    this.form = find("comment-form");
    this.list = find("comment-list");
    this.text = find("comment-text");
    this.how = find("draw-how");
    this.opener = find("comment-new");
    this.opener.hidden = false;
    this.opener.querySelector("button").addEventListener("click", () => this.open());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#keep();
    });
    find("comment-leave").addEventListener("click", () => this.close());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#keep();
      if (event.key === "Escape") this.close();
    });
    this.#tools(find("draw-tools"));
    player.onFrame((time) => this.#passed(time));
    this.text.addEventListener("input", () => this.#remember());
    this.render();
    this.#resume();
  }

  /** Write about this moment, or change what was written. */
  open(index = null, resumed = null) {
    this.player.pause();
    const comment = resumed ? { ...resumed, time_s: resumed.at } : index == null ? null : this.draft.form.comments[index];
    this.#editing = index;
    this.#at = comment ? comment.time_s : Math.round(this.here() * 1000) / 1000;
    if (comment?.time_s != null) this.player.seek(comment.time_s);
    this.text.value = comment?.text ?? "";
    this.board?.show(comment?.drawing ?? null);
    this.#showing = null;
    this.form.hidden = false;
    this.opener.hidden = true;
    this.root.querySelector("[data-comment-label]").textContent = this.#at == null ? this.t("review-comment-text") : this.t("review-comment-text-at", { time: clock(this.#at) });
    this.root.querySelector("[data-comment-keep]").textContent = this.t(index == null ? "review-comment-keep" : "review-comment-change");
    this.how.textContent = "";
    this.text.focus({ preventScroll: true });
    this.form.scrollIntoView({ block: "nearest" });
  }

  /** What is being written becomes a comment, if there is anything in it. */
  finish() {
    if (!this.form.hidden && (this.text.value.trim() || this.board?.drawing)) this.#keep();
  }

  close() {
    localStorage.removeItem(this.key);
    this.form.hidden = true;
    this.opener.hidden = false;
    this.#drop();
    this.#editing = null;
    this.opener.querySelector("button").focus();
  }

  render() {
    const { comments } = this.draft.form;
    this.list.replaceChildren(...comments.map((comment, index) => this.#item(comment, index)));
    if (!comments.length) this.list.append(element("li", { class: "small" }, this.t("review-no-comments")));
    if (this.#removed) {
      const back = element("button", { type: "button", class: "bare small" }, this.t("review-comment-restore"));
      back.addEventListener("click", () => {
        const removed = this.#removed;
        this.#removed = null;
        this.#put([...this.draft.form.comments, removed]);
      });
      this.list.append(element("li", { class: "small" }, `${this.t("review-comment-deleted")} `, back));
    }
  }

  #item(comment, index) {
    const { t } = this;
    const item = element("li", { class: "comment" });
    if (comment.time_s != null) {
      const go = element("button", { type: "button", class: "quiet moment" }, clock(comment.time_s));
      go.addEventListener("click", () => this.show(index));
      item.append(go);
    }
    const words = element("p", {}, comment.text);
    if (comment.drawing) words.append(" ", element("span", { class: "tiny" }, t("review-with-drawing")));
    const edit = element("button", { type: "button", class: "bare small" }, t("review-comment-edit"));
    edit.addEventListener("click", () => this.open(index));
    const remove = element("button", { type: "button", class: "bare small" }, t("review-comment-delete"));
    remove.addEventListener("click", () => this.#remove(index));
    for (const button of [edit, remove]) button.setAttribute("aria-label", `${button.textContent}: ${comment.time_s == null ? comment.text.slice(0, 40) : clock(comment.time_s)}`);
    item.append(words, element("span", { class: "comment-does" }, edit, remove));
    return item;
  }

  /** Go to a comment's moment and show its drawing. */
  async show(index) {
    const comment = this.draft.form.comments[index];
    await this.goto(comment.time_s);
    if (!this.form.hidden) return;
    this.#showing = comment;
    this.board?.show(comment.drawing);
  }

  /** A comment that is not added yet outlives the page. */
  #remember() {
    if (this.form.hidden) return;
    const open = { at: this.#at, text: this.text.value, drawing: this.board?.drawing ?? null, editing: this.#editing };
    localStorage.setItem(this.key, JSON.stringify(open));
  }

  #resume() {
    const open = JSON.parse(localStorage.getItem(this.key) ?? "null");
    if (!open) return;
    this.open(this.draft.form.comments[open.editing] ? open.editing : null, open);
  }

  #passed(time) {
    if (this.#showing && Math.abs(time - this.#showing.time_s) > SAME_S) {
      this.#showing = null;
      this.board?.show(null);
    }
    this.opener.querySelector("[data-comment-at]").textContent = this.t("review-comment-here", { time: clock(time) });
  }

  #keep() {
    const text = this.text.value.trim();
    const drawing = this.board?.drawing ?? null;
    if (!text && !drawing) {
      this.how.textContent = this.t("review-comment-empty");
      this.text.focus();
      return;
    }
    const comment = { time_s: this.#at, text, drawing };
    const comments = [...this.draft.form.comments];
    if (this.#editing == null) comments.push(comment);
    else comments[this.#editing] = comment;
    this.#removed = null;
    this.#put(comments);
    this.close();
  }

  #remove(index) {
    const comments = [...this.draft.form.comments];
    [this.#removed] = comments.splice(index, 1);
    this.#put(comments);
    this.say(this.t("review-comment-deleted"));
    this.list.querySelector("li:last-child button")?.focus();
  }

  #put(comments) {
    comments.sort((one, other) => (one.time_s ?? -1) - (other.time_s ?? -1));
    this.draft.change({ comments });
    this.render();
  }

  #drop() {
    this.board?.take(null);
    this.board?.show(null);
    for (const each of this.root.querySelectorAll("[data-draw]")) each.setAttribute("aria-pressed", "false");
  }

  #tools(tools) {
    const { board, t } = this;
    if (!board) {
      tools.hidden = true;
      return;
    }
    const buttons = [...tools.querySelectorAll("[data-draw]")];
    for (const button of buttons) {
      button.addEventListener("click", () => {
        board.take(board.tool === button.dataset.draw ? null : button.dataset.draw);
        if (board.tool) board.element.focus({ preventScroll: true });
      });
    }
    for (const button of tools.querySelectorAll("[data-colour]")) {
      button.addEventListener("click", () => {
        board.colour = button.dataset.colour;
        for (const each of tools.querySelectorAll("[data-colour]")) each.setAttribute("aria-pressed", String(each === button));
      });
    }
    tools.querySelector("[data-do=undo]").addEventListener("click", () => board.undo());
    board.changed = () => {
      for (const each of buttons) each.setAttribute("aria-pressed", String(each.dataset.draw === board.tool));
      const { set, needed, shapes } = board.progress;
      const done = shapes ? `${t("review-draw-done", { count: shapes })} ` : "";
      const how = { line: 1, arrow: 1, angle: 1 }[board.tool]
        ? t("review-draw-how", { tool: t(`review-draw-${board.tool}`), set, needed })
        : board.tool
          ? t("review-draw-how-freehand")
          : "";
      this.how.textContent = done + how;
      this.#remember();
      board.element.setAttribute("aria-label", `${t("review-drawing")}. ${this.how.textContent}`);
    };
  }
}
