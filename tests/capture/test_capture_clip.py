from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from hinge_check.capture import capture_clip
from hinge_check.capture.capture_clip import LONG_EDGE, MAX_RATE_HZ, capture, follow
from hinge_check.capture.pose_models import BundleFile
from hinge_check.capture.track import PoseTrack
from hinge_check.capture.track_builder import TrackBuilder
from hinge_check.capture.video import Frame, sha256_of
from hinge_check.options import CaptureOptions, silent
from tests.clips import write_clip
from tests.replay import Replay, ReplayedScan, pose_of
from tests.stick_figure import clock, hinges, stick

SIZE = (96, 64)
BLANK = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)


def figure(seconds: float = 2.0, fps: float = 30.0, **changes: Any) -> PoseTrack:
    times = clock(seconds, fps)
    return stick(times, hinges(times, 1, lead=0.2), px_per_m=28, size=SIZE, **changes).track


def frames_of(track: PoseTrack) -> list[Frame]:
    rng = np.random.default_rng(0)
    return [Frame(t, rng.integers(0, 255, BLANK.shape).astype(np.uint8)) for t in track.time_s.tolist()]


# -- follow


def test_following_in_two_threads_is_the_same_as_in_one() -> None:
    track = figure(gaps=[(0.4, 0.6)])
    frames = frames_of(track)
    together, one_by_one = TrackBuilder(), TrackBuilder()
    follow(frames, Replay(track), together)
    for k, frame in enumerate(frames):
        one_by_one.add(frame.time_s, frame.rgb, pose_of(track, k))
    here, there = together.track(track.info), one_by_one.track(track.info)
    for f in fields(PoseTrack):
        if f.name != "info":
            assert getattr(here, f.name).tobytes() == getattr(there, f.name).tobytes(), f.name


@pytest.mark.parametrize("speed", [1.0, 0.125])
def test_the_estimator_is_given_real_milliseconds(speed: float) -> None:
    track = figure(1.0)
    replay = Replay(track)
    follow(frames_of(track), replay, TrackBuilder(), speed)
    assert replay.times_ms == [round(1000 * t * speed) for t in track.time_s.tolist()]


class Slow(TrackBuilder):
    """Takes its time over every frame."""

    def add(self, *args: Any) -> None:
        time.sleep(0.003)
        super().add(*args)


def test_few_pictures_wait_however_slow_the_edges_are() -> None:
    track, alive = figure(2.0), []

    class Tracked(np.ndarray[Any, Any]):
        """An array that can be watched."""

    def frames() -> Iterator[Frame]:
        watched: list[weakref.ref[Any]] = []
        for t in track.time_s.tolist():
            rgb = BLANK.copy().view(Tracked)
            watched.append(weakref.ref(rgb))
            yield Frame(t, rgb)
            del rgb
            alive.append(sum(ref() is not None for ref in watched))

    class Forgetful(Replay):
        def estimate(self, time_ms: int, rgb: Any) -> Any:
            pose = super().estimate(time_ms, rgb)
            self.pictures.clear()
            return pose

    follow(frames(), Forgetful(track), Slow())
    assert 2 < max(alive) <= 12  # eight wait, one is read, one is looked at


class Boom(Exception):
    """Something went wrong."""


def test_what_goes_wrong_with_the_edges_is_not_swallowed() -> None:
    class Broken(TrackBuilder):
        def add(self, time_s: float, *args: Any) -> None:
            if time_s > 0.5:
                raise Boom
            super().add(time_s, *args)

    before = threading.active_count()
    with pytest.raises(Boom):
        follow(frames_of(figure()), Replay(figure()), Broken())
    assert threading.active_count() == before


def test_what_goes_wrong_with_a_pose_or_a_picture_is_not_swallowed() -> None:
    class Blind(Replay):
        def estimate(self, time_ms: int, rgb: Any) -> Any:
            if time_ms > 500:
                raise Boom
            return super().estimate(time_ms, rgb)

    def torn() -> Iterator[Frame]:
        yield from frames_of(figure())[:5]
        raise Boom

    before = threading.active_count()
    with pytest.raises(Boom):
        follow(frames_of(figure()), Blind(figure()), TrackBuilder())
    with pytest.raises(Boom):
        follow(torn(), Replay(figure()), TrackBuilder())
    assert threading.active_count() == before


# -- which frames are looked at


def kept(times: Any, speed: float = 1.0) -> list[float]:
    return [frame.time_s for frame in capture_clip._limit_rate(iter([Frame(float(t), BLANK) for t in times]), speed)]


@pytest.mark.parametrize(
    ("fps", "expected"),
    [(24, 24), (25, 25), (29.97, 29.97), (30, 30), (50, 25), (59.94, 29.97), (60, 30), (90, 30), (120, 30), (240, 30)],
)
@pytest.mark.parametrize("rounding", [None, 3])
def test_at_most_thirty_frames_a_second_and_evenly(fps: float, expected: float, rounding: int | None) -> None:
    times = np.arange(int(10 * fps)) / fps
    if rounding is not None:
        times = np.round(times, rounding)  # stamps in whole milliseconds
    left = kept(times)
    assert len(left) == pytest.approx(10 * expected, abs=1.5)
    assert left[0] == times[0]
    assert np.ptp(np.diff(left)) < 1.1 / fps if fps > MAX_RATE_HZ else left == times.tolist()


@pytest.mark.parametrize(
    ("fps", "speed", "expected"), [(30, 0.125, 3.75), (30, 0.25, 7.5), (120, 0.25, 7.5), (60, 1, 30)]
)
def test_slow_motion_counts_in_real_seconds(fps: float, speed: float, expected: float) -> None:
    left = kept(np.arange(int(10 * fps)) / fps, speed)
    assert len(left) == pytest.approx(10 * expected, rel=0.04)
    assert np.diff(np.array(left) * speed).min() > 0.9 / MAX_RATE_HZ


def test_a_time_lapse_keeps_every_frame() -> None:
    times = np.arange(100) / 30
    assert kept(times, 4.0) == times.tolist()


def test_an_uneven_clip_keeps_what_is_rare_and_thins_what_is_dense() -> None:
    times = np.concatenate([np.arange(0, 1, 0.1), np.arange(1, 2, 1 / 120), np.arange(2, 3, 0.05)])
    left = np.array(kept(times))
    assert np.array_equal(left[left < 0.95], times[times < 0.95])
    assert 28 <= ((left >= 1) & (left < 2)).sum() <= 32
    assert (left >= 2.04).sum() == (times >= 2.04).sum()


def test_a_pause_owes_nothing() -> None:
    """After a second without frames no burst is let through."""
    times = np.concatenate([np.arange(0, 1, 1 / 60), np.arange(2, 3, 1 / 60)])
    left = np.array(kept(times))
    assert (left >= 2).sum() == 30


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6), rate=st.floats(5, 250), speed=st.sampled_from([1.0, 0.5, 0.125]))
def test_no_rate_gets_more_than_its_share(seed: int, rate: float, speed: float) -> None:
    times = np.cumsum(np.random.default_rng(seed).uniform(0.2, 1.8, 300) / rate)
    left = np.array(kept(times, speed)) * speed
    assert np.isin(left, times * speed).all()
    for k in range(0, len(left) - 31, 7):
        assert left[k + 31] - left[k] > 1.0  # no 32 frames within a second
    if rate / speed < MAX_RATE_HZ / 5:  # even the closest two are far enough apart
        assert len(left) == len(times)


# -- the picture around somebody else


def test_outside_the_box_everything_is_grey() -> None:
    rgb = np.random.default_rng(0).integers(0, 100, BLANK.shape).astype(np.uint8)
    (frame,) = capture_clip._blank(iter([Frame(1.5, rgb)]), (10.4, -5.0, 30.2, 999.0))
    assert frame.time_s == 1.5
    assert frame.rgb.flags.c_contiguous
    assert np.array_equal(frame.rgb[:, 10:31], rgb[:, 10:31])
    assert (frame.rgb[:, :10] == 128).all()
    assert (frame.rgb[:, 31:] == 128).all()
    (same,) = capture_clip._blank(iter([Frame(1.5, rgb)]), None)
    assert same.rgb is rgb


# -- capture


class Stage:
    """Stands in for MediaPipe: every pass through the clip replays the next of its tracks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *tracks: PoseTrack) -> None:
        self.estimators: list[Replay] = []
        self.scans: list[ReplayedScan] = []
        self._tracks = tracks
        monkeypatch.setattr(capture_clip, "bundle", lambda name: BundleFile(Path("model.task"), name, "ab" * 32))
        monkeypatch.setattr(capture_clip, "MediaPipePose", self._estimator)
        monkeypatch.setattr(capture_clip, "PeopleScan", self._scan)

    @property
    def closed(self) -> bool:
        """Whether everything that was opened was closed."""
        return all(e.closed for e in self.estimators) and all(s.closed for s in self.scans)

    def _estimator(self, model: Path) -> Replay:
        assert model == Path("model.task")
        self.estimators.append(Replay(self._tracks[min(len(self.estimators), len(self._tracks) - 1)]))
        return self.estimators[-1]

    def _scan(self, model: Path) -> ReplayedScan:
        assert model == Path("model.task")
        self.scans.append(ReplayedScan(self._tracks[min(len(self.scans), len(self._tracks) - 1)].scan_people))
        return self.scans[-1]


def scene(seconds: float, fps: float, *, own: bool) -> PoseTrack:
    """Return the tracked person and a bystander; one of the two hinges."""
    times = clock(seconds, fps)
    hinging, still = hinges(times, max(1, int(seconds / 3)), lead=0.5, every=3.0), np.zeros(len(times))
    other = np.array(stick(times, still if own else hinging, px_per_m=28, size=SIZE, feet=(0.8, 0.92)).track.landmarks)
    other[..., 2] = 1.0
    way = hinging if own else still
    return stick(times, way, px_per_m=28, size=SIZE, feet=(0.2, 0.92), people=other[:, None]).track


def test_capturing_a_clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = write_clip(tmp_path / "lift.mp4", n=60, fps=30, size=SIZE)
    track = scene(2.0, 30.0, own=True)
    stage = Stage(monkeypatch, track)
    told: list[tuple[str, float, float, int]] = []
    out = capture(video, options=CaptureOptions(model="full"), progress=lambda *news: told.append(news))
    assert len(stage.estimators) == 1
    assert np.array_equal(out.landmarks, track.landmarks)
    assert out.time_s == pytest.approx(track.time_s, abs=1e-4)
    info = out.info
    assert info.source_sha256 == sha256_of(video)
    assert info.source_size == info.frame_size == SIZE
    assert info.fps == pytest.approx(30)
    assert info.duration_s == pytest.approx(2, abs=0.05)
    assert (info.model, info.model_sha256) == ("full", "ab" * 32)
    assert set(info.versions) == {"hinge-check", "mediapipe", "av", "numpy"}
    assert (info.speed, info.speed_source, info.trim_s, info.findings) == (1.0, "assumed", None, ())
    assert stage.closed
    assert [frames for *_, frames in told] == list(range(1, 61))
    assert {stage_name for stage_name, *_ in told} == {"analyse"}
    assert told[-1][1] <= told[-1][2]


def test_the_other_person_hinges_so_the_clip_is_gone_through_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = write_clip(tmp_path / "lift.mp4", n=60, fps=10, size=SIZE)
    watching, hinging = scene(6.0, 10.0, own=False), scene(6.0, 10.0, own=True)
    stage = Stage(monkeypatch, watching, hinging)
    out = capture(video, options=CaptureOptions(), progress=silent)
    assert len(stage.estimators) == 2
    assert np.array_equal(out.landmarks, hinging.landmarks)
    # The one who watched is painted over; the picture itself was there before.
    hips = watching.landmarks[0, 23, :2].astype(int)
    assert (stage.estimators[1].pictures[0][hips[1], hips[0]] == 128).all()
    assert not (stage.estimators[0].pictures[0][hips[1], hips[0]] == 128).all()
    assert stage.closed


def test_large_pictures_are_made_smaller_and_fast_ones_thinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = write_clip(tmp_path / "lift.mp4", n=20, fps=60, size=(1280, 720))
    times = clock(20 / 60, 30.0)
    track = stick(
        times, np.zeros(len(times)), size=(960, 540), px_per_m=200, people=np.zeros((len(times), 0, 33, 3))
    ).track
    stage = Stage(monkeypatch, track)
    out = capture(video, options=CaptureOptions(), progress=silent)
    assert out.info.source_size == (1280, 720)
    assert out.info.frame_size == (960, 540)
    assert max(out.info.frame_size) == LONG_EDGE
    assert len(out) == 10
    assert out.info.fps == pytest.approx(60)
    assert all(rgb.shape == (540, 960, 3) and rgb.flags.c_contiguous for rgb in stage.estimators[0].pictures)


def test_a_span_at_a_given_speed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = write_clip(tmp_path / "lift.mp4", n=90, fps=30, size=SIZE)
    stage = Stage(monkeypatch, scene(3.0, 30.0, own=True))
    options = CaptureOptions(trim_s=(1.0, 2.0), speed=0.5)
    out = capture(video, options=options, progress=silent)
    assert out.time_s[0] == pytest.approx(1.0, abs=0.01)
    assert out.time_s[-1] < 2.0
    assert len(out) == 15  # thirty a media second are sixty a real one
    assert (out.info.speed, out.info.speed_source) == (0.5, "option")
    assert out.info.trim_s == (1.0, 2.0)
    assert np.diff(stage.estimators[0].times_ms).tolist() == pytest.approx([33] * 14, abs=1)


def test_a_failure_closes_the_model_and_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = write_clip(tmp_path / "lift.mp4", n=60, fps=30, size=SIZE)
    stage = Stage(monkeypatch, scene(2.0, 30.0, own=True))

    def stop(stage: str, done_s: float, total_s: float, frames: int) -> None:  # noqa: ARG001
        raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        capture(video, options=CaptureOptions(), progress=stop)
    assert stage.closed
    assert threading.active_count() == before
