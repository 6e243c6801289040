"""The back edge as a profile: where the dorsal edge of the person mask lies along the trunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hinge_check.capture.silhouette import axis_normal
from hinge_check.capture.track import EDGE_S, PoseTrack
from hinge_check.measure.smoothing import smooth
from hinge_check.measure.types import Side

FloatArray = npt.NDArray[np.floating[Any]]

BACK_S: FloatArray = np.linspace(-0.3, 1.15, 30)
"""(B,) where the profile is read, trunk lengths from mid-hip (0) to mid-shoulder (1): below the buttock, so that the
sacrum is found against it, up to the base of the neck."""

INNER: npt.NDArray[np.bool_] = np.asarray(BACK_S > 0.02) & (BACK_S < 0.95)
"""(B,) the part that must be seen: between sacrum and upper thorax a hole cannot be guessed; beyond it the last
value seen stands for the rest (in a deep hinge the axis leaves the body behind the buttock)."""

THIGH_S = (-0.47, -0.13)
"""Trunk lengths below the hip, where a bar is held in standing."""

PLATE_BEHIND, PLATE_BEFORE = 0.40, 0.50
"""Trunk lengths from the axis to the outline there: buttock, thigh and a hanging hand stay within 0.33 behind and 0.45
before it on every rendered body (`python -m validation.degradation`); a 45 cm plate reaches 0.4 to 0.65."""

MAX_HOLE = 4
"""Rays: a hole in the edge of up to a tenth of the trunk is bridged."""

SHOWN: npt.NDArray[np.bool_] = np.asarray(BACK_S > -0.08) & (BACK_S < 1.02)
"""(B,) the part that is drawn: sacrum to upper thorax."""


@dataclass(frozen=True, slots=True)
class BackProfile:
    """Dorsal edge over time.

    Parameters
    ----------
    depth : (T, B) float array
        Distance of the edge behind the hip-shoulder axis at `BACK_S`, pixels, smoothed along time; NaN unseen.
    length : (T,) float array
        Hip-shoulder distance, pixels.
    px : (T, S, 2) float array
        The same edge from sacrum to upper thorax as picture points.
    hip_hidden : (T,) bool array
        A plate or the like hides the hips: the edge there is its rim, not the person's.
    """

    depth: FloatArray
    length: FloatArray
    px: FloatArray
    hip_hidden: npt.NDArray[np.bool_]


def dorsal_row(facing: Side) -> int:
    """Row of `PoseTrack.edges` that runs along the back: facing right, the back is to the picture's left."""
    return 0 if facing == "right" else 1


def back_profile(track: PoseTrack, near: Side) -> BackProfile:
    """The back edge of a track whose person shows the `near` side (and so faces that way in the picture)."""
    row = dorsal_row(near)
    time_s = track.time_s * track.info.speed
    points = np.asarray(track.landmarks[:, :, :2], float)
    hip, shoulder = points[:, [23, 24]].mean(axis=1), points[:, [11, 12]].mean(axis=1)
    axis, normal, length = axis_normal(hip, shoulder)
    edges = np.asarray(track.edges[:, row], float)
    depth = smooth(time_s, read_profiles(edges))
    out = normal if row == 0 else -normal
    along = (BACK_S[SHOWN] * length[:, None])[..., None] * axis[:, None]
    px = hip[:, None] + along + depth[:, SHOWN][..., None] * out[:, None]
    behind, before = (_thickness(track.edges[:, side]) / length for side in (row, 1 - row))
    with np.errstate(invalid="ignore"):
        hidden = (behind > PLATE_BEHIND) | (before > PLATE_BEFORE)
    return BackProfile(depth, smooth(time_s, length), px, hidden)


def _thickness(edges: FloatArray) -> FloatArray:
    """(T,) median distance of one edge from the axis about hip and thigh, pixels; NaN where nothing is seen."""
    part = np.asarray(edges[:, (EDGE_S > THIGH_S[0]) & (EDGE_S < THIGH_S[1])], float)
    out = np.full(len(part), np.nan)
    known = np.isfinite(part).any(axis=1)
    out[known] = np.nanmedian(part[known], axis=1)
    return out


def read_profiles(edges: FloatArray) -> FloatArray:
    """Rays read at `BACK_S`: (T, K) -> (T, B) pixels; a row is all NaN where its `INNER` part has a wide hole."""
    known = np.isfinite(edges)
    index = np.arange(len(EDGE_S))
    # Nearest known ray at or before, and at or after, every ray; the ends take the nearest there is.
    before = np.maximum.accumulate(np.where(known, index, -1), axis=1)
    after = np.minimum.accumulate(np.where(known, index, len(index))[:, ::-1], axis=1)[:, ::-1]
    seen = known.any(axis=1, keepdims=True)
    low = np.where(seen, np.where(before < 0, after, before), 0)
    high = np.where(seen, np.where(after >= len(index), before, after), 0)
    span = np.maximum(high - low, 1)
    value_low, value_high = np.take_along_axis(edges, low, axis=1), np.take_along_axis(edges, high, axis=1)
    filled = value_low + np.clip((index - low) / span, 0, 1) * (value_high - value_low)
    step = EDGE_S[1] - EDGE_S[0]
    place = (BACK_S - EDGE_S[0]) / step
    left = np.clip(place.astype(int), 0, len(index) - 2)
    share = place - left
    depth = filled[:, left] * (1 - share) + filled[:, left + 1] * share
    inner = np.flatnonzero((EDGE_S >= BACK_S[INNER][0]) & (EDGE_S <= BACK_S[INNER][-1]))
    wide = (high - low)[:, inner] > MAX_HOLE
    open_ended = ((low > index) | (high < index))[:, inner]
    hole = np.asarray((wide | open_ended).any(axis=1))
    return np.where(hole[:, None] | ~seen, np.nan, depth)
