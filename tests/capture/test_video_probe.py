"""Properties of a file, and every way in which it is no usable video."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from hinge_check.capture.video import probe, sha256_of
from hinge_check.errors import Code, Refused, UsageError
from tests.clips import cut, faststart, write_clip, write_nothing, write_tone


def _text(path: Path) -> Path:
    path.write_text("Dear physiotherapist, this is no film.\n" * 99)
    return path


def _playlist(path: Path) -> Path:
    """Write a text that would make FFmpeg open another file beside it."""
    write_clip(path.with_name("secret.ts"))
    path.write_text("ffconcat version 1.0\nfile secret.ts\n")
    return path


def _noise(path: Path) -> Path:
    path.write_bytes(np.random.default_rng(1).bytes(30000))
    return path


def _empty(path: Path) -> Path:
    path.touch()
    return path


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


REFUSALS: dict[str, tuple[str, Callable[[Path], Path], Code, str]] = {
    "missing": ("jane_doe.mp4", lambda p: p, Code.UNREADABLE, "no such file"),
    "folder": ("jane_doe.mp4", _folder, Code.UNREADABLE, "folder"),
    "device": ("jane_doe.mp4", lambda _: Path("/dev/zero"), Code.UNREADABLE, "no ordinary file"),
    "empty": ("jane_doe.mp4", _empty, Code.NOT_A_VIDEO, "empty"),
    "text": ("jane_doe.mp4", _text, Code.NOT_A_VIDEO, "not a video"),
    "playlist": ("jane_doe.mp4", _playlist, Code.NOT_A_VIDEO, "not a video"),
    "noise": ("jane_doe.mp4", _noise, Code.NOT_A_VIDEO, "not a video"),
    "sound": ("jane_doe.m4a", write_tone, Code.NO_VIDEO_STREAM, "only sound"),
    "sound renamed": ("jane_doe.mp3", lambda p: write_tone(p, codec="libmp3lame").rename(p.with_suffix(".mp4")),
                      Code.NO_VIDEO_STREAM, "only sound"),
    "index missing": ("jane_doe.mp4", lambda p: cut(write_clip(p, n=30), 0.6), Code.TRUNCATED, "not saved to its end"),
    "index cut": ("jane_doe.mp4", lambda p: cut(faststart(p, n=30), 0.05), Code.TRUNCATED, "not saved to its end"),
    "nothing after index": ("jane_doe.mp4", lambda p: cut(faststart(p, n=30), 0.25), Code.TRUNCATED, "3 seconds"),
    "no frame": ("jane_doe.mp4", write_nothing, Code.TOO_SHORT, "no picture"),
    "one frame": ("jane_doe.mp4", lambda p: write_clip(p, n=1), Code.TOO_SHORT, "single picture"),
    "12 minutes": ("jane_doe.mp4", lambda p: write_clip(p, times=[0, 400, 719.9]), Code.TOO_LONG,
                   "12 minutes; the limit is 10 minutes"),
    "no length given": ("jane_doe.mkv", lambda p: write_clip(p, times=[0, 400, 719.9], container_options={"live": "1"}),
                        Code.TOO_LONG, "12 minutes"),
    "beyond 8K": ("jane_doe.mp4", lambda p: write_clip(p, n=2, size=(7936, 64), codec="mjpeg", pix_fmt="yuvj420p",
                                                tick=Fraction(1, 1000)), Code.TOO_LARGE, "7936 x 64"),
    "beyond 8K upright": ("jane_doe.mp4", lambda p: write_clip(p, n=2, size=(64, 7936), codec="mjpeg",
                                                               pix_fmt="yuvj420p", tick=Fraction(1, 1000)),
                          Code.TOO_LARGE, "64 x 7936"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_have_their_code_and_figure(case: str, tmp_path: Path) -> None:
    name, make, code, words = REFUSALS[case]
    path = make(tmp_path / name)
    with pytest.raises(Refused) as refused:
        probe(path)
    assert refused.value.code is code
    assert words in str(refused.value)
    assert "jane" not in str(refused.value)
    assert refused.value.finding.advice


def test_a_file_without_read_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_clip(tmp_path / "a.mp4")

    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(Refused) as refused:
        probe(path)
    assert refused.value.code is Code.UNREADABLE


def test_cover_art_is_no_video(tmp_path: Path) -> None:
    import av
    from av.video.frame import VideoFrame

    # ID3 picture: the demuxer presents it as a video stream of one still.
    tone = write_tone(tmp_path / "a.mp3", codec="libmp3lame").read_bytes()
    tone = tone[10 + int.from_bytes(tone[6:10], "big") :] if tone[:3] == b"ID3" else tone
    png = av.CodecContext.create("png", "w")
    png.width = png.height = 16
    png.pix_fmt, png.time_base = "rgb24", Fraction(1, 1)
    still = b"".join(bytes(p) for p in png.encode(VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), "rgb24")))
    body = b"\x00image/png\x00\x03\x00" + still
    frame = b"APIC" + len(body).to_bytes(4, "big") + b"\x00\x00" + body
    n = len(frame)
    head = b"ID3\x03\x00\x00" + bytes([(n >> 21) & 127, (n >> 14) & 127, (n >> 7) & 127, n & 127])
    path = tmp_path / "song.mp3"
    path.write_bytes(head + frame + tone)
    with av.open(str(path)) as container:
        assert len(container.streams.video) == 1
    with pytest.raises(Refused) as refused:
        probe(path)
    assert refused.value.code is Code.NO_VIDEO_STREAM


def test_the_properties_of_a_clip(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mov", n=30, fps=30, rotation=(-90, False, False), sound="aac")
    info = probe(path)
    assert (info.width, info.height) == (64, 96)
    assert info.stored_size == (96, 64)
    assert (info.rotation_deg, info.mirrored) == (90, False)
    assert info.duration_s == pytest.approx(1.0, abs=0.02)
    assert info.fps == pytest.approx(30.0, abs=0.1)
    assert info.codec == "h264"
    assert "mov" in info.container
    assert info.has_audio
    assert info.playback_speed is None


def test_rate_is_the_median_not_the_average(tmp_path: Path) -> None:
    times = [k / 30 for k in range(30)] + [4.0 + k / 30 for k in range(30)]
    assert probe(write_clip(tmp_path / "a.mp4", times=times, fps=30)).fps == pytest.approx(30.0, abs=0.1)


@pytest.mark.parametrize(
    ("played", "captured", "speed"),
    [
        (30, "240.000000", 0.125),
        (30000 / 1001, "120", 0.25),
        (30, "30", 1.0),
        (240, "240", 1.0),
        (24, "30", 1.0),  # dim light
        (15, "30", None),  # dimmer light: not slow motion, and not certain
        (30, "nonsense", None),
        (30, "0", None),
    ],
)
def test_slow_motion_is_read_from_the_camera_s_metadata(
    tmp_path: Path, played: float, captured: str, speed: float | None
) -> None:
    path = write_clip(
        tmp_path / "a.mp4",
        n=20,
        fps=played,
        metadata={"com.android.capture.fps": captured},
        container_options={"movflags": "use_metadata_tags"},
    )
    assert probe(path).playback_speed == speed


@pytest.mark.parametrize("suffix", ["webm", "mkv"])
def test_a_browser_s_recording_without_a_length_in_its_header(tmp_path: Path, suffix: str) -> None:
    path = write_clip(tmp_path / f"a.{suffix}", n=25, codec="libvpx-vp9", container_options={"live": "1"})
    assert probe(path).duration_s == pytest.approx(2.5, abs=0.11)


def test_matroska_length_counts_from_the_first_frame(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", times=[5.0, 5.1, 5.2, 5.3], codec="ffv1")
    assert probe(path).duration_s == pytest.approx(0.4, abs=0.01)


def test_only_the_requested_span_counts(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", times=[0, 300, 500, 719.9])
    assert probe(path, trim_s=(100.0, 200.0)).duration_s == pytest.approx(720, abs=0.2)
    with pytest.raises(Refused, match="The chosen span lasts 11 minutes 40 seconds") as refused:
        probe(path, trim_s=(20.0, None))
    assert refused.value.code is Code.TOO_LONG
    with pytest.raises(Refused, match="nothing from") as refused:
        probe(path, trim_s=(800.0, None))
    assert refused.value.code is Code.TOO_SHORT


@pytest.mark.parametrize("trim", [(5.0, 5.0), (5.0, 1.0), (-1.0, 3.0), (None, 0.0)])
def test_a_reversed_span_is_a_usage_error(tmp_path: Path, trim: tuple[float | None, float | None]) -> None:
    with pytest.raises(UsageError):
        probe(write_clip(tmp_path / "a.mp4"), trim_s=trim)


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = _noise(tmp_path / "a")
    assert sha256_of(path) == hashlib.sha256(path.read_bytes()).hexdigest()
