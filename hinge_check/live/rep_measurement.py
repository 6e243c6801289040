"""From the buffer to a measured repetition: `measure` and `rep_values` on the frames since the last one ended."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hinge_check.arrays import FloatArray, Side
from hinge_check.assess.rep_values import RepValues, rep_values
from hinge_check.capture.landmarks import ARM_CHAIN, BODY_CHAIN
from hinge_check.capture.track import TrackInfo
from hinge_check.errors import Finding
from hinge_check.live.frame_buffer import FrameBuffer
from hinge_check.live.rep_log import at_the_bottom, row_of
from hinge_check.live.standing_reference import StandingReference, prepend_stand
from hinge_check.live.updates import Points, StickFigure
from hinge_check.measure.measure import measure
from hinge_check.measure.rep_rules import RepRules
from hinge_check.measure.types import Measurement, View

LEAST_FRAMES = 5
"""Fewer hold no repetition."""
TOO_OLD_S = 0.3
"""Repetitions whose bottom lies no more than this after what was measured already are that one again."""


@dataclass(frozen=True, slots=True)
class MeasuredRep:
    """One repetition with what was seen around it."""

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
    zero: StandingReference | None,
    info: TrackInfo,
    rules: RepRules,
    *,
    near: Side | None,
    closing: bool,
) -> list[MeasuredRep]:
    """Repetitions in the frames from `since_s` on, in order; none where nothing can be measured.

    Parameters
    ----------
    closing
        The last one may still be under way: its bottom is measured, and nothing is said of its way up.
    """
    start = buffer.index(since_s)
    if len(buffer) - start < LEAST_FRAMES:
        return []
    track, before = prepend_stand(buffer.times(start), buffer.rows(start), zero, info, closing=closing)
    m = measure(track, rules, side=near or "auto")
    if m.refusal is not None or not m.reps:
        return []
    v = rep_values(m)
    last = before + len(buffer) - start - 1
    out = []
    for i, rep in enumerate(m.reps):
        row = row_of(v, i)
        if rep.end > last:
            row = at_the_bottom(row)
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
    """The rules with the range asked for of somebody who goes that deep: as of a whole clip."""
    return replace(rules, min_range_deg=max(rules.min_range_deg, need_deg))


def _stick_figure(m: Measurement, landmarks: FloatArray, frame: int) -> StickFigure:
    """The person at one frame in standing heights, feet at the origin."""
    near: Side = m.view.near_side or "right"
    chain, arm = BODY_CHAIN[near], ARM_CHAIN[near]
    points = np.asarray(landmarks[:, :2], float)
    scale = max(m.view.person_height_px, 1.0)
    foot = points[chain[0]]

    def placed(part: FloatArray) -> Points:
        known = part[np.isfinite(part).all(axis=1)]
        return tuple((round(float(x), 4), round(float(y), 4)) for x, y in (known - foot) / scale)

    return StickFigure(placed(points[list(chain)]), placed(points[list(arm)]), placed(m.back_px[frame]))
