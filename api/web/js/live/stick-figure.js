// A moment of a repetition as a line drawing: what was measured, without any picture.
import { createSvg } from "hinge/dom.js";

/** @typedef {[x: number, y: number]} XY */

/**
 * Draws a figure.
 * @param {import("types/live").StickFigure} figure in standing heights
 * @param {string} title
 * @returns {SVGSVGElement}
 */
export function drawStickFigure({ chain, arm, back }, title) {
  const all = [...chain, ...arm, ...back];
  const range = (/** @type {0 | 1} */ k) => [
    Math.min(...all.map((p) => p[k])) - 0.12,
    Math.max(...all.map((p) => p[k])) + 0.12,
  ];
  const [x0, x1] = range(0);
  const [y0, y1] = range(1);
  const viewBox = [x0, y0, x1 - x0, y1 - y0].map((v) => v.toFixed(3)).join(" ");
  const svg = createSvg("svg", { viewBox, role: "img", class: "moment-figure" }, createSvg("title", {}, title));
  svg.append(createSvg("line", { x1: x0, x2: x1, y1: 0.02, y2: 0.02, class: "moment-floor" }));
  svg.append(drawLine(chain.slice(0, 3), "moment-leg"), drawLine(chain.slice(2, 4), "moment-trunk"));
  svg.append(drawLine(arm, "moment-arm"));
  if (back.length) svg.append(drawLine(back, "moment-back"));
  const [ear, shoulder] = [chain[4], chain[3]];
  if (ear) {
    const reach = Math.hypot(ear[0] - shoulder[0], ear[1] - shoulder[1]) || 1;
    const [dx, dy] = [(ear[0] - shoulder[0]) / reach, (ear[1] - shoulder[1]) / reach];
    svg.append(createSvg("circle", { cx: ear[0] + 0.01 * dx, cy: ear[1] + 0.01 * dy, r: 0.062, class: "moment-head" }));
  }
  if (chain[2]) svg.append(createSvg("circle", { cx: chain[2][0], cy: chain[2][1], r: 0.022, class: "moment-hip" }));
  return svg;
}

/** @param {XY[]} points @param {string} kind */
function drawLine(points, kind) {
  const text = points.map((p) => p.map((v) => v.toFixed(4)).join(",")).join(" ");
  return createSvg("polyline", { points: text, class: kind });
}
