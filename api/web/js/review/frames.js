// The analysed frames of a recording as columns, looked up by time.

/** @typedef {import("types/service").Point} Point */

/** A displayed frame this close to an analysed one shows its values, seconds. */
const NEAR_S = 0.15;

/** The columns of an overlay, with lookup by time. */
export class Frames {
  /** @param {import("types/service").Overlay} overlay */
  constructor(overlay) {
    this.width = overlay.width;
    this.height = overlay.height;
    this.fps = overlay.fps;
    this.facing = overlay.facing;
    this.names = overlay.names;
    this.time_s = overlay.time_s;
    this.phase = overlay.phase;
    this.hip_deg = overlay.hip_deg;
    this.hip_se_deg = overlay.hip_se_deg;
    this.lumbar_deg = overlay.lumbar_deg;
    this.lumbar_se_deg = overlay.lumbar_se_deg;
    this.knee_deg = overlay.knee_deg;
    this.trunk_deg = overlay.trunk_deg;
    this.body = overlay.body;
    this.back = overlay.back;
  }

  get first() {
    return this.time_s[0] ?? 0;
  }

  get last() {
    return this.time_s.at(-1) ?? 0;
  }

  /** Index of the frame displayed at a time; -1 where none was analysed near it. @param {number} time */
  at(time) {
    const times = this.time_s;
    let [low, high] = [0, times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= time + 0.002) low = middle + 1;
      else high = middle;
    }
    const found = Math.max(0, low - 1);
    return times.length && Math.abs(times[found] - time) <= NEAR_S ? found : -1;
  }

  /**
   * A point of the body in shares of the picture.
   * @param {number} index
   * @param {string} name
   * @returns {Point | null}
   */
  point(index, name) {
    const k = 2 * this.names.indexOf(name);
    return pointOf(this.body?.[index]?.[k], this.body?.[index]?.[k + 1]);
  }

  /**
   * The back edge as a list of strokes, interrupted where it was not seen.
   * @param {number} index
   * @returns {Point[][]}
   */
  backStrokes(index) {
    const row = this.back?.[index] ?? [];
    /** @type {Point[]} */
    let stroke = [];
    const strokes = [stroke];
    for (let k = 0; k < row.length; k += 2) {
      const point = pointOf(row[k], row[k + 1]);
      if (point) stroke.push(point);
      else {
        stroke = [];
        strokes.push(stroke);
      }
    }
    return strokes.filter((each) => each.length > 1);
  }
}

/** @param {number | null | undefined} x @param {number | null | undefined} y @returns {Point | null} */
const pointOf = (x, y) => (x == null || y == null ? null : [x, y]);
