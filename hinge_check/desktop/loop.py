"""Live coaching on this machine: camera -> pose -> coach -> window or lines of JSON, each in its own thread."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Protocol as TypingProtocol

import numpy as np

from hinge_check.arrays import FloatArray, Side
from hinge_check.background import BackgroundThread
from hinge_check.capture.latest import LatestSlot
from hinge_check.capture.opencv_threads import single_threaded
from hinge_check.capture.people import other_people
from hinge_check.capture.pose import PeopleScan, Pose, PoseEstimator
from hinge_check.capture.track import PoseTrack
from hinge_check.capture.track_builder import TrackBuilder
from hinge_check.capture.video import Frame
from hinge_check.capture.webcam import CameraError, LatestFrames, TimedFrame
from hinge_check.live import CoachUpdate, LiveCoach, LiveFrame, State
from hinge_check.live.frame_buffer import as_track
from hinge_check.measure.back_profile import back_profile

WAIT_S = 0.2
"""Longest wait for a frame before keys are checked again."""
SCAN_EVERY_S = 3.0
"""Interval between scans for other people: a scan takes as long as two frames, in a thread of its own."""
KEPT_TIMINGS = 20_000


@dataclass(frozen=True, slots=True)
class PosedFrame:
    """A frame with its pose."""

    arrived: TimedFrame
    pose: Pose | None


@dataclass(slots=True)
class FrameTally:
    """Frame rate and delay of a session."""

    frames: int = 0
    first_s: float = 0.0
    last_s: float = 0.0
    delays_s: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT_TIMINGS))
    """From a frame's arrival until it was shown."""

    @property
    def rate_hz(self) -> float:
        """Analysed frames per second."""
        return (self.frames - 1) / (self.last_s - self.first_s) if self.frames > 1 else 0.0

    def record(self, arrived_s: float) -> None:
        """Count a frame that has just been shown; `arrived_s` is in `time.perf_counter` seconds."""
        self.last_s = time.perf_counter()
        self.first_s = self.first_s or self.last_s
        self.frames += 1
        self.delays_s.append(self.last_s - arrived_s)


class Display(TypingProtocol):
    """Where a session is shown."""

    def show(
        self, frame: Frame, answer: CoachUpdate, pose: Pose | None, back: FloatArray | None, near: Side | None
    ) -> str:
        """Show one frame; return the user's command: '', 'pause', 'restart' or 'quit'."""
        ...

    def end(self, answer: CoachUpdate) -> None:
        """Show the last update, after the last frame: it may complete a repetition."""
        ...


class PoseThread(BackgroundThread):
    """Estimates the pose in the newest frame, in a thread of its own. A context manager."""

    def __init__(self, frames: LatestSlot[TimedFrame], estimator: PoseEstimator) -> None:
        super().__init__("pose")
        self.slot: LatestSlot[PosedFrame] = LatestSlot()
        self._frames = frames
        self._estimator = estimator

    def request_stop(self) -> None:
        """Estimate no more poses."""
        self.slot.end()

    def run(self) -> None:
        """Put a pose into the slot for the newest frame, until frames end or nobody takes poses any more."""
        try:
            while True:
                arrived = self._frames.take(WAIT_S)
                if arrived is None:
                    if not self.slot.wanted:
                        return
                    continue
                pose = self._estimator.estimate(round(1000 * arrived.frame.time_s), arrived.frame.rgb)
                if not self.slot.put(PosedFrame(arrived, pose)):
                    return
        except EOFError:
            self.slot.end()
        except Exception as error:  # any error is raised to whoever asks for the next pose
            self.slot.end(error)


class BystanderScan(BackgroundThread):
    """Scans for other people from time to time, in a thread of its own. A context manager."""

    def __init__(self, scan: PeopleScan) -> None:
        super().__init__("people")
        self._scan = scan
        self._requests: LatestSlot[tuple[Frame, Pose]] = LatestSlot()
        self._counts: LatestSlot[int] = LatestSlot()
        self._next_s = 0.0

    def request_stop(self) -> None:
        """Scan no more frames."""
        self._requests.end()

    def count(self, frame: Frame, pose: Pose | None) -> int | None:
        """Return the number of other people, on the frame after a scan; else None. Returns at once."""
        if pose is not None and frame.time_s >= self._next_s:
            self._next_s = frame.time_s + SCAN_EVERY_S
            self._requests.put((frame, pose))
        return self._counts.take(0.0)

    def run(self) -> None:
        """Count the people in each requested frame."""
        while True:
            try:
                request = self._requests.take(WAIT_S)
            except EOFError:
                return
            if request is not None:
                frame, pose = request
                self._counts.put(_count_bystanders(self._scan.look(frame.rgb), frame, pose))


def _count_bystanders(people: FloatArray, frame: Frame, pose: Pose) -> int:
    """Return the number of people in a scan who are neither the tracked one nor far away."""
    height, width = frame.rgb.shape[:2]
    track = one_frame(frame.time_s, (width, height), pose.landmarks)
    scanned = PoseTrack(
        **{name: getattr(track, name) for name in PoseTrack.__dataclass_fields__ if not name.startswith("scan")},
        scan_time_s=np.array([frame.time_s]),
        scan_people=people[None],
    )
    return int(np.isfinite(other_people(scanned)[0, :, 0, 0]).sum())


def one_frame(
    time_s: float, size: tuple[int, int], landmarks: FloatArray, edges: FloatArray | None = None
) -> PoseTrack:
    """Return a track of a single frame, for measures that take one."""
    from hinge_check.capture.track import EDGE_S, TrackInfo

    nothing: FloatArray = np.full((1, 2, len(EDGE_S)), np.nan, np.float32)
    rows: dict[str, FloatArray] = {
        "landmarks": landmarks[None],
        "world": np.full((1, 33, 3), np.nan, np.float32),
        "visibility": np.ones((1, 33), np.float32),
        "edges": nothing if edges is None else edges[None],
        "border": np.zeros((1, 4), np.float32),
        "luma": np.full(1, np.nan, np.float32),
        "sharpness": np.full(1, np.nan, np.float32),
        "camera_shift": np.full((1, 2), np.nan, np.float32),
    }
    return as_track(np.array([time_s]), rows, TrackInfo("", size, size, 0.0, 0.0, "", "", {}))


class FrameReader:
    """Turns a frame and its pose into the coach's input.

    Parameters
    ----------
    builder
        Keeps every frame for a track; without one nothing is kept.
    bystanders
        Counts other people; None to skip the scan.
    """

    def __init__(self, builder: TrackBuilder | None, bystanders: BystanderScan | None) -> None:
        self._keep = builder is not None
        self._builder = builder if builder is not None else TrackBuilder()
        self._bystanders = bystanders

    def read(self, frame: Frame, pose: Pose | None) -> LiveFrame:
        """Return one frame as input of the coach."""
        if not self._keep:
            self._builder.forget()
        self._builder.add(frame.time_s, frame.rgb, pose)
        facts = self._builder.newest()
        return LiveFrame(
            frame.time_s,
            None if pose is None else pose.landmarks,
            None if pose is None else pose.world,
            None if pose is None else pose.visibility,
            facts.edges,
            facts.border,
            luma=facts.luma,
            sharpness=facts.sharpness,
            camera_shift=facts.camera_shift,
            others=None if self._bystanders is None else self._bystanders.count(frame, pose),
        )


@single_threaded()
def run(
    frames: LatestFrames,
    estimator: PoseEstimator,
    make_coach: Callable[[tuple[int, int]], LiveCoach],
    display: Display,
    *,
    scan: PeopleScan | None = None,
    builder: TrackBuilder | None = None,
    tally: FrameTally | None = None,
) -> tuple[LiveCoach | None, CameraError | None]:
    """Coach until the source ends, the person quits, or the camera is lost.

    Parameters
    ----------
    make_coach
        Makes the coach when the size of the pictures (width, height) is known.
    builder
        Keeps every frame for a track; without one nothing is kept.

    Returns
    -------
    The coach, finished, and why the camera was lost; no coach when there never was a picture.
    """
    coach: LiveCoach | None = None
    lost: CameraError | None = None
    with ExitStack() as stack:
        stack.enter_context(frames)
        poses = stack.enter_context(PoseThread(frames.slot, estimator))
        reader = FrameReader(builder, stack.enter_context(BystanderScan(scan)) if scan is not None else None)
        while coach is None or coach.state is not State.SUMMARY:
            try:
                posed = poses.slot.take(WAIT_S)
            except (EOFError, KeyboardInterrupt):  # Ctrl-C ends a session as q does
                break
            except CameraError as error:
                lost = error
                break
            if posed is None:
                continue
            frame, pose = posed.arrived.frame, posed.pose
            height, width = frame.rgb.shape[:2]
            coach = coach or make_coach((width, height))
            live_frame = reader.read(frame, pose)
            answer = coach.push(live_frame)
            command = display.show(frame, answer, pose, _back_edge(live_frame, (width, height), coach.near), coach.near)
            if tally is not None:
                tally.record(posed.arrived.at_s)
            if command == "quit":
                break
            _obey(command, coach, answer)
        if coach is not None:
            display.end(coach.finish())
    return coach, lost


def _back_edge(frame: LiveFrame, size: tuple[int, int], near: Side | None) -> FloatArray | None:
    """Return the back's edge in pixels; None without a person or before their near side is known."""
    if frame.landmarks is None or near is None:
        return None
    edge: FloatArray = back_profile(one_frame(frame.time_s, size, frame.landmarks, frame.edges), near).px[0]
    return edge


def _obey(command: str, coach: LiveCoach, answer: CoachUpdate) -> None:
    """Carry out what a key asked for."""
    if command == "restart":
        coach.restart()
    elif command == "pause":
        coach.next_set() if answer.state is State.REST else coach.rest()
