"""Every clip through the product, and its readings beside the truth: by repetition, by frame, by clip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hinge_check.analysis import Analysis, reassess
from hinge_check.arrays import FloatArray
from hinge_check.assess.assess import assess
from hinge_check.assess.protocol import Protocol, load_protocol
from hinge_check.assess.rep_values import RepValues, rep_values
from hinge_check.assess.windows import bottom_window, medians
from hinge_check.capture.track import PoseTrack
from hinge_check.measure.types import Measurement, Rep
from validation.baseline import Baseline, baseline, from_standing
from validation.clipset import Clip
from validation.truth import Truth, faultless_measurement

PRODUCT: dict[str, str] = {
    "hip": "hip",
    "lumbar": "lumbar",
    "pelvis": "pelvic_tilt",
    "knee": "knee",
    "trunk": "trunk_change",
    "shank": "shank_change",
    "neck": "neck",
}
"""Angle -> field of `RepValues`: what the report states of a repetition's bottom."""

OTHERS = ("hip", "pelvis", "lumbar", "rounding", "crude", "curvature")
"""What the baselines state of it."""

PHASES = ("descent_s", "hold_s", "ascent_s")


@dataclass(frozen=True, slots=True)
class RepScore:
    """One true repetition: the truth at its bottom, the product's reading, the baselines' readings.

    Where the product did not find the repetition or gave no number, its values are NaN.
    """

    clip: Clip
    number: int
    truth: dict[str, float]
    product: dict[str, float]
    other: dict[str, float]
    hip_se: float
    lumbar_se: float
    tempo: dict[str, float]
    """Product minus truth, seconds."""
    found: bool

    def error(self, angle: str) -> float:
        """Return product minus truth, degrees."""
        return self.product[angle] - self.truth[angle]


@dataclass(frozen=True, slots=True)
class ClipScore:
    """One clip: repetitions, faults, view, and the curves of its angles beside the truth's."""

    clip: Clip
    analysis: Analysis
    reps: tuple[RepScore, ...]
    counted: int
    deserved: frozenset[str]
    """Fault codes that the truth earns under the same protocol."""
    found: frozenset[str]
    time_s: FloatArray
    truth: dict[str, FloatArray]
    product: dict[str, FloatArray]
    other: Baseline

    @property
    def refused(self) -> bool:
        """Tell whether the product refused to judge this clip."""
        return self.analysis.report.status == "refused"

    @property
    def abstains(self) -> bool:
        """Tell whether it was judged, but without lumbar flexion."""
        return not self.refused and bool(self.analysis.measurement.angles.lumbar_abstains)

    @property
    def yaw_error(self) -> float:
        """Return stated minus true yaw, degrees."""
        return self.analysis.measurement.view.yaw_deg - self.clip.truth.yaw_deg


def score_clip(clip: Clip, track: PoseTrack, protocol: Protocol | None = None) -> ClipScore:
    """Measure and assess a captured clip and compare it with its truth."""
    protocol = protocol or load_protocol()
    analysis = reassess(track, protocol)
    m, truth = analysis.measurement, clip.truth
    refused = analysis.report.status == "refused"
    reps = () if refused else m.reps
    deserved = assess(track, faultless_measurement(truth), protocol)
    other = baseline(track, m)
    return ClipScore(
        clip=clip,
        analysis=analysis,
        reps=_rep_scores(clip, m, reps, other),
        counted=sum(not rep.partial for rep in reps),
        deserved=frozenset(fault.code for fault in deserved.faults),
        found=frozenset(fault.code for fault in analysis.report.faults),
        time_s=track.time_s,
        truth=truth_at(truth, track.time_s),
        product=_curves(m),
        other=other,
    )


def truth_at(truth: Truth, time_s: FloatArray) -> dict[str, FloatArray]:
    """Interpolate true angles at other times, linear in between; NaN outside the clip."""
    out: dict[str, FloatArray] = {}
    for name, values in truth.angles.items():
        out[name] = np.interp(time_s, truth.time_s, values, left=np.nan, right=np.nan)
    return out


def match_reps(true: Sequence[Rep], true_s: FloatArray, seen: Sequence[Rep], seen_s: FloatArray) -> list[int | None]:
    """Return for every true repetition the index of the found one with its bottom inside it, the nearest if several."""
    out: list[int | None] = []
    for rep in true:
        begin, middle, end = true_s[rep.start], true_s[rep.bottom], true_s[rep.end]
        inside = [i for i, one in enumerate(seen) if begin <= seen_s[one.bottom] <= end]
        out.append(min(inside, key=lambda i: abs(seen_s[seen[i].bottom] - middle)) if inside else None)
    return out


def _rep_scores(clip: Clip, m: Measurement, reps: Sequence[Rep], other: Baseline) -> tuple[RepScore, ...]:
    truth, values = clip.truth, rep_values(m)
    partners = match_reps(truth.reps, truth.time_s, reps, m.angles.time_s)
    return tuple(_rep_score(clip, i, partner, m, values, other) for i, partner in enumerate(partners))


def _rep_score(
    clip: Clip, number: int, partner: int | None, m: Measurement, values: RepValues, other: Baseline
) -> RepScore:
    truth, rep = clip.truth, clip.truth.reps[number]
    at = clip.truth.time_s
    whole = {
        "descent_s": np.nan if rep.from_floor else at[rep.bottom_start] - at[rep.start],
        "hold_s": np.nan if rep.from_floor else at[rep.bottom_end] - at[rep.bottom_start],
        "ascent_s": at[rep.end] - at[rep.bottom_end],
    }
    if partner is None:
        nan = float("nan")
        return RepScore(
            clip=clip,
            number=number,
            truth=truth.at_bottom(number),
            product=dict.fromkeys(PRODUCT, nan),
            other=dict.fromkeys(OTHERS, nan),
            hip_se=nan,
            lumbar_se=nan,
            tempo=dict.fromkeys(PHASES, nan),
            found=False,
        )
    window = bottom_window(m.reps[partner], m.angles.time_s * m.speed)
    return RepScore(
        clip=clip,
        number=number,
        truth=truth.at_bottom(number),
        product={name: float(getattr(values, field)[partner]) for name, field in PRODUCT.items()},
        other={name: float(medians(getattr(other, name)[None, window])[0]) for name in OTHERS},
        hip_se=float(values.hip_se[partner]),
        lumbar_se=float(values.lumbar_se[partner]),
        tempo={name: float(getattr(values, name)[partner] - whole[name]) for name in PHASES},
        found=True,
    )


def _curves(m: Measurement) -> dict[str, FloatArray]:
    a = m.angles
    return {
        "hip": a.hip_flexion,
        "lumbar": a.lumbar_flexion,
        "pelvis": a.pelvic_tilt,
        "knee": a.knee_flexion,
        "trunk": from_standing(a.trunk_inclination, m.standing),
        "shank": from_standing(a.shank_inclination, m.standing),
        "neck": a.neck_flexion,
    }


def column(reps: Sequence[RepScore], angle: str, source: str = "product") -> FloatArray:
    """Return (R,) one angle of many repetitions from 'truth', 'product' or 'other'."""
    found: list[Mapping[str, float]] = [getattr(rep, source) for rep in reps]
    return np.array([values[angle] for values in found], float)
