// The person's lines over the preview, at the rate of the display: between two looks they glide. None of them is the
// back: from hip to shoulder there is no landmark, so that line says nothing of it and has no colour of its own.

const GLIDE_MS = 90;
const LEFT = [27, 25, 23, 11];
const RIGHT = [28, 26, 24, 12];
const HIP = 2;

/** @param {HTMLCanvasElement} canvas @param {HTMLVideoElement} video */
export function overlay(canvas, video) {
  const pen = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  const colours = { hip: style.getPropertyValue("--live-hip"), line: style.getPropertyValue("--live-line") };
  let target = null;
  let shown = null;
  let before = 0;
  let running = 0;

  function draw(now) {
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
    shown = shown ? shown.map((value, k) => value + share * (target[k] - value)) : [...target];
    // As object-fit: contain lays the picture.
    const fit = Math.min(canvas.width / video.videoWidth, canvas.height / video.videoHeight);
    const [w, h] = [video.videoWidth * fit, video.videoHeight * fit];
    const at = (k) => [(canvas.width - w) / 2 + shown[2 * k] * w, (canvas.height - h) / 2 + shown[2 * k + 1] * h];
    const points = [0, 1, 2, 3].map(at);
    line(points, colours.line, scale);
    disc(points[HIP], colours.hip, scale);
  }

  function disc([x, y], colour, scale) {
    for (const [radius, fill] of [[12 * scale, "rgb(0 0 0 / 55%)"], [9 * scale, colour]]) {
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.fillStyle = fill;
      pen.fill();
    }
  }

  function line(points, colour, scale) {
    for (const [width, stroke] of [[9 * scale, "rgb(0 0 0 / 55%)"], [5 * scale, colour]]) {
      pen.beginPath();
      points.forEach(([x, y], k) => (k ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.lineWidth = width;
      pen.lineCap = pen.lineJoin = "round";
      pen.strokeStyle = stroke;
      pen.stroke();
    }
  }

  return {
    /** @param {Float32Array | null} landmarks */
    see(landmarks) {
      if (!landmarks) {
        target = null;
        return;
      }
      const sure = (chain) => chain.reduce((sum, k) => sum + landmarks[4 * k + 3], 0);
      const chain = sure(LEFT) > sure(RIGHT) ? LEFT : RIGHT;
      target = chain.flatMap((k) => [landmarks[4 * k], landmarks[4 * k + 1]]);
    },
    start() {
      if (!running) running = requestAnimationFrame(draw);
    },
    stop() {
      cancelAnimationFrame(running);
      running = 0;
      target = shown = null;
    },
  };
}
