"""Processing of an arriving video: examined, stripped of metadata, the measured pictures unchanged."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from api.uploads.probe import VideoLimits, probe_in_subprocess
from api.uploads.remux import examine
from hinge_check.capture.probe import probe
from hinge_check.capture.video import VideoReader
from hinge_check.errors import Code, Refused
from tests.clips import cut, write_clip

LIMITS = VideoLimits(seconds=600.0, pixels=4096 * 2304, frames=150_000)
PRIVATE = {
    "com.apple.quicktime.location.ISO6709": "+48.1371+011.5754+519.000/",
    "com.apple.quicktime.make": "Zzmaker",
    "com.apple.quicktime.model": "Zzphone 17",
    "com.apple.quicktime.software": "26.1zz",
    "com.apple.quicktime.creationdate": "2026-11-02T09:00:00+0100",
    "com.android.model": "Zzdroid",
    "location": "+48.1371+011.5754/",
    "artist": "Zz Person",
    "comment": "Zz note",
}


def frames_of(path: Path) -> list[tuple[float, str]]:
    """Return times and digests of the pictures as they are measured."""
    with VideoReader(path, long_edge=None, max_duration_s=1e6) as reader:
        return [(round(frame.time_s, 4), hashlib.sha256(frame.rgb.tobytes()).hexdigest()) for frame in reader]


@pytest.mark.parametrize("suffix", ["mov", "mp4", "mkv"])
def test_places_devices_and_names_are_removed(tmp_path: Path, suffix: str) -> None:
    flags = {} if suffix == "mkv" else {"movflags": "use_metadata_tags"}
    private = {**PRIVATE, "com.android.capture.fps": "240.0"}
    source = write_clip(tmp_path / f"in.{suffix}", n=20, sound="aac", metadata=private, container_options=flags)
    before = source.read_bytes()
    assert b"48.1371" in before
    assert b"Zzphone" in before

    found = examine(source, tmp_path, LIMITS)

    for made in (found.video, found.poster):
        data = made.read_bytes()
        for word in (b"48.1371", b"Zz", b"26.1zz", b"2026-11-02", b"quicktime"):
            assert word not in data, word
    with av.open(str(found.video)) as copy:
        assert set(copy.metadata) <= {
            "major_brand", "minor_version", "compatible_brands", "com.android.capture.fps", "encoder"
        }  # fmt: skip
        assert copy.metadata.get("creation_time") is None
        assert [stream.type for stream in copy.streams] == ["video", "audio"]


@pytest.mark.parametrize(
    "clip",
    [
        {},
        {"rotation": (90, False, False)},
        {"rotation": (-90, True, False)},
        {"pixel_aspect": Fraction(4, 3)},
        {"times": [0.0, 0.1, 0.15, 0.5, 0.9, 1.4, 1.45, 2.0]},
        {"times": [k / 10 - 0.5 for k in range(20)], "options": {"bf": "2", "preset": "medium"}},
        {"codec": "libx265"},
        {"sound": "aac"},
        {"suffix": "webm", "codec": "libvpx-vp9", "sound": "libopus"},
        {"suffix": "webm", "codec": "libvpx"},
        {"suffix": "mkv"},
        {"suffix": "mov", "codec": "prores_ks", "pix_fmt": "yuv422p10le"},
        {"suffix": "mov", "codec": "mjpeg", "pix_fmt": "yuvj420p"},
    ],
    ids=str,
)
def test_the_copy_measures_as_the_original(tmp_path: Path, clip: dict[str, Any]) -> None:
    source = write_clip(tmp_path / f"in.{clip.pop('suffix', 'mp4')}", **{"n": 20, **clip})

    found = examine(source, tmp_path, LIMITS)

    assert frames_of(found.video) == frames_of(source)
    one, other = probe(source), probe(found.video)
    assert (one.width, one.height, one.orientation) == (other.width, other.height, other.orientation)
    assert (found.probe.width, found.probe.height) == (one.width, one.height)


def test_slow_motion_stays_slow(tmp_path: Path) -> None:
    source = write_clip(
        tmp_path / "in.mp4",
        n=30,
        fps=30,
        metadata={"com.android.capture.fps": "240"},
        container_options={"movflags": "use_metadata_tags"},
    )
    assert probe(source).playback_speed == 0.125

    found = examine(source, tmp_path, LIMITS)

    assert found.probe.playback_speed == probe(found.video).playback_speed == 0.125


@pytest.mark.parametrize(("suffix", "codec"), [("avi", "libx264"), ("ts", "libx264"), ("gif", "gif"), ("avi", "mpeg4")])
def test_containers_that_cannot_be_copied_faithfully_are_reencoded(tmp_path: Path, suffix: str, codec: str) -> None:
    pix_fmt = "rgb8" if codec == "gif" else "yuv420p"
    options = {"bf": "2", "preset": "medium"} if codec == "libx264" else None
    tick = Fraction(1, 90000) if suffix == "ts" else Fraction(1, 10)
    container = {"ts": "mpegts"}.get(suffix)
    source = write_clip(
        tmp_path / f"in.{suffix}", n=20, codec=codec, options=options, tick=tick, container=container, pix_fmt=pix_fmt
    )

    found = examine(source, tmp_path, LIMITS)

    assert (found.media_type, found.probe.frames) == ("video/mp4", 20)
    assert [time for time, _ in frames_of(found.video)] == pytest.approx([t for t, _ in frames_of(source)], abs=0.02)


def test_the_poster_is_upright_and_small(tmp_path: Path) -> None:
    from PIL import Image

    source = write_clip(tmp_path / "in.mp4", n=4, size=(1280, 720), rotation=(-90, False, False))
    found = examine(source, tmp_path, LIMITS)

    with Image.open(found.poster) as poster:
        assert poster.size == (360, 640)
        assert not poster.getexif()


def test_a_truncated_film_is_reported(tmp_path: Path) -> None:
    source = cut(write_clip(tmp_path / "in.mp4", n=40, container_options={"movflags": "+faststart"}), 0.5)

    with pytest.raises(Refused) as refused:
        examine(source, tmp_path, LIMITS)
    assert refused.value.code is Code.TRUNCATED


def huge(folder: Path) -> Path:
    """Write a few kilobytes of grey that decode to 7696 x 4336 pictures."""
    import numpy as np

    grey = np.full((4336, 7696, 3), 128, np.uint8)
    return write_clip(folder / "huge.mp4", n=2, size=(7696, 4336), options={"crf": "51"}, draw=lambda *_: grey)


def test_huge_pictures_in_a_tiny_file_are_refused(tmp_path: Path) -> None:
    source = huge(tmp_path)
    assert source.stat().st_size < 300_000

    with pytest.raises(Refused) as refused:
        probe_in_subprocess(source, tmp_path, LIMITS)
    assert refused.value.code is Code.TOO_LARGE


def test_more_pixels_than_the_limit_are_refused(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", n=2)
    with pytest.raises(Refused) as refused:
        examine(source, tmp_path, LIMITS.model_copy(update={"pixels": 96 * 64 - 1}))
    assert refused.value.code is Code.TOO_LARGE


def many_frames(path: Path, count: int) -> Path:
    """Write the same picture many times, a packet of some bytes each, all within seconds."""
    from av.video.frame import VideoFrame

    tick = Fraction(1, 1_000_000)
    with av.open(str(path), "w", format="matroska") as out:
        stream: Any = out.add_stream("libx264", rate=1000, options={"preset": "ultrafast", "x264-params": "keyint=1"})
        stream.width, stream.height, stream.pix_fmt = 16, 16, "yuv420p"
        stream.codec_context.time_base = tick
        frame = VideoFrame(16, 16, "yuv420p")
        frame.pts, frame.time_base = 0, tick
        coded = next(bytes(packet) for packet in [*stream.encode(frame), *stream.encode(None)])
        for k in range(count):
            packet = av.Packet(coded)
            packet.stream, packet.time_base = stream, Fraction(1, 1000)
            packet.pts = packet.dts = k // 100
            packet.is_keyframe = True
            out.mux(packet)
    return path


def test_a_million_frames_are_not_decoded(tmp_path: Path) -> None:
    source = many_frames(tmp_path / "many.mkv", 30_000)
    with pytest.raises(Refused) as refused:
        probe_in_subprocess(source, tmp_path, LIMITS.model_copy(update={"frames": 10_000}))
    assert refused.value.code is Code.TOO_LONG


def test_too_little_memory_ends_the_process_and_nothing_else(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", n=4)
    with pytest.raises(Refused) as refused:
        probe_in_subprocess(source, tmp_path, LIMITS, memory_bytes=40 * 2**20)
    assert refused.value.code in {Code.UNREADABLE, Code.TOO_LARGE}


def test_the_process_ends_after_its_time(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", n=4)
    with pytest.raises(Refused) as refused:
        probe_in_subprocess(source, tmp_path, LIMITS, seconds=0.05)
    assert (refused.value.code, "too long" in str(refused.value)) == (Code.UNREADABLE, True)


def test_playlists_open_no_other_file(tmp_path: Path) -> None:
    victim = write_clip(tmp_path / "victim.mp4", n=4)
    for text in (
        f"#EXTM3U\n#EXTINF:1,\n{victim}\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile '{victim}'\n",
        "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x\n#EXT-X-ENDLIST\n",
    ):
        (tmp_path / "list.mp4").write_text(text)
        with pytest.raises(Refused) as refused:
            examine(tmp_path / "list.mp4", tmp_path, LIMITS)
        assert refused.value.code is Code.NOT_A_VIDEO
