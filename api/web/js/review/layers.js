// Body, back edge and angles over the video, each on or off. The colours are those of the annotated video: they lie on a
// picture, not on paper, so themes do not change them.
import { formatDegrees, formatEstimate } from "./number-format.js";

/**
 * @typedef {"skeleton" | "back" | "angles"} LayerName
 * @typedef {import("types/service").Point} Point
 */

const HIP = "rgb(86 180 233)";
const INK = "rgb(250 250 248)";
const MUTED = "rgb(190 198 206)";
const OUTLINE = "rgb(12 14 18 / 75%)";
const PANEL = "rgb(20 24 30 / 72%)";
const UNKNOWN = [150, 156, 164];
/** On a narrower picture the words would hide the person, CSS pixels. */
const LEAST_WIDTH = 260;
const STEADY_DEG = 10;
const FULL_DEG = 40;
const ROUNDED = [
  [226, 240, 236],
  [250, 208, 92],
  [240, 140, 20],
  [222, 84, 10],
];
const ARCHED = [
  [226, 240, 236],
  [196, 168, 238],
  [150, 104, 226],
  [110, 60, 190],
];
const BODY = ["ear", "shoulder", "hip", "knee", "ankle"];
const FOOT = ["heel", "toe"];
const ARM = ["shoulder", "elbow", "wrist"];

/**
 * The back's colour: pale when steady, towards orange when rounding, towards violet when arching; grey if unknown.
 * @param {number | null} lumbar degrees
 */
function backColour(lumbar) {
  if (lumbar == null) return `rgb(${UNKNOWN.join(" ")})`;
  const stops = lumbar > 0 ? ROUNDED : ARCHED;
  const share =
    Math.min(Math.max((Math.abs(lumbar) - STEADY_DEG) / (FULL_DEG - STEADY_DEG), 0), 1) * (stops.length - 1);
  const k = Math.min(Math.floor(share), stops.length - 2);
  return `rgb(${stops[k].map((from, c) => Math.round(from + (stops[k + 1][c] - from) * (share - k))).join(" ")})`;
}

/** The canvas over a picture. */
export class Layers {
  /**
   * @param {HTMLCanvasElement} canvas over the picture, of its shape
   * @param {import("./frames.js").Frames} frames
   * @param {{hip: string, back: string, knee: string}} names short words beside the angles
   */
  constructor(canvas, frames, names) {
    this.canvas = canvas;
    this.frames = frames;
    this.names = names;
    /** @type {Record<LayerName, boolean>} */
    this.on = { skeleton: true, back: true, angles: true };
    this.shown = 0;
    new ResizeObserver(() => this.draw(this.shown)).observe(canvas);
  }

  /** Switches a layer on or off. @param {LayerName} layer @returns {boolean} whether it is on now */
  toggle(layer) {
    this.on[layer] = !this.on[layer];
    this.draw(this.shown);
    return this.on[layer];
  }

  /** Draws the frame of a time. @param {number} time */
  draw(time) {
    this.shown = time;
    const { canvas, frames } = this;
    const scale = devicePixelRatio || 1;
    const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    if (!pen) return;
    pen.clearRect(0, 0, width, height);
    const index = frames.at(time);
    if (index < 0 || !frames.body) return;
    const unit = Math.max(width, height) / 100;
    const at = (/** @type {Point} */ [x, y]) => /** @type {Point} */ ([x * width, y * height]);
    const of = (/** @type {string} */ name) => {
      const point = frames.point(index, name);
      return point && at(point);
    };
    pen.lineJoin = "round";
    pen.lineCap = "round";
    if (this.on.skeleton) {
      drawStroke(pen, ARM.map(of), MUTED, 0.35 * unit);
      drawStroke(pen, [...BODY, "toe"].map(of), INK, 0.45 * unit);
      drawStroke(pen, FOOT.map(of), INK, 0.35 * unit);
      for (const name of BODY.slice(1)) {
        drawDot(pen, of(name), name === "hip" ? HIP : INK, (name === "hip" ? 0.95 : 0.6) * unit);
      }
    }
    if (this.on.back) {
      const colour = backColour(frames.lumbar_deg[index]);
      for (const each of frames.backStrokes(index)) drawStroke(pen, each.map(at), colour, 0.7 * unit);
    }
    if (this.on.angles && canvas.clientWidth >= LEAST_WIDTH) this.#drawAngles(pen, index, of, at, unit);
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {number} index
   * @param {(name: string) => Point | null} of
   * @param {(point: Point) => Point} at
   * @param {number} unit
   */
  #drawAngles(pen, index, of, at, unit) {
    const { frames, names } = this;
    const size = Math.max(12 * (devicePixelRatio || 1), 2 * unit);
    pen.font = `600 ${size}px system-ui, sans-serif`;
    const forwards = frames.facing === "left" ? -1 : 1;
    const back = frames.backStrokes(index)[0];
    const bent = frames.phase[index] !== "s" && frames.phase[index] !== "-";
    const hip = of("hip");
    if (hip && frames.hip_deg[index] != null) {
      drawLabel(pen, `${names.hip} ${formatEstimate(frames.hip_deg[index], frames.hip_se_deg[index])}`, hip, {
        size,
        side: forwards,
        colour: HIP,
        unit,
      });
    }
    if (bent && back && frames.lumbar_deg[index] != null) {
      const low = at(back[Math.floor(back.length / 3)]);
      const words = `${names.back} ${formatEstimate(frames.lumbar_deg[index], frames.lumbar_se_deg[index])}`;
      const colour = backColour(frames.lumbar_deg[index]);
      drawLabel(pen, words, [low[0], low[1] - 1.2 * size], { size, side: -forwards, colour, unit });
    }
    const knee = of("knee");
    if (knee && frames.knee_deg[index] != null) {
      drawLabel(pen, `${names.knee} ${formatDegrees(frames.knee_deg[index])}`, knee, {
        size,
        side: forwards,
        colour: INK,
        unit,
      });
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {(Point | null)[]} points
 * @param {string} colour
 * @param {number} width
 */
function drawStroke(pen, points, colour, width) {
  for (const { style, wide } of [
    { style: OUTLINE, wide: width * 1.9 },
    { style: colour, wide: width },
  ]) {
    pen.beginPath();
    let open = false;
    for (const point of points) {
      if (point && open) pen.lineTo(...point);
      else if (point) pen.moveTo(...point);
      open = Boolean(point);
    }
    pen.strokeStyle = style;
    pen.lineWidth = wide;
    pen.stroke();
  }
}

/** @param {CanvasRenderingContext2D} pen @param {Point | null} point @param {string} colour @param {number} radius */
function drawDot(pen, point, colour, radius) {
  if (!point) return;
  for (const { style, r } of [
    { style: OUTLINE, r: radius * 1.35 },
    { style: colour, r: radius },
  ]) {
    pen.beginPath();
    pen.arc(...point, r, 0, 2 * Math.PI);
    pen.fillStyle = style;
    pen.fill();
  }
}

/**
 * A pill with words beside a point, kept inside the picture.
 * @param {CanvasRenderingContext2D} pen
 * @param {string} words
 * @param {Point} point
 * @param {{size: number, side: number, colour: string, unit: number}} style `side`: 1 to the right, -1 to the left
 */
function drawLabel(pen, words, [x, y], { size, side, colour, unit }) {
  const width = pen.measureText(words).width + size;
  const height = 1.5 * size;
  const left = side > 0 ? x + 2 * unit : x - 2 * unit - width;
  const box = [
    Math.min(Math.max(left, 2), pen.canvas.width - width - 2),
    Math.min(Math.max(y - height / 2, 2), pen.canvas.height - height - 2),
  ];
  pen.fillStyle = PANEL;
  pen.beginPath();
  pen.roundRect(box[0], box[1], width, height, height / 2);
  pen.fill();
  pen.fillStyle = colour;
  pen.textBaseline = "middle";
  pen.fillText(words, box[0] + size / 2, box[1] + height / 2 + 0.04 * size);
}
