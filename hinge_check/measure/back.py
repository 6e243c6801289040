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

BACK_S: FloatArray = np.linspace(-0.05, 1.0, 15)
"""(B,) where the profile is read, trunk lengths from mid-hip (0) to mid-shoulder (1): sacrum to upper thorax."""


@dataclass(frozen=True, slots=True)
class BackProfile:
    """Dorsal edge over time.

    Parameters
    ----------
    depth : (T, B) float array
        Distance of the edge behind the hip-shoulder axis at `BACK_S`, pixels, smoothed along time; NaN unseen.
    blur : (T,) float array
        Median softness of the edge over the profile, pixels.
    length : (T,) float array
        Hip-shoulder distance, pixels.
    px : (T, B, 2) float array
        The same edge as picture points.
    """

    depth: FloatArray
    blur: FloatArray
    length: FloatArray
    px: FloatArray


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
    depth = np.stack([read_profile(frame) for frame in edges]) if len(edges) else np.zeros((0, len(BACK_S)))
    depth = smooth(time_s, depth)
    out = normal if row == 0 else -normal
    px = hip[:, None] + (BACK_S * length[:, None])[..., None] * axis[:, None] + depth[..., None] * out[:, None]
    inner = (EDGE_S >= BACK_S[0]) & (EDGE_S <= BACK_S[-1])
    blur = np.full(len(edges), np.nan)
    known = np.isfinite(track.edge_blur[:, row][:, inner]).any(axis=1)
    blur[known] = np.nanmedian(track.edge_blur[known, row][:, inner], axis=1)
    return BackProfile(depth, blur, smooth(time_s, length), px)


def read_profile(edge: FloatArray) -> FloatArray:
    """One frame's K rays read at `BACK_S`; single missing rays are bridged, wider holes stay NaN."""
    known = np.isfinite(edge)
    if known.sum() < 2:
        return np.full(len(BACK_S), np.nan)
    depth = np.interp(BACK_S, EDGE_S[known], edge[known], left=np.nan, right=np.nan)
    hole = np.min(np.abs(BACK_S[:, None] - EDGE_S[known][None, :]), axis=1) > 1.6 * (EDGE_S[1] - EDGE_S[0])
    return np.where(hole, np.nan, depth)
