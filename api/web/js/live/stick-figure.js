// A moment as a drawing made of lines: what was measured, without any picture.

const SVG = "http://www.w3.org/2000/svg";

/** @param {{chain: number[][], arm: number[][], back: number[][]}} figure in standing heights @param {string} title */
export function figure({ chain, arm, back }, title) {
  const all = [...chain, ...arm, ...back];
  const range = (k) => [Math.min(...all.map((p) => p[k])) - 0.12, Math.max(...all.map((p) => p[k])) + 0.12];
  const [x0, x1] = range(0);
  const [y0, y1] = range(1);
  const svg = made("svg", { viewBox: [x0, y0, x1 - x0, y1 - y0].map((v) => v.toFixed(3)).join(" "), role: "img", class: "moment-figure" });
  const name = made("title");
  name.textContent = title;
  svg.append(name, made("line", { x1: x0, x2: x1, y1: 0.02, y2: 0.02, class: "moment-floor" }));
  svg.append(line(chain.slice(0, 3), "moment-leg"), line(chain.slice(2, 4), "moment-trunk"), line(arm, "moment-arm"));
  if (back.length) svg.append(line(back, "moment-back"));
  const [ear, shoulder] = [chain[4], chain[3]];
  if (ear) {
    const reach = Math.hypot(ear[0] - shoulder[0], ear[1] - shoulder[1]) || 1;
    const [dx, dy] = [(ear[0] - shoulder[0]) / reach, (ear[1] - shoulder[1]) / reach];
    svg.append(made("circle", { cx: ear[0] + 0.01 * dx, cy: ear[1] + 0.01 * dy, r: 0.062, class: "moment-head" }));
  }
  if (chain[2]) svg.append(made("circle", { cx: chain[2][0], cy: chain[2][1], r: 0.022, class: "moment-hip" }));
  return svg;
}

function line(points, kind) {
  return made("polyline", { points: points.map((p) => p.map((v) => v.toFixed(4)).join(",")).join(" "), class: kind });
}

function made(name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
