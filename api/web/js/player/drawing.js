// A clinician's drawing over a frame. Shapes are in shares of the filmed picture (api/care/annotation_shapes.py); the
// annotated video has a panel of figures below that picture, so there they are not shares of the whole frame.
import { createSvg } from "hinge/dom.js";

/**
 * @typedef {import("types/service").Shape} Shape
 * @typedef {import("types/service").Point} Point
 * @typedef {{width: number, height: number}} Size
 */

/**
 * Draws over a video, or clears with null. The SVG must cover the video's box; it letterboxes as the video does.
 * @param {SVGSVGElement} svg
 * @param {{shapes: Shape[]} | null} drawing
 * @param {{picture: Size, canvas?: Size}} sizes of the filmed picture, and of the playing video if that has a panel
 */
export function paintDrawing(svg, drawing, { picture, canvas = picture }) {
  svg.setAttribute("viewBox", `0 0 ${canvas.width} ${canvas.height}`);
  svg.replaceChildren(...(drawing?.shapes ?? []).map((shape) => drawShape(shape, picture)));
}

/** @param {Shape} shape @param {Size} size */
function drawShape({ kind, colour = "yellow", points }, size) {
  const at = points.map(([x, y]) => /** @type {Point} */ ([x * size.width, y * size.height]));
  const unit = Math.max(size.width, size.height) / 320;
  let d = `M${at.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;
  if (kind === "arrow") d += arrowHead(at[0], at[1], 9 * unit);
  const group = createSvg("g", { class: `drawn drawn-${colour}` });
  for (const { part, width } of [
    { part: "casing", width: 5 },
    { part: "stroke", width: 2.6 },
  ]) {
    group.append(createSvg("path", { class: `drawn-${part}`, d, "stroke-width": (width * unit).toFixed(1) }));
  }
  if (kind === "angle") {
    const [x, y] = at[1];
    const place = { x: x + 5 * unit, y: y - 5 * unit, "font-size": 13 * unit, "stroke-width": 3 * unit };
    group.append(createSvg("text", { class: "drawn-words", ...place }, `${angleDeg(at)}°`));
  }
  return group;
}

/** The angle at the second point, whole degrees. @param {Point[]} points */
function angleDeg([a, b, c]) {
  const turn = Math.atan2(a[1] - b[1], a[0] - b[0]) - Math.atan2(c[1] - b[1], c[0] - b[0]);
  const whole = Math.abs((turn * 180) / Math.PI) % 360;
  return Math.round(whole > 180 ? 360 - whole : whole);
}

/** @param {Point} from @param {Point} to @param {number} length */
function arrowHead([x0, y0], [x1, y1], length) {
  const along = Math.atan2(y1 - y0, x1 - x0);
  const tip = (/** @type {number} */ turn) =>
    `${(x1 - length * Math.cos(along + turn)).toFixed(1)} ${(y1 - length * Math.sin(along + turn)).toFixed(1)}`;
  return `M${tip(0.5)}L${x1.toFixed(1)} ${y1.toFixed(1)}L${tip(-0.5)}`;
}
