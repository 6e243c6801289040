// Two plots over one time axis, with one cursor tied to the video: hips, knees and trunk above, the lower back with its
// error below.

import { createElement, findAll } from "hinge/dom.js";
import uPlot from "uplot";
import { formatDegrees, formatEstimate, formatTime, Z95 } from "./number-format.js";
import {
  addCursorLine,
  axisStyle,
  bindScrubbing,
  degreesAxis,
  degreesRange,
  hiddenSeries,
  moveCursorLine,
  plotSize,
} from "./plot.js";
import { themeColour } from "./theme-colour.js";

/** @typedef {import("types/service").Rep} Rep */
/** @typedef {(number | null)[]} Column */

/**
 * @typedef {object} PlotContent
 * @property {import("uplot").AlignedData} data
 * @property {import("uplot").Series[]} series
 * @property {string} bandFill between the second and the first series
 * @property {[number, number]} least degrees shown in any case
 * @property {(plot: uPlot) => void} drawUnder what lies under the curves
 * @property {boolean} isUpper numbers the reps; the lower plot has the time axis
 */

/** The two plots of a recording. */
export class Curves {
  /** @type {{plot: uPlot, line: HTMLElement, box: HTMLElement}[]} */
  #plots = [];
  /** @type {number | null} */
  #wanted = null;
  #seeking = false;
  #onBuilt = () => {};

  /**
   * @param {HTMLElement} root with `[data-curve=joints]`, `[data-curve=back]` and `[data-now]`
   * @param {import("./frames.js").Frames} frames
   * @param {object} options
   * @param {Rep[]} options.reps
   * @param {Record<string, number>} options.limits
   * @param {import("hinge/translations.js").Translate} options.t
   * @param {(time: number) => Promise<void>} options.seek
   */
  constructor(root, frames, { reps, limits, t, seek }) {
    this.frames = frames;
    this.reps = reps;
    this.limits = limits;
    this.t = t;
    this.seek = seek;
    this.boxes = findAll(root, "[data-curve]");
    this.readings = findAll(root, "[data-now]");
    /** The time axis. @type {[number, number]} */
    this.duration = [frames.first, Math.max(frames.last, frames.first + 0.1)];
    this.shown = frames.first;
    this.sliders = this.boxes.map((box) => this.#createSlider(box));
    this.build();
    new ResizeObserver(() => this.#fit()).observe(root);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.build());
    if (frames.lumbar_deg.every((each) => each == null)) {
      this.lowerBox.append(createElement("p", { class: "curve-none" }, t("review-back-unread")));
    }
  }

  /** Calls the listener whenever the lower plot is redrawn: handles lie on it. @param {() => void} listener */
  onBuilt(listener) {
    this.#onBuilt = listener;
  }

  /** Redraws both: another theme, other limits. */
  build() {
    for (const { plot } of this.#plots) plot.destroy();
    this.#plots = this.boxes.map((box) => {
      const plot = this.#createPlot(box, box.dataset.curve === "back" ? this.#backContent() : this.#jointsContent());
      bindScrubbing(plot, (time) => this.#scrub(time));
      return { plot, line: addCursorLine(plot), box };
    });
    this.show(this.shown, true);
  }

  /** Shows other limits. @param {Record<string, number>} limits */
  setLimits(limits) {
    this.limits = limits;
    this.build();
  }

  /** The lower back's plot, for handles. */
  get lowerPlot() {
    return this.#plots[this.#plots.length - 1].plot;
  }

  get lowerBox() {
    return this.boxes[this.boxes.length - 1];
  }

  /** Where a time lies in the lower box, pixels from its left. @param {number} time */
  place(time) {
    return this.lowerPlot.over.offsetLeft + this.lowerPlot.valToPos(time, "x");
  }

  /**
   * Moves the cursor and shows the values there.
   * @param {number} time
   * @param {boolean} still whether the video is paused
   */
  show(time, still) {
    this.shown = time;
    for (const each of this.#plots) this.#moveLine(each);
    const { frames, t } = this;
    const k = frames.at(time);
    /** @type {Record<string, string>} */
    const values = {
      hip: k < 0 ? "" : formatEstimate(frames.hip_deg[k], frames.hip_se_deg[k]),
      lumbar: k < 0 ? "" : formatEstimate(frames.lumbar_deg[k], frames.lumbar_se_deg[k]),
      knee: k < 0 ? "" : formatDegrees(frames.knee_deg[k]),
      trunk: k < 0 ? "" : formatDegrees(frames.trunk_deg[k]),
    };
    for (const place of this.readings) place.textContent = values[place.dataset.now ?? ""] || "–";
    if (!still) return;
    const [hip, lumbar] = [values.hip || "–", values.lumbar || "–"];
    const text = `${formatTime(time)}: ${t("review-curve-hip")} ${hip}, ${t("review-curve-lumbar")} ${lumbar}`;
    for (const slider of this.sliders) {
      slider.setAttribute("aria-valuenow", time.toFixed(2));
      slider.setAttribute("aria-valuetext", text);
    }
  }

  /** @returns {PlotContent} */
  #jointsContent() {
    const { hip_deg, hip_se_deg, knee_deg, trunk_deg, time_s } = this.frames;
    const [low, high] = intervalOf(hip_deg, hip_se_deg);
    const line = (/** @type {string} */ colour, /** @type {number} */ width, /** @type {number[]} */ ...dash) => ({
      stroke: themeColour(colour),
      width,
      dash: dash.length ? dash : undefined,
      points: { show: false },
    });
    const lines = [line("ink-soft", 1.5, 6, 4), line("good", 1.5, 2, 3), line("hip", 2)];
    return {
      data: [time_s, low, high, trunk_deg, knee_deg, hip_deg],
      series: [{}, hiddenSeries(), hiddenSeries(), ...lines],
      bandFill: themeColour("hip-soft"),
      least: [-10, 90],
      isUpper: true,
      drawUnder: (plot) => drawDotted(plot, this.limits.shallow, themeColour("hip")),
    };
  }

  /** @returns {PlotContent} */
  #backContent() {
    const { lumbar_deg, lumbar_se_deg, time_s } = this.frames;
    const [low, high] = intervalOf(lumbar_deg, lumbar_se_deg);
    const line = { stroke: themeColour("back"), width: 2, points: { show: false } };
    return {
      data: [time_s, low, high, lumbar_deg],
      series: [{}, hiddenSeries(), hiddenSeries(), line],
      bandFill: themeColour("back-soft"),
      least: [-15, 45],
      isUpper: false,
      drawUnder: (plot) => {
        const { lumbar_flexion: flexion, lumbar_extension: extension } = this.limits;
        if (flexion == null) return;
        fillBetween(plot, flexion, Infinity, themeColour("note-soft"));
        if (extension != null) fillBetween(plot, -Infinity, -extension, themeColour("note-soft"));
        drawDotted(plot, flexion, themeColour("back"));
        drawDotted(plot, extension == null ? null : -extension, themeColour("back"));
      },
    };
  }

  /** @param {HTMLElement} box @param {PlotContent} content */
  #createPlot(box, { data, series, bandFill, least, drawUnder, isUpper }) {
    const timeAxis = {
      ...axisStyle(),
      show: true,
      size: isUpper ? 2 : 24,
      gap: 2,
      values: (/** @type {uPlot} */ _plot, /** @type {number[]} */ ticks) =>
        ticks.map((each) => (isUpper ? "" : `${+each.toFixed(2)} s`)),
    };
    const plot = new uPlot(
      {
        ...plotSize(box),
        padding: [8, 8, 0, 0],
        scales: { x: { time: false, range: () => this.duration }, y: { range: degreesRange(...least) } },
        axes: [timeAxis, degreesAxis()],
        series,
        bands: [{ series: [2, 1], fill: bandFill }],
        legend: { show: false },
        cursor: { show: false },
        hooks: {
          drawClear: [
            (made) => {
              drawRepSpans(made, this.reps);
              drawUnder(made);
            },
          ],
          draw: [(made) => this.#afterDraw(made, isUpper)],
        },
      },
      data,
      box,
    );
    plot.root.setAttribute("aria-hidden", "true");
    return plot;
  }

  /** Scales are settled only now. @param {uPlot} plot @param {boolean} isUpper */
  #afterDraw(plot, isUpper) {
    if (isUpper) drawRepNumbers(plot, this.reps);
    const entry = this.#plots.find((each) => each.plot === plot);
    if (entry) this.#moveLine(entry);
    if (!isUpper && entry) this.#onBuilt();
  }

  /** @param {{plot: uPlot, line: HTMLElement}} entry */
  #moveLine({ plot, line }) {
    moveCursorLine(plot, line, this.shown);
    line.hidden = this.shown < this.duration[0] - 0.05 || this.shown > this.duration[1] + 0.05;
  }

  #fit() {
    for (const { plot, box } of this.#plots) {
      const size = plotSize(box);
      if (plot.width !== size.width || plot.height !== size.height) plot.setSize(size);
    }
    this.show(this.shown, true);
  }

  /** For keyboards and screen readers: lies over the plot and lets the pointer through. @param {HTMLElement} box */
  #createSlider(box) {
    const [from, to] = this.duration;
    const slider = createElement("div", {
      class: "curve-slider",
      role: "slider",
      tabindex: "0",
      "aria-label": `${this.t(`review-curve-${box.dataset.curve}`)}. ${this.t("review-curve-slider")}`,
      "aria-valuemin": String(from),
      "aria-valuemax": String(to),
      "aria-valuenow": String(from),
    });
    slider.addEventListener("keydown", (event) => {
      if (event.key !== "Home" && event.key !== "End") return;
      event.preventDefault();
      this.seek(event.key === "Home" ? from : to);
    });
    box.append(slider);
    return slider;
  }

  /**
   * Seeks one time after the other, skipping to the last one wanted: the video follows the pointer as fast as it can.
   * @param {number} time
   */
  async #scrub(time) {
    this.#wanted = Math.min(Math.max(time, this.duration[0]), this.duration[1]);
    if (this.#seeking) return;
    this.#seeking = true;
    try {
      while (this.#wanted != null) {
        const next = this.#wanted;
        this.#wanted = null;
        await this.seek(next);
      }
    } finally {
      this.#seeking = false;
    }
  }
}

/** The 95 % interval of a column, low and high. @param {Column} values @param {Column} errors @returns {Column[]} */
const intervalOf = (values, errors) =>
  [-1, 1].map((sign) =>
    values.map((value, k) => {
      const error = errors[k];
      return value == null || error == null ? null : value + sign * Z95 * error;
    }),
  );

/** Repetitions as shaded spans. @param {uPlot} plot @param {Rep[]} reps */
function drawRepSpans(plot, reps) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = themeColour("raised");
  for (const rep of reps) {
    const [from, to] = [rep.start_s, rep.end_s].map((time) => plot.valToPos(time, "x", true));
    ctx.fillRect(from, bbox.top, to - from, bbox.height);
  }
  ctx.restore();
}

/** Their numbers, over everything. @param {uPlot} plot @param {Rep[]} reps */
function drawRepNumbers(plot, reps) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.font = `600 ${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.fillStyle = themeColour("ink-soft");
  for (const rep of reps) {
    const x = plot.valToPos(rep.start_s, "x", true) + 5 * devicePixelRatio;
    ctx.fillText(String(rep.rep), x, bbox.top + 14 * devicePixelRatio);
  }
  ctx.restore();
}

/** @param {uPlot} plot @param {number | null | undefined} value @param {string} colour */
function drawDotted(plot, value, colour) {
  if (value == null) return;
  const { ctx, bbox } = plot;
  const y = plot.valToPos(value, "y", true);
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/**
 * Fills the plot between two values, either of them infinite.
 * @param {uPlot} plot
 * @param {number} from
 * @param {number} to
 * @param {string} colour
 */
function fillBetween(plot, from, to, colour) {
  const { ctx, bbox } = plot;
  const [bottom, top] = [bbox.top + bbox.height, bbox.top];
  const y = (/** @type {number} */ value) => {
    const place = Number.isFinite(value) ? plot.valToPos(value, "y", true) : value > 0 ? top : bottom;
    return Math.min(Math.max(place, top), bottom);
  };
  ctx.save();
  ctx.fillStyle = colour;
  ctx.fillRect(bbox.left, y(to), bbox.width, y(from) - y(to));
  ctx.restore();
}
