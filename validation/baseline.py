"""The usual checker's reading of the same track, and the crude edge measure that started this project.

The usual checker sees shoulder, hip and knee. It calls the angle at the hip "hip flexion" and the line from hip to
shoulder "the back", which is straight by construction: lumbar flexion 0, pelvis tilted as the trunk is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_check.arrays import BoolArray, FloatArray
from hinge_check.capture.track import PoseTrack
from hinge_check.measure.back_profile import BACK_S, back_profile
from hinge_check.measure.body import Body
from hinge_check.measure.types import Measurement

LOW, HIGH = 0.05, 0.95
"""Part of the trunk whose edge the crude measure fits, trunk lengths from the hips."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """(T,) degrees each.

    `hip`, `pelvis`, `lumbar` as the usual checker has them; `rounding` the score that it would tell a rounded back
    by: how far the line from shoulder to ear has turned forwards of that from hip to shoulder. `crude` is the
    design's first edge measure, `curvature` the same without a standing reference.
    """

    hip: FloatArray
    pelvis: FloatArray
    lumbar: FloatArray
    rounding: FloatArray
    crude: FloatArray
    curvature: FloatArray


def baseline(track: PoseTrack, m: Measurement) -> Baseline:
    """Read a measured track the usual way; all NaN where the view could not be determined."""
    if m.view.near_side is None:
        nothing = np.full(len(track), np.nan)
        return Baseline(nothing, nothing, nothing, nothing, nothing, nothing)
    a, standing = m.angles, m.standing
    body = Body(track, m.view.near_side)
    ear, shoulder, hip = body.near("ear"), body.near("shoulder"), body.near("hip")
    kink = _turn(shoulder - hip, ear - shoulder) * (1.0 if m.view.near_side == "right" else -1.0)
    profile = back_profile(track, m.view.near_side)
    curvature = edge_turn(profile.depth / profile.length[:, None])
    return Baseline(
        hip=a.bend,
        pelvis=from_standing(a.trunk_inclination, standing),
        lumbar=np.where(np.isfinite(a.bend), 0.0, np.nan),
        rounding=from_standing(kink, standing),
        crude=from_standing(curvature, standing),
        curvature=curvature,
    )


def edge_turn(depth: FloatArray) -> FloatArray:
    """Return how far the back edge turns from the hips to the shoulders, by a cubic through it.

    Parameters
    ----------
    depth : (T, B) depth behind the hip-shoulder axis at `BACK_S`, trunk lengths

    Returns
    -------
    (T,) float array
        Degrees, + for a back rounded outwards; NaN where the profile is.
    """
    inside = (BACK_S >= LOW) & (BACK_S <= HIGH)
    known = np.isfinite(depth[:, inside]).all(axis=1)
    out = np.full(len(depth), np.nan)
    if known.any():
        _, c1, c2, c3 = np.polynomial.polynomial.polyfit(BACK_S[inside], depth[known][:, inside].T, 3)
        low, high = (c1 + 2 * c2 * s + 3 * c3 * s * s for s in (LOW, HIGH))
        out[known] = np.degrees(np.arctan(low) - np.arctan(high))
    return out


def from_standing(values: FloatArray, standing: BoolArray) -> FloatArray:
    """Return the change from the median over the standing frames; NaN without any."""
    known = standing & np.isfinite(values)
    return values - (float(np.median(values[known])) if known.any() else np.nan)


def _turn(u: FloatArray, v: FloatArray) -> FloatArray:
    """Return (T,) degrees by which `v` is turned clockwise on screen against `u`."""
    return np.asarray(np.degrees(np.arctan2(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0], (u * v).sum(axis=1))))
