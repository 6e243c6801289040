"""Angles of trunk, hip, knee, shank and neck over a clip, from near-side landmarks and the back edge."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TypeVar

import numpy as np

from hinge_check.arrays import BoolArray, FloatArray, Side
from hinge_check.capture.track import PoseTrack
from hinge_check.measure.body import Body, inclination
from hinge_check.measure.lumbar import LumbarEstimate
from hinge_check.measure.quantiles import median_of, percentile_of
from hinge_check.measure.types import HingeAngles

Degrees = TypeVar("Degrees", float, FloatArray)

STAND_TRUNK_DEG, STAND_THIGH_DEG = -0.5, 3.5
"""Inclination of trunk and thigh of a person standing tall, the zero of a clip that shows no stand: medians over the
standing frames of the synthetic clips (`python -m validation.run` prints them)."""

THIGH_SE_DEG = 2.5
"""Standard error of the thigh's inclination at the bottom: landmarks against truth (validation/RESULTS.md)."""

NO_REFERENCE_SE_DEG = 5.0
"""Spread of standing trunk and thigh inclination between people, added where the zero is assumed: Bohannon-type
studies of standing posture give 3-5 deg each."""


@dataclass(frozen=True, slots=True)
class Segments:
    """Inclinations of the segments from vertical, (T,) degrees, + forward, smoothed; no zero is set yet."""

    trunk: FloatArray
    thigh: FloatArray
    shank: FloatArray
    face: FloatArray
    """Line from the near ear to the nose, from the picture's horizontal, + looking down."""
    forward: float
    """+1 when the person faces right in the picture, -1 when left."""

    @property
    def bend(self) -> FloatArray:
        """Shoulder-hip-knee flexion, (T,) degrees."""
        return wrap_degrees(self.trunk - self.thigh)

    @property
    def knee(self) -> FloatArray:
        """Knee flexion, (T,) degrees, 0 straight."""
        return wrap_degrees(self.shank - self.thigh)


def wrap_degrees(degrees: Degrees) -> Degrees:
    """Wrap angles into (-90, 270]: deep squats fold beyond 180 deg in a picture, arching never does."""
    return 270.0 - (270.0 - degrees) % 360.0


def segments(body: Body, near: Side) -> Segments:
    """Return the segment inclinations of the near side."""
    forward = 1.0 if near == "right" else -1.0
    hip, knee, ankle = body.near("hip"), body.near("knee"), body.near("ankle")
    look = body.nose - body.near("ear")
    return Segments(
        trunk=inclination(hip, body.near("shoulder"), forward),
        thigh=inclination(knee, hip, forward),
        shank=inclination(ankle, knee, forward),
        face=np.degrees(np.arctan2(look[:, 1], forward * look[:, 0])),
        forward=forward,
    )


def zero_of(values: FloatArray, standing: BoolArray, otherwise: float) -> float:
    """Return the median over the standing frames, or `otherwise` where there are none."""
    middle = median_of(values[standing])
    return middle if isfinite(middle) else otherwise


def hinge_angles(
    track: PoseTrack, body: Body, parts: Segments, standing: BoolArray, lumbar: LumbarEstimate
) -> HingeAngles:
    """Return all angles of a clip; see `HingeAngles` for zeros and signs."""
    trunk = parts.trunk - zero_of(parts.trunk, standing, STAND_TRUNK_DEG)
    thigh = parts.thigh - zero_of(parts.thigh, standing, STAND_THIGH_DEG)
    pelvis = trunk - lumbar.over_pelvis
    thorax = pelvis + lumbar.lumbar
    extra = 0.0 if standing.any() else NO_REFERENCE_SE_DEG
    # Without a back edge, assume that the thorax follows the hip-shoulder line: the neck stays readable.
    carrier = np.where(np.isfinite(thorax), thorax, trunk)
    face = parts.face - zero_of(parts.face, standing, np.nan)
    hip, ankle, wrist = body.mid("hip"), body.mid("ankle"), body.mid("wrist")
    span = body.mid("shoulder") - hip
    length = percentile_of(np.hypot(span[:, 0], span[:, 1]), 90)
    behind = parts.forward * (ankle[:, 0] - hip[:, 0]) / length
    down = hip[:, 1] / length
    return HingeAngles(
        time_s=track.time_s,
        trunk_inclination=parts.trunk,
        hip_flexion=pelvis - thigh,
        hip_se=np.sqrt(lumbar.over_pelvis_se**2 + THIGH_SE_DEG**2 + extra**2),
        lumbar_flexion=lumbar.lumbar,
        lumbar_se=lumbar.lumbar_se,
        pelvic_tilt=pelvis,
        knee_flexion=parts.knee,
        shank_inclination=parts.shank,
        neck_flexion=face - carrier,
        bend=trunk - thigh,
        hips_back=behind - zero_of(behind, standing, np.nan),
        hips_down=down - zero_of(down, standing, np.nan),
        wrist_forward=parts.forward * (wrist[:, 0] - ankle[:, 0]) / length,
        lumbar_quality=lumbar.quality,
        lumbar_abstains=lumbar.abstains,
    )
