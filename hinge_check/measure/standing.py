"""The person's own standing: the still, tall stand from which every angle is counted."""

from __future__ import annotations

import numpy as np

from hinge_check.arrays import BoolArray, FloatArray
from hinge_check.measure.quantiles import percentile_of
from hinge_check.measure.smoothing import runs, velocity

MAX_TRUNK_DEG = 30.0
"""A person whose trunk leans more is not standing tall; dowel drills with soft knees reach 10-25 deg."""

MAX_KNEE_DEG = 45.0
"""More knee flexion is a crouch."""

NEAR_LOW_DEG = 10.0
"""A stand lies this close to the straightest posture of the clip: about the spread of quiet standing plus tracking."""

STILL_DEG_S = 25.0
"""Slower than this is still: quiet sway is under 5 deg/s, a slow hinge goes 30-60 deg/s."""

MIN_STILL_S = 0.2
"""Shortest stand, real seconds; a lockout between two reps lasts that long, a passage through upright does not."""

BRIEF_TRUNK_DEG, BRIEF_KNEE_DEG, BRIEF_DEG_S, BRIEF_FRAMES = 15.0, 25.0, 60.0, 3
"""Where nobody stands still, a fully upright turning point will do: the top of a quick lift. Stricter in
posture because it is laxer in time; the tracker's lag at 60 deg/s is about 3 deg."""


def standing_frames(time_s: FloatArray, bend: FloatArray, trunk: FloatArray, knee: FloatArray) -> BoolArray:
    """Return the frames in which the person stands tall and still.

    Parameters
    ----------
    time_s : (T,) real seconds
    bend : (T,) shoulder-hip-knee flexion, degrees, any zero
    trunk : (T,) trunk inclination from vertical, degrees, + forward
    knee : (T,) knee flexion, degrees, 0 straight

    Returns
    -------
    (T,) bool array
        All False when the clip shows no such stand.
    """
    out = np.zeros(len(time_s), bool)
    with np.errstate(invalid="ignore"):
        tall = (np.abs(trunk) < MAX_TRUNK_DEG) & (knee < MAX_KNEE_DEG)
        if not tall.any():
            return out
        low = percentile_of(bend[tall], 5)
        speed = np.abs(velocity(time_s, bend))
        straight = tall & (bend < low + NEAR_LOW_DEG)
        for start, stop in runs(straight & (speed < STILL_DEG_S)):
            if time_s[stop - 1] - time_s[start] >= MIN_STILL_S:
                out[start:stop] = True
        if not out.any():
            upright = (np.abs(trunk) < BRIEF_TRUNK_DEG) & (knee < BRIEF_KNEE_DEG)
            brief = straight & upright & (speed < BRIEF_DEG_S)
            out = brief if brief.sum() >= BRIEF_FRAMES else out
    return out
