// Lumbopelvic rhythm: hips and lower back against the trunk's inclination on the way down, this recording's reps
// against what is usual for the person.

import { ask, ServiceProblem } from "hinge/http.js";
import { svg } from "./svg.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [640, 300, 44, 40, 10, 12];

/** The person's usual, as `GET /clients/{id}/rhythm` tells it; null where there are too few earlier recordings. */
export async function usual(client, recording) {
  try {
    const { data } = await ask(`/clients/${client}/rhythm?recording=${recording}`);
    return [data.usual_hip, data.usual_lumbar].some(({ low }) => low.some((each) => each != null)) ? data : null;
  } catch (problem) {
    if (problem instanceof ServiceProblem || problem instanceof TypeError) return null;
    throw problem;
  }
}

/**
 * @param {import("./frames.js").Frames} frames
 * @param {{start_s: number, bottom_s: number}[]} reps
 * @param {any} band
 * @param {Function} t
 * @returns {SVGElement}
 */
export function rhythmPlot(frames, reps, band, t) {
  const descents = reps.map((rep) => {
    const part = frames.time_s.map((_time, k) => k).filter((k) => frames.time_s[k] >= rep.start_s - 0.001 && frames.time_s[k] <= rep.bottom_s + 0.001);
    return ["hip", "lumbar"].map((name) => part.map((k) => [frames.trunk_deg[k], frames[`${name}_deg`][k]]).filter(([x, y]) => x != null && y != null));
  });
  const all = descents.flat(2);
  const most = (values, least) => Math.max(least, ...values) + 5;
  const x0 = Math.floor(Math.min(0, ...all.map(([x]) => x)));
  const [x1, y0, y1] = [most(all.map(([x]) => x), 40), Math.min(-10, ...all.map(([, y]) => y)) - 2, most(all.map(([, y]) => y), 40)];
  const x = (value) => LEFT + ((value - x0) / (x1 - x0)) * (WIDTH - LEFT - RIGHT);
  const y = (value) => HEIGHT - BOTTOM - ((value - y0) / (y1 - y0)) * (HEIGHT - BOTTOM - TOP);
  const line = (points) => `M${points.map(([a, b]) => `${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join("L")}`;
  const plot = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "rhythm-svg", role: "img", "aria-label": t("review-rhythm") });
  for (const value of ticks(y0, y1)) {
    plot.append(svg("path", { class: value ? "grid" : "zero", d: `M${LEFT} ${y(value)}H${WIDTH - RIGHT}` }), svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, `${String(value).replace("-", "−")}°`));
  }
  for (const value of ticks(0, x1)) plot.append(svg("text", { x: x(value), y: HEIGHT - BOTTOM + 16, "text-anchor": "middle" }, `${value}°`));
  plot.append(svg("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, t("review-rhythm-x")));
  for (const name of ["hip", "lumbar"]) {
    const found = band?.[`usual_${name}`];
    if (found) plot.append(...veil(band.trunk_deg, found, line, name));
  }
  descents.forEach(([hip, lumbar], k) => {
    const opacity = descents.length === 1 ? 1 : 0.4 + (0.6 * k) / (descents.length - 1);
    for (const [name, points] of [["hip", hip], ["lumbar", lumbar]]) {
      if (points.length < 2) continue;
      plot.append(svg("path", { class: `curve-path ${name}`, d: line(points), opacity }));
      const [ax, ay] = points.at(-1);
      if (k === descents.length - 1) plot.append(svg("text", { class: `end ${name}`, x: Math.min(x(ax) + 6, WIDTH - 4), y: y(ay) - 8, "text-anchor": "end" }, t(`review-curve-${name}`)));
    }
  });
  return plot;
}

function veil(trunk, { low, median, high }, line, name) {
  const known = trunk.map((value, k) => [value, low[k], high[k], median[k]]).filter(([, a, b]) => a != null && b != null);
  if (known.length < 2) return [];
  const ring = [...known.map(([at, , top]) => [at, top]), ...known.toReversed().map(([at, bottom]) => [at, bottom])];
  return [
    svg("path", { class: `veil ${name}`, d: `${line(ring)}Z` }),
    svg("path", { class: `median ${name}`, d: line(known.filter((row) => row[3] != null).map((row) => [row[0], row[3]])) }),
  ];
}

const ticks = (low, high) => {
  const out = [];
  for (let value = Math.ceil(low / 20) * 20; value <= high; value += 20) out.push(value);
  return out;
};
