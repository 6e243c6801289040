"""Written videos: playable everywhere, with the source's timing and sound, or nothing at all."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from hinge_check.capture.video import VideoReader, VideoWriter
from hinge_check.capture.video_writer import BETWEEN, refused_write
from hinge_check.errors import Code, Refused
from tests.clips import SIZE, Rgb, cut, found_square, picture, square_at, write_clip

TIMES = [0.0, 0.033, 0.066, 0.2, 0.4, 0.41, 0.6, 1.0, 1.5, 1.55, 2.0, 2.5]


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    yield
    assert not [t for t in threading.enumerate() if t.name == "video-encode"]


def noise(k: int) -> Rgb:
    return np.random.default_rng(k).integers(0, 255, (SIZE[1], SIZE[0], 3), dtype=np.uint8)


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def copy(source: Path, target: Path, trim: tuple[float | None, float | None] | None = None) -> None:
    with VideoReader(source, trim_s=trim) as reader, VideoWriter(
        target, reader.frame_size, source=source, trim_s=trim
    ) as writer:  # fmt: skip
        for frame in reader:
            writer.write(frame.time_s, frame.rgb)


def tone_span(path: Path) -> tuple[float, float, str]:
    """Return first and last moment at which the tone is heard, and its coding."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        heard: list[float] = []
        for frame in container.decode(stream):
            if np.abs(frame.to_ndarray().astype(float)).max() > 0.02:
                time_s = float(frame.time or 0.0)
                heard += [time_s, time_s + frame.samples / frame.sample_rate]
        return min(heard), max(heard), stream.codec_context.codec.canonical_name


def test_a_copy_plays_everywhere_with_its_own_times(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with VideoWriter(path, SIZE) as writer:
        for k, t in enumerate(TIMES):
            writer.write(t, picture(k))
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert float((stream.duration or 0) * (stream.time_base or 0)) == pytest.approx(
            3.0, abs=0.01
        )  # last one held as the one before
        got = list(container.decode(stream))
    assert [f.time for f in got] == pytest.approx(TIMES, abs=0.0001)
    for k, frame in enumerate(got):
        assert found_square(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)) == pytest.approx(
            square_at(k), abs=1.5
        )
    assert names(tmp_path) == ["out.mp4"]


def test_colours_survive(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    colours = [(230, 20, 20), (20, 200, 40), (30, 40, 220), (250, 250, 250), (5, 5, 5)]
    with VideoWriter(path, (64, 64), crf=10) as writer:
        for k, colour in enumerate(colours):
            writer.write(k / 10, np.full((64, 64, 3), colour, np.uint8))
    with VideoReader(path) as reader:
        for frame, colour in zip(reader, colours, strict=True):
            assert np.abs(frame.rgb.mean(axis=(0, 1)) - colour).max() < 6


def test_an_array_may_be_drawn_on_again_at_once(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    canvas = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    with VideoWriter(path, SIZE) as writer:
        for k in range(20):
            canvas[:] = picture(k)
            writer.write(k / 10, canvas)
            canvas[:] = 0
    with VideoReader(path) as reader:
        for k, frame in enumerate(reader):
            assert found_square(frame.rgb) == pytest.approx(square_at(k), abs=1.5)


@pytest.mark.parametrize("size", [(97, 63), (96, 63), (97, 64)])
def test_odd_sizes_lose_one_row_or_column(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "out.mp4"
    with VideoWriter(path, size) as writer:
        for k in range(3):
            writer.write(k / 10, picture(k, size))
    with VideoReader(path) as reader:
        assert reader.frame_size == (96, 62 if size[1] == 63 else 64)
        assert found_square(next(iter(reader)).rgb) == pytest.approx(square_at(0, size), abs=1.5)


@pytest.mark.parametrize(
    ("name", "sound", "codec", "kept"),
    [
        ("a.mp4", "aac", "libx264", "aac"),
        ("a.mkv", "libmp3lame", "libx264", "mp3"),
        ("a.webm", "libopus", "libvpx-vp9", "aac"),
        ("a.mov", "pcm_s16le", "libx264", "aac"),
        ("a.ts", "aac", "libx264", "aac"),
    ],
)
def test_sound_stays_in_step(tmp_path: Path, name: str, sound: str, codec: str, kept: str) -> None:
    source = write_clip(tmp_path / name, times=TIMES, sound=sound, codec=codec)
    copy(source, tmp_path / "out.mp4")
    start, end, coding = tone_span(tmp_path / "out.mp4")
    assert coding == kept
    assert start == pytest.approx(0.0, abs=0.06)
    assert end == pytest.approx(2.6, abs=0.08)
    copy(source, tmp_path / "out.mp4", (0.4, 1.6))
    start, end, _ = tone_span(tmp_path / "out.mp4")
    assert start == pytest.approx(0.0, abs=0.09)
    assert end == pytest.approx(1.2, abs=0.09)
    with av.open(str(tmp_path / "out.mp4")) as container:
        times = [f.time for f in container.decode(video=0)]
    assert times == pytest.approx([0.0, 0.01, 0.2, 0.6, 1.1, 1.15], abs=0.002)


def test_broken_sound_loses_only_the_sound(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "a.mkv", n=30, sound="aac")
    cut(source, 0.7)
    copy(source, tmp_path / "out.mp4")
    with VideoReader(tmp_path / "out.mp4") as reader:
        assert len(list(reader)) > 10


def test_a_silent_source_stays_silent(tmp_path: Path) -> None:
    copy(write_clip(tmp_path / "a.mp4"), tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert not container.streams.audio


def test_chapters_are_in_the_span_s_time(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    chapters = [(1.0, 2.0, "Rep 1"), (2.5, 3.0, "Rep 2: größer")]
    with VideoWriter(path, SIZE, trim_s=(0.5, None), chapters=chapters) as writer:
        for k in range(30):
            writer.write(0.5 + k / 10, picture(k))
    with av.open(str(path)) as container:
        got = [
            (*(float(c[end] * (c["time_base"] or 0)) for end in ("start", "end")), c["metadata"]["title"])
            for c in container.chapters()
        ]
    assert [g for g in got if g[2] != BETWEEN] == [(0.5, 1.5, "Rep 1"), (2.0, 2.5, "Rep 2: größer")]


@pytest.mark.parametrize(
    ("fps", "most", "left"), [(240, 30, 30), (60, 30, 30), (30, 30, 30), (25, 30, 25), (60, None, 60)]
)
def test_frames_beyond_the_rate_are_left_out(tmp_path: Path, fps: int, most: float | None, left: int) -> None:
    path = tmp_path / "out.mp4"
    jitter = np.random.default_rng(0).uniform(-0.1, 0.1, fps) / fps
    with VideoWriter(path, SIZE, max_fps=most) as writer:
        for k in range(fps):
            writer.write(max(0.0, k / fps + jitter[k]), picture(k))
    with av.open(str(path)) as container:
        count = sum(1 for _ in container.decode(video=0))
    assert count == pytest.approx(left, abs=1)


@pytest.mark.parametrize("failure", [KeyError, KeyboardInterrupt])
def test_nothing_is_left_when_drawing_fails(tmp_path: Path, failure: type[BaseException]) -> None:
    (tmp_path / "out.mp4").write_bytes(b"the last one")
    with pytest.raises(failure), VideoWriter(tmp_path / "out.mp4", SIZE) as writer:
        for k in range(40):
            writer.write(k / 10, noise(k))
        raise failure
    assert names(tmp_path) == ["out.mp4"]
    assert (tmp_path / "out.mp4").read_bytes() == b"the last one"


def test_a_file_gets_its_name_only_when_complete(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "out.mp4", SIZE) as writer:
        writer.write(0.0, picture(0))
        assert [n for n in names(tmp_path) if not n.startswith(".")] == []
        writer.write(0.1, picture(1))
    assert names(tmp_path) == ["out.mp4"]


def test_a_video_of_no_pictures_is_not_written(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "out.mp4", SIZE):
        pass
    assert names(tmp_path) == []


@pytest.mark.parametrize(("limit", "pictures"), [(2000, 40), (60_000, 200), (1000, 3)])
def test_a_full_disk_is_reported_and_leaves_nothing(tmp_path: Path, limit: int, pictures: int) -> None:
    # The size limit of a process stands in for the disk: the same call fails, at the same place.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(Refused) as refused, VideoWriter(tmp_path / "out.mp4", SIZE) as writer:
            for k in range(pictures):
                writer.write(k / 30, noise(k))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refused.value.code is Code.DISK_FULL
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (av.error.OSError(28, "No space left on device"), Code.DISK_FULL),
        (OSError(122, "quota"), Code.DISK_FULL),
        (PermissionError(13, "no"), Code.OUTPUT_UNWRITABLE),
        (OSError(30, "read-only"), Code.OUTPUT_UNWRITABLE),
    ],
)
def test_an_os_error_maps_to_its_code(error: OSError, code: Code) -> None:
    assert refused_write(error).code is code


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused, VideoWriter(tmp_path / "no" / "out.mp4", SIZE):
        pass
    assert refused.value.code is Code.OUTPUT_UNWRITABLE


def test_encoding_runs_while_drawing(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "out.mp4", SIZE) as writer:
        for k in range(4):
            writer.write(k / 10, picture(k))
        deadline = time.monotonic() + 5
        while writer._queue.qsize() and time.monotonic() < deadline:
            time.sleep(0.005)
        assert writer._queue.qsize() == 0


def test_wrong_pictures_and_times_are_usage_errors(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "out.mp4", SIZE) as writer:
        writer.write(0.0, picture(0))
        writer.write(0.1, picture(1))
        with pytest.raises(ValueError, match="increase"):
            writer.write(0.1, picture(2))
        with pytest.raises(ValueError, match="uint8"):
            writer.write(0.2, picture(2)[:10])
    with pytest.raises(ValueError, match="encoded"):
        VideoWriter(tmp_path / "x.mp4", (1, 1))
