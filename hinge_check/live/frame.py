"""One frame as it reaches the coach, from any source; what a `TrackBuilder` stores per frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hinge_check.arrays import FloatArray
from hinge_check.capture.landmarks import HIPS, SHOULDERS
from hinge_check.capture.silhouette import border_contact, trunk_edges
from hinge_check.capture.track import PoseTrack

if TYPE_CHECKING:
    from hinge_check.capture.pose import Pose


FAR = 1e6
"""Largest plausible value in pixels, metres or grey values; nothing beyond it was measured."""


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """One frame; pixels of the picture (x right, y down); see `PoseTrack` for the arrays.

    Parameters
    ----------
    time_s
        Seconds on a monotonic clock of the sender; frames that are not later than the one before are ignored.
    landmarks : (33, 3), None when no person was found
    world : (33, 3)
    visibility : (33,)
    edges : (2, K), None where there was no mask
    border : (4,)
    luma, sharpness, camera_shift
        NaN where they were not measured in this frame.
    others
        People besides the tracked one; None when this frame was not scanned for them.
    """

    time_s: float
    landmarks: FloatArray | None = None
    world: FloatArray | None = None
    visibility: FloatArray | None = None
    edges: FloatArray | None = None
    border: FloatArray | None = None
    luma: float = float("nan")
    sharpness: float = float("nan")
    camera_shift: tuple[float, float] = (float("nan"), float("nan"))
    others: int | None = None

    @classmethod
    def of_pose(
        cls,
        time_s: float,
        pose: Pose | None,
        *,
        luma: float = float("nan"),
        sharpness: float = float("nan"),
        camera_shift: tuple[float, float] = (float("nan"), float("nan")),
        others: int | None = None,
    ) -> LiveFrame:
        """Return a frame from a pose with its mask."""
        if pose is None:
            return cls(time_s, luma=luma, sharpness=sharpness, camera_shift=camera_shift, others=others)
        edges = border = None
        if pose.mask is not None:
            points = pose.landmarks[:, :2]
            edges, _ = trunk_edges(pose.mask, points[HIPS].mean(axis=0), points[SHOULDERS].mean(axis=0))
            border = border_contact(pose.mask)
        return cls(
            time_s,
            pose.landmarks,
            pose.world,
            pose.visibility,
            edges,
            border,
            luma=luma,
            sharpness=sharpness,
            camera_shift=camera_shift,
            others=others,
        )

    @property
    def usable(self) -> bool:
        """Whether the frame holds a person, with finite coordinates of the right shape."""
        points, world = self.landmarks, self.world
        if points is None or world is None or self.visibility is None:
            return False
        if points.shape != (33, 3) or world.shape != (33, 3) or self.visibility.shape != (33,):
            return False
        return bool((np.abs(points) < FAR).all() and (np.abs(world) < FAR).all())  # False for NaN


def frame_of(track: PoseTrack, k: int) -> LiveFrame:
    """Return frame `k` of a recorded track."""
    luma, sharpness = float(track.luma[k]), float(track.sharpness[k])
    dx, dy = (float(x) for x in track.camera_shift[k])
    time_s = float(track.time_s[k])
    if not track.seen[k]:
        return LiveFrame(time_s, luma=luma, sharpness=sharpness, camera_shift=(dx, dy))
    return LiveFrame(
        time_s,
        track.landmarks[k],
        track.world[k],
        track.visibility[k],
        track.edges[k],
        track.border[k],
        luma=luma,
        sharpness=sharpness,
        camera_shift=(dx, dy),
    )
