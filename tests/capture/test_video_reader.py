"""Frames out of files: upright, timed, contiguous, bounded; every container and coding people send."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from av.stream import Disposition

import hinge_check.capture.video as video
from hinge_check.capture.video import Frame, VideoReader
from hinge_check.errors import Code, Refused
from tests.clips import (
    SIZE,
    Rgb,
    found_mark,
    found_square,
    picture,
    square_at,
    write_clip,
)

REAL = Path(__file__).parents[3] / "shared" / "clips" / "real"
real_clips = pytest.mark.skipif(not REAL.is_dir(), reason="../shared is absent")


def frames(path: Path, **options: Any) -> list[Frame]:
    with VideoReader(path, **options) as reader:
        return list(reader)


# (degrees, flips) as written -> matrix and offset (in picture sizes) that carry (x, y) of a w x h picture upright
TURNS: dict[tuple[int, bool, bool], tuple[tuple[int, int, int, int], tuple[str, str]]] = {
    (0, False, False): ((1, 0, 0, 1), ("", "")),
    (-90, False, False): ((0, -1, 1, 0), ("h", "")),
    (180, False, False): ((-1, 0, 0, -1), ("w", "h")),
    (90, False, False): ((0, 1, -1, 0), ("", "w")),
    (0, True, False): ((-1, 0, 0, 1), ("w", "")),
    (0, False, True): ((1, 0, 0, -1), ("", "h")),
    (90, True, False): ((0, -1, -1, 0), ("h", "w")),
    (90, False, True): ((0, 1, 1, 0), ("", "")),
}


def upright(turn: tuple[int, bool, bool], x: float, y: float) -> tuple[float, float]:
    """Return where the point (x, y) of a picture of `SIZE` lies when upright."""
    (a, b, c, d), offsets = TURNS[turn]
    add = {"": 0, "w": SIZE[0], "h": SIZE[1]}
    return a * x + b * y + add[offsets[0]], c * x + d * y + add[offsets[1]]


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("long_edge", [None, 48])
def test_frames_are_upright_however_the_phone_was_held(
    tmp_path: Path, turn: tuple[int, bool, bool], long_edge: int | None
) -> None:
    got = frames(write_clip(tmp_path / "a.mp4", n=4, rotation=turn), long_edge=long_edge)
    scale = 1.0 if long_edge is None else long_edge / max(SIZE)
    for k, frame in enumerate(got):
        expected = np.array(upright(turn, *square_at(k))) * scale
        assert found_square(frame.rgb) == pytest.approx(expected, abs=1.2)
        x, y = upright(turn, 12, 8)
        height, width = frame.rgb.shape[:2]
        assert found_mark(frame.rgb) == (x * scale > width / 2, y * scale > height / 2)


@pytest.mark.parametrize("turn", [t for t in TURNS if not any(t[1:])])
def test_rotation_agrees_with_opencv(tmp_path: Path, turn: tuple[int, bool, bool]) -> None:
    path = write_clip(tmp_path / "a.mp4", n=3, rotation=turn, size=(320, 192))
    capture = cv2.VideoCapture(str(path))
    found, bgr = capture.read()
    capture.release()
    assert found
    ours = frames(path)[0].rgb
    assert ours.shape == bgr.shape
    assert np.abs(ours.astype(int) - bgr[..., ::-1]).mean() < 3.0


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize(("size", "long_edge"), [((98, 66), None), ((98, 66), 33)])
def test_every_frame_is_contiguous_and_passed_the_gate(
    tmp_path: Path, turn: tuple[int, bool, bool], size: tuple[int, int], long_edge: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    passed: list[int] = []

    def gate(rgb: Rgb) -> Rgb:
        passed.append(id(out := np.ascontiguousarray(rgb)))
        return out

    monkeypatch.setattr(video, "to_rgb_contiguous", gate)
    with VideoReader(write_clip(tmp_path / "a.mp4", n=3, size=size, rotation=turn), long_edge=long_edge) as reader:
        got = list(reader)
    assert [id(f.rgb) for f in got] == passed
    for frame in got:
        assert frame.rgb.flags.c_contiguous
        assert frame.rgb.dtype == np.uint8
        assert frame.rgb.shape == (reader.frame_size[1], reader.frame_size[0], 3)


CODINGS: dict[str, dict[str, Any]] = {
    "h264.mp4": {},
    "h264.mov": {"options": {"preset": "medium", "bf": "3"}},
    "h264.mkv": {},
    "h264.avi": {"options": {"preset": "medium", "bf": "3"}, "tick": Fraction(1, 10)},  # no PTS, B-frames
    "h264.ts": {},
    "h264_444.mp4": {"pix_fmt": "yuv444p"},
    "hevc.mp4": {"codec": "libx265"},
    "hevc10.mov": {"codec": "libx265", "pix_fmt": "yuv420p10le"},
    "vp9.webm": {"codec": "libvpx-vp9"},
    "av1.mp4": {"codec": "libsvtav1"},
    "mjpeg.avi": {"codec": "mjpeg", "pix_fmt": "yuvj420p", "tick": Fraction(1, 10)},
    "mjpeg.mov": {"codec": "mjpeg", "pix_fmt": "yuvj420p"},
    "mpeg4.avi": {"codec": "mpeg4", "tick": Fraction(1, 10)},
    "picture.gif": {"codec": "gif", "pix_fmt": "rgb8", "tick": Fraction(1, 100)},
    "sound.mp4": {"sound": "aac"},
}


@pytest.mark.parametrize("name", CODINGS)
def test_codings_and_containers(tmp_path: Path, name: str) -> None:
    dark = slice(20, 30), slice(40, 60)
    got = frames(write_clip(tmp_path / name, n=12, **CODINGS[name]))
    assert [f.time_s for f in got] == pytest.approx([k / 10 for k in range(12)], abs=0.002)
    for k, frame in enumerate(got):
        assert found_square(frame.rgb) == pytest.approx(square_at(k), abs=1.5)
        assert np.abs(frame.rgb[dark].mean(axis=(0, 1)) - 24).max() < 12  # dark stays dark: range and matrix


@pytest.mark.parametrize("name", ["odd.webm", "odd.mkv"])
def test_odd_sizes(tmp_path: Path, name: str) -> None:
    coding = {"codec": "libvpx-vp9"} if name.endswith("webm") else {"pix_fmt": "yuv444p"}
    got = frames(write_clip(tmp_path / name, size=(97, 63), **coding))  # type: ignore[arg-type]
    assert got[0].rgb.shape == (63, 97, 3)
    assert got[0].rgb.flags.c_contiguous
    assert found_square(got[0].rgb) == pytest.approx(square_at(0, (97, 63)), abs=1.5)


def test_wide_pixels_are_made_square(tmp_path: Path) -> None:
    with VideoReader(write_clip(tmp_path / "a.mp4", pixel_aspect=Fraction(2, 1))) as reader:
        first = next(iter(reader))
    assert reader.frame_size == (96, 32) == (reader.info.width, reader.info.height)
    x, y = square_at(0)
    assert found_square(first.rgb) == pytest.approx((x, y / 2), abs=1.5)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_variable_rate_keeps_its_times(tmp_path: Path, suffix: str) -> None:
    times = [0.0, 0.033, 0.1, 0.133, 0.9, 1.0, 1.6]
    got = frames(write_clip(tmp_path / f"a.{suffix}", times=times))
    assert [f.time_s for f in got] == pytest.approx(times, abs=0.001)


def test_negative_times_start_at_zero(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "a.mkv",
        times=[-0.3, -0.2, -0.1, 0.0, 0.1],
        codec="ffv1",
        container_options={"avoid_negative_ts": "disabled"},
    )
    with av.open(str(path)) as container:
        assert next(container.decode(video=0)).pts == -300
    got = frames(path)
    assert [f.time_s for f in got] == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4], abs=0.001)


def test_frames_hidden_by_an_edit_list_are_left_out(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "a.mp4",
        times=[-0.3, -0.2, -0.1, 0.0, 0.1, 0.2],
        container_options={"avoid_negative_ts": "disabled"},
    )
    got = frames(path)
    assert [f.time_s for f in got] == pytest.approx([0.0, 0.1, 0.2], abs=0.001)
    assert found_square(got[0].rgb) == pytest.approx(square_at(3), abs=1.5)


def test_repeated_times_are_dropped(tmp_path: Path) -> None:
    # Matroska counts milliseconds, so 0.5000 and 0.5003 become one time.
    got = frames(write_clip(tmp_path / "a.mkv", times=[0.0, 0.1, 0.5, 0.5003, 0.6], codec="ffv1"))
    assert [f.time_s for f in got] == pytest.approx([0.0, 0.1, 0.5, 0.6])
    assert found_square(got[3].rgb) == pytest.approx(square_at(4), abs=1.5)


def test_frames_without_timestamps_follow_the_rate(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.h264", n=8, fps=25)
    with VideoReader(path) as reader:
        got = list(reader)
    assert reader.info.start_s is None
    assert [f.time_s for f in got] == pytest.approx([k / 25 for k in range(8)], abs=0.001)


def woven(k: int, size: tuple[int, int]) -> Rgb:
    """Return even rows from one moment, odd rows from the next: what an interlacing camera stores."""
    rgb = np.full((size[1], size[0], 3), 16, np.uint8)
    for half in (0, 1):
        x = 10 + 12 * (k + half / 2)
        rgb[half::2, int(x) : int(x) + 24] = 235
    return rgb


def comb(rgb: Rgb) -> float:
    """Return the mean step between neighbouring rows."""
    return float(np.abs(np.diff(rgb[..., 1].astype(int), axis=0)).mean())


@pytest.mark.parametrize("flagged", [True, False])
def test_interlaced_pictures_are_deinterlaced_only_when_flagged(tmp_path: Path, flagged: bool) -> None:
    options = {"preset": "ultrafast", "crf": "4"} | ({"x264-params": "tff=1"} if flagged else {})
    path = write_clip(tmp_path / "a.mp4", n=6, size=(128, 64), draw=woven, options=options)
    with av.open(str(path)) as container:
        assert next(container.decode(video=0)).interlaced_frame is flagged
    got = frames(path)
    assert [f.time_s for f in got] == pytest.approx([k / 10 for k in range(6)], abs=0.001)
    combed = comb(woven(3, (128, 64)))
    if flagged:
        assert comb(got[3].rgb) < 0.5 * combed
    else:
        assert comb(got[3].rgb) > 0.8 * combed


def test_the_best_of_several_streams_is_chosen(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        streams = []
        for size in ((32, 32), SIZE):
            stream = out.add_stream("libx264", rate=10, options={"preset": "ultrafast"})
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
            stream.disposition = Disposition.default if size == SIZE else Disposition(0)
            streams.append((stream, size))
        for k in range(5):
            for stream, size in streams:
                frame = av.VideoFrame.from_ndarray(picture(k, size), format="rgb24")
                frame.pts, frame.time_base = k, Fraction(1, 10)
                out.mux(stream.encode(frame))
        for stream, _ in streams:
            out.mux(stream.encode(None))
    with VideoReader(path) as reader:
        assert len(list(reader)) == 5
        assert reader.frame_size == SIZE


def test_a_size_that_changes_midway_keeps_the_scale(tmp_path: Path) -> None:
    parts = [write_clip(tmp_path / f"{k}.ts", n=15, size=s) for k, s in enumerate([SIZE, (128, 128)])]
    path = tmp_path / "a.ts"
    path.write_bytes(b"".join(p.read_bytes() for p in parts))
    got = frames(path)
    assert {f.rgb.shape for f in got} == {(64, 96, 3)}
    times = [f.time_s for f in got]
    assert np.all(np.diff(times) > 0)
    assert 2.8 < times[-1] < 3.2
    x, y = square_at(0, (128, 128))
    after = next(f.rgb for f in got if not f.rgb[:, :10].any())
    assert found_square(after) == pytest.approx((x / 2 + 16, y / 2), abs=9.0)


# --- real clips -----------------------------------------------------------------------------------------------


@real_clips
@pytest.mark.parametrize(
    ("name", "size", "least", "seconds"),
    [
        ("nobody_rot_hevc.mp4", (180, 320), 28, 0.93),
        ("squat_green.mov", (262, 320), 280, 9.5),
        ("dl_portrait_vfr.mp4", (180, 320), 540, 9.56),
        ("der_rot90.mp4", (180, 320), 630, 21.0),
    ],
)
def test_real_clips_are_read(name: str, size: tuple[int, int], least: int, seconds: float) -> None:
    count, last = 0, -1.0
    with VideoReader(REAL / name, long_edge=320) as reader:
        assert reader.frame_size == size
        for frame in reader:
            assert frame.time_s > last
            count, last = count + 1, frame.time_s
    assert count >= least
    assert last == pytest.approx(seconds, abs=0.1)
    assert reader.findings == ()


@real_clips
def test_a_real_broken_upload_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        VideoReader(REAL / "corrupt_trunc.mp4")
    assert refused.value.code is Code.TRUNCATED
