// The person's lines over the preview, at the display's frame rate: between two poses they glide. None of them is the
// back: between hip and shoulder there is no landmark, so that line says nothing about it and has no colour of its own.

const GLIDE_MS = 90;
const LEFT = [27, 25, 23, 11];
const RIGHT = [28, 26, 24, 12];
const HIP = 2;
const OUTLINE = "rgb(0 0 0 / 55%)";

/** @typedef {[x: number, y: number]} XY */

/**
 * Creates the overlay.
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLVideoElement} video
 * @returns {{setPose: (landmarks: Float32Array | null) => void, start: () => void, stop: () => void}}
 */
export function createOverlay(canvas, video) {
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  const style = getComputedStyle(canvas);
  const colours = { hip: style.getPropertyValue("--live-hip"), line: style.getPropertyValue("--live-line") };
  /** @type {number[] | null} */
  let target = null;
  /** @type {number[] | null} */
  let shown = null;
  let before = 0;
  let running = 0;

  function draw(/** @type {number} */ now) {
    if (!pen) return;
    running = requestAnimationFrame(draw);
    const { clientWidth: width, clientHeight: height } = canvas;
    const scale = devicePixelRatio;
    if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
    if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (!target || !video.videoWidth) {
      shown = null;
      return;
    }
    const share = 1 - Math.exp(-(now - before) / GLIDE_MS);
    before = now;
    const aim = target;
    const points = shown ? shown.map((value, k) => value + share * (aim[k] - value)) : [...aim];
    shown = points;
    // As object-fit: contain lays out the picture.
    const fit = Math.min(canvas.width / video.videoWidth, canvas.height / video.videoHeight);
    const [w, h] = [video.videoWidth * fit, video.videoHeight * fit];
    const at = (/** @type {number} */ k) =>
      /** @type {XY} */ ([(canvas.width - w) / 2 + points[2 * k] * w, (canvas.height - h) / 2 + points[2 * k + 1] * h]);
    const joints = [0, 1, 2, 3].map(at);
    drawLine(pen, joints, colours.line, scale);
    drawDisc(pen, joints[HIP], colours.hip, scale);
  }

  return {
    setPose(landmarks) {
      if (!landmarks) {
        target = null;
        return;
      }
      const visibility = (/** @type {number[]} */ side) => side.reduce((sum, k) => sum + landmarks[4 * k + 3], 0);
      const chain = visibility(LEFT) > visibility(RIGHT) ? LEFT : RIGHT;
      target = chain.flatMap((k) => [landmarks[4 * k], landmarks[4 * k + 1]]);
    },
    start() {
      if (!running) running = requestAnimationFrame(draw);
    },
    stop() {
      cancelAnimationFrame(running);
      running = 0;
      target = null;
      shown = null;
    },
  };
}

/** @param {CanvasRenderingContext2D} pen @param {XY} centre @param {string} colour @param {number} scale */
function drawDisc(pen, [x, y], colour, scale) {
  for (const { radius, fill } of [
    { radius: 12 * scale, fill: OUTLINE },
    { radius: 9 * scale, fill: colour },
  ]) {
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fillStyle = fill;
    pen.fill();
  }
}

/** @param {CanvasRenderingContext2D} pen @param {XY[]} points @param {string} colour @param {number} scale */
function drawLine(pen, points, colour, scale) {
  for (const { width, stroke } of [
    { width: 9 * scale, stroke: OUTLINE },
    { width: 5 * scale, stroke: colour },
  ]) {
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(x, y);
    pen.lineWidth = width;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.strokeStyle = stroke;
    pen.stroke();
  }
}
