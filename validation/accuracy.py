"""Errors of the angles: sections of RESULTS.md, every figure computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hinge_check.arrays import FloatArray
from validation.agreement import auc, audit, correlation, coverage_curve, interval_share
from validation.groups import has_free_back, is_best_case, is_hard_case, is_side_view, tables
from validation.markdown import number, percent, table
from validation.scores import PRODUCT, ClipScore, RepScore, column

NAMES = {
    "hip": "hip flexion",
    "lumbar": "lumbar flexion",
    "pelvis": "pelvic tilt",
    "knee": "knee flexion",
    "trunk": "trunk inclination",
    "shank": "shank inclination",
    "neck": "neck flexion",
}
USUAL = ("hip", "pelvis", "lumbar")
"""Angles that the usual checker claims, or implies: a straight back."""

RESAMPLES = 500
"""Draws of clips behind an interval; more move its ends by less than a tenth of a degree."""

NEUTRAL_DEG, ROUNDED_DEG = 10.0, 30.0


def errors(reps: Sequence[RepScore], angle: str, source: str = "product") -> FloatArray:
    """Return (R,) reading minus truth at the bottom, degrees; the crude measure is one of lumbar flexion."""
    truth = "lumbar" if angle in ("crude", "curvature") else angle
    return column(reps, angle, source) - column(reps, truth, "truth")


def mae(values: FloatArray) -> float:
    """Return the mean absolute value of what is known; NaN without any."""
    known = np.abs(values[np.isfinite(values)])
    return float(known.mean()) if len(known) else float("nan")


def lumbar_coverage(reps: Sequence[RepScore]) -> float:
    """Return the share of repetitions with a lumbar number."""
    return float(np.isfinite(column(reps, "lumbar")).mean()) if reps else float("nan")


def stated_se(reps: Sequence[RepScore], angle: str) -> FloatArray:
    """Return (R,) stated standard errors of hip or lumbar flexion."""
    return np.array([getattr(rep, f"{angle}_se") for rep in reps], float)


def separation(reps: Sequence[RepScore], score: str, source: str = "product") -> float:
    """Return the AUC of rounded against neutral repetitions."""
    truth = column(reps, "lumbar", "truth")
    told = (truth <= NEUTRAL_DEG) | (truth >= ROUNDED_DEG)
    return auc(column(reps, score, source)[told], truth[told] >= ROUNDED_DEG)


def targets(reps: Sequence[RepScore], real: Mapping[str, Any] | None) -> list[str]:
    """List every target and the figure that was reached."""
    best, hard = [r for r in reps if is_best_case(r)], [r for r in reps if is_hard_case(r)]
    clear = [r for r in best if has_free_back(r)]
    inside = interval_share(errors(best + hard, "lumbar"), stated_se(best + hard, "lumbar"))
    rows: list[tuple[str, str, str, bool]] = []

    def add(what: str, target: str, value: float, met: bool, text: str) -> None:
        rows.append((what, target, text if np.isfinite(value) else "no such clip", met))

    for name, of in (("", best), (", nothing held before the back", clear)):
        value, share = mae(errors(of, "lumbar")), lumbar_coverage(of)
        add(
            f"lumbar flexion, best case{name}: mean absolute error",
            "≤ 3°, coverage ≥ 90 %",
            value,
            value <= 3 and share >= 0.9,
            f"{number(value)}°, coverage {percent(share)} ({len(of)} reps)",
        )
    value = mae(errors(hard, "lumbar"))
    add(
        "the same, loose or hooded, or yaw 15-30°",
        "≤ 6° or abstain",
        value,
        value <= 6,
        f"{number(value)}°, coverage {percent(lumbar_coverage(hard))} ({len(hard)} reps)",
    )
    value = mae(errors(best, "hip"))
    add("hip flexion, best case: mean absolute error", "≤ 4°", value, value <= 4, f"{number(value)}°")
    value = correlation(column(best, "lumbar"), column(best, "lumbar", "truth"))
    add("correlation of lumbar flexion with truth, best case", "≥ 0.97", value, value >= 0.97, number(value, 3))
    value = separation(best, "lumbar")
    add("rounded (≥ 30°) against neutral (≤ 10°), best case: AUC", "≥ 0.99", value, value >= 0.99, number(value, 3))
    add(
        "stated 95 % interval of lumbar flexion holds the truth, both cases",
        "90-98 %",
        inside,
        0.9 <= inside <= 0.98,
        percent(inside),
    )
    if real is not None:
        value = real["lumbar"]["marked"]
        text = f"{number(value, 2)} ({real['n']['marked']} marked clip(s))"
        add("real people, marked rounding against none: AUC", "≥ 0.98", value, value >= 0.98, text)
        value = real["lumbar"]["any"]
        add("real people, marked or some against none: AUC", "≥ 0.92", value, value >= 0.92, number(value, 2))
    return table(("what", "target", "measured", "met"), [(w, t, m, "yes" if ok else "**no**") for w, t, m, ok in rows])


def angles(reps: Sequence[RepScore], clips: Sequence[ClipScore]) -> list[str]:
    """Report agreement at the bottom of the repetition and over all its frames, angle by angle."""
    names = [rep.clip.name for rep in reps]
    head = ("angle", "n", "bias", "mean abs. error (95 % CI)", "RMSE", "95 % limits", "ICC", "r", "over the whole rep")
    rows = []
    for angle in PRODUCT:
        rows.append(_agreement(NAMES[angle], column(reps, angle), column(reps, angle, "truth"), names, RESAMPLES))
        rows[-1].append(number(_over_frames(clips, angle)))
        if angle in USUAL:
            usual = column(reps, angle, "other")
            rows.append(_agreement(f"*usual: {NAMES[angle]}*", usual, column(reps, angle, "truth"), names, RESAMPLES))
            rows[-1].append("")
    crude, truth = column(reps, "crude", "other"), column(reps, "lumbar", "truth")
    rows.append([*_agreement("*crude edge: lumbar*", crude, truth, names, RESAMPLES), ""])
    return table(head, rows)


def _agreement(label: str, said: FloatArray, truth: FloatArray, clips: Sequence[str], resamples: int) -> list[str]:
    if not np.isfinite(said).any():
        return [label, "0", *["–"] * 6]
    result = audit(said, truth, clips, resamples=resamples)
    low, high = result.repeated_limits or result.limits
    first, last = result.mean_abs_error_ci
    return [
        label,
        str(len(result.readings)),
        number(result.bias, sign=True),
        f"{number(result.mean_abs_error)} ({number(first)}-{number(last)})",
        number(result.rmse),
        f"{number(low, sign=True)} to {number(high, sign=True)}",
        number(result.icc, 2),
        number(result.pearson, 2),
    ]


def _over_frames(clips: Sequence[ClipScore], angle: str) -> float:
    """Return the mean absolute error over the frames of all true repetitions, each clip counting once."""
    each = []
    for c in clips:
        if c.refused:
            continue
        inside = ~np.interp(c.time_s, c.clip.truth.time_s, c.clip.truth.standing).astype(bool)
        each.append(mae((c.product[angle] - c.truth[angle])[inside]))
    return mae(np.array(each))


GROUP_HEAD = (
    "group",
    "reps",
    "coverage",
    "lumbar: bias",
    "mean abs.",
    "95 % limits",
    "interval holds truth",
    "hip: mean abs.",
    "interval holds truth",
    "*usual: hip*",
    "*straight back*",
    "*crude edge*",
)


def group_row(label: str, reps: Sequence[RepScore]) -> list[str]:
    """Return coverage, error and honesty of one group of repetitions, beside the baselines."""
    lumbar, hip = errors(reps, "lumbar"), errors(reps, "hip")
    known = lumbar[np.isfinite(lumbar)]
    limits = "–"
    if len(known) >= 3:
        result = audit(column(reps, "lumbar"), column(reps, "lumbar", "truth"), [rep.clip.name for rep in reps])
        low, high = result.repeated_limits or result.limits
        limits = f"{number(low, 0, sign=True)} to {number(high, 0, sign=True)}"
    return [
        label,
        str(len(reps)),
        percent(lumbar_coverage(reps)),
        number(float(known.mean()) if len(known) else np.nan, sign=True),
        number(mae(lumbar)),
        limits,
        percent(interval_share(lumbar, stated_se(reps, "lumbar"))),
        number(mae(hip)),
        percent(interval_share(hip, stated_se(reps, "hip"))),
        number(mae(errors(reps, "hip", "other"))),
        number(mae(errors(reps, "lumbar", "other"))),
        number(mae(errors(reps, "crude", "other"))),
    ]


def groups(reps: Sequence[RepScore]) -> list[str]:
    """Return every table of groups."""
    lines = table(
        GROUP_HEAD,
        [
            group_row("best case: side, fitted, ≥ 250 px", [r for r in reps if is_best_case(r)]),
            group_row(
                "of these, nothing held before the back", [r for r in reps if is_best_case(r) and has_free_back(r)]
            ),
            group_row("hard case: loose, hooded or 15-30°", [r for r in reps if is_hard_case(r)]),
            group_row("all", reps),
        ],
    )
    for title, rows in tables(reps).items():
        lines += [f"### {title}", "", *table(GROUP_HEAD, [group_row(name, of) for name, of in rows.items()])]
    return lines


def rounding(reps: Sequence[RepScore]) -> list[str]:
    """Report how well a rounded back is told from a neutral one, and how lumbar readings follow the truth."""
    of = [rep for rep in reps if is_side_view(rep)]
    truth = column(of, "lumbar", "truth")
    rows = [
        (name, number(separation(of, score, source), 3), number(correlation(column(of, score, source), truth), 2))
        for name, score, source in (
            ("hinge-check: lumbar flexion", "lumbar", "product"),
            ("*crude edge, change from standing*", "crude", "other"),
            ("*crude edge, absolute*", "curvature", "other"),
            ("*usual: shoulder-hip-knee*", "hip", "other"),
            ("*usual: slope of the shoulder-hip line*", "pelvis", "other"),
            ("*usual: ear-shoulder-hip*", "rounding", "other"),
        )
    ]
    n, m = int((truth <= NEUTRAL_DEG).sum()), int((truth >= ROUNDED_DEG).sum())
    head = (f"score, side views ({n} neutral, {m} rounded reps)", "AUC rounded against neutral", "r with true lumbar")
    return table(head, rows)


def abstention(reps: Sequence[RepScore]) -> list[str]:
    """Report error and coverage as larger stated errors are accepted."""
    share, mean = coverage_curve(errors(reps, "lumbar"), stated_se(reps, "lumbar"))
    rows = []
    for asked in (0.25, 0.5, 0.75, 0.9):
        at = int(np.searchsorted(share, asked - 1e-9))
        if at < len(mean):
            rows.append((percent(asked), number(float(mean[at]))))
    if len(mean):
        rows.append((f"{percent(float(share[-1]))} (all that are given)", number(float(mean[-1]))))
    return table(("repetitions given a number, surest first", "mean abs. error, °"), rows)
