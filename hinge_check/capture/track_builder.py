"""Builder of a pose track from frames and poses; the file path and the live path share it."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from hinge_check.arrays import FloatArray
from hinge_check.capture.camera_motion import CameraMotion
from hinge_check.capture.landmarks import HIPS, N_LANDMARKS, SHOULDERS
from hinge_check.capture.picture_quality import brightness_and_sharpness
from hinge_check.capture.pose import PeopleScan, Pose
from hinge_check.capture.silhouette import border_contact, trunk_edges
from hinge_check.capture.track import EDGE_S, PoseTrack, TrackInfo
from hinge_check.errors import Code, Refused

SAMPLE_S = 0.2
"""Seconds between samples of brightness, sharpness and camera motion: a bump lasts longer than that."""

SCAN_S = 1.0
"""Seconds between scans for other people: a person passing through is in view for longer."""


@dataclass(slots=True)
class _Rows:
    """The frames collected so far, in order."""

    time_s: list[float] = field(default_factory=list)
    landmarks: list[FloatArray] = field(default_factory=list)
    world: list[FloatArray] = field(default_factory=list)
    visibility: list[FloatArray] = field(default_factory=list)
    edges: list[FloatArray] = field(default_factory=list)
    blur: list[FloatArray] = field(default_factory=list)
    border: list[FloatArray] = field(default_factory=list)
    luma: list[float] = field(default_factory=list)
    sharpness: list[float] = field(default_factory=list)
    shift: list[tuple[float, float]] = field(default_factory=list)
    scan_time_s: list[float] = field(default_factory=list)
    scan_people: list[FloatArray] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """What is measured on one frame beside the pose; shapes as in `PoseTrack`, without the time axis."""

    edges: FloatArray
    border: FloatArray
    luma: float
    sharpness: float
    camera_shift: tuple[float, float]


_NO_POINTS = np.full((N_LANDMARKS, 3), np.nan, np.float32)
_NO_EDGES = np.full((2, len(EDGE_S)), np.nan, np.float32)


class TrackBuilder:
    """A collector of frames and poses into the arrays of a `PoseTrack`.

    Parameters
    ----------
    scan
        Scans for other people about once a second; None for no scans.
    """

    def __init__(self, scan: PeopleScan | None = None) -> None:
        self._rows = _Rows()
        self._camera_motion = CameraMotion()
        self._scan = scan
        self._next_sample = self._next_scan = -np.inf

    def add(self, time_s: float, rgb: npt.NDArray[np.uint8], pose: Pose | None) -> None:
        """Add one frame; times must rise."""
        rows = self._rows
        rows.time_s.append(time_s)
        mask = pose.mask if pose is not None else None
        if pose is None:
            rows.landmarks.append(_NO_POINTS)
            rows.world.append(_NO_POINTS)
            rows.visibility.append(np.zeros(N_LANDMARKS, np.float32))
        else:
            rows.landmarks.append(pose.landmarks)
            rows.world.append(pose.world)
            rows.visibility.append(pose.visibility)
        edges, blur = _NO_EDGES, _NO_EDGES
        if pose is not None and mask is not None:
            hip = pose.landmarks[HIPS, :2].mean(axis=0)
            edges, blur = trunk_edges(mask, hip, pose.landmarks[SHOULDERS, :2].mean(axis=0))
        rows.edges.append(edges)
        rows.blur.append(blur)
        rows.border.append(np.zeros(4, np.float32) if mask is None else border_contact(mask))
        luma, sharpness, shift = np.nan, np.nan, (np.nan, np.nan)
        if time_s >= self._next_sample:
            self._next_sample = time_s + SAMPLE_S
            gray = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
            luma, sharpness = brightness_and_sharpness(gray)
            shift = self._camera_motion.update(gray, mask)
        rows.luma.append(luma)
        rows.sharpness.append(sharpness)
        rows.shift.append(shift)
        if self._scan is not None and time_s >= self._next_scan:
            self._next_scan = time_s + SCAN_S
            rows.scan_time_s.append(time_s)
            rows.scan_people.append(self._scan.look(rgb))

    def newest(self) -> FrameFacts:
        """Return what was measured on the frame added last: the live path reads frame by frame.

        Raises
        ------
        IndexError
            Before the first frame.
        """
        rows = self._rows
        return FrameFacts(rows.edges[-1], rows.border[-1], rows.luma[-1], rows.sharpness[-1], rows.shift[-1])

    def forget(self) -> None:
        """Drop the frames added so far; camera motion and the schedule of scans go on."""
        self._rows = _Rows()

    def track(self, info: TrackInfo) -> PoseTrack:
        """Return the track of everything added so far.

        Raises
        ------
        Refused
            `too_short` with fewer than two frames.
        """
        rows = self._rows
        if len(rows.time_s) < 2:
            raise Refused(Code.TOO_SHORT, "This video holds a single picture.")
        people = np.stack(rows.scan_people) if rows.scan_people else np.zeros((0, 1, N_LANDMARKS, 3), np.float32)
        return PoseTrack(
            time_s=np.array(rows.time_s),
            landmarks=np.stack(rows.landmarks),
            world=np.stack(rows.world),
            visibility=np.stack(rows.visibility),
            edges=np.stack(rows.edges),
            edge_blur=np.stack(rows.blur),
            border=np.stack(rows.border),
            luma=np.array(rows.luma, np.float32),
            sharpness=np.array(rows.sharpness, np.float32),
            camera_shift=np.array(rows.shift, np.float32),
            scan_time_s=np.array(rows.scan_time_s),
            scan_people=people,
            info=info,
        )
