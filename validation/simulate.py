"""A simulated MediaPipe view of a posed mesh: landmarks where MediaPipe puts them, a mask as soft as its own.

The offsets and spreads below were measured on the rendered clips (`python -m validation.degradation`): landmarks
against true joints, mask edge against the true silhouette, in trunk lengths.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hinge_check.arrays import FloatArray, Side
from hinge_check.capture.silhouette import axis_normal, trunk_edges
from hinge_check.capture.track import EDGE_S
from hinge_check.measure.back_profile import dorsal_row, read_profiles

FULL_BEND_DEG = 80.0
"""Bend at which the landmark offsets have gone all the way from their standing to their bottom value."""

HIP_STANDING, HIP_BOTTOM = np.array([-0.02, -0.045]), np.array([0.03, -0.09])
SHOULDER_STANDING, SHOULDER_BOTTOM = np.array([0.092, 0.004]), np.array([0.06, -0.03])
SHOULDER_PER_LUMBAR_RAD = np.array([0.0, -0.05])
"""(along the axis, dorsal) trunk lengths that MediaPipe's mid-hip and mid-shoulder lie off the joint centres."""

HIP_SPREAD, SHOULDER_SPREAD, FRAME_SPREAD = np.array([0.025, 0.03]), np.array([0.02, 0.04]), 0.004
"""Standard deviation of those offsets between clips, and from frame to frame after smoothing, trunk lengths."""

HIP_PER_SIN_YAW = np.array([-0.06, -0.11])
"""Further offset of mid-hip in an oblique view towards the front, trunk lengths per sine of the yaw."""

MASK_SIGMA_PX, MASK_SIGMA_SPREAD = 1.35, 0.25
"""Gaussian blur that makes a true silhouette as soft as MediaPipe's mask, pixels at 256-300 px of stature."""

EDGE_BIAS, EDGE_BIAS_SPREAD, EDGE_NOISE = 0.0, 0.005, 0.005
"""Mask edge against true edge, trunk lengths: mean, between clips, and along the back."""

BEND_SPREAD_CLIP_DEG, BEND_SPREAD_DEG = 3.0, 1.0
"""Knee landmark against knee joint, as degrees of shoulder-hip-knee flexion: between clips, between frames."""


@dataclass(frozen=True, slots=True)
class SeenBack:
    """Back profiles of one body as the product would read them.

    Parameters
    ----------
    depth : (P, B) pixels; NaN where not seen
    length : (P,) hip-shoulder distance, pixels
    bend : (P,) shoulder-hip-knee flexion from standing, degrees
    over_pelvis : (P,) by how much the seen hip-shoulder line turned further than the pelvis, degrees
    """

    depth: FloatArray
    length: FloatArray
    bend: FloatArray
    over_pelvis: FloatArray


def simulate_capture(
    masks: npt.NDArray[np.uint8],
    joints: dict[str, FloatArray],
    pelvic_tilt: FloatArray,
    lumbar_flexion: FloatArray,
    near: Side,
    yaw_deg: float,
    rng: np.random.Generator,
) -> SeenBack:
    """Pass the poses of one body, the first standing, through a simulated MediaPipe.

    Parameters
    ----------
    masks : (P, H, W) uint8 coverage
    joints : name -> (P, 2) picture points in sample coordinates (pixel centres at whole numbers)
    pelvic_tilt, lumbar_flexion : (P,) degrees from standing
    near : side towards the camera
    yaw_deg : camera off the sagittal plane, + towards the front
    rng : source of the between-clip and between-frame spreads
    """
    row = dorsal_row(near)
    forward = 1.0 if near == "right" else -1.0
    hip, shoulder = joints["mid_hip"], joints["mid_shoulder"]
    axis, normal, length = axis_normal(hip, shoulder)
    dorsal = normal if row == 0 else -normal
    knee = (joints["knee_l"] + joints["knee_r"]) / 2
    true_bend = _incline(hip, shoulder, forward) - _incline(knee, hip, forward)
    share = np.clip((true_bend - true_bend[0]) / FULL_BEND_DEG, 0.0, 1.2)[:, None]

    def off(standing: FloatArray, bottom: FloatArray, spread: FloatArray, extra: FloatArray) -> FloatArray:
        a = standing + 0.7 * spread * rng.standard_normal(2)
        b = bottom + spread * rng.standard_normal(2)
        part = a + share * (b - a) + extra + FRAME_SPREAD * rng.standard_normal((len(share), 2))
        return np.asarray(length[:, None] * (part[:, :1] * axis + part[:, 1:] * dorsal))

    turn = np.radians(lumbar_flexion)[:, None]
    seen_hip = hip + off(HIP_STANDING, HIP_BOTTOM, HIP_SPREAD, np.sin(np.radians(yaw_deg)) * HIP_PER_SIN_YAW)
    seen_shoulder = shoulder + off(SHOULDER_STANDING, SHOULDER_BOTTOM, SHOULDER_SPREAD, turn * SHOULDER_PER_LUMBAR_RAD)
    sigma = max(0.7, MASK_SIGMA_PX + MASK_SIGMA_SPREAD * rng.standard_normal())
    bias = EDGE_BIAS + EDGE_BIAS_SPREAD * rng.standard_normal()
    depth = []
    for mask, h, s, trunk in zip(masks, seen_hip, seen_shoulder, length, strict=True):
        soft = cv2.GaussianBlur(mask.astype(np.float32) / 255.0, (0, 0), sigma)
        edge = trunk_edges(soft, h, s)[0][row]
        wave = np.interp(EDGE_S, np.linspace(EDGE_S[0], EDGE_S[-1], 12), EDGE_NOISE * rng.standard_normal(12))
        depth.append(edge + trunk * (bias + wave))
    trunk_seen = _incline(seen_hip, seen_shoulder, forward)
    bend = trunk_seen - _incline(knee, seen_hip, forward)
    bend = bend - bend[0] + share[:, 0] * BEND_SPREAD_CLIP_DEG * rng.standard_normal()
    return SeenBack(
        depth=read_profiles(np.stack(depth)),
        length=np.hypot(*(seen_shoulder - seen_hip).T),
        bend=bend + BEND_SPREAD_DEG * rng.standard_normal(len(bend)),
        over_pelvis=trunk_seen - trunk_seen[0] - pelvic_tilt,
    )


def _incline(lower: FloatArray, upper: FloatArray, forward: float) -> FloatArray:
    d = upper - lower
    return np.degrees(np.arctan2(forward * d[:, 0], -d[:, 1]))
