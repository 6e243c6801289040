"""A camera, or a file played at real time, as a stream of frames: a thread reads them, the newest wins."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol as TypingProtocol

import cv2
import numpy as np

from hinge_check.background import BackgroundThread
from hinge_check.capture.capture_clip import LONG_EDGE
from hinge_check.capture.latest import LatestSlot
from hinge_check.capture.video import Frame, VideoReader
from hinge_check.errors import UsageError

LOST_S = 2.0
"""A camera that gives no picture for this long is lost: unplugged, or taken by another program."""
RETRY_S = 0.02
WIDTH, HEIGHT = 1280, 720
"""Size requested of the camera, which gives what it can. Larger pictures are scaled down before inference."""

CameraCode = Literal["no_camera", "camera_lost", "no_display"]

_ADVICE: dict[CameraCode, str] = {
    "no_camera": "Plug one in, close other programs that use it, or name another with --camera 1; "
    "a file plays with --source.",
    "camera_lost": "Check its cable and whether another program took it. What was counted is kept.",
    "no_display": "Run it on a screen, or with --headless, which prints every change as one line of JSON.",
}


class CameraError(UsageError):
    """Something that live coaching needs is missing; `code` is stable (exit code 3)."""

    exit_code = 3

    def __init__(self, code: CameraCode, message: str) -> None:
        super().__init__(f"{message} ({code})\n{_ADVICE[code]}")
        self.code = code


class Capture(TypingProtocol):
    """The part of `cv2.VideoCapture` that is used."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Return whether the camera is open."""
        ...

    def read(self) -> tuple[bool, Any]:
        """Return whether a picture came, and the picture."""
        ...

    def set(self, prop: int, value: float) -> bool:
        """Request a property of the camera."""
        ...

    def release(self) -> None:
        """Close the camera."""
        ...


@dataclass(frozen=True, slots=True)
class TimedFrame:
    """A frame and the time of its arrival, `time.perf_counter` seconds."""

    frame: Frame
    at_s: float


class LatestFrames(BackgroundThread):
    """Takes frames from an iterator in a thread of its own; whoever takes from `slot` gets the newest.

    A context manager. The iterator yields each frame when it is due, and may raise `CameraError`.
    """

    def __init__(self, frames: Iterator[Frame]) -> None:
        super().__init__("camera")
        self.slot: LatestSlot[TimedFrame] = LatestSlot()
        self._frames = frames

    def request_stop(self) -> None:
        """Take no more frames."""
        self.slot.end()

    def run(self) -> None:
        """Put frames into the slot until the source ends or nobody takes them any more."""
        error: Exception | None = None
        try:
            for frame in self._frames:
                if not self.slot.put(TimedFrame(frame, time.perf_counter())):
                    break
        except Exception as raised:  # of any kind: raised again when the next frame is taken
            error = raised
        finally:
            close: Callable[[], None] | None = getattr(self._frames, "close", None)
            if close is not None:
                close()
            self.slot.end(error)


def camera_frames(
    index: int, *, open_camera: Callable[[int], Capture] = cv2.VideoCapture, lost_s: float = LOST_S
) -> Iterator[Frame]:
    """Open a camera and return its frames, timed by the clock from the first one on.

    The camera is opened at once, so that a missing one is reported before anything else begins.

    Raises
    ------
    CameraError
        `no_camera`; while iterating `camera_lost`.
    """
    camera = open_camera(index)
    if not camera.isOpened():
        camera.release()
        raise CameraError("no_camera", f"Camera {index} cannot be opened.")
    camera.set(cv2.CAP_PROP_FRAME_WIDTH, WIDTH)
    camera.set(cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT)
    camera.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # the newest picture, not the oldest of a queue
    return _read_camera(camera, lost_s)


def _read_camera(camera: Capture, lost_s: float) -> Iterator[Frame]:
    """Yield frames until the camera is lost; release it in the end."""
    try:
        first: float | None = None
        last_good = time.monotonic()
        while True:
            good, bgr = camera.read()
            now = time.monotonic()
            if not good or bgr is None:
                if now - last_good >= lost_s:
                    raise CameraError("camera_lost", "The camera gives no more pictures.")
                time.sleep(RETRY_S)
                continue
            last_good = now
            first = now if first is None else first
            yield Frame(now - first, upright_rgb(bgr))
    finally:
        camera.release()


def upright_rgb(bgr: np.ndarray[Any, Any], long_edge: int = LONG_EDGE) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Convert OpenCV's picture to C-contiguous RGB, scaled down where its longer side exceeds `long_edge` pixels."""
    if bgr.ndim == 2:
        bgr = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_GRAY2BGR))
    height, width = bgr.shape[:2]
    scale = long_edge / max(height, width)
    if scale < 1:
        size = round(width * scale), round(height * scale)
        bgr = np.asarray(cv2.resize(bgr, size, interpolation=cv2.INTER_AREA))
    return np.ascontiguousarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def file_frames(path: Path, *, max_duration_s: float = 3600.0) -> Iterator[Frame]:
    """Open a file and return its frames, each when it is due: one second of the file takes one second.

    Raises
    ------
    Refused
        As `VideoReader`; the file is opened at once.
    """
    return _pace(VideoReader(path, long_edge=LONG_EDGE, max_duration_s=max_duration_s))


def _pace(reader: VideoReader) -> Iterator[Frame]:
    """Yield each frame when it is due."""
    with reader:
        started_s: float | None = None
        for frame in reader:
            now = time.monotonic()
            started_s = now - frame.time_s if started_s is None else started_s
            wait = started_s + frame.time_s - now
            if wait > 0:
                time.sleep(wait)
            yield frame
