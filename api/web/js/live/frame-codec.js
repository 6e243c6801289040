// Encodes one frame for the wire: coordinates of the joints and a small outline of the trunk, never a picture.
// The table is in docs/live-protocol.md; api/live/frame_codec.py decodes it.

const VERSION = 1;
const FLAG = { person: 1, world: 2, outline: 4, looked: 8, lit: 16 };
const HEAD = 16;
const CROP = 20;
const POINTS = 33;
const POINT_STEPS = 8192;
const WORLD_STEPS = 8000;

/** Pixels of the crop per trunk length, and at most in each direction: an outline, too coarse for anything else. */
const PER_TRUNK = 64;
const MOST_CROP = 160;
/** How far the crop extends along the line from hip to shoulder and to its sides, in trunk lengths. */
const ALONG = [-0.55, 1.35];
const BESIDE = 0.95;

/**
 * @typedef {import("types/pose").Pose} Pose
 * @typedef {import("types/pose").Mask} Mask
 * @typedef {NonNullable<ReturnType<typeof trunkOutline>>} Outline
 */

/**
 * Encodes a frame.
 * @param {Pose} pose
 * @param {{seq: number, seconds: number, luma: number | null, others: number | null}} info `others`: null if nobody looked
 * @returns {ArrayBuffer}
 */
export function encodeFrame(pose, { seq, seconds, luma, others }) {
  const { landmarks, world, mask } = pose;
  const outline = landmarks && mask ? trunkOutline(landmarks, mask) : null;
  const personBytes = landmarks ? POINTS * 7 : 0;
  const worldBytes = landmarks && world ? POINTS * 6 : 0;
  const bytes = new ArrayBuffer(HEAD + personBytes + worldBytes + (outline ? CROP + outline.runs.length : 0));
  const view = new DataView(bytes);
  view.setUint8(0, VERSION);
  view.setUint8(
    1,
    (landmarks ? FLAG.person : 0) |
      (worldBytes ? FLAG.world : 0) |
      (outline ? FLAG.outline : 0) |
      (others === null ? 0 : FLAG.looked) |
      (luma === null ? 0 : FLAG.lit),
  );
  view.setUint8(2, luma === null ? 0 : Math.round(luma));
  view.setUint8(3, Math.min(255, others ?? 0));
  view.setUint32(4, seq, true);
  view.setFloat64(8, seconds, true);
  if (!landmarks) return bytes;
  writeJoints(view, landmarks, pose);
  if (world) writeWorld(view, world);
  if (outline) writeOutline(bytes, HEAD + personBytes + worldBytes, outline);
  return bytes;
}

/** @param {DataView} view @param {Float32Array} landmarks @param {Pose} pose */
function writeJoints(view, landmarks, { width, height }) {
  const edge = Math.max(width, height);
  let at = HEAD;
  for (let k = 0; k < POINTS; k += 1) {
    view.setInt16(at, toInt16((landmarks[4 * k] * width * POINT_STEPS) / edge), true);
    view.setInt16(at + 2, toInt16((landmarks[4 * k + 1] * height * POINT_STEPS) / edge), true);
    view.setInt16(at + 4, toInt16((landmarks[4 * k + 2] * width * POINT_STEPS) / edge), true);
    at += 6;
  }
  for (let k = 0; k < POINTS; k += 1) {
    view.setUint8(at, Math.round(255 * Math.min(1, Math.max(0, landmarks[4 * k + 3]))));
    at += 1;
  }
}

/** @param {DataView} view @param {Float32Array} world */
function writeWorld(view, world) {
  world.forEach((value, k) => {
    view.setInt16(HEAD + POINTS * 7 + 2 * k, toInt16(value * WORLD_STEPS), true);
  });
}

/** @param {ArrayBuffer} bytes @param {number} at @param {Outline} outline */
function writeOutline(bytes, at, { left, top, scale, width, height, border, runs }) {
  const view = new DataView(bytes);
  view.setFloat32(at, left, true);
  view.setFloat32(at + 4, top, true);
  view.setFloat32(at + 8, scale, true);
  border.forEach((share, side) => {
    view.setUint8(at + 12 + side, Math.round(255 * share));
  });
  view.setUint16(at + 16, width, true);
  view.setUint16(at + 18, height, true);
  new Uint8Array(bytes, at + CROP).set(runs);
}

/** @param {number} value */
const toInt16 = (value) => (Number.isFinite(value) ? Math.min(32767, Math.max(-32768, Math.round(value))) : 0);

/**
 * The coarse outline around the trunk; null where there is no trunk.
 * @param {Float32Array} landmarks
 * @param {Mask} mask
 */
function trunkOutline(landmarks, mask) {
  const middle = (/** @type {number} */ a, /** @type {number} */ b) => [
    ((landmarks[4 * a] + landmarks[4 * b]) / 2) * mask.width,
    ((landmarks[4 * a + 1] + landmarks[4 * b + 1]) / 2) * mask.height,
  ];
  const hip = middle(23, 24);
  const shoulder = middle(11, 12);
  const axis = [shoulder[0] - hip[0], shoulder[1] - hip[1]];
  const length = Math.hypot(...axis);
  if (!(length >= 4)) return null;
  const corners = ALONG.flatMap((s) =>
    [-BESIDE, BESIDE].map((side) => [hip[0] + s * axis[0] + side * axis[1], hip[1] + s * axis[1] - side * axis[0]]),
  );
  const low = [0, 1].map((k) => Math.min(...corners.map((corner) => corner[k])));
  const high = [0, 1].map((k) => Math.max(...corners.map((corner) => corner[k])));
  const scale = Math.max(length / PER_TRUNK, Math.max(high[0] - low[0], high[1] - low[1]) / (MOST_CROP - 1));
  const [width, height] = [0, 1].map((k) => Math.min(MOST_CROP, Math.ceil((high[k] - low[k]) / scale) + 1));
  // In single precision as on the wire, so that both sides mean the same places.
  const [left, top, step] = [low[0], low[1], scale].map(Math.fround);
  const grey = resample(mask, { left, top, scale: step, width, height });
  return { left, top, scale: step, width, height, border: borderShares(mask), runs: encodeRuns(grey) };
}

/**
 * The mask at the crop's points, interpolated; nothing beyond the picture.
 * @param {Mask} mask
 * @param {{left: number, top: number, scale: number, width: number, height: number}} crop
 */
function resample(mask, { left, top, scale, width, height }) {
  const grey = new Uint8Array(width * height);
  const { data } = mask;
  for (let row = 0; row < height; row += 1) {
    const y = top + row * scale;
    const y0 = Math.floor(y);
    if (y0 < 0 || y0 > mask.height - 1) continue;
    const below = y0 < mask.height - 1 ? mask.width : 0;
    for (let column = 0; column < width; column += 1) {
      const x = left + column * scale;
      const x0 = Math.floor(x);
      if (x0 < 0 || x0 > mask.width - 1) continue;
      const beside = x0 < mask.width - 1 ? 1 : 0;
      const at = y0 * mask.width + x0;
      const upper = data[at] + (x - x0) * (data[at + beside] - data[at]);
      const lower = data[at + below] + (x - x0) * (data[at + below + beside] - data[at + below]);
      const value = upper + (y - y0) * (lower - upper);
      // The outline is where the mask crosses one half: the rest need not be exact.
      grey[row * width + column] = value < 16 ? 0 : value > 239 ? 255 : Math.round(value);
    }
  }
  return grey;
}

/** Shares of the left, top, right and bottom border that the person covers. @param {Mask} mask */
function borderShares({ data, width, height }) {
  const share = (/** @type {number} */ start, /** @type {number} */ step, /** @type {number} */ count) => {
    let covered = 0;
    for (let k = 0; k < count; k += 1) if (data[start + k * step] > 127) covered += 1;
    return covered / count;
  };
  return [
    share(0, width, height),
    share(0, 1, width),
    share(width - 1, width, height),
    share(width * (height - 1), 1, width),
  ];
}

/** Run lengths: value, length, value, length … @param {Uint8Array} grey */
function encodeRuns(grey) {
  const out = [];
  for (let start = 0; start < grey.length; ) {
    let end = start + 1;
    while (end < grey.length && grey[end] === grey[start] && end - start < 255) end += 1;
    out.push(grey[start], end - start);
    start = end;
  }
  return Uint8Array.from(out);
}
