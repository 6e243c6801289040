// Two plots over one time, one cursor tied to the video: hips, knees and trunk above, the lower back with its error below.

import uPlot from "uplot";
import { element } from "./element.js";
import { clock, degrees, figure, Z95 } from "./number-format.js";
import { themeColour } from "./theme-colour.js";

const AXIS_WIDTH = 44;

export class Curves {
  #plots = [];
  #wanted = null;
  #going = false;

  /**
   * @param {HTMLElement} root with `[data-curve=joints]`, `[data-curve=back]` and `[data-now]`
   * @param {import("./frames.js").Frames} frames
   * @param {{reps: {rep: number, start_s: number, end_s: number}[], limits: Record<string, number>, t: Function,
   *   seek: (time: number) => Promise<void>}} given
   */
  constructor(root, frames, { reps, limits, t, seek }) {
    Object.assign(this, { root, frames, reps, limits, t, seek });
    this.boxes = [...root.querySelectorAll("[data-curve]")];
    this.now = Object.fromEntries([...root.querySelectorAll("[data-now]")].map((each) => [each.dataset.now, each]));
    this.duration = [frames.first, Math.max(frames.last, frames.first + 0.1)];
    this.sliders = this.boxes.map((box) => this.#slider(box));
    this.build();
    new ResizeObserver(() => this.#fit()).observe(root);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.build());
    if (frames.lumbar_deg.every((each) => each == null)) this.boxes.at(-1).append(element("p", { class: "curve-none" }, t("review-back-unread")));
  }

  /** Be told when the lower plot is drawn anew: handles lie on it. */
  onBuilt(listener) {
    this.built = listener;
  }

  /** Draw both anew: another theme, other limits. */
  build() {
    for (const plot of this.#plots) plot.destroy();
    this.#plots = this.boxes.map((box) => (box.dataset.curve === "back" ? this.#back(box) : this.#joints(box)));
    for (const plot of this.#plots) {
      plot.line = document.createElement("div");
      plot.line.className = "curve-line";
      plot.over.append(plot.line);
      this.#scrub(plot);
    }
    this.show(this.shown ?? this.frames.first, true);
  }

  /** Limits that are being tried. */
  set tried(limits) {
    this.limits = limits;
    this.build();
  }

  /** The plot of the lower back's box, for handles. */
  get plots() {
    return this.#plots;
  }

  /** Move the cursor, and tell the figures there. */
  show(time, still) {
    this.shown = time;
    for (const plot of this.#plots) this.#line(plot);
    const { frames } = this;
    const k = frames.at(time);
    const told = {
      hip: k < 0 ? "" : figure(frames.hip_deg[k], frames.hip_se_deg[k]),
      lumbar: k < 0 ? "" : figure(frames.lumbar_deg[k], frames.lumbar_se_deg[k]),
      knee: k < 0 ? "" : degrees(frames.knee_deg[k]),
      trunk: k < 0 ? "" : degrees(frames.trunk_deg[k]),
    };
    for (const [name, place] of Object.entries(this.now)) place.textContent = told[name] || "–";
    if (still) {
      const words = `${clock(time)}: ${this.t("review-curve-hip")} ${told.hip || "–"}, ${this.t("review-curve-lumbar")} ${told.lumbar || "–"}`;
      for (const slider of this.sliders) {
        slider.setAttribute("aria-valuenow", time.toFixed(2));
        slider.setAttribute("aria-valuetext", words);
      }
    }
  }

  #joints(box) {
    const { hip_deg, hip_se_deg, knee_deg, trunk_deg, time_s } = this.frames;
    const [low, high] = around(hip_deg, hip_se_deg);
    const line = (colour, dash, width = 2) => ({ stroke: themeColour(colour), width, dash, points: { show: false } });
    return this.#plot(box, [time_s, low, high, trunk_deg, knee_deg, hip_deg], {
      series: [{}, hidden(), hidden(), line("ink-soft", [6, 4], 1.5), line("good", [2, 3], 1.5), line("hip")],
      bands: [{ series: [2, 1], fill: themeColour("hip-soft") }],
      least: [-10, 90],
      numbers: true,
      under: (plot) => dotted(plot, this.limits.shallow, themeColour("hip")),
    });
  }

  #back(box) {
    const { lumbar_deg, lumbar_se_deg, time_s } = this.frames;
    const [low, high] = around(lumbar_deg, lumbar_se_deg);
    return this.#plot(box, [time_s, low, high, lumbar_deg], {
      series: [{}, hidden(), hidden(), { stroke: themeColour("back"), width: 2, points: { show: false } }],
      bands: [{ series: [2, 1], fill: themeColour("back-soft") }],
      least: [-15, 45],
      under: (plot) => {
        const { lumbar_flexion: round, lumbar_extension: arch } = this.limits;
        if (round == null) return;
        beyond(plot, round, Infinity, themeColour("note-soft"));
        if (arch != null) beyond(plot, -Infinity, -arch, themeColour("note-soft"));
        dotted(plot, round, themeColour("back"));
        dotted(plot, arch == null ? null : -arch, themeColour("back"));
      },
    });
  }

  #plot(box, data, { series, bands, least, under, numbers = false }) {
    const quiet = themeColour("ink-soft");
    const axis = { stroke: quiet, font: "12px system-ui, sans-serif", grid: { stroke: themeColour("line"), width: 1 }, ticks: { show: false } };
    const plot = new uPlot(
      {
        ...this.#size(box),
        padding: [8, 8, 0, 0],
        scales: {
          x: { time: false, range: () => this.duration },
          y: { range: (_plot, low, high) => [Math.min(least[0], (low ?? 0) - 4), Math.max(least[1], (high ?? 0) + 4)] },
        },
        axes: [
          { ...axis, show: true, size: numbers ? 2 : 24, gap: 2, values: (_plot, ticks) => ticks.map((each) => (numbers ? "" : `${+each.toFixed(2)} s`)) },
          { ...axis, size: AXIS_WIDTH, gap: 4, space: 28, values: (_plot, ticks) => ticks.map((each) => `${String(each).replace("-", "−")}°`) },
        ],
        series,
        bands,
        legend: { show: false },
        cursor: { show: false },
        hooks: {
          drawClear: [
            (made) => {
              this.#spans(made);
              under(made);
            },
          ],
          draw: [
            (made) => {
              if (numbers) this.#numbers(made);
              // Scales are settled only now.
              this.#line(made);
              if (!numbers) this.built?.();
            },
          ],
        },
      },
      data,
      box,
    );
    plot.root.setAttribute("aria-hidden", "true");
    return plot;
  }

  /** Repetitions as shaded stretches. */
  #spans(plot) {
    const { ctx, bbox } = plot;
    ctx.save();
    for (const rep of this.reps) {
      const [from, to] = [rep.start_s, rep.end_s].map((time) => plot.valToPos(time, "x", true));
      ctx.fillStyle = themeColour("raised");
      ctx.fillRect(from, bbox.top, to - from, bbox.height);
    }
    ctx.restore();
  }

  /** Their numbers, over everything. */
  #numbers(plot) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.font = `600 ${12 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.fillStyle = themeColour("ink-soft");
    for (const rep of this.reps) ctx.fillText(String(rep.rep), plot.valToPos(rep.start_s, "x", true) + 5 * devicePixelRatio, bbox.top + 14 * devicePixelRatio);
    ctx.restore();
  }

  #line(plot) {
    if (!plot.line || this.shown == null) return;
    plot.line.style.setProperty("transform", `translateX(${plot.valToPos(this.shown, "x").toFixed(1)}px)`);
    plot.line.hidden = this.shown < this.duration[0] - 0.05 || this.shown > this.duration[1] + 0.05;
  }

  #size(box) {
    return { width: Math.max(box.clientWidth, 120), height: Math.max(box.clientHeight, 80) };
  }

  #fit() {
    this.#plots.forEach((plot, k) => {
      const size = this.#size(this.boxes[k]);
      if (plot.width !== size.width || plot.height !== size.height) plot.setSize(size);
    });
    this.show(this.shown, true);
  }

  /** For keys and screen readers: lies over the plot and lets the pointer through. */
  #slider(box) {
    const [from, to] = this.duration;
    const name = `${this.t(`review-curve-${box.dataset.curve}`)}. ${this.t("review-curve-slider")}`;
    const told = { class: "curve-slider", role: "slider", tabindex: "0", "aria-label": name, "aria-valuemin": String(from), "aria-valuemax": String(to), "aria-valuenow": String(from) };
    const slider = element("div", told);
    slider.addEventListener("keydown", (event) => {
      if (event.key !== "Home" && event.key !== "End") return;
      event.preventDefault();
      this.seek(event.key === "Home" ? from : to);
    });
    box.append(slider);
    return slider;
  }

  /** Where a time lies in a box, pixels from its left. */
  place(plot, time) {
    return plot.over.offsetLeft + plot.valToPos(time, "x");
  }

  #scrub(plot) {
    const go = (event) => this.#go(plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, "x"));
    plot.over.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      plot.over.setPointerCapture(event.pointerId);
      go(event);
    });
    plot.over.addEventListener("pointermove", (event) => plot.over.hasPointerCapture(event.pointerId) && go(event));
  }

  /** One seek at a time, and then the last one wanted: the video follows the pointer as fast as it can. */
  async #go(time) {
    this.#wanted = Math.min(Math.max(time, this.duration[0]), this.duration[1]);
    if (this.#going) return;
    this.#going = true;
    try {
      while (this.#wanted != null) {
        const next = this.#wanted;
        this.#wanted = null;
        await this.seek(next);
      }
    } finally {
      this.#going = false;
    }
  }
}

const hidden = () => ({ stroke: "transparent", width: 0, points: { show: false } });

const around = (values, errors) =>
  [-1, 1].map((sign) => values.map((value, k) => (value == null || errors[k] == null ? null : value + sign * Z95 * errors[k])));

function dotted(plot, value, colour) {
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

function beyond(plot, from, to, colour) {
  const { ctx, bbox } = plot;
  const [bottom, top] = [bbox.top + bbox.height, bbox.top];
  const y = (value) => Math.min(Math.max(Number.isFinite(value) ? plot.valToPos(value, "y", true) : value > 0 ? top : bottom, top), bottom);
  ctx.save();
  ctx.fillStyle = colour;
  ctx.fillRect(bbox.left, y(to), bbox.width, y(from) - y(to));
  ctx.restore();
}
