"""The back edge as a profile: where the dorsal edge of the person mask lies along the trunk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_check.arrays import BoolArray, FloatArray, Side
from hinge_check.capture.landmarks import HIP_PAIR, SHOULDER_PAIR
from hinge_check.capture.silhouette import axis_normal
from hinge_check.capture.track import EDGE_S, PoseTrack
from hinge_check.measure.quantiles import median_known
from hinge_check.measure.smoothing import smooth

BACK_S: FloatArray = np.linspace(-0.3, 1.15, 30)
"""(B,) where the profile is read, trunk lengths from mid-hip (0) to mid-shoulder (1): below the buttock, so that the
sacrum is found against it, up to the base of the neck."""

INNER: BoolArray = np.asarray(BACK_S > 0.02) & (BACK_S < 0.95)
"""(B,) the part that must be seen: between sacrum and upper thorax a hole cannot be guessed; beyond it the last
value seen stands for the rest (in a deep hinge the axis leaves the body behind the buttock)."""

THIGH_S = (-0.47, -0.13)
"""Trunk lengths below the hip, where a bar is held in standing."""

PLATE_BEHIND, PLATE_BEFORE = 0.40, 0.50
"""Trunk lengths from the axis to the outline there: buttock, thigh and a hanging hand stay within 0.33 behind and 0.45
before it on every rendered body (`python -m validation.degradation`); a 45 cm plate reaches 0.4 to 0.65."""

MAX_HOLE = 4
"""Rays: a hole in the edge of up to a tenth of the trunk is bridged."""

_INDEX = np.arange(len(EDGE_S))
_PLACE: FloatArray = (BACK_S - EDGE_S[0]) / (EDGE_S[1] - EDGE_S[0])
_LEFT = np.clip(_PLACE.astype(int), 0, len(EDGE_S) - 2)
_SHARE: FloatArray = _PLACE - _LEFT
"""(B,) the ray before each of `BACK_S`, and how far that lies towards the next."""
_INNER_RAYS = slice(
    int(np.searchsorted(EDGE_S, BACK_S[INNER][0])), int(np.searchsorted(EDGE_S, BACK_S[INNER][-1], side="right"))
)
_THIGH = slice(int(np.searchsorted(EDGE_S, THIGH_S[0], side="right")), int(np.searchsorted(EDGE_S, THIGH_S[1])))

SHOWN: BoolArray = np.asarray(BACK_S > -0.08) & (BACK_S < 1.02)
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
    hip_hidden: BoolArray


def dorsal_row(facing: Side) -> int:
    """Row of `PoseTrack.edges` that runs along the back: facing right, the back is to the picture's left."""
    return 0 if facing == "right" else 1


def back_profile(track: PoseTrack, near: Side) -> BackProfile:
    """The back edge of a track whose person shows the `near` side (and so faces that way in the picture)."""
    row = dorsal_row(near)
    time_s = track.time_s * track.info.speed
    hip, shoulder = (np.asarray(track.landmarks[:, pair, :2], float).mean(axis=1) for pair in (HIP_PAIR, SHOULDER_PAIR))
    axis, normal, length = axis_normal(hip, shoulder)
    edges = np.asarray(track.edges[:, row], float)
    # One call: they are missing in the same frames as a rule, and are then filtered together.
    read = smooth(time_s, np.concatenate([read_profiles(edges), length[:, None]], axis=1))
    depth = read[:, :-1]
    out = normal if row == 0 else -normal
    along = (BACK_S[SHOWN] * length[:, None])[..., None] * axis[:, None]
    px = hip[:, None] + along + depth[:, SHOWN][..., None] * out[:, None]
    behind, before = _thickness(track.edges[:, :: 1 - 2 * row]) / length
    return BackProfile(depth, read[:, -1], px, (behind > PLATE_BEHIND) | (before > PLATE_BEFORE))


def _thickness(edges: FloatArray) -> FloatArray:
    """(2, T) median distance of (T, 2, K) edges from the axis about hip and thigh, pixels; NaN where none is seen."""
    return median_known(np.asarray(edges[..., _THIGH], float)).T


def read_profiles(edges: FloatArray) -> FloatArray:
    """Rays read at `BACK_S`: (T, K) -> (T, B) pixels; a row is all NaN where its `INNER` part has a wide hole."""
    known = np.isfinite(edges)
    depth = _between_rays(edges)
    holes = ~known.all(axis=1)
    if holes.any():
        depth[holes] = _bridged(edges[holes], known[holes])
    return depth


def _bridged(edges: FloatArray, known: BoolArray) -> FloatArray:
    """`read_profiles` of rows with holes."""
    n = len(_INDEX)
    # Nearest known ray at or before, and at or after, every ray; the ends take the nearest there is.
    before = np.maximum.accumulate(np.where(known, _INDEX, -1), axis=1)
    after = np.minimum.accumulate(np.where(known, _INDEX, n)[:, ::-1], axis=1)[:, ::-1]
    seen = known.any(axis=1)
    low = np.where(before < 0, after, before)
    high = np.where(after >= n, before, after)
    low[~seen] = high[~seen] = 0
    gap = high - low
    frame = np.arange(len(edges))[:, None]
    value_low, value_high = edges[frame, low], edges[frame, high]
    filled = value_low + ((_INDEX - low) / np.maximum(gap, 1)).clip(0, 1) * (value_high - value_low)
    wide = gap[:, _INNER_RAYS] > MAX_HOLE
    open_ended = ((low > _INDEX) | (high < _INDEX))[:, _INNER_RAYS]
    depth = _between_rays(filled)
    depth[(wide | open_ended).any(axis=1) | ~seen] = np.nan
    return depth


def _between_rays(edges: FloatArray) -> FloatArray:
    """Rays without holes, (T, K), read at `BACK_S`."""
    return np.asarray(edges[:, _LEFT] * (1 - _SHARE) + edges[:, _LEFT + 1] * _SHARE)
