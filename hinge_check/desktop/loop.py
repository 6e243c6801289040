"""Live coaching on this machine: camera -> pose -> coach -> window or lines of JSON, each in its own thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol as TypingProtocol, Self

import numpy as np

from hinge_check.arrays import FloatArray, Side
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
"""Longest wait for a frame before keys are looked at again."""
SCAN_EVERY_S = 3.0
"""Between two looks for other people: one takes as long as two frames, in a thread of its own."""
KEPT_TIMINGS = 20_000


@dataclass(frozen=True, slots=True)
class PosedFrame:
    """A frame with the pose in it."""

    arrived: TimedFrame
    pose: Pose | None


@dataclass(slots=True)
class FrameTally:
    """How quick it was."""

    frames: int = 0
    first_s: float = 0.0
    last_s: float = 0.0
    delays_s: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT_TIMINGS))
    """From a frame's arrival until it was shown."""

    @property
    def rate_hz(self) -> float:
        """Analysed frames a second."""
        return (self.frames - 1) / (self.last_s - self.first_s) if self.frames > 1 else 0.0


class Display(TypingProtocol):
    """Where a session is shown."""

    def show(
        self, frame: Frame, answer: CoachUpdate, pose: Pose | None, back: FloatArray | None, near: Side | None
    ) -> str:
        """Show one frame; what the person wants: '', 'pause', 'restart' or 'quit'."""
        ...

    def end(self, answer: CoachUpdate) -> None:
        """The last answer, after the last frame: a repetition that ended with it is in it."""
        ...


class PoseThread:
    """Looks for the pose in the newest frame, in a thread of its own. A context manager."""

    def __init__(self, frames: LatestSlot[TimedFrame], estimator: PoseEstimator) -> None:
        self.slot: LatestSlot[PosedFrame] = LatestSlot()
        self._frames = frames
        self._estimator = estimator
        self._thread = threading.Thread(target=self._run, name="pose", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.slot.end()
        self._thread.join()

    def _run(self) -> None:
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
        except Exception as error:  # whatever it is, it is raised to whoever asks for the next pose
            self.slot.end(error)


class BystanderScan:
    """Now and then looks who else is in the picture, in a thread of its own. A context manager."""

    def __init__(self, scan: PeopleScan) -> None:
        self._scan = scan
        self._asked: LatestSlot[tuple[Frame, Pose]] = LatestSlot()
        self._found: LatestSlot[int] = LatestSlot()
        self._next_s = 0.0
        self._thread = threading.Thread(target=self._run, name="people", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._asked.end()
        self._thread.join()

    def besides(self, frame: Frame, pose: Pose | None) -> int | None:
        """How many were seen besides the tracked person, on the frame after a look; else None. Returns at once."""
        if pose is not None and frame.time_s >= self._next_s:
            self._next_s = frame.time_s + SCAN_EVERY_S
            self._asked.put((frame, pose))
        return self._found.take(0.0)

    def _run(self) -> None:
        while True:
            try:
                asked = self._asked.take(WAIT_S)
            except EOFError:
                return
            if asked is not None:
                frame, pose = asked
                self._found.put(_besides(self._scan.look(frame.rgb), frame, pose))


def _besides(people: FloatArray, frame: Frame, pose: Pose) -> int:
    """People of a look who are neither the tracked one nor far away."""
    height, width = frame.rgb.shape[:2]
    track = one_frame(frame.time_s, (width, height), pose.landmarks)
    seen = PoseTrack(
        **{name: getattr(track, name) for name in PoseTrack.__dataclass_fields__ if not name.startswith("scan")},
        scan_time_s=np.array([frame.time_s]),
        scan_people=people[None],
    )
    return int(np.isfinite(other_people(seen)[0, :, 0, 0]).sum())


def one_frame(
    time_s: float, size: tuple[int, int], landmarks: FloatArray, edges: FloatArray | None = None
) -> PoseTrack:
    """A track of a single frame, for the measures that take one."""
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


@single_threaded()
def run(
    frames: LatestFrames,
    estimator: PoseEstimator,
    make_coach: Callable[[tuple[int, int]], LiveCoach],
    stage: Display,
    *,
    scan: PeopleScan | None = None,
    builder: TrackBuilder | None = None,
    tally: FrameTally | None = None,
) -> tuple[LiveCoach | None, CameraError | None]:
    """Coach until the source ends, the person has enough, or the camera is lost.

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
    keep = builder is not None
    reader = builder if builder is not None else TrackBuilder()
    coach: LiveCoach | None = None
    lost: CameraError | None = None
    with ExitStack() as stack:
        stack.enter_context(frames)
        looking = stack.enter_context(PoseThread(frames.slot, estimator))
        company = stack.enter_context(BystanderScan(scan)) if scan is not None else None
        while coach is None or coach.state is not State.SUMMARY:
            try:
                looked = looking.slot.take(WAIT_S)
            except EOFError:
                break
            except CameraError as error:
                lost = error
                break
            except KeyboardInterrupt:  # Ctrl-C ends a session as q does
                break
            if looked is None:
                continue
            frame, pose = looked.arrived.frame, looked.pose
            height, width = frame.rgb.shape[:2]
            coach = coach or make_coach((width, height))
            if not keep:
                reader.forget()
            reader.add(frame.time_s, frame.rgb, pose)
            facts = reader.newest()
            answer = coach.push(
                LiveFrame(
                    frame.time_s,
                    None if pose is None else pose.landmarks,
                    None if pose is None else pose.world,
                    None if pose is None else pose.visibility,
                    facts.edges,
                    facts.border,
                    luma=facts.luma,
                    sharpness=facts.sharpness,
                    camera_shift=facts.camera_shift,
                    others=None if company is None else company.besides(frame, pose),
                )
            )
            near = coach.near
            back = None
            if pose is not None and near is not None:
                back = back_profile(one_frame(frame.time_s, (width, height), pose.landmarks, facts.edges), near).px[0]
            wanted = stage.show(frame, answer, pose, back, near)
            if tally is not None:
                tally.last_s = time.perf_counter()
                tally.first_s = tally.first_s or tally.last_s
                tally.frames += 1
                tally.delays_s.append(tally.last_s - looked.arrived.at_s)
            if wanted == "quit":
                break
            if wanted == "restart":
                coach.restart()
            elif wanted == "pause":
                coach.next_set() if answer.state is State.REST else coach.rest()
        if coach is not None:
            stage.end(coach.finish())
    return coach, lost
