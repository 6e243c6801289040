"""What to show at a time of the clip: numbers, phase, rep, score so far, cue. Draws no pixels itself."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from hinge_check.arrays import FloatArray, Side
from hinge_check.assess.cues import sort_by_priority
from hinge_check.assess.report import Fault, HingeReport, RepReport
from hinge_check.capture.landmarks import ARM_CHAIN, BODY_CHAIN
from hinge_check.measure.types import Phase

if TYPE_CHECKING:
    from hinge_check.analysis import Analysis

BRIDGED_S = 0.3
"""No interpolation between analysed frames further apart than this."""
NEAREST_S = 0.15
"""A frame this close to an analysed one may use its values."""
CUE_S = 2.0
"""How long a cue stays."""
SEEN = 0.3
"""Landmarks less visible than this are not drawn."""


@dataclass(frozen=True, slots=True)
class TimelineMoment:
    """One instant; degrees, pixels of the analysed picture, NaN where not seen."""

    time_s: float
    seen: bool
    body: FloatArray
    """(5, 2) near-side ankle, knee, hip, shoulder, ear."""
    arm: FloatArray
    """(3, 2) near-side shoulder, elbow, wrist."""
    back: FloatArray
    """(B, 2) back edge, sacrum to upper thorax."""
    hip_deg: float
    hip_se: float
    lumbar_deg: float
    lumbar_se: float
    phase: Phase
    rep: int
    """Number of the rep under way or last finished; 0 before the first."""
    score: float | None
    score_se: float | None
    """Medians of the reps finished so far; of the whole set when all are."""
    cue: str


@dataclass(frozen=True, slots=True)
class _Cue:
    start_s: float
    words: str


class Timeline:
    """Answers `at(time_s)` for one analysis, also between analysed frames."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        track, measured = analysis.track, analysis.measurement
        self.time_s = np.asarray(track.time_s, dtype=np.float64)
        side = measured.view.near_side or _nearer(track.visibility)
        chain = (*BODY_CHAIN[side], *ARM_CHAIN[side])
        points = np.array(track.landmarks[:, chain, :2], dtype=np.float64)
        points[~(track.visibility[:, chain] >= SEEN)] = np.nan
        self._points = points
        angles = measured.angles
        self._angles = np.column_stack([angles.hip_flexion, angles.hip_se, angles.lumbar_flexion, angles.lumbar_se])
        self._seen = np.asarray(track.seen)
        self._refused = measured.refusal is not None
        self.reps: list[RepReport] = sorted(analysis.report.reps, key=lambda rep: rep.start_s)
        self.total = max([analysis.report.summary.reps, *(rep.rep for rep in self.reps)])
        self._cues = cues(analysis.report)

    def at(self, time_s: float) -> TimelineMoment:
        """Return everything at a media time, interpolated between analysed frames that are close enough."""
        place = self._interpolation(time_s)
        rep, (score, score_se) = self._rep(time_s), self._score(time_s)
        if place is None or self._refused:
            chain, arm = np.full((5, 2), np.nan), np.full((3, 2), np.nan)
            back, angles = np.full((1, 2), np.nan), np.full(4, np.nan)
            seen, phase = False, Phase.NONE
        else:
            i, j, weight = place
            points = _blend(self._points[i], self._points[j], weight)
            chain, arm = points[:5], points[5:]
            edge = self.analysis.measurement.back_px
            back = _blend(edge[i], edge[j], weight)
            angles = _blend(self._angles[i], self._angles[j], weight)
            nearest = j if weight > 0.5 else i
            seen = bool(self._seen[nearest])
            phase = Phase(str(self.analysis.measurement.phase[nearest]))
        hip, hip_se, lumbar, lumbar_se = (float(value) for value in angles)
        cue = self._cue(time_s)
        return TimelineMoment(
            time_s, seen, chain, arm, back, hip, hip_se, lumbar, lumbar_se, phase, rep, score, score_se, cue
        )

    def _interpolation(self, time_s: float) -> tuple[int, int, float] | None:
        """Return indices before and after, and the weight of the latter; None without a close analysed frame."""
        times = self.time_s
        if len(times) == 0:
            return None
        j = int(np.searchsorted(times, time_s))
        if 0 < j < len(times) and times[j] - times[j - 1] <= BRIDGED_S:
            return j - 1, j, float((time_s - times[j - 1]) / (times[j] - times[j - 1]))
        near = min((k for k in (j - 1, j) if 0 <= k < len(times)), key=lambda k: abs(float(times[k]) - time_s))
        return (near, near, 0.0) if abs(float(times[near]) - time_s) <= NEAREST_S else None

    def _rep(self, time_s: float) -> int:
        return max((rep.rep for rep in self.reps if rep.start_s <= time_s), default=0)

    def _score(self, time_s: float) -> tuple[float | None, float | None]:
        """Return score and its standard error; reps of one set err alike, so their median has no smaller error."""
        done = [rep for rep in self.reps if rep.end_s <= time_s]
        scores = [rep.score for rep in done if rep.score is not None]
        if not scores:
            return None, None
        total = self.analysis.report.summary
        if len(done) == len(self.reps) and total.score is not None:
            return total.score, total.score_se
        errors = [rep.score_se for rep in done if rep.score is not None and rep.score_se is not None]
        return float(median(scores)), float(median(errors)) if errors else None

    def _cue(self, time_s: float) -> str:
        return next((cue.words for cue in self._cues if cue.start_s <= time_s < cue.start_s + CUE_S), "")


def cues(report: HingeReport) -> list[_Cue]:
    """Return when each cue is shown: where the fault is clearest, and at the bottom of its other reps.

    One at a time: the first cue is the one thing to change, so it has priority, and later ones only fill reps that
    it leaves free.
    """
    spoken: list[_Cue] = []
    for fault, words in zip(sort_by_priority(report.faults), report.cues.ear, strict=False):
        for time_s in _fault_times(fault, report.reps):
            if all(abs(time_s - cue.start_s) >= CUE_S for cue in spoken):
                spoken.append(_Cue(time_s, words))
    return spoken


def _fault_times(fault: Fault, reps: list[RepReport]) -> list[float]:
    times = [fault.time_s]
    for rep in reps:
        if rep.rep in fault.reps and not rep.start_s <= fault.time_s <= rep.end_s:
            times.append(rep.bottom_s)
    return sorted(times)


def _nearer(visibility: FloatArray) -> Side:
    means: dict[Side, float] = {
        side: float(np.nan_to_num(visibility[:, list(chain)]).mean()) for side, chain in BODY_CHAIN.items()
    }
    return max(means, key=lambda side: means[side])


def _blend(a: FloatArray, b: FloatArray, weight: float) -> FloatArray:
    """Interpolate linearly between the two; where only the nearer is known, return that one."""
    mixed = a * (1.0 - weight) + b * weight
    return np.where(np.isfinite(mixed), mixed, b if weight > 0.5 else a)
