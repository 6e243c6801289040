// The drawing board over the picture: shows a comment's drawing, or takes a new one by pointer or by keys.

import { paint } from "hinge/player/drawing.js";
import { svg } from "./svg.js";

/** Points each kind needs; a freehand stroke takes as many as come. */
const NEEDED = { line: 2, arrow: 2, angle: 3, freehand: 2 };
const MOST_POINTS = 400;
const STEP = 0.01;
const DRAGGED = 0.015;
const MOST_SHAPES = 40;

export class Board {
  #shapes = [];
  #current = null;
  #dragging = false;
  #cross = [0.5, 0.5];
  #tool = null;

  /** @param {SVGSVGElement} element @param {number} width @param {number} height of the picture */
  constructor(element, width, height) {
    Object.assign(this, { element, width, height });
    this.colour = "yellow";
    /** Told after every change, and when the tool or a point changes. */
    this.changed = () => {};
    element.addEventListener("pointerdown", (event) => this.#down(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    element.addEventListener("pointerup", (event) => this.#up(event));
    element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @returns {{shapes: object[]} | null} as the service keeps it */
  get drawing() {
    return this.#shapes.length ? { shapes: this.#shapes } : null;
  }

  get tool() {
    return this.#tool;
  }

  /** Points set of the shape under way, and how many it needs. */
  get progress() {
    return { set: this.#current?.points.length ?? 0, needed: NEEDED[this.#tool] ?? 0, shapes: this.#shapes.length };
  }

  /** Show a drawing; null clears the board. */
  show(drawing) {
    this.#shapes = drawing ? drawing.shapes.map((shape) => ({ ...shape })) : [];
    this.#current = null;
    this.#paint();
  }

  /** Take up a tool, or lay it down with null. */
  take(tool) {
    this.#tool = tool;
    this.#current = null;
    this.element.classList.toggle("drawing-now", Boolean(tool));
    this.element.tabIndex = tool ? 0 : -1;
    if (tool) this.element.setAttribute("role", "application");
    else this.element.setAttribute("role", "img");
    this.#paint();
    this.changed();
  }

  undo() {
    if (this.#current) this.#current = null;
    else this.#shapes.pop();
    this.#paint();
    this.changed();
  }

  #point(event) {
    const box = this.element.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map(share);
  }

  #down(event) {
    if (!this.#tool || event.button) return;
    event.preventDefault();
    this.element.focus({ preventScroll: true });
    this.element.setPointerCapture(event.pointerId);
    const point = this.#point(event);
    if (!this.#current) {
      this.#current = { kind: this.#tool, colour: this.colour, points: [point] };
      this.#dragging = true;
    } else {
      this.#set(point);
    }
    this.#paint(point);
    this.changed();
  }

  #move(event) {
    if (!this.#current) return;
    const point = this.#point(event);
    if (this.#tool === "freehand") {
      const last = this.#current.points.at(-1);
      if (this.#dragging && Math.hypot(point[0] - last[0], point[1] - last[1]) > 0.004) this.#current.points.push(point);
    }
    this.#paint(point);
  }

  #up(event) {
    if (!this.#current || !this.#dragging) return;
    this.#dragging = false;
    const point = this.#point(event);
    const first = this.#current.points[0];
    if (this.#tool === "freehand") {
      const { points } = this.#current;
      const thin = Math.ceil(points.length / MOST_POINTS);
      this.#current.points = points.filter((_point, k) => k % thin === 0);
      if (points.length > 1) this.#finish();
      else this.#current = null;
    } else if (Math.hypot(point[0] - first[0], point[1] - first[1]) > DRAGGED) {
      this.#set(point);
    }
    this.#paint();
    this.changed();
  }

  #key(event) {
    if (!this.#tool) return;
    const step = event.shiftKey ? 5 * STEP : STEP;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (by) {
      this.#cross = this.#cross.map((value, k) => share(value + by[k]));
      this.#paint(this.#cross, true);
    } else if ((event.key === "Enter" || event.key === " ") && this.#tool !== "freehand") {
      if (this.#current) this.#set(this.#cross);
      else this.#current = { kind: this.#tool, colour: this.colour, points: [this.#cross] };
      this.#paint(this.#cross, true);
    } else if (event.key === "Backspace") {
      this.undo();
    } else if (event.key === "Escape") {
      if (this.#current) this.#current = null;
      else return this.take(null);
      this.#paint();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.changed();
  }

  #set(point) {
    this.#current.points.push(point);
    if (this.#current.points.length >= NEEDED[this.#current.kind]) this.#finish();
  }

  #finish() {
    if (this.#shapes.length < MOST_SHAPES) this.#shapes.push(this.#current);
    this.#current = null;
  }

  /** @param {number[]} [reach] where the next point would be @param {boolean} [cross] shown for keys */
  #paint(reach, cross = false) {
    const shapes = [...this.#shapes];
    if (this.#current) {
      const { kind, colour } = this.#current;
      const points = reach && kind !== "freehand" ? [...this.#current.points, reach] : this.#current.points;
      if (points.length > 1) shapes.push({ kind: points.length < NEEDED[kind] ? "freehand" : kind, colour, points });
    }
    paint(this.element, shapes.length ? { shapes } : null, { picture: { width: this.width, height: this.height } });
    if (cross) {
      const [x, y] = [this.#cross[0] * this.width, this.#cross[1] * this.height];
      const arm = Math.max(this.width, this.height) / 40;
      for (const layer of ["under", "over"]) {
        this.element.append(svg("path", { class: `cross ${layer}`, d: `M${x - arm} ${y}H${x + arm}M${x} ${y - arm}V${y + arm}` }));
      }
    }
    this.element.toggleAttribute("hidden", !this.#tool && !shapes.length);
  }
}

/** Four digits, within the picture: what the service keeps. */
const share = (value) => Math.round(Math.min(Math.max(value, 0), 1) * 1e4) / 1e4;
