"""Standing postures from angles: hinges that keep their balance, and the posture that measured angles describe."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict

from api.pages.illustrations.body import MIDFOOT, SHOULDER, Pose, balanced, bent, crossing, inclination, joints_of


class Angles(TypedDict):
    """The angles a report gives of a posture, degrees from standing; None where not read."""

    hip: float | None
    knee: float | None
    trunk: float | None
    lumbar: float | None


def hinge(
    hip: float,
    knee: float,
    lumbar: float = 0.0,
    *,
    thoracic: float = 0.0,
    neck: float = 0.0,
    arm: float = 0.0,
    elbow: float = 4.0,
    bar: float | None = None,
    load: float = 0.0,
    over: float = MIDFOOT,
) -> Pose:
    """Build a balanced standing posture.

    Parameters
    ----------
    hip, knee, lumbar, thoracic, neck, arm, elbow
        Degrees, as in `Pose`.
    bar
        x to which the hands are brought with straight arms, instead of by `arm`.
    load
        Weight in the hands, as a share of body mass.
    over
        x above which the centre of mass is kept.
    """

    def at(shank: float) -> Pose:
        thigh = shank - knee
        pose = Pose(shank, thigh, thigh + hip, lumbar, thoracic, neck, arm, elbow)
        return pose if bar is None else _reaching(pose, bar)

    return balanced(at, load, over)


def _reaching(pose: Pose, x: float) -> Pose:
    """Straighten the arms so that the hands are at `x`."""
    arm = crossing(lambda arm: joints_of(replace(pose, arm=arm, elbow=0.0)).hand[0] - x, -60.0, 60.0)
    return replace(pose, arm=arm, elbow=0.0)


def measured(angles: Angles, *, bar: float | None = None) -> Pose:
    """Build the posture of measured angles: the trunk leans as measured; what was not read keeps the balance.

    Angles a body cannot take are drawn as the nearest possible ones.
    """
    lumbar = _within(angles["lumbar"], -40, 80) or 0.0
    hip, knee, trunk = (
        _within(angles["hip"], -20, 130),
        _within(angles["knee"], 0, 140),
        _within(angles["trunk"], -25, 125),
    )
    neck = -0.14 * (trunk if trunk is not None else hip or 0.0)
    if trunk is None:
        return hinge(hip or 0.0, 12.0 if knee is None else knee, lumbar, neck=neck, bar=bar)
    pelvis = trunk + inclination((0, 0), (SHOULDER[0], -SHOULDER[1])) - inclination((0, 0), bent(SHOULDER, lumbar, 0))

    def built(shank: float, thigh: float) -> Pose:
        pose = Pose(shank, thigh, pelvis, lumbar, 0, neck)
        return pose if bar is None else _reaching(pose, bar)

    if hip is not None:
        thigh = pelvis - hip
        return built(thigh + knee, thigh) if knee is not None else balanced(lambda shank: built(shank, thigh))
    bend = 12.0 if knee is None else knee
    return balanced(lambda shank: built(shank, shank - bend))


def _within(value: float | None, low: float, high: float) -> float | None:
    return None if value is None else min(max(value, low), high)
