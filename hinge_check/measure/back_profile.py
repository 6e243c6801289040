"""Profile of the back: where the dorsal edge of the person mask lies along the trunk."""

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
"""(B,) places where the profile is read, in trunk lengths from mid-hip (0) to mid-shoulder (1): from below the buttock,
against which the sacrum shows, up to the base of the neck."""

INNER: BoolArray = np.asarray(BACK_S > 0.02) & (BACK_S < 0.95)
"""(B,) the part that must be seen: a hole between sacrum and upper thorax cannot be guessed. Beyond this part the last
value seen stands for the rest (in a deep hinge the axis leaves the body behind the buttock)."""

THIGH_S = (-0.47, -0.13)
"""Range along the axis, trunk lengths (negative is below the hip), where a bar is held in standing."""

PLATE_BEHIND, PLATE_BEFORE = 0.40, 0.50
"""Trunk lengths from the axis to the outline within `THIGH_S`, beyond which a plate is seen: buttock, thigh and a
hanging hand stay within 0.33 behind and 0.45 in front of the axis on every rendered body
(`python -m validation.degradation`); a 45 cm plate reaches 0.4 to 0.65."""

MAX_HOLE = 4
"""Largest hole in the edge that is bridged, in rays: a tenth of the trunk."""

_INDEX = np.arange(len(EDGE_S))
_POSITION: FloatArray = (BACK_S - EDGE_S[0]) / (EDGE_S[1] - EDGE_S[0])
_LEFT = np.clip(_POSITION.astype(int), 0, len(EDGE_S) - 2)
_SHARE: FloatArray = _POSITION - _LEFT
"""(B,) how far each of `BACK_S` lies between the ray before it (`_LEFT`) and the next, 0..1."""
_INNER_RAYS = slice(
    int(np.searchsorted(EDGE_S, BACK_S[INNER][0])), int(np.searchsorted(EDGE_S, BACK_S[INNER][-1], side="right"))
)
_THIGH = slice(int(np.searchsorted(EDGE_S, THIGH_S[0], side="right")), int(np.searchsorted(EDGE_S, THIGH_S[1])))

SHOWN: BoolArray = np.asarray(BACK_S > -0.08) & (BACK_S < 1.02)
"""(B,) the part that is drawn: sacrum to upper thorax."""


@dataclass(frozen=True, slots=True)
class BackProfile:
    """The dorsal edge over time.

    Parameters
    ----------
    depth : (T, B) float array
        Distance of the edge behind the hip-shoulder axis at `BACK_S`, pixels, smoothed along time; NaN where not seen.
    length : (T,) float array
        Hip-shoulder distance, pixels.
    px : (T, S, 2) float array
        The same edge from sacrum to upper thorax, as points of the picture.
    hip_hidden : (T,) bool array
        True where a plate or the like hides the hips: the edge there is its rim, not the person's.
    """

    depth: FloatArray
    length: FloatArray
    px: FloatArray
    hip_hidden: BoolArray


def dorsal_row(facing: Side) -> int:
    """Return the row of `PoseTrack.edges` along the back: facing right, the back is to the picture's left."""
    return 0 if facing == "right" else 1


def back_profile(track: PoseTrack, near: Side) -> BackProfile:
    """Return the back edge of a track whose person shows the `near` side (and so faces that way in the picture)."""
    row = dorsal_row(near)
    time_s = track.time_s * track.info.speed
    hip, shoulder = (np.asarray(track.landmarks[:, pair, :2], float).mean(axis=1) for pair in (HIP_PAIR, SHOULDER_PAIR))
    axis, normal, length = axis_normal(hip, shoulder)
    edges = np.asarray(track.edges[:, row], float)
    # One call: both are usually missing in the same frames, and are then filtered together.
    read = smooth(time_s, np.concatenate([read_profiles(edges), length[:, None]], axis=1))
    depth = read[:, :-1]
    out = normal if row == 0 else -normal
    along = (BACK_S[SHOWN] * length[:, None])[..., None] * axis[:, None]
    px = hip[:, None] + along + depth[:, SHOWN][..., None] * out[:, None]
    behind, before = _thickness(track.edges[:, :: 1 - 2 * row]) / length
    return BackProfile(depth, read[:, -1], px, (behind > PLATE_BEHIND) | (before > PLATE_BEFORE))


def _thickness(edges: FloatArray) -> FloatArray:
    """Return the (2, T) median distance, pixels, of (T, 2, K) edges from the axis at hip and thigh; NaN if unseen."""
    return median_known(np.asarray(edges[..., _THIGH], float)).T


def read_profiles(edges: FloatArray) -> FloatArray:
    """Read (T, K) rays at `BACK_S`: (T, B) pixels; a row is all NaN where its `INNER` part has a wide hole."""
    known = np.isfinite(edges)
    depth = _between_rays(edges)
    holes = ~known.all(axis=1)
    if holes.any():
        depth[holes] = _read_over_holes(edges[holes], known[holes])
    return depth


def _read_over_holes(edges: FloatArray, known: BoolArray) -> FloatArray:
    """Read profiles of rows with holes."""
    n = len(_INDEX)
    # Nearest known ray at or before every ray, and at or after it; beyond the ends, the nearest there is.
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
    """Read (T, K) rays without holes at `BACK_S`."""
    return np.asarray(edges[:, _LEFT] * (1 - _SHARE) + edges[:, _LEFT + 1] * _SHARE)
