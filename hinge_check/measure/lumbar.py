"""Lumbar flexion from the back edge with its standard error, or the reason why it is not measurable.

The back edge bulges behind the hip-shoulder axis as the lumbar spine flexes. A small calibrated model maps its
profile, against the same profile in standing, to two angles: lumbar flexion, and by how much the hip-shoulder line
has turned further than the pelvis. Coefficients, their errors and where they come from are in `lumbar_model.json`
(`python -m validation.calibrate` writes it); docs/measurement.md explains and gives the accuracy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import numpy as np

from hinge_check.arrays import BoolArray, FloatArray
from hinge_check.measure.back_profile import BackProfile
from hinge_check.measure.quantiles import median_known, median_of
from hinge_check.measure.types import View

MODEL_FILE = "lumbar_model.json"

FULL_BEND_DEG = 80.0
"""Bend at which the error has its full size: zero in standing by definition, in between it grows with the bend."""

DEEP_SHARE = 0.85
"""Frames bent by at least this share of the clip's deepest bend are where the number matters: where most of them are
unlike the calibrated bodies, the clip gets no number at all."""

Layers = tuple[tuple[FloatArray, FloatArray], ...]
"""Weights and bias of dense layers, tanh between them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The output of a `Regression` for N frames.

    Parameters
    ----------
    angles : (N, 2) lumbar flexion, turn of the trunk line over the pelvis; degrees
    spread : (N, 2) standard deviation over the members, degrees
    distance : (N,) how unlike the calibrated bodies the frame is: 0.7 is usual, over 2 is nothing like them
    """

    angles: FloatArray
    spread: FloatArray
    distance: FloatArray


@dataclass(frozen=True, slots=True)
class Regression:
    """Features -> angles by a few small networks: the mean is the estimate, the spread the doubt."""

    mean: FloatArray
    scale: FloatArray
    members: tuple[Layers, ...]
    whitening: FloatArray
    """(F, F): standardised features times this are uncorrelated and of unit variance over the calibrated bodies."""
    variance: FloatArray
    """(2, 5) of each output, degrees squared: at rest, fully bent, oblique, per squared spread, per squared excess of
    the distance over 1."""
    _stacked: Layers = field(init=False, repr=False, compare=False)
    """The members' layers, (M, in, out) and (M, 1, out), so that all are evaluated at once."""

    def __post_init__(self) -> None:
        layers = zip(*self.members, strict=True)
        stacked = tuple((np.stack([w for w, _ in one]), np.stack([b for _, b in one])[:, None]) for one in layers)
        object.__setattr__(self, "_stacked", stacked)

    def read(self, features: FloatArray) -> Reading:
        """Evaluate (N, F) features; rows with NaN give NaN."""
        x = (features - self.mean) / self.scale
        stack = x
        for k, (weights, bias) in enumerate(self._stacked):
            stack = (np.tanh(stack) if k else stack) @ weights + bias
        n = len(stack)
        mean = np.add.reduce(stack) / n
        off = stack - mean
        white = x @ self.whitening
        distance = np.sqrt(np.add.reduce(white * white, axis=1) / white.shape[1])
        return Reading(mean, np.sqrt(np.add.reduce(off * off) / n), distance)

    def standard_error(self, reading: Reading, bend: FloatArray, yaw_deg: float | FloatArray) -> FloatArray:
        """Return the (N, 2) standard error in degrees for (N,) bend in degrees, from the terms of `variance_terms`."""
        return np.asarray(np.sqrt(np.add.reduce(variance_terms(reading, bend, yaw_deg) * self.variance, axis=2)))


def variance_terms(reading: Reading, bend: FloatArray, yaw_deg: float | FloatArray) -> FloatArray:
    """Return the (N, 2, 5) terms of the variance of a reading; the weight of each is fitted on held-out bodies."""
    bent = np.minimum(np.abs(bend) / FULL_BEND_DEG, 1.0) ** 2
    terms = np.ones((len(bend), 2, 5))
    terms[:, :, 1] = bent[:, None]
    terms[:, :, 2] = (bent * np.sin(np.radians(yaw_deg)) ** 2)[:, None]
    terms[:, :, 3] = reading.spread**2
    terms[:, :, 4] = (np.maximum(reading.distance - 1.0, 0.0) ** 2)[:, None]
    return terms


@dataclass(frozen=True, slots=True)
class LumbarModel:
    """The calibrated model: a regression against standing, one for clips without a stand, and the model's limits."""

    name: str
    sha256: str
    referenced: Regression
    absolute: Regression
    limits: dict[str, float]
    """Figures that say when the model abstains and how the error grows; the file has the reason of each."""

    def coarseness(self, height_px: float) -> float:
        """Return the factor, 1 or more, by which the error grows for a person of few pixels."""
        return max(1.0, self.limits["good_height_px"] / height_px)


@cache
def load_model() -> LumbarModel:
    """Load the model that ships with the package."""
    raw = files("hinge_check.measure").joinpath(MODEL_FILE).read_bytes()
    data = json.loads(raw)

    def regression(part: dict[str, Any]) -> Regression:
        members = tuple(
            tuple((np.array(layer["weights"]), np.array(layer["bias"])) for layer in member)
            for member in part["members"]
        )
        return Regression(
            np.array(part["mean"]),
            np.array(part["scale"]),
            members,
            np.array(part["whitening"]),
            np.array(part["variance"]),
        )

    limits = {key: float(entry["value"]) for key, entry in data["limits"].items()}
    return LumbarModel(
        data["name"], sha256(raw).hexdigest(), regression(data["referenced"]), regression(data["absolute"]), limits
    )


@dataclass(frozen=True, slots=True)
class LumbarEstimate:
    """Lumbar flexion per frame, (T,) degrees; NaN where not measurable.

    `over_pelvis` is by how much the hip-shoulder line turned further than the pelvis, so
    pelvic tilt = change of trunk inclination - `over_pelvis`.
    """

    lumbar: FloatArray
    lumbar_se: FloatArray
    over_pelvis: FloatArray
    over_pelvis_se: FloatArray
    quality: float
    abstains: str
    referenced: bool
    """True when the person's own standing back is the zero."""


def features_against_standing(
    depth: FloatArray, length: FloatArray, depth0: FloatArray, length0: float, bend: FloatArray, yaw_deg: float
) -> FloatArray:
    """Compute the features of frames whose standing reference is known.

    Parameters
    ----------
    depth : (T, B) back profile, pixels
    length : (T,) hip-shoulder distance, pixels
    depth0, length0 : (B,), scalar
        The same in standing.
    bend : (T,) shoulder-hip-knee flexion from standing, degrees
    yaw_deg
        Camera off the sagittal plane, degrees.

    Returns
    -------
    (T, 2 B + 4) float array
        Change of the profile and profile in standing, in standing trunk lengths; chord ratio; bend / 100; sine of
        the yaw, alone and times bend / 100.
    """
    now, zero = depth / length0, depth0 / length0
    sine = np.sin(np.radians(yaw_deg))
    part = bend / 100.0
    n = now.shape[1]
    out = np.empty((len(length), 2 * n + 4))
    out[:, :n] = now - zero
    out[:, n : 2 * n] = zero
    out[:, 2 * n], out[:, 2 * n + 1], out[:, 2 * n + 2], out[:, 2 * n + 3] = length / length0, part, sine, sine * part
    return out


def features_absolute(depth: FloatArray, length: FloatArray, bend: FloatArray, yaw_deg: float) -> FloatArray:
    """Compute the features of frames without a standing reference.

    Returns
    -------
    (T, B + 3) float array
        Profile in current trunk lengths; bend / 100; sine of the yaw, alone and times bend / 100.
    """
    sine = np.full(len(length), np.sin(np.radians(yaw_deg)))
    part = bend / 100.0
    return np.column_stack([depth / length[:, None], part, sine, sine * part])


def estimate_lumbar(profile: BackProfile, bend: FloatArray, standing: BoolArray, view: View) -> LumbarEstimate:
    """Estimate lumbar flexion over a clip.

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
        All NaN, with the reason in `abstains`, where the picture does not support a number.
    """
    model = load_model()
    limits = model.limits
    nothing: FloatArray = np.full(len(bend), np.nan)
    reason = _reason_to_abstain(profile, view, limits)
    if reason:
        return LumbarEstimate(nothing, nothing, nothing, nothing, 0.0, reason, False)
    # Behind a plate the edge of the stand is the rim of the plate: better no reference than a wrong one.
    referenced = standing & ~profile.hip_hidden & np.isfinite(profile.depth[:, 0]) & np.isfinite(profile.length)
    if referenced.sum() >= limits["min_standing_frames"]:
        regression = model.referenced
        depth0 = median_known(profile.depth[referenced].T)
        length0 = median_of(profile.length[referenced])
        reading = regression.read(
            features_against_standing(profile.depth, profile.length, depth0, length0, bend, view.yaw_deg)
        )
        # Zero is the person's own standing, by definition.
        zero = median_known(reading.angles[referenced].T)
    else:
        regression = model.absolute
        reading = regression.read(features_absolute(profile.depth, profile.length, bend, view.yaw_deg))
        zero = np.zeros(2)
    estimate = angles_from(zero, regression, reading, bend, yaw_deg=view.yaw_deg, height_px=view.person_height_px)
    known = estimate.known
    deepest = bend >= DEEP_SHARE * np.nanmax(bend)
    if not known[deepest].any() or np.isfinite(reading.distance[deepest & ~known]).sum() > known[deepest].sum():
        reason = "Something covers the edge of your back, or clothing changes it."
        return LumbarEstimate(nothing, nothing, nothing, nothing, 0.0, reason, False)
    coarse = model.coarseness(view.person_height_px)
    quality = float(np.clip(_seen_share(profile) / coarse * np.cos(np.radians(view.yaw_deg)) ** 2, 0.0, 1.0))
    own = regression is model.referenced
    angles, se = estimate.angles, estimate.se
    return LumbarEstimate(angles[:, 0], se[:, 0], angles[:, 1], se[:, 1], quality, "", own)


@dataclass(frozen=True, slots=True)
class AnglesFromStanding:
    """A reading counted from a zero.

    Parameters
    ----------
    angles : (N, 2) lumbar flexion, turn of the trunk line over the pelvis; degrees, NaN where not known
    se : (N, 2) standard error, degrees; NaN where not known
    known : (N,) False where the frame is unlike the calibrated bodies, or without a profile
    """

    angles: FloatArray
    se: FloatArray
    known: BoolArray


def angles_from(
    zero: FloatArray, regression: Regression, reading: Reading, bend: FloatArray, *, yaw_deg: float, height_px: float
) -> AnglesFromStanding:
    """Count a reading from a zero and give its error; the one rule for whole clips and for a frame of a live session.

    Parameters
    ----------
    zero : (2,) reading in standing, degrees
    regression : Regression
        The one that gave the reading.
    reading : Reading
    bend : (N,) shoulder-hip-knee flexion, degrees
    yaw_deg
        Camera off the sagittal plane, degrees.
    height_px
        Height of the person in the source picture, pixels: the error grows where it is small.
    """
    model = load_model()
    known = np.isfinite(reading.distance) & (reading.distance <= model.limits["max_distance"])
    se = regression.standard_error(reading, bend, yaw_deg) * model.coarseness(height_px)
    column = known[:, None]
    return AnglesFromStanding(np.where(column, reading.angles - zero, np.nan), np.where(column, se, np.nan), known)


def _seen_share(profile: BackProfile) -> float:
    """Return the share of the frames with a trunk in which its back edge was seen."""
    trunk = np.isfinite(profile.length)
    return float(np.isfinite(profile.depth[:, 0]).sum() / max(trunk.sum(), 1))


def _reason_to_abstain(profile: BackProfile, view: View, limits: dict[str, float]) -> str:
    """Return why the picture does not support a lumbar angle; empty when it does."""
    yaw = abs(view.yaw_deg)
    if not yaw <= limits["max_yaw_deg"]:
        return f"The camera sees you {yaw:.0f}° off the side; the edge of your back no longer shows the lower back."
    if not view.person_height_px >= limits["min_height_px"]:
        return f"You are {view.person_height_px:.0f} pixels tall in the picture; the edge of your back is too coarse."
    if _seen_share(profile) < limits["min_seen_share"]:
        return "The edge of your back is hidden or unclear in most of the video."
    return ""
