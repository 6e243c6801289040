"""A copy that every browser plays: of videos that need one, upright, silent, without metadata, with the same times."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from api.storage.keys import PLAYABLE
from api.worker.analysis_process import ChildJob
from api.worker.subprocess_runner import ResourceLimits, run_child
from api.worker.transcode import LONG_EDGE, is_web_playable, write_playable
from hinge_check.assess.protocol import load_protocol
from hinge_check.capture.video import VideoReader
from hinge_check.options import silent
from tests.clips import found_mark, write_clip

HEVC: dict[str, Any] = {"codec": "libx265", "options": {"preset": "ultrafast", "x265-params": "log-level=none"}}
MPEG4: dict[str, Any] = {"codec": "mpeg4", "tick": Fraction(1, 1000)}
UNEVEN = [0.0, 0.04, 0.1, 0.2, 0.21, 0.35, 0.5, 0.52, 0.7, 0.9]
GIB = 2**30


@pytest.mark.parametrize(
    ("name", "how", "plays"),
    [
        ("a.mp4", {}, True),
        ("a.mov", {}, True),
        ("a.mkv", {}, False),
        ("a.mov", HEVC, False),
        ("a.mp4", {"pix_fmt": "yuv420p10le"}, False),
        ("a.mp4", {"pix_fmt": "yuv444p"}, False),
        ("a.mp4", MPEG4, False),
    ],
)
def test_which_videos_every_browser_plays(tmp_path: Path, name: str, how: dict[str, Any], plays: bool) -> None:
    assert is_web_playable(write_clip(tmp_path / name, **how)) is plays


def test_the_copy_of_a_phone_s_film(tmp_path: Path) -> None:
    video = write_clip(
        tmp_path / "phone.mov",
        times=UNEVEN,
        size=(1600, 900),
        rotation=(-90.0, False, False),
        sound="aac",
        metadata={"title": "somebody's knee", "comment": "at home"},
        **HEVC,
    )
    copy = tmp_path / PLAYABLE
    assert write_playable(video, copy, progress=silent)

    assert is_web_playable(copy)
    with av.open(str(copy)) as found:
        assert not found.streams.audio
        assert not {"title", "comment", "location", "creation_time"} & set(found.metadata)
        context = found.streams.video[0].codec_context
        assert (max(context.width, context.height), context.pix_fmt) == (LONG_EDGE, "yuv420p")
    data = copy.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "a player has to read to the end before it can begin"
    with VideoReader(video) as before, VideoReader(copy) as after:
        first, second = list(before), list(after)
    assert [frame.time_s for frame in second] == pytest.approx([frame.time_s for frame in first], abs=1e-4)
    assert [frame.time_s for frame in second] == pytest.approx(UNEVEN, abs=1e-3)
    assert second[0].rgb.shape == (LONG_EDGE, 720, 3)
    assert found_mark(second[0].rgb) == found_mark(first[0].rgb)
    assert set(tmp_path.iterdir()) == {video, copy}


def test_a_small_picture_is_not_enlarged(tmp_path: Path) -> None:
    copy = tmp_path / PLAYABLE
    assert write_playable(write_clip(tmp_path / "small.mp4", **MPEG4), copy, progress=silent)
    with VideoReader(copy) as reader:
        assert next(iter(reader)).rgb.shape == (64, 96, 3)


def test_a_timeout_leaves_nothing(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "long.mov", **HEVC)
    assert not write_playable(video, tmp_path / PLAYABLE, progress=silent, until=time.monotonic() - 1)
    assert list(tmp_path.iterdir()) == [video]


@pytest.mark.model
@pytest.mark.parametrize(
    ("wanted", "seconds", "copied"), [(True, 120.0, True), (False, 120.0, False), (True, 0.1, False)]
)
def test_the_analysis_process_writes_the_copy(tmp_path: Path, wanted: bool, seconds: float, copied: bool) -> None:
    """Copy refused videos, too: the clinician looks at them all the same."""
    video = write_clip(tmp_path / "square.mov", n=30, size=(320, 240), **HEVC)
    told: list[float] = []
    job = ChildJob(
        video=video,
        out=tmp_path / "out",
        protocol=load_protocol().text,
        model="full",
        playable=wanted,
        seconds=seconds,
        memory_bytes=3 * GIB,
        file_bytes=GIB,
    )

    def on(progress: float) -> bool:
        told.append(progress)
        return True

    ended = run_child(job, ResourceLimits(120, 3 * GIB, GIB), tmp_path, cache=tmp_path, keep_going=on)
    assert ended.outcome is not None, ended
    assert ended.outcome.outcome == "refused", ended
    assert (tmp_path / "out" / PLAYABLE).exists() is copied
    assert ended.outcome.no_copy == ("no_time" if wanted and not copied else "")
    assert told == sorted(told)
    if copied:
        with VideoReader(tmp_path / "out" / PLAYABLE) as reader:
            assert np.diff([frame.time_s for frame in reader]) == pytest.approx(0.1, abs=1e-3)
