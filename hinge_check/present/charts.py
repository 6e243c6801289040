"""chart.png: hip and lumbar flexion against time, and the lumbopelvic rhythm of each rep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from hinge_check.arrays import FloatArray
from hinge_check.format import Z95
from hinge_check.present.style import BACK_ON_WHITE, HIP_ON_WHITE, unit

if TYPE_CHECKING:
    from hinge_check.analysis import Analysis

WIDTH, HEIGHT, DPI = 1000, 1300, 100
"""Upright, for a phone: at 390 pixels wide the smallest letters are still 8 pixels high."""
_TEXT, _SMALL, _TITLE = 17.0, 15.0, 21.0
_INK, _QUIET, _SHADE = "#22272e", "#5b6570", "#eef1f4"
_HIP, _BACK = unit(HIP_ON_WHITE), unit(BACK_ON_WHITE)
_MIN_TRUNK_SPAN = 10.0
"""A rep in which the trunk moves less than this, degrees, has no rhythm worth drawing."""


def draw_chart(analysis: Analysis, path: Path, *, limits: Mapping[str, float] | None = None) -> None:
    """Write chart.png; the same analysis gives the same bytes.

    Parameters
    ----------
    limits
        The protocol's limits in degrees; `lumbar_flexion` and `lumbar_extension` are drawn. Without it, those
        of the report, if any.
    """
    if analysis.report.judged_as == "range":
        limits = {}  # the task was to bend as far as possible
    elif limits is None:
        limits = getattr(analysis.report.protocol, "limits", None) or {}
    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)  # draws without a window system, whatever the user's settings
    upper = figure.add_axes((0.115, 0.565, 0.855, 0.345))
    lower = figure.add_axes((0.115, 0.065, 0.855, 0.345))
    # a limit without a curve to compare with would only confuse
    band = _band(limits) if np.isfinite(analysis.measurement.angles.lumbar_flexion).any() else None
    _over_time(upper, analysis, band)
    _rhythm(lower, analysis, band)
    figure.savefig(path, format="png", metadata={"Software": None})


def _band(limits: Mapping[str, float]) -> tuple[float, float] | None:
    """Return lowest and highest lumbar flexion within the protocol's limits; None without an upper limit."""
    high = limits.get("lumbar_flexion")
    if high is None:
        return None
    return -abs(limits.get("lumbar_extension", high)), float(high)


def _own_range(analysis: Analysis) -> float | None:
    """Return the person's own lumbar range, just found or from the protocol; None without a curve to compare with."""
    if not np.isfinite(analysis.measurement.angles.lumbar_flexion).any():
        return None
    found = analysis.report.calibration
    return analysis.report.summary.lumbar_range_deg if found is None else found.lumbar_max_deg


def _over_time(axes: Axes, analysis: Analysis, band: tuple[float, float] | None) -> None:
    angles = analysis.measurement.angles
    time = np.asarray(angles.time_s, dtype=np.float64)
    _frame(axes, "Hip and lower back over time", "seconds", "degrees from standing")
    for rep in analysis.report.reps:
        axes.axvspan(rep.start_s, rep.end_s, color=_SHADE, zorder=0)
        axes.text(
            (rep.start_s + rep.end_s) / 2,
            0.985,
            str(rep.rep),
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="top",
            fontsize=_SMALL,
            color=_QUIET,
        )
    _curve(axes, time, angles.hip_flexion, angles.hip_se, _HIP, "-", "hip")
    _curve(axes, time, angles.lumbar_flexion, angles.lumbar_se, _BACK, "--", "lower back")
    if band is not None:
        axes.axhline(band[1], color=_BACK, linewidth=1.4, linestyle=":", zorder=1)
    if len(time) > 1:
        axes.set_xlim(float(time[0]), float(time[-1]))
    own = _own_range(analysis)
    if own is not None:
        axes.axhline(own, color=_BACK, linewidth=1.4, linestyle=(0, (1, 5)), zorder=1)
        # named beside the title: the reps reach up to the line and would cover the words
        axes.text(1.0, 1.125, f"·  ·  own full range {own:.0f}°", transform=axes.transAxes, ha="right",
                  fontsize=_SMALL, color=_BACK)  # fmt: skip
    known = [angles.hip_flexion, angles.lumbar_flexion, *([] if own is None else [np.array([own])])]
    low, high = _span(known, band)
    axes.set_ylim(low, high + 0.12 * (high - low))
    _legend(axes, analysis)
    if band is not None:
        axes.text(0.46, 1.035, f"··· limit {band[1]:.0f}°", transform=axes.transAxes, fontsize=_TEXT, color=_BACK)
    if not np.isfinite(angles.hip_flexion).any():
        _write_note(axes, "Nothing could be measured in this clip.")


def _rhythm(axes: Axes, analysis: Analysis, band: tuple[float, float] | None) -> None:
    angles = analysis.measurement.angles
    _frame(axes, "How the bend is shared, rep by rep", "trunk inclination, degrees", "degrees from standing")
    if band is not None:
        axes.axhspan(*band, color=(*_BACK, 0.10), linewidth=0, zorder=0)
    drawn = 0
    descents = list(_descents(analysis))
    for k, part in enumerate(descents):
        trunk = angles.trunk_inclination[part]
        if not np.isfinite(trunk).any() or np.nanmax(trunk) - np.nanmin(trunk) < _MIN_TRUNK_SPAN:
            continue
        drawn += 1
        # later reps darker: the eye follows the set from light to dark
        alpha = 1.0 if len(descents) == 1 else 0.4 + 0.6 * k / (len(descents) - 1)
        for value, colour, style in ((angles.hip_flexion, _HIP, "-"), (angles.lumbar_flexion, _BACK, "--")):
            y = value[part]
            axes.plot(trunk, y, style, color=colour, alpha=alpha, linewidth=2.6, zorder=3)
            known = np.flatnonzero(np.isfinite(y) & np.isfinite(trunk))
            if len(known):
                end = known[-1]
                axes.plot(trunk[end], y[end], "o" if style == "-" else "D", color=colour, alpha=alpha, markersize=8)
    low, high = _span([angles.hip_flexion, angles.lumbar_flexion], band)
    axes.set_ylim(low, high)
    if drawn:
        _legend(axes, analysis)
        if band is not None:
            axes.text(0.46, 1.035, "tinted: within limits", transform=axes.transAxes, fontsize=_SMALL, color=_BACK)
    else:
        _write_note(axes, "No repetition to draw.")


def _descents(analysis: Analysis) -> Iterator[slice]:
    """Yield each rep with its frames from the start to the bottom."""
    time = np.asarray(analysis.measurement.angles.time_s, dtype=np.float64)
    for rep in analysis.report.reps:
        first, last = np.searchsorted(time, [rep.start_s - 0.0005, rep.bottom_s + 0.0005])
        if last - first > 1:
            yield slice(int(first), int(last))


def _curve(
    axes: Axes,
    time: FloatArray,
    value: FloatArray,
    se: FloatArray,
    colour: tuple[float, float, float],
    style: str,
    label: str,
) -> None:
    half = Z95 * np.nan_to_num(se)
    axes.fill_between(time, value - half, value + half, color=colour, alpha=0.16, linewidth=0, zorder=2)
    axes.plot(time, value, style, color=colour, linewidth=2.8, label=label, zorder=3)


def _frame(axes: Axes, title: str, x: str, y: str) -> None:
    axes.set_title(title, loc="left", fontsize=_TITLE, color=_INK, pad=46)
    axes.set_xlabel(x, fontsize=_TEXT, color=_QUIET)
    axes.set_ylabel(y, fontsize=_TEXT, color=_QUIET)
    axes.tick_params(labelsize=_SMALL, colors=_QUIET, length=0)
    axes.grid(axis="y", color="#dfe4e8", linewidth=1.0)
    axes.set_axisbelow(True)
    axes.axhline(0.0, color="#9aa4ae", linewidth=1.2, zorder=1)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)


def _legend(axes: Axes, analysis: Analysis) -> None:
    """Draw names in the curves' colours above the plot, so that no curve is covered."""
    known = bool(np.isfinite(analysis.measurement.angles.lumbar_flexion).any())
    axes.text(0.0, 1.035, "── ● hip", transform=axes.transAxes, fontsize=_TEXT, color=_HIP)
    words = "- - ◆ lower back" if known else "lower back: not measurable"
    axes.text(0.19, 1.035, words, transform=axes.transAxes, fontsize=_TEXT, color=_BACK if known else _QUIET)
    axes.text(1.0, 1.035, "shaded: ± 95 %" if axes.get_xlabel() == "seconds" else "darker: later reps",
              transform=axes.transAxes, ha="right", fontsize=_SMALL, color=_QUIET)  # fmt: skip


def _write_note(axes: Axes, words: str) -> None:
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", fontsize=_TEXT, color=_QUIET)


def _span(values: list[FloatArray], band: tuple[float, float] | None) -> tuple[float, float]:
    """Return the degrees to show: everything measured, the band, and never less than -15 to 60."""
    known = np.concatenate([np.ravel(value) for value in values])
    known = known[np.isfinite(known)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    if band is not None:
        low, high = min(low, band[0]), max(high, band[1])
    return min(-15.0, low - 8.0), max(60.0, high + 8.0)
