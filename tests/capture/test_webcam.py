from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hinge_check.capture.latest import LatestSlot
from hinge_check.capture.video import Frame
from hinge_check.capture.webcam import CameraError, LatestFrames, TimedFrame, camera_frames, file_frames, upright_rgb
from hinge_check.errors import Refused
from tests.clips import write_clip

TINY = np.zeros((4, 6, 3), np.uint8)


class FakeCamera:
    """A camera that gives a number of pictures, then nothing."""

    def __init__(self, pictures: int, *, opens: bool = True, hiccups: int = 0) -> None:
        self.left, self.opens, self.hiccups = pictures, opens, hiccups
        self.released = False
        self.asked: dict[int, float] = {}

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self.opens

    def read(self) -> tuple[bool, Any]:
        if self.hiccups:
            self.hiccups -= 1
            return False, None
        self.left -= 1
        return (True, TINY) if self.left >= 0 else (False, None)

    def set(self, prop: int, value: float) -> bool:
        self.asked[prop] = value
        return True

    def release(self) -> None:
        self.released = True


def test_a_missing_camera_is_reported_at_once() -> None:
    camera = FakeCamera(0, opens=False)
    with pytest.raises(CameraError) as caught:
        camera_frames(3, open_camera=lambda _: camera)
    assert caught.value.code == "no_camera"
    assert "Camera 3" in str(caught.value)
    assert "--camera" in str(caught.value)
    assert caught.value.exit_code == 3
    assert camera.released


def test_a_disconnected_camera_is_reported_after_its_last_picture() -> None:
    camera = FakeCamera(3)
    frames = camera_frames(0, open_camera=lambda _: camera, lost_s=0.1)
    given = [next(frames) for _ in range(3)]
    assert given[0].time_s == 0.0
    assert [frame.time_s for frame in given] == sorted(frame.time_s for frame in given)
    with pytest.raises(CameraError) as caught:
        next(frames)
    assert caught.value.code == "camera_lost"
    assert camera.released


def test_a_single_failed_read_is_no_loss() -> None:
    frames = camera_frames(0, open_camera=lambda _: FakeCamera(2, hiccups=2), lost_s=1.0)
    assert next(frames).rgb.shape == TINY.shape


def test_pictures_are_rgb_contiguous_and_no_longer_than_asked() -> None:
    bgr = np.zeros((720, 1280, 3), np.uint8)
    bgr[..., 0] = 200  # blue
    rgb = upright_rgb(bgr[:, ::-1])
    assert rgb.shape == (540, 960, 3)
    assert rgb.flags.c_contiguous
    assert rgb[0, 0].tolist() == [0, 0, 200]
    assert upright_rgb(np.zeros((10, 20), np.uint8)).shape == (10, 20, 3)


def test_a_file_plays_at_its_own_rate(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", n=6, fps=20.0)
    began = time.monotonic()
    frames = list(file_frames(clip))
    assert [frame.time_s for frame in frames] == pytest.approx([k / 20 for k in range(6)], abs=1e-3)
    assert time.monotonic() - began >= 0.24


def test_a_file_that_is_no_video_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_text("no video")
    with pytest.raises(Refused):
        file_frames(path)


def endless(stopped: threading.Event) -> Iterator[Frame]:
    k = 0
    try:
        while True:
            yield Frame(k / 100, np.full((2, 2, 3), k % 256, np.uint8))
            k += 1
            time.sleep(0.002)
    finally:
        stopped.set()


def test_a_slow_consumer_gets_the_latest_frame_and_nothing_queues_up() -> None:
    stopped = threading.Event()
    with LatestFrames(endless(stopped)) as frames:
        times = []
        for _ in range(4):
            time.sleep(0.05)
            arrived = frames.slot.take(1.0)
            assert isinstance(arrived, TimedFrame)
            assert time.perf_counter() - arrived.at_s < 0.05
            times.append(arrived.frame.time_s)
        assert min(np.diff(times)) > 0.02
        assert frames.slot.taken_count == 4
        assert frames.slot.put_count > 4
    assert stopped.is_set()


def test_the_end_and_errors_come_after_the_last_frame() -> None:
    def failing() -> Iterator[Frame]:
        yield Frame(0.0, TINY)
        raise CameraError("camera_lost", "Gone.")

    with LatestFrames(failing()) as frames:
        assert frames.slot.take(1.0) is not None
        with pytest.raises(CameraError):
            frames.slot.take(1.0)
    with LatestFrames(iter([Frame(0.0, TINY)])) as frames:
        assert frames.slot.take(1.0) is not None
        with pytest.raises(EOFError):
            frames.slot.take(1.0)


def test_waiting_for_the_latest_frame_times_out() -> None:
    slot: LatestSlot[int] = LatestSlot()
    assert slot.take(0.01) is None
    assert slot.put(1)
    assert slot.put(2)
    assert slot.take(0.0) == 2
    slot.end()
    assert not slot.put(3)
    with pytest.raises(EOFError):
        slot.take(0.0)
