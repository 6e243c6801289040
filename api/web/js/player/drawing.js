// A clinician's drawing over a frame. Shapes are in shares of the filmed picture (see api/care/annotation_shapes.py); the annotated video
// has a panel of figures below that picture, so the shares are not those of the whole frame there.

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {{kind: "line" | "arrow" | "angle" | "freehand", colour?: string, points: [number, number][]}} Shape
 * @typedef {{width: number, height: number}} Size
 */

/**
 * Draw over a video, or clear with null. The SVG must cover the video's box; it letterboxes as the video does.
 * @param {SVGSVGElement} svg
 * @param {{shapes: Shape[]} | null} drawing
 * @param {{picture: Size, canvas?: Size}} sizes of the filmed picture, and of the video that plays where that has a panel
 */
export function paint(svg, drawing, { picture, canvas = picture }) {
  svg.setAttribute("viewBox", `0 0 ${canvas.width} ${canvas.height}`);
  svg.replaceChildren(...(drawing?.shapes ?? []).map((shape) => group(shape, picture)));
}

/** @param {Shape} shape @param {Size} size */
function group({ kind, colour = "yellow", points }, size) {
  const at = points.map(([x, y]) => [x * size.width, y * size.height]);
  const unit = Math.max(size.width, size.height) / 320;
  let d = `M${at.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;
  if (kind === "arrow") d += head(at[0], at[1], 9 * unit);
  const out = node("g", { class: `drawn drawn-${colour}` });
  for (const [part, width] of [["casing", 5], ["stroke", 2.6]]) {
    out.append(node("path", { class: `drawn-${part}`, d, "stroke-width": (width * unit).toFixed(1) }));
  }
  if (kind === "angle") {
    const [x, y] = at[1];
    const words = node("text", { class: "drawn-words", x: x + 5 * unit, y: y - 5 * unit, "font-size": 13 * unit, "stroke-width": 3 * unit });
    words.textContent = `${degrees(at)}°`;
    out.append(words);
  }
  return out;
}

/** The angle at the second point, whole degrees. */
export function degrees([a, b, c]) {
  const turn = Math.atan2(a[1] - b[1], a[0] - b[0]) - Math.atan2(c[1] - b[1], c[0] - b[0]);
  const whole = Math.abs((turn * 180) / Math.PI) % 360;
  return Math.round(whole > 180 ? 360 - whole : whole);
}

function head([x0, y0], [x1, y1], length) {
  const along = Math.atan2(y1 - y0, x1 - x0);
  const tip = (turn) => `${(x1 - length * Math.cos(along + turn)).toFixed(1)} ${(y1 - length * Math.sin(along + turn)).toFixed(1)}`;
  return `M${tip(0.5)}L${x1.toFixed(1)} ${y1.toFixed(1)}L${tip(-0.5)}`;
}

function node(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
