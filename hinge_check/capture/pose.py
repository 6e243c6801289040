"""Poses of frames by MediaPipe's Pose Landmarker, behind a small protocol so that tests can replay tracks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import vision
from mediapipe.tasks.python.core.base_options import BaseOptions

from hinge_check.arrays import FloatArray, RgbImage
from hinge_check.capture.landmarks import N_LANDMARKS
from hinge_check.errors import Code, InstallationError


@dataclass(frozen=True, slots=True)
class Pose:
    """One person in one frame.

    Parameters
    ----------
    landmarks : (33, 3) float32
        x, y in pixels of the frame (y down), z on the same scale (+ away from the camera, 0 at mid-hip).
    world : (33, 3) float32
        Metres, origin mid-hip.
    visibility : (33,) float32
        0..1.
    mask : (H, W) float32 or None
        Probability of the person per pixel.
    """

    landmarks: FloatArray
    world: FloatArray
    visibility: FloatArray
    mask: FloatArray | None


class PoseEstimator(Protocol):
    """Anything that turns timed frames into poses: MediaPipe, or a replayed track in tests."""

    def estimate(self, time_ms: int, rgb: RgbImage) -> Pose | None:
        """Return the person in the frame, or None. `time_ms` is strictly increasing over a clip."""
        ...


def _landmarker(model: Path, mode: vision.RunningMode, *, people: int, masks: bool) -> vision.PoseLandmarker:
    """Open a bundle as a Pose Landmarker."""
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model), delegate=BaseOptions.Delegate.CPU),
        running_mode=mode,
        num_poses=people,
        output_segmentation_masks=masks,
    )
    try:
        return vision.PoseLandmarker.create_from_options(options)
    except (RuntimeError, ValueError, FileNotFoundError) as error:
        raise InstallationError(
            Code.MODEL_MISSING,
            "The pose model could not be opened; the file is absent or not a pose landmarker bundle.",
        ) from error


def _image(rgb: RgbImage) -> mp.Image:
    # mp.Image silently garbles arrays that are not C-contiguous. The reader guarantees contiguity; this catches a slip.
    if not (rgb.flags.c_contiguous and rgb.dtype == np.uint8 and rgb.ndim == 3):
        raise ValueError("a frame must be a C-contiguous (H, W, 3) uint8 array")
    return mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb)


def _points(landmarks: list[Any], width: int, height: int) -> FloatArray:
    return np.array([(p.x * width, p.y * height, p.z * width) for p in landmarks], np.float32)


class MediaPipePose:
    """One Pose Landmarker in VIDEO mode: one clip or stream, one thread, masks on.

    Instances must not be shared between clips or threads: the tracker carries the last person over to the next frame.

    Raises
    ------
    InstallationError
        `model_missing` when the bundle cannot be opened.
    """

    def __init__(self, model: Path) -> None:
        self._landmarker: vision.PoseLandmarker | None = _landmarker(
            model, vision.RunningMode.VIDEO, people=1, masks=True
        )
        self._last_ms = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the model; a second call does nothing."""
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None

    def estimate(self, time_ms: int, rgb: RgbImage) -> Pose | None:
        """Return the tracked person of the frame.

        Times less than a millisecond apart are moved on by one: MediaPipe refuses equal times.
        """
        if self._landmarker is None:  # MediaPipe itself does not notice use after close
            raise RuntimeError("this pose estimator is closed")
        self._last_ms = max(self._last_ms + 1, time_ms)
        result = self._landmarker.detect_for_video(_image(rgb), self._last_ms)
        if not result.pose_landmarks:
            return None
        height, width = rgb.shape[:2]
        landmarks = result.pose_landmarks[0]
        mask = None
        if result.segmentation_masks:
            # Copied at once: MediaPipe's next call reuses the memory of the view.
            mask = np.array(result.segmentation_masks[0].numpy_view(), np.float32, copy=True).reshape(height, width)
        return Pose(
            landmarks=_points(landmarks, width, height),
            world=np.array([(p.x, p.y, p.z) for p in result.pose_world_landmarks[0]], np.float32),
            visibility=np.array([p.visibility for p in landmarks], np.float32),
            mask=mask,
        )


class PeopleScan:
    """A Pose Landmarker for occasional scans for other people: IMAGE mode, several people, no masks."""

    def __init__(self, model: Path, people: int = 4) -> None:
        self._people = people
        self._landmarker = _landmarker(model, vision.RunningMode.IMAGE, people=people, masks=False)

    def close(self) -> None:
        """Free the model."""
        self._landmarker.close()

    def look(self, rgb: RgbImage) -> FloatArray:
        """Return (P, 33, 3) x, y pixels and visibility of everybody seen; NaN rows where fewer than P."""
        result = self._landmarker.detect(_image(rgb))
        height, width = rgb.shape[:2]
        out = np.full((self._people, N_LANDMARKS, 3), np.nan, np.float32)
        for row, landmarks in zip(out, result.pose_landmarks, strict=False):
            row[:] = [(p.x * width, p.y * height, p.visibility) for p in landmarks]
        return out
