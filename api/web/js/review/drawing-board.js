// The drawing board over the picture: shows a comment's drawing, or takes a new one by pointer or keyboard.
import { createSvg } from "hinge/dom.js";
import { paintDrawing } from "hinge/player/drawing.js";

/**
 * @typedef {import("types/service").Point} Point
 * @typedef {import("types/service").Shape} Shape
 * @typedef {import("types/service").Drawing} Drawing
 * @typedef {Shape["kind"]} Tool
 */

/** Points that each kind needs; a freehand stroke takes as many as there are. @type {Record<Tool, number>} */
const NEEDED = { line: 2, arrow: 2, angle: 3, freehand: 2 };
const MAX_POINTS = 400;
const STEP = 0.01;
const DRAGGED = 0.015;
const MAX_SHAPES = 40;

/** Shapes over a picture, and the tool that draws them. */
export class DrawingBoard {
  /** @type {Shape[]} */
  #shapes = [];
  /** The shape being drawn. @type {Shape | null} */
  #current = null;
  #dragging = false;
  /** Where the keyboard's cross is. @type {Point} */
  #cross = [0.5, 0.5];
  /** @type {Tool | null} */
  #tool = null;

  /** @param {SVGSVGElement} element @param {number} width @param {number} height of the picture */
  constructor(element, width, height) {
    this.element = element;
    this.width = width;
    this.height = height;
    this.colour = "yellow";
    /** Called after every change of the drawing, the tool or a point. */
    this.onChange = () => {};
    element.addEventListener("pointerdown", (event) => this.#down(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    element.addEventListener("pointerup", (event) => this.#up(event));
    element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @returns {Drawing | null} as the service stores it */
  get drawing() {
    return this.#shapes.length ? { shapes: this.#shapes } : null;
  }

  get tool() {
    return this.#tool;
  }

  /** How many points the current shape has and needs, and how many shapes are finished. */
  get progress() {
    const needed = this.#tool ? NEEDED[this.#tool] : 0;
    return { set: this.#current?.points.length ?? 0, needed, shapes: this.#shapes.length };
  }

  /** Shows a drawing; null clears the board. @param {Drawing | null} drawing */
  show(drawing) {
    this.#shapes = drawing ? drawing.shapes.map((shape) => ({ ...shape })) : [];
    this.#current = null;
    this.#paint();
  }

  /** Selects a tool, or none with null. @param {Tool | null} tool */
  selectTool(tool) {
    this.#tool = tool;
    this.#current = null;
    this.element.classList.toggle("drawing-now", Boolean(tool));
    this.element.tabIndex = tool ? 0 : -1;
    if (tool) this.element.setAttribute("role", "application");
    else this.element.setAttribute("role", "img");
    this.#paint();
    this.onChange();
  }

  undo() {
    if (this.#current) this.#current = null;
    else this.#shapes.pop();
    this.#paint();
    this.onChange();
  }

  /** @param {PointerEvent} event @returns {Point} */
  #pointOf(event) {
    const box = this.element.getBoundingClientRect();
    return [toShare((event.clientX - box.left) / box.width), toShare((event.clientY - box.top) / box.height)];
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (!this.#tool || event.button) return;
    event.preventDefault();
    this.element.focus({ preventScroll: true });
    this.element.setPointerCapture(event.pointerId);
    const point = this.#pointOf(event);
    if (!this.#current) {
      this.#current = { kind: this.#tool, colour: this.colour, points: [point] };
      this.#dragging = true;
    } else {
      this.#addPoint(point);
    }
    this.#paint(point);
    this.onChange();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#current) return;
    const point = this.#pointOf(event);
    if (this.#tool === "freehand") {
      const last = this.#current.points[this.#current.points.length - 1];
      if (this.#dragging && Math.hypot(point[0] - last[0], point[1] - last[1]) > 0.004)
        this.#current.points.push(point);
    }
    this.#paint(point);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (!this.#current || !this.#dragging) return;
    this.#dragging = false;
    const point = this.#pointOf(event);
    const first = this.#current.points[0];
    if (this.#tool === "freehand") {
      const { points } = this.#current;
      const thin = Math.ceil(points.length / MAX_POINTS);
      this.#current.points = points.filter((_point, k) => k % thin === 0);
      if (points.length > 1) this.#finish();
      else this.#current = null;
    } else if (Math.hypot(point[0] - first[0], point[1] - first[1]) > DRAGGED) {
      this.#addPoint(point);
    }
    this.#paint();
    this.onChange();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#tool) return;
    const by = arrowStep(event);
    if (by) {
      const [x, y] = this.#cross;
      this.#cross = [toShare(x + by[0]), toShare(y + by[1])];
      this.#paint(this.#cross, true);
    } else if ((event.key === "Enter" || event.key === " ") && this.#tool !== "freehand") {
      if (this.#current) this.#addPoint(this.#cross);
      else this.#current = { kind: this.#tool, colour: this.colour, points: [this.#cross] };
      this.#paint(this.#cross, true);
    } else if (event.key === "Backspace") {
      this.undo();
    } else if (event.key === "Escape") {
      if (!this.#current) return this.selectTool(null);
      this.#current = null;
      this.#paint();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.onChange();
  }

  /** @param {Point} point */
  #addPoint(point) {
    if (!this.#current) return;
    this.#current.points.push(point);
    if (this.#current.points.length >= NEEDED[this.#current.kind]) this.#finish();
  }

  #finish() {
    if (this.#current && this.#shapes.length < MAX_SHAPES) this.#shapes.push(this.#current);
    this.#current = null;
  }

  /** @param {Point} [reach] where the next point would be @param {boolean} [cross] shown for the keyboard */
  #paint(reach, cross = false) {
    const shapes = [...this.#shapes];
    if (this.#current) {
      const { kind, colour } = this.#current;
      const points = reach && kind !== "freehand" ? [...this.#current.points, reach] : this.#current.points;
      if (points.length > 1) shapes.push({ kind: points.length < NEEDED[kind] ? "freehand" : kind, colour, points });
    }
    const picture = { width: this.width, height: this.height };
    paintDrawing(this.element, shapes.length ? { shapes } : null, { picture });
    if (cross) {
      const [x, y] = [this.#cross[0] * this.width, this.#cross[1] * this.height];
      const arm = Math.max(this.width, this.height) / 40;
      const d = `M${x - arm} ${y}H${x + arm}M${x} ${y - arm}V${y + arm}`;
      for (const layer of ["under", "over"]) this.element.append(createSvg("path", { class: `cross ${layer}`, d }));
    }
    this.element.toggleAttribute("hidden", !this.#tool && !shapes.length);
  }
}

/** The step of an arrow key, five times as far with Shift. @param {KeyboardEvent} event @returns {Point | undefined} */
function arrowStep(event) {
  const step = event.shiftKey ? 5 * STEP : STEP;
  /** @type {Record<string, Point>} */
  const steps = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  return steps[event.key];
}

/** Four digits, within the picture: what the service stores. @param {number} value */
const toShare = (value) => Math.round(Math.min(Math.max(value, 0), 1) * 1e4) / 1e4;
