"""Plots of the results, from rendered clips only; the same data gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import poseaudit
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from validation.agreement import audit, coverage_curve
from validation.scores import ClipScore, RepScore, column

FOLDER = Path(__file__).parent / "figures"

COLOURS = {"fitted": "#0072B2", "loose": "#E69F00", "hooded": "#009E73"}
"""Of Okabe and Ito's palette, told apart by colour-blind readers; the markers differ besides."""
MARKERS = {"fitted": "o", "loose": "^", "hooded": "s"}
INK, MUTED, RED = "#222222", "#8a8a8a", "#D55E00"


def draw(clips: Sequence[ClipScore], reps: Sequence[RepScore], folder: Path = FOLDER) -> list[Path]:
    """Write every figure; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = {
        "bland_altman": bland_altman(reps),
        "scatter": scatter(reps),
        "cycles": cycles(clips),
        "coverage": coverage(reps),
    }
    paths = []
    for name, figure in figures.items():
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=90, metadata={"Software": None})
        paths.append(path)
    return paths


def _axes(figure: Figure, n: int) -> list[Axes]:
    made = [figure.add_subplot(1, n, k + 1) for k in range(n)]
    for axes in made:
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=8)
    return made


def bland_altman(reps: Sequence[RepScore]) -> Figure:
    """Plot error against the mean of both, product and usual reading, for lumbar and hip flexion."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    panels = (
        ("lumbar", "product", "Lumbar flexion, hinge-check"),
        ("hip", "product", "Hip flexion, hinge-check"),
        ("hip", "other", "Hip flexion, shoulder-hip-knee"),
    )
    for axes, (angle, source, title) in zip(_axes(figure, 3), panels, strict=True):
        truth, said = column(reps, angle, "truth"), column(reps, angle, source)
        for clothing, colour in COLOURS.items():
            of = np.array([rep.clip.truth.clothing == clothing for rep in reps], bool)
            axes.scatter(
                ((truth + said) / 2)[of], (said - truth)[of], s=14, c=colour, marker=MARKERS[clothing], label=clothing
            )
        result = audit(said, truth, [rep.clip.name for rep in reps])
        low, high = result.repeated_limits or result.limits
        axes.axhline(result.bias, color=INK, lw=1)
        for level in (low, high):
            axes.axhline(level, color=INK, lw=1, ls="--")
        axes.axhline(0, color=MUTED, lw=0.6)
        axes.set_ylim(-25, 50)
        axes.set_title(f"{title}\nbias {result.bias:+.1f}°, limits {low:+.1f}° to {high:+.1f}°", fontsize=9, loc="left")
        axes.set_xlabel("mean of truth and reading, °", fontsize=8)
        axes.set_ylabel("reading minus truth, °", fontsize=8)
    figure.axes[0].legend(fontsize=7, frameon=False)
    return figure


def scatter(reps: Sequence[RepScore]) -> Figure:
    """Plot reading against truth for lumbar flexion: product with its 95 % interval, crude edge measure."""
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    truth = column(reps, "lumbar", "truth")
    se = np.array([rep.lumbar_se for rep in reps])
    crude = column(reps, "crude", "other")
    for axes, said, error, title in zip(
        _axes(figure, 2),
        (column(reps, "lumbar"), crude),
        (1.96 * se, np.zeros(len(reps))),
        ("hinge-check, bars: its 95 % interval", "crude edge measure"),
        strict=True,
    ):
        for clothing, colour in COLOURS.items():
            of = np.array([rep.clip.truth.clothing == clothing for rep in reps], bool) & np.isfinite(said)
            axes.errorbar(
                truth[of], said[of], error[of], fmt=MARKERS[clothing], ms=4, c=colour, ecolor="#cccccc", elinewidth=0.8
            )
        axes.plot([-15, 60], [-15, 60], color=MUTED, lw=0.8)
        axes.set(xlim=(-15, 60), ylim=(-25, 75))
        axes.set_title(title, fontsize=9, loc="left")
        axes.set_xlabel("true lumbar flexion at the bottom, °", fontsize=8)
        axes.set_ylabel("reading, °", fontsize=8)
    return figure


def cycle_error(clips: Sequence[ClipScore], angle: str) -> poseaudit.CycleError | None:
    """Return the error of an angle over the repetition, start to start, each clip counting once."""
    judged = [c for c in clips if not c.refused]
    times, subjects, said, true, starts = [], [], [], [], {}
    for c in judged:
        at = c.clip.truth.time_s
        times.append(c.time_s)
        subjects += [c.clip.name] * len(c.time_s)
        said.append(c.product[angle])
        true.append(c.truth[angle])
        reps = c.clip.truth.reps
        starts[(c.clip.name, None)] = [*(float(at[rep.start]) for rep in reps), float(at[reps[-1].end])]
    result = poseaudit.audit_values(
        np.concatenate(said),
        np.concatenate(true),
        10.0,
        name=angle,
        unit="deg",
        subject=subjects,
        frame=np.concatenate(times).tolist(),
        cycles=starts,
        resamples=50,
    )
    return result.cycle_error


def cycles(clips: Sequence[ClipScore]) -> Figure:
    """Plot the mean error and its spread over the repetition for lumbar and hip flexion."""
    figure = Figure(figsize=(7, 3.2), layout="constrained")
    for axes, angle in zip(_axes(figure, 2), ("lumbar", "hip"), strict=True):
        error = cycle_error(clips, angle)
        axes.axhline(0, color=MUTED, lw=0.6)
        if error is not None:
            share, mean, spread = np.arange(101), np.array(error.bias_curve), np.array(error.sd_curve)
            axes.fill_between(share, mean - spread, mean + spread, color=COLOURS["fitted"], alpha=0.2, lw=0)
            axes.plot(share, mean, color=COLOURS["fitted"], lw=1.5)
            axes.set_title(
                f"{angle} flexion, {error.n} reps: RMSE over the rep {error.rmse:.1f}°", fontsize=9, loc="left"
            )
        axes.set(xlim=(0, 100), ylim=(-20, 20))
        axes.set_xlabel("share of the repetition, %", fontsize=8)
        axes.set_ylabel("error, mean and SD, °", fontsize=8)
    return figure


def coverage(reps: Sequence[RepScore]) -> Figure:
    """Plot error against coverage as larger stated errors are accepted."""
    figure = Figure(figsize=(4.5, 3.2), layout="constrained")
    (axes,) = _axes(figure, 1)
    error = column(reps, "lumbar") - column(reps, "lumbar", "truth")
    share, mean = coverage_curve(error, np.array([rep.lumbar_se for rep in reps]))
    axes.plot(100 * share, mean, color=COLOURS["fitted"], lw=1.5, label="surest first")
    if len(share):
        axes.axhline(float(np.nanmean(np.abs(error))), color=MUTED, lw=0.8, ls="--", label="all that are given")
    axes.set(xlim=(0, 100), ylim=(0, None))
    axes.set_title("Lumbar flexion: error against coverage", fontsize=9, loc="left")
    axes.set_xlabel("repetitions given a number, %", fontsize=8)
    axes.set_ylabel("mean absolute error, °", fontsize=8)
    axes.legend(fontsize=7, frameon=False)
    return figure
