"""Whole clips: faults, counts, times, refusals; sections of RESULTS.md."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hinge_check.arrays import FloatArray
from validation.accuracy import errors, mae, stated_se
from validation.agreement import smallest_detectable_change
from validation.groups import is_side_view
from validation.markdown import number, percent, table
from validation.scores import PHASES, ClipScore, RepScore


def faults(clips: Sequence[ClipScore]) -> list[str]:
    """Report precision and recall of every fault code over the clips that were judged."""
    judged = [c for c in clips if not c.refused]
    rows = []
    for code in sorted(set().union(*(c.deserved | c.found for c in judged))):
        right = [c for c in judged if code in c.deserved & c.found]
        false = [c.clip.name for c in judged if code in c.found - c.deserved]
        missed = [c.clip.name for c in judged if code in c.deserved - c.found]
        said, due = len(right) + len(false), len(right) + len(missed)
        rows.append(
            (
                f"`{code}`",
                str(due),
                percent(len(right) / said if said else np.nan),
                percent(len(right) / due if due else np.nan),
                ", ".join(false) or "–",
                ", ".join(missed) or "–",
            )
        )
    clean = [c for c in judged if not c.deserved]
    lines = table(("fault", "clips that deserve it", "precision", "recall", "false in", "missed in"), rows)
    lines += [
        f"Clips that deserve no fault: {sum(not c.found for c in clean)} of {len(clean)} were given none.",
        "",
    ]
    return lines


def counts_and_times(clips: Sequence[ClipScore], reps: Sequence[RepScore]) -> list[str]:
    """Report repetition counts, tempo, yaw, repeatability, refusals."""
    judged = [c for c in clips if not c.refused]
    exact = [c for c in judged if c.counted == len(c.clip.truth.reps)]
    off = [f"{c.clip.name} ({c.counted} for {len(c.clip.truth.reps)})" for c in judged if c not in exact]
    rows = [
        ("clips", str(len(clips)), ""),
        ("refused", str(len(clips) - len(judged)), ", ".join(_reason(c) for c in clips if c.refused) or "–"),
        (
            "judged without lumbar flexion",
            str(sum(c.abstains for c in clips)),
            ", ".join(c.clip.name for c in clips if c.abstains) or "–",
        ),
        ("repetition count exact", f"{len(exact)} of {len(judged)}", ", ".join(off) or "–"),
    ]
    for phase in PHASES:
        values = np.array([rep.tempo[phase] for rep in reps], float)
        known = values[np.isfinite(values)]
        rows.append(
            (
                f"{phase.removesuffix('_s')}, error",
                f"{number(mae(values), 2)} s",
                f"bias {number(float(known.mean()) if len(known) else np.nan, 2, sign=True)} s",
            )
        )
    yaw = np.array([c.yaw_error for c in judged], float)
    spread = f"bias {number(float(yaw.mean()), sign=True)}°, SD {number(float(yaw.std()))}°" if len(yaw) else "–"
    rows.append(("yaw, error", f"{number(mae(yaw))}°", spread))
    names = [rep.clip.name for rep in reps]
    for angle in ("lumbar", "hip"):
        value = smallest_detectable_change(errors(reps, angle), names)
        rows.append((f"smallest detectable change within a set, {angle}", f"{number(value)}°", "1.96 √2 SD of repeats"))
    return table(("what", "figure", "detail"), rows)


def _reason(c: ClipScore) -> str:
    refusal = c.analysis.report.refusal
    return f"{c.clip.name} ({'' if refusal is None else refusal.code})"


def constants(clips: Sequence[ClipScore]) -> list[str]:
    """Report the figures that constants in the product quote."""
    trunk, thigh, thigh_error = [], [], []
    for c in clips:
        m = c.analysis.measurement
        a, standing = m.angles, m.standing
        if c.refused or not standing.any():
            continue
        trunk.append(float(np.median(a.trunk_inclination[standing])))
        thigh.append(float(np.median((a.shank_inclination - a.knee_flexion)[standing])))
        thigh_error += [
            (r.product["trunk"] - r.other["hip"]) - (r.truth["pelvis"] - r.truth["hip"])
            for r in c.reps
            if is_side_view(r)
        ]

    def both(values: Sequence[float]) -> tuple[str, str]:
        known = np.array(values, float)
        known = known[np.isfinite(known)]
        if not len(known):
            return "–", "–"
        return number(float(np.median(known)), sign=True, unit="°"), number(float(known.std()), unit="°")

    rows = [
        ("standing trunk inclination (`angles.STAND_TRUNK_DEG`)", *both(trunk)),
        ("standing thigh inclination (`angles.STAND_THIGH_DEG`)", *both(thigh)),
        ("error of the thigh's inclination at the bottom, side views (`angles.THIGH_SE_DEG`)", *both(thigh_error)),
        ("error of the yaw (`view.YAW_SE_DEG`)", *both([c.yaw_error for c in clips if not c.refused])),
    ]
    return table(("what", "median", "SD"), rows)


def every_clip(clips: Sequence[ClipScore]) -> list[str]:
    """List one line a clip, the largest lumbar error first."""

    def worst(c: ClipScore) -> float:
        values = np.abs(errors(c.reps, "lumbar"))
        return float(np.nanmax(values)) if np.isfinite(values).any() else -1.0

    def listed(values: FloatArray) -> str:
        return " / ".join(number(float(v), 0, sign=True) for v in values)

    rows = [
        (
            c.clip.name,
            _shown(c),
            " / ".join(number(r.truth["lumbar"], 0) for r in c.reps),
            listed(errors(c.reps, "lumbar")),
            number(
                float(np.nanmedian(stated_se(c.reps, "lumbar")))
                if np.isfinite(stated_se(c.reps, "lumbar")).any()
                else np.nan
            ),
            listed(errors(c.reps, "hip")),
            listed(errors(c.reps, "hip", "other")),
        )
        for c in sorted(clips, key=lambda c: (-worst(c), c.clip.name))
    ]
    head = ("clip", "top, arms, yaw, size", "true lumbar", "lumbar error", "stated SE", "hip error", "*usual: hip*")
    return table(head, rows)


def _shown(c: ClipScore) -> str:
    truth = c.clip.truth
    return f"{truth.clothing}, {truth.arms}, {truth.yaw_deg:+.0f}°, {truth.height_px:.0f} px"
