"""Points of the body in a track, by joint and side."""

from __future__ import annotations

import numpy as np

from hinge_check.arrays import FloatArray, Side
from hinge_check.capture.landmarks import (
    L_ANKLE,
    L_EAR,
    L_HIP,
    L_KNEE,
    L_SHOULDER,
    L_WRIST,
    NOSE,
    R_ANKLE,
    R_EAR,
    R_HIP,
    R_KNEE,
    R_SHOULDER,
    R_WRIST,
)
from hinge_check.capture.track import PoseTrack
from hinge_check.measure.smoothing import smooth

JOINTS: dict[str, tuple[int, int]] = {
    "ear": (L_EAR, R_EAR),
    "shoulder": (L_SHOULDER, R_SHOULDER),
    "wrist": (L_WRIST, R_WRIST),
    "hip": (L_HIP, R_HIP),
    "knee": (L_KNEE, R_KNEE),
    "ankle": (L_ANKLE, R_ANKLE),
}
"""MediaPipe indices (left, right) by joint."""

_INDICES = [NOSE, *(index for pair in JOINTS.values() for index in pair)]


class Body:
    """Smoothed points of one track, (T, 2) pixels each, read by joint name and side.

    Parameters
    ----------
    track : PoseTrack
    side
        The side towards the camera, which `near(joint)` reads.
    """

    def __init__(self, track: PoseTrack, side: Side) -> None:
        self._side = 0 if side == "left" else 1
        points = np.asarray(track.landmarks[:, _INDICES, :2], float)
        time_s = track.time_s * track.info.speed
        read = smooth(time_s, points.reshape(len(points), -1)).reshape(points.shape)
        self._points: dict[int, FloatArray] = {index: read[:, i] for i, index in enumerate(_INDICES)}

    def near(self, joint: str) -> FloatArray:
        """Return the joint of the near side, (T, 2)."""
        return self._points[JOINTS[joint][self._side]]

    def mid(self, joint: str) -> FloatArray:
        """Return the point midway between left and right, (T, 2)."""
        left, right = JOINTS[joint]
        return (self._points[left] + self._points[right]) / 2

    @property
    def nose(self) -> FloatArray:
        """The nose, (T, 2)."""
        return self._points[NOSE]


def inclination(lower: FloatArray, upper: FloatArray, forward: float) -> FloatArray:
    """Return the angle of the line lower -> upper from vertical.

    Parameters
    ----------
    lower, upper : (T, 2) float arrays
        Pixels, y down.
    forward : float
        +1 when the person faces right in the picture, -1 when left.

    Returns
    -------
    (T,) float array
        Degrees in (-180, 180], + forward; NaN where a point is missing.
    """
    d = upper - lower
    return np.degrees(np.arctan2(forward * d[:, 0], -d[:, 1]))
