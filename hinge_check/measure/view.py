"""The camera's view of the person: facing, near side, yaw off the sagittal plane, size; one vote per clip."""

from __future__ import annotations

import numpy as np

from hinge_check.arrays import FloatArray, Side
from hinge_check.capture.landmarks import (
    ANKLES,
    EARS,
    FACE,
    FEET,
    HEELS,
    HIPS,
    L_HIP,
    L_SHOULDER,
    NOSE,
    R_HIP,
    R_SHOULDER,
    SHOULDERS,
    TOES,
)
from hinge_check.capture.track import PoseTrack
from hinge_check.measure.quantiles import median_of, percentile_of
from hinge_check.measure.types import View
from hinge_check.options import SideChoice

YAW_SE_DEG = 5.0
"""Standard error of the yaw read from the shoulders' world landmarks, degrees: see validation/RESULTS.md."""

YAW_BIAS_DEG = 2.5
"""Yaw towards the front that MediaPipe reads in a true side view: median over rendered clips (the same table)."""

_TINY = 1e-6


def view_of(track: PoseTrack, side: SideChoice = "auto") -> View:
    """Determine facing, near side, yaw, roll and size of the person.

    Four cues vote for the facing, each a median over the clip so that no single frame flips it: where the toes point,
    where the nose is, which side MediaPipe places nearer to the camera, and to which side the trunk bends. In a side
    view the near side is the one the person faces: facing right shows the right side.

    Parameters
    ----------
    track : PoseTrack
    side
        'left' or 'right' sets the near side and with it the facing; 'auto' votes.
    """
    seen = track.seen
    if not seen.any():
        return View(None, None, np.nan, np.nan, np.nan, np.nan, 0.0)
    points = np.asarray(track.landmarks[seen, :, :2], float)
    world = np.asarray(track.world[seen], float)
    hip, shoulder = points[:, HIPS].mean(axis=1), points[:, SHOULDERS].mean(axis=1)
    trunk = max(percentile_of(np.hypot(*(shoulder - hip).T), 90), _TINY)
    near: Side
    near = ("right" if _facing_vote(points, world, trunk) >= 0 else "left") if side == "auto" else side
    forward = 1.0 if near == "right" else -1.0
    n, f = (R_SHOULDER, L_SHOULDER) if near == "right" else (L_SHOULDER, R_SHOULDER)
    across = median_of(forward * (world[:, n, 0] - world[:, f, 0]))
    depth = median_of(world[:, f, 2] - world[:, n, 2])
    if side != "auto":  # the caller knows which side is near; depth then only says how far off the side view is
        depth = abs(depth)
    yaw = float(np.degrees(np.arctan2(-across, max(depth, _TINY)))) - YAW_BIAS_DEG
    spread = np.degrees(np.arctan2(-forward * (world[:, n, 0] - world[:, f, 0]), max(depth, 0.05)))
    yaw_se = float(np.hypot(YAW_SE_DEG, 0.5 * median_of(np.abs(spread - median_of(spread)))))
    facing: Side | None = near
    if abs(yaw) > 75:  # nearly from the front or the back: no side is near
        facing = None
    upright = np.abs(shoulder[:, 0] - hip[:, 0]) < np.tan(np.radians(20)) * (hip[:, 1] - shoulder[:, 1])
    rows = np.flatnonzero(upright) if upright.any() else np.arange(len(points))
    scale = max(track.info.source_size) / max(track.info.frame_size)
    heights = points[rows, FEET, 1].max(axis=1) - points[rows, FACE, 1].min(axis=1)
    # MediaPipe's highest landmarks are the eyes; 0.94 of stature lies below them (Drillis & Contini 1966).
    height = percentile_of(heights, 75) / 0.94 * scale
    ankle = points[:, ANKLES].mean(axis=1)
    lean = np.degrees(np.arctan2((shoulder - ankle)[rows, 0], (ankle - shoulder)[rows, 1]))
    return View(facing, near, yaw, yaw_se, median_of(lean), height, float(seen.mean()))


def _facing_vote(points: FloatArray, world: FloatArray, trunk: float) -> float:
    """Return a vote, > 0 for facing the picture's right; each cue counts at most one, the toes two."""
    toes = median_of((points[:, TOES, 0] - points[:, HEELS, 0]).mean(axis=1)) / (0.2 * trunk)
    nose = median_of(points[:, NOSE, 0] - points[:, EARS, 0].mean(axis=1)) / (0.1 * trunk)
    # z grows away from the camera: the right side nearer means facing right.
    depth = (
        median_of(world[:, [L_SHOULDER, L_HIP], 2].mean(axis=1) - world[:, [R_SHOULDER, R_HIP], 2].mean(axis=1)) / 0.1
    )
    lean = points[:, SHOULDERS, 0].mean(axis=1) - points[:, HIPS, 0].mean(axis=1)
    most = np.abs(lean) >= percentile_of(np.abs(lean), 80)
    bend = median_of(lean[most]) / (0.35 * trunk)
    votes = np.clip([toes, nose, depth, bend], -1, 1)
    return float(votes @ np.array([2.0, 1.0, 1.0, 1.0]))
