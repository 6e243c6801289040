// The analysed frames of a recording as columns, looked up by time.

/** A displayed frame this close to an analysed one shows its figures, seconds. */
const NEAR_S = 0.15;

export class Frames {
  /** @param {Record<string, any>} columns as `GET …/overlay` tells them */
  constructor(columns) {
    Object.assign(this, columns);
    /** @type {number[]} */
    this.time_s = columns.time_s;
    this.names = columns.names;
  }

  get length() {
    return this.time_s.length;
  }

  get first() {
    return this.time_s[0] ?? 0;
  }

  get last() {
    return this.time_s.at(-1) ?? 0;
  }

  /** Index of the frame that shows at a time; -1 where none was analysed near it. */
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

  /** A point of the body in shares of the picture, or null. */
  point(index, name) {
    const row = this.body?.[index];
    const at = 2 * this.names.indexOf(name);
    return row && row[at] != null && row[at + 1] != null ? [row[at], row[at + 1]] : null;
  }

  /** The back edge, broken where it was not seen: a list of strokes. */
  backStrokes(index) {
    const row = this.back?.[index];
    const strokes = [[]];
    for (let k = 0; row && k < row.length; k += 2) {
      if (row[k] == null || row[k + 1] == null) strokes.push([]);
      else strokes.at(-1).push([row[k], row[k + 1]]);
    }
    return strokes.filter((stroke) => stroke.length > 1);
  }
}
