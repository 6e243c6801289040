"""The few signals read from every single frame, unsmoothed, so that phases and angle bars respond at once."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, degrees, dist

from hinge_check.arrays import FloatArray
from hinge_check.capture.landmarks import FEET, L_SHOULDER, R_ANKLE, R_SHOULDER
from hinge_check.measure.angles import wrap_degrees
from hinge_check.measure.body import JOINTS

Point = tuple[float, float]

_SHOULDER, _HIP, _KNEE, _ANKLE = ((JOINTS[name][0] - L_SHOULDER) // 2 for name in ("shoulder", "hip", "knee", "ankle"))
"""The pairs of left and right are adjacent from the shoulders on."""


@dataclass(frozen=True, slots=True)
class Posture:
    """Posture in one frame, degrees and pixels; midpoints of left and right, by which repetitions are found."""

    bend: float
    """Shoulder-hip-knee flexion."""
    trunk: float
    knee: float
    length: float
    """Hip to shoulder, pixels."""
    shoulder: Point
    hip: Point
    ankle: Point
    toes: float
    """Trunk lengths the toes are to the right of the heels."""


def posture_of(landmarks: FloatArray, forward: float) -> Posture:
    """Return the signals of (33, >=2) landmarks; `forward` is +1 for a person facing right in the picture, -1 left."""
    # Plain numbers instead of arrays of two: this runs on every frame, and numpy would take ten times as long.
    both = (landmarks[L_SHOULDER:R_ANKLE:2, :2] + landmarks[R_SHOULDER : R_ANKLE + 1 : 2, :2]).tolist()
    shoulder, hip, knee, ankle = ((x / 2, y / 2) for x, y in (both[k] for k in (_SHOULDER, _HIP, _KNEE, _ANKLE)))
    trunk, thigh, shank = leaning(hip, shoulder, forward), leaning(knee, hip, forward), leaning(ankle, knee, forward)
    length = dist(shoulder, hip)
    heel_left, heel_right, toe_left, toe_right = landmarks[FEET, 0].tolist()
    return Posture(
        bend=wrap_degrees(trunk - thigh),
        trunk=trunk,
        knee=wrap_degrees(shank - thigh),
        length=length,
        shoulder=shoulder,
        hip=hip,
        ankle=ankle,
        toes=(toe_left - heel_left + toe_right - heel_right) / 2 / max(length, 1.0),
    )


def leaning(lower: Point, upper: Point, forward: float) -> float:
    """Return `measure.body.inclination` of one line."""
    return degrees(atan2(forward * (upper[0] - lower[0]), lower[1] - upper[1]))
