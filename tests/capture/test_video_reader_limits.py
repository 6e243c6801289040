"""Hostile and damaged files: damage, false headers, sizes, threads left behind; and spans of files."""

from __future__ import annotations

import struct
import threading
import time
import tracemalloc
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hinge_check.capture.video as video
from hinge_check.capture.video import VideoReader
from hinge_check.errors import Code, Refused
from tests.clips import (
    Rgb,
    cut,
    faststart,
    found_square,
    square_at,
    write_clip,
)


def noise(k: int, size: tuple[int, int]) -> Rgb:
    return np.random.default_rng(k).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)


def decoding_threads() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t.name == "video-decode"]


# --- damage ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm"])
def test_a_truncated_clip_gives_what_is_there_and_a_finding(tmp_path: Path, name: str) -> None:
    make = faststart if name.endswith("mp4") else write_clip
    path = cut(make(tmp_path / name, n=50, draw=noise, codec="libvpx-vp9" if "webm" in name else "libx264"), 0.6)
    with VideoReader(path) as reader:
        got = list(reader)
    assert 20 <= len(got) <= 32
    (code, message), = reader.findings  # fmt: skip
    assert code is Code.TRUNCATED
    assert f"first {(len(got)) / 10:g} seconds" in message
    assert "5 seconds" in message


def test_damage_in_the_middle_is_survived_and_reported(tmp_path: Path) -> None:
    path = faststart(tmp_path / "a.mp4", n=50, draw=noise, options={"g": "5"})
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4000] = bytes(4000)
    path.write_bytes(data)
    with VideoReader(path) as reader:
        got = list(reader)
    assert 35 <= len(got) < 50
    assert got[-1].time_s == pytest.approx(4.9, abs=0.01)
    assert [code for code, _ in reader.findings] == [Code.TRUNCATED]
    assert "damaged" in reader.findings[0][1]


def test_intact_clips_have_no_findings(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.mkv", "a.avi", "a.ts"):
        tick = Fraction(1, 10) if name.endswith("avi") else Fraction(1, 90000)
        with VideoReader(write_clip(tmp_path / name, n=20, tick=tick, sound="aac")) as reader:
            assert len(list(reader)) == 20
        assert reader.findings == ()


# --- limits ---------------------------------------------------------------------------------------------------


def lying_header(path: Path) -> Path:
    """Write a clip of 3 s whose header says 1 s."""
    write_clip(path, n=30, codec="ffv1")
    data = path.read_bytes()
    at = data.index(b"\x44\x89\x88") + 3  # Matroska: Duration, a double of 8 bytes, in milliseconds
    path.write_bytes(data[:at] + struct.pack(">d", 1000.0) + data[at + 8 :])
    return path


def test_an_understating_header_does_not_evade_the_limit(tmp_path: Path) -> None:
    reader = VideoReader(lying_header(tmp_path / "a.mkv"), max_duration_s=2.0)
    assert reader.info.duration_s == pytest.approx(1.0, abs=0.1)
    got = 0
    with reader, pytest.raises(Refused) as refused:
        for _ in reader:
            got += 1
    assert refused.value.code is Code.TOO_LONG
    assert got == 21
    assert not decoding_threads()


def test_the_number_of_frames_is_limited(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", times=[k * 0.0001 for k in range(400)], size=(16, 16))
    with VideoReader(path, max_frames=100) as reader, pytest.raises(Refused, match="more than 100") as refused:
        list(reader)
    assert refused.value.code is Code.TOO_LONG


def test_memory_is_that_of_a_few_frames(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", n=150, size=(320, 240))
    frame_bytes = 320 * 240 * 3
    tracemalloc.start()  # NumPy reports its arrays here
    try:
        with VideoReader(path, prefetch=4) as reader:
            for _ in reader:
                pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12 * frame_bytes


def test_waiting_pictures_are_limited_in_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "QUEUE_BYTES", 3 * 96 * 64 * 3)
    with VideoReader(write_clip(tmp_path / "a.mp4", n=30), prefetch=20) as reader:
        deadline = time.monotonic() + 5
        while not reader._queue.full() and time.monotonic() < deadline:
            time.sleep(0.005)
        assert reader._queue.qsize() == reader._queue.maxsize == 3


# --- spans ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi", "a.ts", "a.gif"])
@pytest.mark.parametrize(("trim", "first", "last"), [((5.0, 6.0), 50, 59), ((None, 0.5), 0, 4), ((7.55, None), 76, 79)])
def test_spans_keep_the_clip_s_own_time(
    tmp_path: Path, name: str, trim: tuple[float | None, float | None], first: int, last: int
) -> None:
    ticks = {"avi": Fraction(1, 10), "gif": Fraction(1, 100)}
    coding: dict[str, Any] = {"tick": ticks[name[2:]]} if name[2:] in ticks else {}
    if name.endswith("gif"):
        coding |= {"codec": "gif", "pix_fmt": "rgb8"}
    path = write_clip(tmp_path / name, n=80, **coding)
    with VideoReader(path, trim_s=trim) as reader:
        got = list(reader)
    assert [f.time_s for f in got] == pytest.approx([k / 10 for k in range(first, last + 1)], abs=0.002)
    assert found_square(got[0].rgb) == pytest.approx(square_at(first), abs=1.5)
    assert reader.findings == ()


def test_a_span_without_pictures_is_refused(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", n=20)
    with VideoReader(path, trim_s=(0.51, 0.59)) as reader, pytest.raises(Refused, match="chosen span") as refused:
        list(reader)
    assert refused.value.code is Code.TOO_SHORT


# --- the thread -----------------------------------------------------------------------------------------------


def test_leaving_early_leaves_no_thread(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", n=100)
    with VideoReader(path, prefetch=2) as reader:
        for _ in reader:
            break
    assert not decoding_threads()
    with pytest.raises(KeyError), VideoReader(path, prefetch=2) as reader:
        for _ in reader:
            raise KeyError
    assert not decoding_threads()
    with VideoReader(path, prefetch=2):
        pass
    assert not decoding_threads()
    assert list(reader) == []  # closed: ended, not hanging


def test_an_error_while_decoding_reaches_the_consumer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Rgb) -> Rgb:
        raise ArithmeticError("boom")

    monkeypatch.setattr(video, "to_rgb_contiguous", broken)
    with VideoReader(write_clip(tmp_path / "a.mp4")) as reader, pytest.raises(ArithmeticError, match="boom"):
        list(reader)
    assert not decoding_threads()


def test_frames_are_decoded_ahead(tmp_path: Path) -> None:
    with VideoReader(write_clip(tmp_path / "a.mp4", n=30), prefetch=5) as reader:
        deadline = time.monotonic() + 5
        while reader._queue.qsize() < 5 and time.monotonic() < deadline:
            time.sleep(0.005)
        assert reader._queue.qsize() == 5
        assert len(list(reader)) == 30


def test_a_reader_is_used_in_a_with_block_and_only_once(tmp_path: Path) -> None:
    reader = VideoReader(write_clip(tmp_path / "a.mp4"))
    with pytest.raises(RuntimeError):
        next(iter(reader))
    with reader:
        assert len(list(reader)) == 10
        assert list(reader) == []
    with pytest.raises(RuntimeError), reader:
        pass
