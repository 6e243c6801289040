"""Measures repetitions in the buffer: `measure` and `rep_values` on the frames since the last one ended."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hinge_check.arrays import FloatArray, Side
from hinge_check.assess.rep_values import RepValues, rep_values
from hinge_check.capture.landmarks import ARM_CHAIN, BODY_CHAIN
from hinge_check.capture.track import TrackInfo
from hinge_check.errors import Finding
from hinge_check.live.frame_buffer import FrameBuffer
from hinge_check.live.rep_log import row_of, truncate_at_bottom
from hinge_check.live.standing_reference import StandingReference, prepend_stand
from hinge_check.live.updates import Points, StickFigure
from hinge_check.measure.measure import measure
from hinge_check.measure.rep_rules import RepRules
from hinge_check.measure.types import Measurement, View

MIN_FRAMES = 5
"""Fewer frames hold no repetition."""
TOO_OLD_S = 0.3
"""A repetition whose bottom is at most this much later than the last one measured is that one again."""


@dataclass(frozen=True, slots=True)
class MeasuredRep:
    """One repetition with its findings and view."""

    row: RepValues
    view: View
    findings: tuple[Finding, ...]
    abstains: str
    """Why there is no lumbar flexion; empty when there is."""
    figure: StickFigure
    start_s: float
    bottom_s: float
    end_s: float


def measure_reps(
    buffer: FrameBuffer,
    since_s: float,
    reference: StandingReference | None,
    info: TrackInfo,
    rules: RepRules,
    *,
    near: Side | None,
    closing: bool,
) -> list[MeasuredRep]:
    """Return the repetitions in the frames from `since_s` on, in order; none where nothing can be measured.

    Parameters
    ----------
    closing
        The last one may still be under way: its bottom is measured, its way up stays unknown.
    """
    start = buffer.index(since_s)
    if len(buffer) - start < MIN_FRAMES:
        return []
    track, before = prepend_stand(buffer.times(start), buffer.rows(start), reference, info, closing=closing)
    m = measure(track, rules, side=near or "auto")
    if m.refusal is not None or not m.reps:
        return []
    v = rep_values(m)
    last = before + len(buffer) - start - 1
    out = []
    for i, rep in enumerate(m.reps):
        row = row_of(v, i)
        if rep.end > last:
            row = truncate_at_bottom(row)
        out.append(
            MeasuredRep(
                row=row,
                view=m.view,
                findings=m.findings,
                abstains=m.angles.lumbar_abstains,
                figure=_stick_figure(m, track.landmarks[rep.bottom], rep.bottom),
                start_s=float(track.time_s[rep.start]),
                bottom_s=float(track.time_s[rep.bottom]),
                end_s=float(track.time_s[min(rep.end, last)]),
            )
        )
    return out


def personal_rules(rules: RepRules, need_deg: float) -> RepRules:
    """Return the rules with the range demanded of a person who goes that deep, as in a whole clip."""
    return replace(rules, min_range_deg=max(rules.min_range_deg, need_deg))


def _stick_figure(m: Measurement, landmarks: FloatArray, frame: int) -> StickFigure:
    """Return the person at one frame in standing heights, feet at the origin."""
    near: Side = m.view.near_side or "right"
    chain, arm = BODY_CHAIN[near], ARM_CHAIN[near]
    points = np.asarray(landmarks[:, :2], float)
    scale = max(m.view.person_height_px, 1.0)
    foot = points[chain[0]]

    def normalise(part: FloatArray) -> Points:
        known = part[np.isfinite(part).all(axis=1)]
        return tuple((round(float(x), 4), round(float(y), 4)) for x, y in (known - foot) / scale)

    return StickFigure(normalise(points[list(chain)]), normalise(points[list(arm)]), normalise(m.back_px[frame]))
