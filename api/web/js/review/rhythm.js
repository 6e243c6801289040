// Lumbopelvic rhythm: hips and lower back against the trunk's inclination on the way down, this recording's reps
// against what is usual for the person.
import { createSvg } from "hinge/dom.js";
import { isRequestFailure, request } from "hinge/http.js";
import { formatTick } from "./number-format.js";

/**
 * @typedef {import("types/service").UsualRhythm} UsualRhythm
 * @typedef {import("types/service").RepTimes} RepTimes
 * @typedef {import("types/service").Point} Point
 * @typedef {"hip" | "lumbar"} Joint
 */

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [640, 300, 44, 40, 10, 12];
const JOINTS = /** @type {const} */ (["hip", "lumbar"]);

/**
 * Fetches what is usual for the person.
 * @param {string} client
 * @param {string} recording
 * @returns {Promise<UsualRhythm | null>} null with too few earlier recordings
 */
export async function fetchUsualRhythm(client, recording) {
  try {
    /** @type {{data: UsualRhythm}} */
    const { data } = await request(`/clients/${client}/rhythm?recording=${recording}`);
    return [data.usual_hip, data.usual_lumbar].some(({ low }) => low.some((each) => each != null)) ? data : null;
  } catch (problem) {
    if (isRequestFailure(problem)) return null;
    throw problem;
  }
}

/**
 * The points of a descent, hip or lumbar flexion over trunk inclination.
 * @param {import("./frames.js").Frames} frames
 * @param {RepTimes} rep
 * @param {Joint} joint
 */
function descentPoints(frames, rep, joint) {
  const column = joint === "hip" ? frames.hip_deg : frames.lumbar_deg;
  /** @type {Point[]} */
  const points = [];
  frames.time_s.forEach((time, k) => {
    const [x, y] = [frames.trunk_deg[k], column[k]];
    if (time < rep.start_s - 0.001 || time > rep.bottom_s + 0.001 || x == null || y == null) return;
    points.push([x, y]);
  });
  return points;
}

/**
 * Draws the plot.
 * @param {import("./frames.js").Frames} frames
 * @param {RepTimes[]} reps
 * @param {UsualRhythm | null} usual
 * @param {import("hinge/translations.js").Translate} t
 * @returns {SVGSVGElement}
 */
export function drawRhythm(frames, reps, usual, t) {
  const descents = reps.map((rep) => JOINTS.map((joint) => descentPoints(frames, rep, joint)));
  const scale = scaleFor(descents.flat(2));
  const viewBox = `0 0 ${WIDTH} ${HEIGHT}`;
  const plot = createSvg("svg", { viewBox, class: "rhythm-svg", role: "img", "aria-label": t("review-rhythm") });
  plot.append(...drawAxes(scale, t("review-rhythm-x")));
  for (const joint of JOINTS) if (usual) plot.append(...drawBand(usual, joint, scale));
  descents.forEach((joints, k) => {
    const opacity = descents.length === 1 ? 1 : 0.4 + (0.6 * k) / (descents.length - 1);
    joints.forEach((points, of) => {
      if (points.length < 2) return;
      const joint = JOINTS[of];
      plot.append(createSvg("path", { class: `curve-path ${joint}`, d: scale.path(points), opacity }));
      if (k === descents.length - 1) {
        const [x, y] = points[points.length - 1];
        const place = { x: Math.min(scale.x(x) + 6, WIDTH - 4), y: scale.y(y) - 8, "text-anchor": "end" };
        plot.append(createSvg("text", { class: `end ${joint}`, ...place }, t(`review-curve-${joint}`)));
      }
    });
  });
  return plot;
}

/** Scales that hold all points. @param {Point[]} points */
function scaleFor(points) {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const x0 = Math.floor(Math.min(0, ...xs));
  const x1 = Math.max(40, ...xs) + 5;
  const y0 = Math.min(-10, ...ys) - 2;
  const y1 = Math.max(40, ...ys) + 5;
  const x = (/** @type {number} */ value) => LEFT + ((value - x0) / (x1 - x0)) * (WIDTH - LEFT - RIGHT);
  const y = (/** @type {number} */ value) => HEIGHT - BOTTOM - ((value - y0) / (y1 - y0)) * (HEIGHT - BOTTOM - TOP);
  const path = (/** @type {Point[]} */ some) =>
    `M${some.map(([a, b]) => `${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join("L")}`;
  return { x1, y0, y1, x, y, path };
}

/** @typedef {ReturnType<typeof scaleFor>} Scale */

/** @param {Scale} scale @param {string} title */
function drawAxes({ x1, y0, y1, x, y }, title) {
  const marks = [];
  for (const value of ticks(y0, y1)) {
    const d = `M${LEFT} ${y(value)}H${WIDTH - RIGHT}`;
    marks.push(createSvg("path", { class: value ? "grid" : "zero", d }));
    marks.push(createSvg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, formatTick(value)));
  }
  for (const value of ticks(0, x1)) {
    marks.push(createSvg("text", { x: x(value), y: HEIGHT - BOTTOM + 16, "text-anchor": "middle" }, `${value}°`));
  }
  const middle = (LEFT + WIDTH - RIGHT) / 2;
  marks.push(createSvg("text", { x: middle, y: HEIGHT - 6, "text-anchor": "middle" }, title));
  return marks;
}

/** The usual band with its median. @param {UsualRhythm} usual @param {Joint} joint @param {Scale} scale */
function drawBand(usual, joint, scale) {
  const { low, median, high } = joint === "hip" ? usual.usual_hip : usual.usual_lumbar;
  /** @type {Point[]} */
  const lows = [];
  /** @type {Point[]} */
  const highs = [];
  /** @type {Point[]} */
  const medians = [];
  usual.trunk_deg.forEach((trunk, k) => {
    const [bottom, middle, top] = [low[k], median[k], high[k]];
    if (bottom == null || top == null) return;
    lows.push([trunk, bottom]);
    highs.push([trunk, top]);
    if (middle != null) medians.push([trunk, middle]);
  });
  if (lows.length < 2) return [];
  return [
    createSvg("path", { class: `veil ${joint}`, d: `${scale.path([...highs, ...lows.toReversed()])}Z` }),
    createSvg("path", { class: `median ${joint}`, d: scale.path(medians) }),
  ];
}

/** Multiples of 20 in a range. @param {number} low @param {number} high */
function ticks(low, high) {
  const values = [];
  for (let value = Math.ceil(low / 20) * 20; value <= high; value += 20) values.push(value);
  return values;
}
