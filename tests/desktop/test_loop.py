"""The path from frames to updates, with a replayed track in place of the model."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import pytest

from hinge_check.arrays import FloatArray, Side
from hinge_check.assess.protocol import load_protocol
from hinge_check.capture.pose import PeopleScan, Pose
from hinge_check.capture.track_builder import TrackBuilder
from hinge_check.capture.video import Frame, VideoReader
from hinge_check.capture.video_writer import VideoWriter
from hinge_check.capture.webcam import CameraError, LatestFrames
from hinge_check.desktop.display import FrameRenderer, JsonLines, Window, check_display
from hinge_check.desktop.loop import Display, FrameTally, run
from hinge_check.desktop.voice import Voice
from hinge_check.live import CoachUpdate, LiveCoach, State
from tests.live.sessions import set_track
from tests.replay import ReplayedScan, pose_of

SIZE = (200, 150)
TRACK = set_track(1, lead=0.6, tail=0.8, fps=15.0, px_per_m=62, size=SIZE)


class ByTime:
    """Returns the pose of the frame's own time, however many frames were skipped."""

    def estimate(self, time_ms: int, rgb: np.ndarray[Any, Any]) -> Pose | None:  # noqa: ARG002
        return pose_of(TRACK, int(np.argmin(np.abs(TRACK.time_s - time_ms / 1000))))


class Remembering:
    """Remembers what it was shown; returns a command at given frames."""

    def __init__(self, wants: dict[int, str] | None = None) -> None:
        self.answers: list[CoachUpdate] = []
        self.backs: list[FloatArray | None] = []
        self._wants = wants or {}

    def show(
        self,
        frame: Frame,  # noqa: ARG002 - as a stage is called
        answer: CoachUpdate,
        pose: Pose | None,  # noqa: ARG002
        back: FloatArray | None,
        near: Side | None,  # noqa: ARG002
    ) -> str:
        self.answers.append(answer)
        self.backs.append(back)
        return self._wants.get(len(self.answers), "")

    def end(self, answer: CoachUpdate) -> None:
        self.answers.append(answer)


class Film:
    """Yields the track's frames, each when the one before was shown: nothing depends on how busy the machine is."""

    def __init__(self, *, fails: bool = False) -> None:
        self._fails = fails
        self._shown = threading.Semaphore()

    def frames(self) -> LatestFrames:
        return LatestFrames(self._run())

    def _run(self) -> Iterator[Frame]:
        rgb = np.random.default_rng(1).integers(0, 255, (SIZE[1], SIZE[0], 3)).astype(np.uint8)
        for time_s in TRACK.time_s.tolist():
            self._shown.acquire(timeout=10)
            yield Frame(time_s, rgb)
        self._shown.acquire(timeout=10)
        if self._fails:
            raise CameraError("camera_lost", "Gone.")

    def on(self, stage: Display) -> Display:
        """Return the display, which signals when it has shown a frame."""
        show = stage.show

        def shown(*args: Any) -> str:
            wanted = show(*args)
            self._shown.release()
            return wanted

        stage.show = shown  # type: ignore[assignment,method-assign]
        return stage


def coach(size: tuple[int, int]) -> LiveCoach:
    assert size == SIZE
    return LiveCoach(load_protocol(), frame_size=size)


def test_from_frames_to_a_counted_repetition() -> None:
    stage, tally, builder = Remembering(), FrameTally(), TrackBuilder()
    film = Film()
    made, lost = run(film.frames(), ByTime(), coach, film.on(stage), tally=tally, builder=builder)
    assert lost is None
    assert made is not None
    assert made.state is State.SUMMARY
    assert stage.answers[-1].total == 1
    assert tally.frames == len(stage.answers) - 1
    assert max(tally.delays_s) < 5
    track = builder.track(made.info)
    assert len(track) == tally.frames
    assert any(back is not None and np.isfinite(back).any() for back in stage.backs)


def test_without_a_builder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = []
    forget = TrackBuilder.forget

    def watched(self: TrackBuilder) -> None:
        rows.append(len(self._rows.time_s))
        forget(self)

    monkeypatch.setattr(TrackBuilder, "forget", watched)
    film = Film()
    run(film.frames(), ByTime(), coach, film.on(Remembering()))
    assert max(rows) == 1


def test_a_camera_lost_in_the_set_ends_it_with_its_count() -> None:
    stage = Remembering()
    film = Film(fails=True)
    made, lost = run(film.frames(), ByTime(), coach, film.on(stage))
    assert lost is not None
    assert lost.code == "camera_lost"
    assert made is not None
    assert made.report().summary.reps == 1


def test_a_source_without_a_picture_has_no_coach() -> None:
    assert run(LatestFrames(iter(())), ByTime(), coach, Remembering()) == (None, None)


def test_keys_rest_go_on_begin_again_and_end() -> None:
    stage = Remembering({20: "pause", 25: "pause", 40: "restart", 50: "quit"})
    film = Film()
    made, _ = run(film.frames(), ByTime(), coach, film.on(stage))
    states = [answer.state for answer in stage.answers]
    assert states[20] is State.REST
    assert State.REST not in states[26:]
    assert len(stage.answers) == 51
    assert made is not None
    assert made.state is State.SUMMARY


def test_somebody_else_in_the_picture_is_noticed() -> None:
    other = np.array(TRACK.landmarks[0])
    other[:, 0] += 70
    other[:, 2] = 1.0
    people = np.repeat(np.stack([np.full((33, 3), np.nan), other])[None], 50, axis=0)
    stage = Remembering()
    film = Film()
    run(film.frames(), ByTime(), coach, film.on(stage), scan=cast("PeopleScan", ReplayedScan(people)))
    assert stage.answers[-1].total == 1
    assert any(
        (a.instruction and a.instruction.code) == "one_person" or "second_person" in a.notices for a in stage.answers
    )


def test_lines_are_json_and_come_with_changes_only(tmp_path: Path) -> None:
    lines: list[str] = []
    video = tmp_path / "live.mp4"
    writers: list[VideoWriter] = []

    def record(size: tuple[int, int]) -> VideoWriter:
        writers.append(VideoWriter(video, size).__enter__())
        return writers[-1]

    film = Film()
    run(film.frames(), ByTime(), coach, film.on(JsonLines(FrameRenderer(None, record), lines.append)))
    writers[0].__exit__(None, None, None)
    told = [json.loads(line) for line in lines]
    assert told[-1]["state"] == "summary"
    assert told[-1]["total"] == 1
    assert len(told) < len(TRACK) / 2
    with VideoReader(video) as reader:
        assert len(list(reader)) > len(TRACK) / 2


def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(CameraError, match="--headless") as caught:
        check_display()
    assert caught.value.code == "no_display"


def test_a_slow_voice_never_holds_anybody_up_and_says_the_newest() -> None:
    said: list[str] = []

    def slow(words: str) -> None:
        time.sleep(0.15)
        said.append(words)

    with Voice(slow) as voice:
        began = time.perf_counter()
        voice.say("one")
        time.sleep(0.05)
        for words in ("two", "three", "four"):
            voice.say(words)
        assert time.perf_counter() - began < 0.12
        time.sleep(0.5)
        voice.muted = True
        voice.say("five")
        time.sleep(0.05)
    assert said == ["one", "four"]


class Screen:
    """The OpenCV window functions that are used."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, keys: list[int]) -> None:
        self.shown: list[np.ndarray[Any, Any]] = []
        self.closed = False
        self.visible = 1.0
        self._keys = iter(keys)
        monkeypatch.setattr("hinge_check.desktop.display.check_display", lambda: None)
        for name in ("namedWindow", "resizeWindow"):
            monkeypatch.setattr(f"hinge_check.desktop.display.cv2.{name}", lambda *_: None)
        monkeypatch.setattr("hinge_check.desktop.display.cv2.imshow", lambda _, picture: self.shown.append(picture))
        monkeypatch.setattr("hinge_check.desktop.display.cv2.waitKey", lambda _: next(self._keys, -1))
        monkeypatch.setattr("hinge_check.desktop.display.cv2.getWindowProperty", lambda *_: self.visible)
        monkeypatch.setattr("hinge_check.desktop.display.cv2.destroyWindow", lambda _: setattr(self, "closed", True))


def test_the_window_shows_frames_and_reads_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch, [-1, ord(" "), ord("m"), ord("r"), ord("q"), -1])
    voice = Voice(lambda _: None)
    window = Window(FrameRenderer(voice, None))
    answer = coach(SIZE).finish()
    rgb = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    rgb[..., 0] = 255  # red
    pressed = [window.show(Frame(0.1 * k, rgb), answer, None, None, None) for k in range(5)]
    assert pressed == ["", "pause", "", "restart", "quit"]
    assert voice.muted
    assert screen.shown[0][300, 450].tolist() == [0, 0, 255]  # as in OpenCV
    screen.visible = 0.0
    assert window.show(Frame(1.0, rgb), answer, None, None, None) == "quit"
    window.close()


def test_a_window_that_cannot_be_opened_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    Screen(monkeypatch, [])

    def fails(*_: object) -> None:
        raise cv2.error("no GUI")

    monkeypatch.setattr("hinge_check.desktop.display.cv2.namedWindow", fails)
    with pytest.raises(CameraError) as caught:
        Window(FrameRenderer(None, None)).show(
            Frame(0.0, np.zeros((30, 40, 3), np.uint8)), coach(SIZE).finish(), None, None, None
        )
    assert caught.value.code == "no_display"
