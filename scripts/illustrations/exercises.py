"""The poses of each exercise from its start (0) to its far end (1).

The angles are design: how a calm, good repetition looks. Where a load stands on the floor, the pose is solved so that
the hands reach it; standing poses are solved so that the body balances over the middle of the foot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final, Literal

from api.pages.illustrations import props
from api.pages.illustrations.body import (
    ANKLE,
    MIDFOOT,
    SHANK,
    SHOULDER,
    THIGH,
    Point,
    Pose,
    along,
    bent,
    crossing,
    inclination,
    joints_of,
)
from api.pages.illustrations.postures import Angles, hinge

LATE: Final = 1.7
"""Power of the way down by which the knees bend in lifts from the floor: hips first, knees once the load is past."""
BAR_AHEAD: Final = 11.0
"""x of the bar, in front of the ankle: its path is vertical."""


def _mix(start: float, end: float, share: float) -> float:
    return start + (end - start) * share


def _neck(share: float, end: float = -12.0) -> float:
    """Let the head follow the trunk, the eyes a little ahead."""
    return end * share


def bow(share: float) -> Pose:
    """Pose the waiter's bow: knees almost straight, hands on the front of the thighs."""
    return hinge(
        54 * share, 4 + 3 * share, 2 * share, neck=_neck(share), arm=_mix(4, -6, share), elbow=_mix(6, 14, share)
    )


def bodyweight_hinge(share: float) -> Pose:
    """Pose the bodyweight hinge, arms hanging."""
    return hinge(84 * share, 2 + 20 * share, 4 * share, neck=_neck(share))


def wall_tap(share: float) -> Pose:
    """Pose the hinge to a wall: hands in the crease of the hips, the weight a little on the heels."""
    return hinge(70 * share, 2 + 18 * share, 3 * share, neck=_neck(share), over=_mix(MIDFOOT, 1, share))


def dowel_hinge(share: float) -> Pose:
    """Pose the hinge with a dowel: one hand holds the stick behind the head.

    The other, behind the waist, is left out: it would hide the back.
    """
    pose = hinge(76 * share, 2 + 18 * share)
    return replace(pose, arm=122 - pose.pelvis, elbow=142)


def rdl(share: float) -> Pose:
    """Pose the Romanian deadlift: a light weight slides down the legs."""
    return hinge(82 * share, 6 + 16 * share, 4 * share, neck=_neck(share), bar=_mix(12, 10, share), load=0.15)


def good_morning(share: float) -> Pose:
    """Pose the good morning: a bar across the shoulders, the arms folded beneath it, clear of the back."""
    pose = hinge(70 * share, 6 + 12 * share, 3 * share, neck=_neck(share), load=0.0)
    return replace(pose, arm=-10 - pose.pelvis, elbow=172)


def deadlift(share: float) -> Pose:
    """Pose the deadlift, from the bar on the floor."""
    knee = 82.0
    hip = _reach_down(knee, BAR_AHEAD, 0.4, props.PLATE_RADIUS)
    bend = 3 + (knee - 3) * share**LATE
    return hinge(hip * share, bend, 5 * share, neck=-14 * share, bar=_mix(12, BAR_AHEAD, share), load=0.4)


def kettlebell_deadlift(share: float) -> Pose:
    """Pose the deadlift of a kettlebell between the feet."""
    knee = 72.0
    hip = _reach_down(knee, 6, 0.2, props.KETTLEBELL_HEIGHT)
    bend = 3 + (knee - 3) * share**LATE
    return hinge(hip * share, bend, 5 * share, neck=-14 * share, bar=_mix(10, 6, share), load=0.2)


@cache
def _reach_down(knee: float, bar: float, load: float, height: float) -> float:
    """Solve the hip flexion at which the hands are `height` above the floor."""

    def above(hip: float) -> float:
        return joints_of(hinge(hip, knee, 5, neck=-14, bar=bar, load=load)).hand[1] + height

    return crossing(above, 0.0, 130.0)


def bridge(share: float) -> Pose:
    """Pose the bridge: on the back, head to the left; shoulders and feet stay in place."""
    shoulder: Point = (-78.0, -11.5)
    trunk = _mix(-90.5, -113, share)
    local = bent(SHOULDER, 0, 0)
    pelvis = trunk - inclination((0, 0), local)
    reach = along((0.0, 0.0), trunk, (local[0] ** 2 + local[1] ** 2) ** 0.5)
    hip = (shoulder[0] - reach[0], shoulder[1] - reach[1])
    shank, thigh = two_links((0.0, -ANKLE), hip)
    return Pose(shank, thigh, pelvis, 0, 0, _mix(2, 22, share), arm=86, elbow=2)


def two_links(ankle: Point, hip: Point) -> tuple[float, float]:
    """Solve the inclinations of shank and thigh with which the leg spans ankle and hip, the knee to the front."""
    shank = crossing(lambda turn: _excess(ankle, inclination(ankle, hip) + turn, hip), 0.0, 120.0)
    knee = along(ankle, inclination(ankle, hip) + shank, SHANK)
    return inclination(ankle, knee), inclination(knee, hip)


def _excess(ankle: Point, shank: float, hip: Point) -> float:
    """Return by how much the distance from knee to hip exceeds the thigh."""
    knee = along(ankle, shank, SHANK)
    return float(((hip[0] - knee[0]) ** 2 + (hip[1] - knee[1]) ** 2) ** 0.5 - THIGH)


def bird_dog(share: float) -> Pose:
    """Pose the bird dog: on hands and knees, head to the right; the far leg reaches back, the near arm forward."""
    knee: Point = (-20.0, -8.0)
    return Pose(
        shank=90,
        thigh=0,
        pelvis=83,
        neck=_mix(-6, -10, share),
        arm=_mix(-6, 92, share),
        elbow=_mix(12, 0, share),
        wrist=_mix(-96, 0, share),
        foot=162,
        ankle=along(knee, -90, SHANK),
        far_arm=0,
        far_wrist=-88,
        far_thigh=_mix(0, 86, share),
        far_shank=_mix(90, 88, share),
        far_foot=_mix(162, 100, share),
    )


EXERCISES: Final[dict[str, tuple[Callable[[float], Pose], str | None]]] = {
    "bridge": (bridge, None),
    "bird_dog": (bird_dog, None),
    "bow": (bow, None),
    "dowel_hinge": (dowel_hinge, "dowel"),
    "wall_tap": (wall_tap, None),
    "bodyweight_hinge": (bodyweight_hinge, None),
    "rdl": (rdl, "dumbbell"),
    "good_morning": (good_morning, "shouldered"),
    "kettlebell_deadlift": (kettlebell_deadlift, "kettlebell"),
    "deadlift": (deadlift, "bar"),
}
"""By ladder step or protocol: the pose at a share of the way from start to far end, and what is held."""

LYING: Final = frozenset({"bridge", "bird_dog"})
"""Not done standing: never measured, so no measured pose either."""


def pose_of(exercise: str, phase: float | Literal["stand", "bottom"]) -> Angles:
    """Return the angles of a calm, good repetition, as a report would give them.

    Parameters
    ----------
    exercise
        A protocol by name, such as `rdl`.
    phase
        0 or "stand" to 1 or "bottom".

    Raises
    ------
    KeyError
        If there is no such exercise, or it is done lying or on hands and knees.
    """
    if exercise in LYING:
        raise KeyError(exercise)
    share = {"stand": 0.0, "bottom": 1.0}[phase] if isinstance(phase, str) else min(max(phase, 0.0), 1.0)
    pose = EXERCISES[exercise][0](share)
    return Angles(hip=pose.hip, knee=pose.knee, trunk=pose.trunk, lumbar=pose.lumbar)
