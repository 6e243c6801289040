"""What a video is, a copy of it without its metadata, and its poster: decided when it arrives, from the file alone.

The copy holds the same coded pictures and sound, packet by packet. What is left out: places, devices, names, dates,
chapters, attachments, cover pictures, timed metadata. What is kept, because a measurement needs it: how the picture
is turned, its pixels' shape, and how much slower than life it plays. Only a container that cannot be copied faithfully
is coded anew.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream
from PIL import Image

from api.recordings.schemas import ProbeResult
from api.uploads.probe import Probed, VideoLimits
from hinge_check.capture.container import open_container, picture_stream
from hinge_check.capture.mp4 import mp4_complete
from hinge_check.capture.probe import VideoInfo, duration_text, probe
from hinge_check.capture.video import VideoReader, VideoWriter
from hinge_check.errors import Code, Refused

POSTER_EDGE = 640
POSTER_AT_S = 1.0
SPEED_TAG = "com.android.capture.fps"
ANEW_EDGE = 1920
"""Longest side of a picture that has to be coded anew."""
_CURES = "Export it as H.264 (on an iPhone: Settings, Camera, Formats, Most Compatible), then send it again."
_MP4 = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4", "mjpeg"})
_FORMS = (("mp4", _MP4), ("webm", frozenset({"vp8"})), ("matroska", _MP4 | {"prores"}))
"""Containers a copy may have, the one that plays in most places first, and the codings each may hold."""
_SOUND = {
    "mp4": frozenset({"aac", "mp3", "opus", "ac3", "eac3", "alac"}),
    "webm": frozenset({"opus", "vorbis"}),
}
_SHORTFALL_S = 0.5
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_COPIED_FROM = ("mov", "matroska")
"""Containers whose times and index say the same in the copy; others are read and written anew."""
_TYPES = {"mp4": "video/mp4", "matroska": "video/x-matroska", "webm": "video/webm"}
_SUFFIX = {"mp4": "mp4", "matroska": "mkv", "webm": "webm"}


@dataclass(frozen=True, slots=True)
class _Copy:
    path: Path
    format: str
    frames: int


def examine(source: Path, folder: Path, limits: VideoLimits) -> Probed:
    """Accept or refuse a video, and leave its clean copy and its poster in `folder`.

    Raises
    ------
    Refused
        As `hinge_check.capture.probe.probe` and the reader do, and `too_large`, `too_long` for what exceeds `limits`.
    """
    info = probe(source, max_duration_s=limits.seconds)
    if info.stored_size[0] * info.stored_size[1] > limits.pixels:
        width, height = info.stored_size
        raise Refused(Code.TOO_LARGE, f"This video's picture is {width} x {height}, more than is taken here.")
    copy = _copied(source, info, folder, limits) if info.container.startswith(_COPIED_FROM) else None
    if copy is None:
        copy = _copied(_transcode(source, info, folder, limits), info, folder, limits, anew=True)
    if copy is None:
        raise Refused(Code.UNREADABLE, "This video is saved in a way that cannot be kept here.", _CURES)
    poster = folder / "poster.jpg"
    _draw_poster(copy.path, info, poster)
    seen = ProbeResult(
        container=info.container.split(",", 1)[0],
        codec=info.codec,
        duration_s=round(info.duration_s, 3),
        width=info.width,
        height=info.height,
        fps=round(info.fps, 3),
        frames=copy.frames,
        rotation_deg=info.rotation_deg,
        mirrored=info.mirrored,
        has_sound=info.has_audio,
        playback_speed=info.playback_speed,
    )
    return Probed(
        seen=seen, media_type=_TYPES[copy.format], suffix=_SUFFIX[copy.format], video=copy.path, poster=poster
    )


def strip_metadata(source: Path, out: Path, form: str, info: VideoInfo, max_frames: int) -> int:
    """Copy picture and sound, and nothing else.

    Parameters
    ----------
    out
        The copy; its container is `form`: mp4, matroska or webm.
    info
        The source's probe; of its metadata only the playback speed is written.

    Returns
    -------
    int
        Packets of the picture.

    Raises
    ------
    Refused
        `too_long` beyond `max_frames`.
    av.FFmpegError, ValueError
        When the container cannot hold this.
    """
    movflags = "+faststart+use_metadata_tags" if info.playback_speed else "+faststart"
    options = {"fflags": "+bitexact", **({"movflags": movflags} if form == "mp4" else {})}
    frames = 0
    with open_container(source) as whole, av.open(str(out), "w", format=form, container_options=options) as copy:
        picture = picture_stream(whole)
        twins: dict[int, Any] = {picture.index: copy.add_stream_from_template(picture, opaque=True)}
        sound = _sound_of(whole, form)
        if sound is not None:
            twins[sound.index] = copy.add_stream_from_template(sound, opaque=True)
        if info.playback_speed:
            copy.metadata[SPEED_TAG] = f"{info.fps / info.playback_speed:.6g}"
        for packet in _packets(whole, picture, *([] if sound is None else [sound])):
            if packet.stream.index == picture.index:
                frames += 1
                if frames > max_frames:
                    raise Refused(Code.TOO_LONG, f"This video holds more than {max_frames} pictures.")
            packet.stream = twins[packet.stream.index]
            copy.mux(packet)
    return frames


def _packets(whole: InputContainer, *streams: VideoStream | AudioStream) -> Iterator[Packet[Any]]:
    """Packets in the order stored, as far as the file makes sense: a damaged end shows in the copy's length."""
    try:
        for packet in whole.demux(*streams):
            if packet.size and packet.dts is not None:
                yield packet
    except av.FFmpegError:
        return


def _sound_of(whole: InputContainer, form: str) -> AudioStream | None:
    """The sound to carry over, if this container can hold it; a video without its sound is still one."""
    best = whole.streams.best("audio")
    if not isinstance(best, AudioStream) or getattr(best, "codec_context", None) is None:
        return None
    allowed = _SOUND.get(form)
    name = best.codec_context.codec.canonical_name
    return best if allowed is None or name in allowed else None


def _copied(source: Path, info: VideoInfo, folder: Path, limits: VideoLimits, *, anew: bool = False) -> _Copy | None:
    """A copy that would be measured as the original would; None where there is no container for one.

    Raises
    ------
    Refused
        `truncated` where the file ends before it said.
    OSError
        When the disk is full.
    """
    codec = "h264" if anew else info.codec
    for form in (form for form, codecs in _FORMS if codec in codecs):
        path = folder / f"video.{_SUFFIX[form]}"
        try:
            frames = strip_metadata(source, path, form, info, limits.frames)
        except (av.FFmpegError, ValueError) as error:
            path.unlink(missing_ok=True)
            if getattr(error, "errno", None) in _FULL:
                raise OSError(errno.ENOSPC, "no space left for the copy of a video") from error
            continue
        if form == "mp4" and not mp4_complete(path):
            # The muxer can lose the last write's error on closing; a file that lacks its end tells.
            raise OSError(errno.ENOSPC, "the copy of a video lacks its end")
        after = probe(path, max_duration_s=limits.seconds + 1.0)
        if info.duration_s - after.duration_s > max(_SHORTFALL_S, 0.02 * info.duration_s):
            read, said = duration_text(after.duration_s), duration_text(info.duration_s)
            raise Refused(Code.TRUNCATED, f"Only {read} of this video's {said} could be read.")
        if after.playback_speed == info.playback_speed and (anew or _same(info, after)):
            return _Copy(path, form, frames)
        path.unlink()
    return None


def _same(before: VideoInfo, after: VideoInfo) -> bool:
    return (
        before.stored_size == after.stored_size
        and before.orientation == after.orientation
        and _near(before.width, after.width)
        and _near(before.height, after.height)
        and abs(before.duration_s - after.duration_s) <= max(0.1, 0.02 * before.duration_s)
        and abs(before.fps - after.fps) <= 0.02 * before.fps
    )


def _near(one: int, other: int) -> bool:
    """A pixel shape of 591 : 590 is lost with its container, and nobody sees it."""
    return abs(one - other) <= max(2, 0.005 * one)


def _transcode(source: Path, info: VideoInfo, folder: Path, limits: VideoLimits) -> Path:
    """The pictures decoded and coded again, upright, sound carried over."""
    path = folder / "anew.mp4"
    edge = min(ANEW_EDGE, max(info.width, info.height))
    with VideoReader(source, long_edge=edge, max_duration_s=limits.seconds) as reader, ExitStack() as stack:
        writer: VideoWriter | None = None
        for frame in reader:
            if writer is None:
                height, width = frame.rgb.shape[:2]
                writer = stack.enter_context(VideoWriter(path, (width, height), source=source, crf=20))
            writer.write(frame.time_s, frame.rgb)
    return path


def _draw_poster(video: Path, info: VideoInfo, path: Path) -> None:
    """A still near the start, when the person stands; a JPEG without metadata."""
    at = min(POSTER_AT_S, info.duration_s / 2)
    with VideoReader(video, long_edge=POSTER_EDGE, trim_s=(at, None), max_duration_s=float("inf")) as reader:
        for frame in reader:
            Image.fromarray(frame.rgb).save(path, "JPEG", quality=80, optimize=True)
            return
    raise Refused(Code.TOO_SHORT, "This video holds no picture.")
