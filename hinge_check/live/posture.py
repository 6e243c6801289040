"""The few signals that are read off every single frame, so that phase and bars are immediate; unsmoothed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_check.live.frame import FloatArray
from hinge_check.measure.angles import Segments
from hinge_check.measure.body import JOINTS, inclination

_PAIRS = [JOINTS[name] for name in ("shoulder", "hip", "knee", "ankle")]
_LEFT, _RIGHT = [left for left, _ in _PAIRS], [right for _, right in _PAIRS]


@dataclass(frozen=True, slots=True)
class Posture:
    """One frame of somebody, degrees and pixels; the middle of left and right, as repetitions are found by."""

    bend: float
    """Shoulder-hip-knee flexion."""
    trunk: float
    knee: float
    length: float
    """Hip to shoulder, pixels."""
    shoulder: FloatArray
    hip: FloatArray
    ankle: FloatArray
    toes: float
    """Trunk lengths the toes lie right of the heels."""


def posture_of(landmarks: FloatArray, forward: float) -> Posture:
    """Signals of (33, >=2) landmarks; `forward` is +1 for somebody facing the picture's right, -1 left."""
    middle = (landmarks[_LEFT, :2] + landmarks[_RIGHT, :2]).astype(float) / 2
    angles = inclination(middle[1:], middle[:3], forward)
    part = Segments(angles[:1], angles[1:2], angles[2:], angles[:1], forward)
    length = float(np.hypot(*(middle[0] - middle[1])))
    feet = landmarks[31:33, 0] - landmarks[29:31, 0]
    return Posture(
        bend=float(part.bend[0]),
        trunk=float(angles[0]),
        knee=float(part.knee[0]),
        length=length,
        shoulder=middle[0],
        hip=middle[1],
        ankle=middle[3],
        toes=float(feet.mean()) / max(length, 1.0),
    )
