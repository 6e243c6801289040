"""Displays of a live session: a window with keys, or lines of JSON; either may be recorded."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from hinge_check.arrays import FloatArray, Side
from hinge_check.capture.pose import Pose
from hinge_check.capture.video import Frame
from hinge_check.capture.video_writer import VideoWriter
from hinge_check.capture.webcam import CameraError
from hinge_check.desktop.overlay import LiveOverlay, LivePose
from hinge_check.desktop.voice import Voice
from hinge_check.live import CoachUpdate
from hinge_check.present.text import Picture

TITLE = "hinge-check"
KEYS = {ord(" "): "pause", ord("q"): "quit", 27: "quit", ord("r"): "restart", ord("m"): "mute"}
"""Keys of the window; muting is handled here, the other commands by the loop."""
NO_BACK: FloatArray = np.full((1, 2), np.nan)

OpenWriter = Callable[[tuple[int, int]], VideoWriter]
"""Opens a recording of pictures of that width and height."""


class FrameRenderer:
    """Draws updates on frames, speaks utterances, and passes the picture on to a recording."""

    def __init__(self, voice: Voice | None, record: OpenWriter | None) -> None:
        self._voice = voice
        self._record = record
        self._writer: VideoWriter | None = None
        self._overlay: LiveOverlay | None = None

    def speak(self, answer: CoachUpdate) -> None:
        """Speak the utterance of an update."""
        if self._voice is not None and answer.say is not None:
            self._voice.say(answer.say.text)

    @property
    def muted(self) -> bool:
        """Whether there is a voice that is muted."""
        return self._voice is not None and self._voice.muted

    def mute(self) -> None:
        """Mute the voice, or unmute it."""
        if self._voice is not None:
            self._voice.muted = not self._voice.muted

    @property
    def recorded(self) -> bool:
        """Whether the pictures are recorded."""
        return self._record is not None

    def picture(
        self, frame: Frame, answer: CoachUpdate, pose: Pose | None, back: FloatArray | None, near: Side | None
    ) -> Picture:
        """Return the drawn frame, and record it if a recording is asked for."""
        height, width = frame.rgb.shape[:2]
        if self._overlay is None:
            self._overlay = LiveOverlay((width, height))
        figure = None
        if pose is not None:
            edge = NO_BACK if back is None else back
            figure = LivePose(pose.landmarks, pose.visibility, edge, near or "right")
        picture = self._overlay.draw(frame.rgb, answer, figure, muted=self.muted)
        if self._record is not None:
            if self._writer is None:
                self._writer = self._record(self._overlay.size)
            self._writer.write(frame.time_s, picture)
        return picture


class JsonLines:
    """Prints a line of JSON whenever something changes."""

    def __init__(self, renderer: FrameRenderer, write: Callable[[str], object]) -> None:
        self._renderer = renderer
        self._write = write
        self._last: tuple[Any, ...] = ()

    def show(
        self, frame: Frame, answer: CoachUpdate, pose: Pose | None, back: FloatArray | None, near: Side | None
    ) -> str:
        """See `loop.Display`."""
        self._renderer.speak(answer)
        if self._renderer.recorded:
            self._renderer.picture(frame, answer, pose, back, near)
        code = None if answer.instruction is None else answer.instruction.code
        now = (answer.state, answer.phase, answer.set, answer.total, code, answer.notices)
        if now != self._last or answer.say is not None or answer.rep is not None:
            self._last = now
            self._write(json.dumps(answer.as_json(), ensure_ascii=False))
        return ""

    def end(self, answer: CoachUpdate) -> None:
        """See `loop.Display`."""
        self._write(json.dumps(answer.as_json(), ensure_ascii=False))


class Window:
    """An OpenCV window. A context manager.

    Raises
    ------
    CameraError
        `no_display`.
    """

    def __init__(self, renderer: FrameRenderer) -> None:
        self._renderer = renderer
        self._shown = False
        check_display()

    def end(self, answer: CoachUpdate) -> None:
        """See `loop.Display`: the summary is printed, not drawn."""

    def close(self) -> None:
        """Close the window."""
        if self._shown:
            cv2.destroyWindow(TITLE)

    def show(
        self, frame: Frame, answer: CoachUpdate, pose: Pose | None, back: FloatArray | None, near: Side | None
    ) -> str:
        """See `loop.Display`."""
        self._renderer.speak(answer)
        picture = self._renderer.picture(frame, answer, pose, back, near)
        try:
            if not self._shown:
                cv2.namedWindow(TITLE, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO)
                cv2.resizeWindow(TITLE, picture.shape[1], picture.shape[0])
            cv2.imshow(TITLE, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
            key = KEYS.get(cv2.waitKey(1) & 0xFF, "")
            closed = self._shown and cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) < 1
        except cv2.error as error:
            raise CameraError("no_display", "No window can be opened here.") from error
        self._shown = not closed
        if closed:
            return "quit"
        if key == "mute":
            self._renderer.mute()
            return ""
        return key


def check_display() -> None:
    """Check that a window can be opened: on a machine without a screen the window library ends the program.

    Raises
    ------
    CameraError
        `no_display`.
    """
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise CameraError("no_display", "This machine has no display.")
