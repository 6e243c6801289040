"""Poses without a model: a `PoseEstimator` that replays a track, and a mask to match."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hinge_check.arrays import FloatArray
from hinge_check.capture.pose import Pose
from hinge_check.capture.track import PoseTrack

Rgb = npt.NDArray[np.uint8]


def pose_of(track: PoseTrack, frame: int, *, mask: bool = True) -> Pose | None:
    """Return the pose of one frame of a track; its mask is a band along the trunk."""
    if not track.seen[frame]:
        return None
    landmarks = track.landmarks[frame]
    return Pose(
        landmarks=landmarks,
        world=track.world[frame],
        visibility=track.visibility[frame],
        mask=band(landmarks, track.info.frame_size) if mask else None,
    )


def band(landmarks: FloatArray, size: tuple[int, int], half_width: float = 8.0) -> FloatArray:
    """Return (H, W) probability of a band `half_width` pixels either side of the hip-shoulder line, picture-high."""
    y, x = np.mgrid[: size[1], : size[0]].astype(np.float32)
    hip, shoulder = landmarks[[23, 24], :2].mean(axis=0), landmarks[[11, 12], :2].mean(axis=0)
    along = (shoulder - hip) / np.hypot(*(shoulder - hip))
    beside = np.abs((x - hip[0]) * along[1] - (y - hip[1]) * along[0])
    return np.asarray(np.clip(0.5 + (half_width - beside) / 4, 0, 1), np.float32)


class Replay:
    """An estimator that gives the poses of a track in order, whatever the pictures show, and remembers its calls.

    It may also stand where `MediaPipePose` and `PeopleScan` do.
    """

    def __init__(self, track: PoseTrack, *, mask: bool = True) -> None:
        self._track = track
        self._mask = mask
        self.times_ms: list[int] = []
        self.pictures: list[Rgb] = []
        self.closed = False

    def estimate(self, time_ms: int, rgb: Rgb) -> Pose | None:
        pose = pose_of(self._track, len(self.times_ms), mask=self._mask)
        self.times_ms.append(time_ms)
        self.pictures.append(rgb)
        return pose

    def close(self) -> None:
        self.closed = True


class ReplayedScan:
    """A scan for other people that returns the given ones, (S, P, 33, 3), scan by scan."""

    def __init__(self, people: FloatArray) -> None:
        self._people = people
        self.looks = 0
        self.closed = False

    def look(self, rgb: Rgb) -> FloatArray:  # noqa: ARG002 - replays whatever the picture
        self.looks += 1
        return np.asarray(self._people[self.looks - 1], np.float32)

    def close(self) -> None:
        self.closed = True
