// What the page's uPlot curves share: axes, the line at the present moment, scrubbing with the pointer.
import { createElement } from "hinge/dom.js";
import { formatTick } from "./number-format.js";
import { themeColour } from "./theme-colour.js";

/** @typedef {import("uplot")} Plot */

/** The look of an axis. */
export const axisStyle = () => ({
  stroke: themeColour("ink-soft"),
  font: "12px system-ui, sans-serif",
  grid: { stroke: themeColour("line"), width: 1 },
  ticks: { show: false },
});

/** An axis of degrees. */
export const degreesAxis = () => ({
  ...axisStyle(),
  size: 44,
  gap: 4,
  space: 28,
  values: (/** @type {Plot} */ _plot, /** @type {number[]} */ ticks) => ticks.map(formatTick),
});

/** A range that holds the data with a margin, and at least the given one. @param {number} least @param {number} most */
export const degreesRange =
  (least, most) =>
  /**
   * @param {Plot} _plot
   * @param {number | null} low
   * @param {number | null} high
   * @returns {[number, number]}
   */
  (_plot, low, high) => [Math.min(least, (low ?? 0) - 4), Math.max(most, (high ?? 0) + 4)];

/** A series without a line of its own: the edge of a band. */
export const hiddenSeries = () => ({ stroke: "transparent", width: 0, points: { show: false } });

/** The size a plot has within its box. @param {HTMLElement} box */
export const plotSize = (box) => ({ width: Math.max(box.clientWidth, 120), height: Math.max(box.clientHeight, 80) });

/** Adds the vertical line of the present moment. @param {Plot} plot @returns {HTMLElement} */
export function addCursorLine(plot) {
  const line = createElement("div", { class: "curve-line" });
  plot.over.append(line);
  return line;
}

/** Moves the line. @param {Plot} plot @param {HTMLElement} line @param {number} value on the horizontal axis */
export function moveCursorLine(plot, line, value) {
  line.style.setProperty("transform", `translateX(${plot.valToPos(value, "x").toFixed(1)}px)`);
}

/** The value on the horizontal axis under the pointer. @param {Plot} plot @param {PointerEvent} event */
export const valueUnder = (plot, event) => plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, "x");

/**
 * Calls `onValue` while the pointer is dragged over a plot.
 * @param {Plot} plot
 * @param {(value: number) => void} onValue
 */
export function bindScrubbing(plot, onValue) {
  plot.over.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    plot.over.setPointerCapture(event.pointerId);
    onValue(valueUnder(plot, event));
  });
  plot.over.addEventListener("pointermove", (event) => {
    if (plot.over.hasPointerCapture(event.pointerId)) onValue(valueUnder(plot, event));
  });
}
