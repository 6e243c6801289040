"""Lumbar flexion from the back edge, with its standard error, and the reason where it cannot be told.

The back edge bulges behind the hip-shoulder axis as the lumbar spine flexes. A small model maps its profile,
against the same profile in standing, to two angles: lumbar flexion, and by how much the hip-shoulder line has
turned further than the pelvis. Its coefficients and where they come from are in `lumbar_model.json`
(`python -m validation.calibrate` writes it).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from hinge_check.measure.back import BackProfile
from hinge_check.measure.types import View

FloatArray = npt.NDArray[np.floating[Any]]

MODEL_FILE = "lumbar_model.json"


@dataclass(frozen=True, slots=True)
class Regression:
    """Standardised features through dense tanh layers to (lumbar flexion, trunk-over-pelvis turn), degrees."""

    mean: FloatArray
    scale: FloatArray
    layers: tuple[tuple[FloatArray, FloatArray], ...]
    se: FloatArray
    """(2,) root mean square error of the two outputs on held-out bodies, degrees."""

    def __call__(self, features: FloatArray) -> FloatArray:
        """(T, F) -> (T, 2); NaN rows stay NaN."""
        x = (features - self.mean) / self.scale
        for weights, bias in self.layers[:-1]:
            x = np.tanh(x @ weights + bias)
        weights, bias = self.layers[-1]
        return np.asarray(x @ weights + bias)


@dataclass(frozen=True, slots=True)
class LumbarModel:
    """The calibrated model: one regression against standing, one for clips without a stand, and its limits."""

    name: str
    sha256: str
    referenced: Regression
    absolute: Regression
    limits: dict[str, float]
    """When the standard error grows and when the model abstains; see `lumbar_model.json` for the reasons."""


@cache
def load_model() -> LumbarModel:
    """The model that ships with the package."""
    raw = files("hinge_check.measure").joinpath(MODEL_FILE).read_bytes()
    data = json.loads(raw)

    def regression(part: dict[str, Any]) -> Regression:
        layers = tuple((np.array(layer["weights"]), np.array(layer["bias"])) for layer in part["layers"])
        return Regression(np.array(part["mean"]), np.array(part["scale"]), layers, np.array(part["se"]))

    limits = {key: float(entry["value"]) for key, entry in data["limits"].items()}
    return LumbarModel(
        data["name"], sha256(raw).hexdigest(), regression(data["referenced"]), regression(data["absolute"]), limits
    )


@dataclass(frozen=True, slots=True)
class LumbarEstimate:
    """Per frame, (T,) degrees; NaN where not measurable.

    `over_pelvis` is by how much the hip-shoulder line turned further than the pelvis, so
    pelvic tilt = change of trunk inclination - `over_pelvis`.
    """

    lumbar: FloatArray
    lumbar_se: FloatArray
    over_pelvis: FloatArray
    over_pelvis_se: FloatArray
    quality: float
    abstains: str


def features_against_standing(
    depth: FloatArray, length: FloatArray, depth0: FloatArray, length0: float, bend: FloatArray
) -> FloatArray:
    """Features of frames of which the person's standing is known.

    Parameters
    ----------
    depth : (T, B) back profile, pixels
    length : (T,) hip-shoulder distance, pixels
    depth0, length0 : (B,), scalar
        The same in standing.
    bend : (T,) shoulder-hip-knee flexion from standing, degrees

    Returns
    -------
    (T, 2 B + 2) : change of the profile and profile in standing, in standing trunk lengths; chord ratio; bend / 100
    """
    now, zero = depth / length0, depth0 / length0
    ratio = length / length0
    return np.column_stack([now - zero, np.broadcast_to(zero, now.shape), ratio, bend / 100.0])


def features_absolute(depth: FloatArray, length: FloatArray, bend: FloatArray) -> FloatArray:
    """Features without a standing reference: (T, B + 1) profile in current trunk lengths, bend / 100."""
    return np.column_stack([depth / length[:, None], bend / 100.0])


def estimate_lumbar(
    profile: BackProfile, bend: FloatArray, standing: npt.NDArray[np.bool_], view: View
) -> LumbarEstimate:
    """Lumbar flexion over a clip.

    Parameters
    ----------
    profile : BackProfile
    bend : (T,) shoulder-hip-knee flexion from standing (absolute when there is no stand), degrees
    standing : (T,) bool
        Frames of the standing reference; all False when there is none.
    view : View

    Returns
    -------
    LumbarEstimate
    """
    model = load_model()
    limits = model.limits
    nothing = np.full(len(bend), np.nan)

    def abstain(reason: str) -> LumbarEstimate:
        return LumbarEstimate(nothing, nothing, nothing, nothing, 0.0, reason)

    yaw = abs(view.yaw_deg)
    if not yaw <= limits["max_yaw_deg"]:
        return abstain(f"The camera sees you {yaw:.0f}° off the side; the back edge no longer shows the lower back.")
    if not view.person_height_px >= limits["min_height_px"]:
        return abstain(f"You are {view.person_height_px:.0f} pixels tall in the picture; the back edge is too coarse.")
    referenced = standing & np.isfinite(profile.depth).all(axis=1) & np.isfinite(profile.length)
    if referenced.sum() >= 3:
        depth0 = np.median(profile.depth[referenced], axis=0)
        length0 = float(np.median(profile.length[referenced]))
        regression = model.referenced
        out = regression(features_against_standing(profile.depth, profile.length, depth0, length0, bend))
        out = out - np.median(out[referenced], axis=0)  # zero is the person's own standing, by definition
        se = regression.se
    else:
        regression = model.absolute
        out = regression(features_absolute(profile.depth, profile.length, bend))
        se = regression.se
    seen = np.isfinite(out[:, 0])
    trunk_seen = np.isfinite(profile.length)
    share = float(seen.sum() / max(trunk_seen.sum(), 1))
    if share < limits["min_seen_share"]:
        return abstain("The edge of your back is hidden or unclear in most of the video.")
    # Wider off the sagittal plane and on fewer pixels the same edge means less: figures from validation.
    widen = np.hypot(1.0, yaw / limits["yaw_doubles_deg"])
    widen *= max(1.0, limits["good_height_px"] / max(view.person_height_px, 1.0))
    quality = float(np.clip(share / widen, 0.0, 1.0))
    spread = np.where(seen[:, None], se * widen, np.nan)
    return LumbarEstimate(out[:, 0], spread[:, 0], out[:, 1], spread[:, 1], quality, "")
