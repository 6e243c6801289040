"""The jointed body behind every drawing: segment lengths, poses as named angles, joint positions and balance.

Side view, the person faces right. Units are those of the drawings (the person stands 150 tall); x to the right, y down,
the floor at y = 0, the ankle of a standing person at x = 0. Angles are degrees. Inclinations are absolute: 0 upright,
positive leaning forward (to the right). Relative angles follow the terms of the product: hip flexion is the pelvis on
the femur, lumbar flexion the thorax on the pelvis, both 0 in standing. Proportions after Winter (2009), table 4.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Point = tuple[float, float]

ANKLE: Final = 6.0
SHANK: Final = 36.0
THIGH: Final = 37.0
UPPER_ARM: Final = 27.0
FOREARM: Final = 21.0
HAND: Final = 7.0
"""From the wrist to the middle of the grip."""
MIDFOOT: Final = 5.0
"""x of the middle of the foot, in front of the ankle: the centre of mass of a balanced body is above it."""

LUMBAR: Final = (10.0, 28.0)
THORAX: Final = (28.0, 47.0)
"""Heights on the trunk's axis above the hip between which lumbar and thoracic flexion are spread evenly."""
AXIS: Final = -4.0
"""x of the trunk's bending axis, behind the hip joint: about where the vertebrae are."""
SHOULDER: Final[Point] = (-1.0, 43.0)
NECK: Final[Point] = (-1.5, 47.0)


@dataclass(frozen=True, slots=True)
class Pose:
    """One pose. `shank`, `thigh`, `pelvis`: inclinations, each of the line upwards from the lower joint.

    `arm` is the angle of the upper arm from hanging straight down, positive forward, relative to the room; `elbow` is
    its flexion and `wrist` the bend of the hand in the same direction. `foot` turns the foot about the ankle, positive
    toes down. `far_*` are set where the near limb does not hide the far one.
    """

    shank: float = 2.0
    thigh: float = 2.0
    pelvis: float = 2.0
    lumbar: float = 0.0
    thoracic: float = 0.0
    neck: float = 0.0
    arm: float = 0.0
    elbow: float = 4.0
    wrist: float = 0.0
    foot: float = 0.0
    ankle: Point = (0.0, -ANKLE)
    far_shank: float | None = None
    far_thigh: float | None = None
    far_arm: float | None = None
    far_wrist: float = 0.0
    far_foot: float = 0.0

    @property
    def hip(self) -> float:
        """Hip flexion."""
        return self.pelvis - self.thigh

    @property
    def knee(self) -> float:
        """Knee flexion."""
        return self.shank - self.thigh

    @property
    def trunk(self) -> float:
        """Inclination of the line from hip to shoulder, relative to its inclination in standing."""
        joints = joints_of(self)
        return inclination(joints.hip, joints.shoulder) - inclination((0.0, 0.0), (SHOULDER[0], -SHOULDER[1]))


@dataclass(frozen=True, slots=True)
class Joints:
    """The joint positions of a pose; the far limbs share hip and shoulder with the near ones."""

    ankle: Point
    knee: Point
    hip: Point
    shoulder: Point
    elbow: Point
    wrist: Point
    hand: Point
    neck: Point


def direction(angle: float) -> Point:
    """Return the unit vector of an inclination."""
    return math.sin(math.radians(angle)), -math.cos(math.radians(angle))


def along(start: Point, angle: float, length: float) -> Point:
    """Return the point `length` away from `start` in the direction of an inclination."""
    x, y = direction(angle)
    return start[0] + length * x, start[1] + length * y


def inclination(low: Point, high: Point) -> float:
    """Return the inclination of the line from `low` to `high`."""
    return math.degrees(math.atan2(high[0] - low[0], low[1] - high[1]))


def turned(point: Point, angle: float) -> Point:
    """Turn a local point (x forward, y down) by an inclination about the origin."""
    s, c = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    return c * point[0] - s * point[1], s * point[0] + c * point[1]


def bent(point: Point, lumbar: float, thoracic: float) -> Point:
    """Place a point of the trunk in the pelvis' frame, with the spine flexed.

    Parameters
    ----------
    point
        (x forward of the hip, height above the hip) in standing.
    lumbar, thoracic
        Flexion, degrees, spread evenly over `LUMBAR` and `THORAX`.

    Returns
    -------
    (x, y) with y downwards, the hip at the origin.
    """
    x, height = point
    at, angle = (AXIS, 0.0), 0.0
    low = 0.0
    for start, end, flexion in ((LUMBAR[0], LUMBAR[1], lumbar), (THORAX[0], THORAX[1], thoracic)):
        at = along(at, angle, min(height, start) - min(low, height))
        inside = min(max(height - start, 0.0), end - start)
        turn = flexion * inside / (end - start)
        chord = inside if abs(turn) < 1e-6 else 2 * inside / math.radians(turn) * math.sin(math.radians(turn) / 2)
        at = along(at, angle + turn / 2, chord)
        angle, low = angle + turn, end
    at = along(at, angle, height - min(low, height))
    offset = turned((x - AXIS, 0.0), angle)
    return at[0] + offset[0], at[1] + offset[1]


def joints_of(pose: Pose) -> Joints:
    """Compute the joint positions by forward kinematics, from the ankle up."""
    knee = along(pose.ankle, pose.shank, SHANK)
    hip = along(knee, pose.thigh, THIGH)
    shoulder, neck = (on_trunk(pose, hip, point) for point in (SHOULDER, NECK))
    elbow = along(shoulder, 180 - pose.arm, UPPER_ARM)
    forearm = 180 - pose.arm - pose.elbow
    wrist = along(elbow, forearm, FOREARM)
    hand = along(wrist, forearm - pose.wrist, HAND)
    return Joints(pose.ankle, knee, hip, shoulder, elbow, wrist, hand, neck)


def on_trunk(pose: Pose, hip: Point, point: Point) -> Point:
    """Return where a point of the trunk (see `bent`) is in the room."""
    x, y = turned(bent(point, pose.lumbar, pose.thoracic), pose.pelvis)
    return hip[0] + x, hip[1] + y


def centre_of_mass(pose: Pose, load: float = 0.0) -> float:
    """Return x of the centre of mass, with `load`, as a share of body mass, in the hands.

    Masses after Winter (2009).
    """
    j = joints_of(pose)
    middle = on_trunk(pose, j.hip, (-1.0, 24.0))
    head = along(j.neck, pose.pelvis + pose.lumbar + pose.thoracic + pose.neck, 13)
    parts = (
        (0.029, j.ankle[0] + 5),
        (0.093, j.ankle[0] + 0.567 * (j.knee[0] - j.ankle[0])),
        (0.200, j.knee[0] + 0.567 * (j.hip[0] - j.knee[0])),
        (0.497, middle[0]),
        (0.081, head[0]),
        (0.056, (j.shoulder[0] + j.elbow[0]) / 2),
        (0.044, (j.elbow[0] + j.hand[0]) / 2),
        (load, j.hand[0]),
    )
    return sum(mass * x for mass, x in parts) / sum(mass for mass, _ in parts)


def crossing(of: Callable[[float], float], low: float, high: float) -> float:
    """Return where an increasing function crosses 0 between `low` and `high`; the nearer end where it does not."""
    if of(low) >= 0:
        return low
    if of(high) <= 0:
        return high
    # Imported here: it takes longer to import than all pages together, and the service solves a pose only where a
    # measured angle is missing.
    from scipy.optimize import brentq

    # A hundredth of a degree is a tenth of the resolution of a drawing's coordinates.
    return float(brentq(of, low, high, xtol=0.01))


def balanced(build: Callable[[float], Pose], load: float = 0.0, over: float = MIDFOOT) -> Pose:
    """Build the pose, from an inclination of the shank, whose centre of mass is above the middle of the foot."""
    return build(crossing(lambda shank: centre_of_mass(build(shank), load) - over, -40.0, 50.0))
