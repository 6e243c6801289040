"""Probe, metadata-free copy and poster of a video, made on arrival from the file alone.

The copy holds the same coded pictures and sound, packet by packet. Left out are places, devices, names, dates,
chapters, attachments, cover pictures, timed metadata. Kept, because measuring needs them, are the rotation of the
picture, the shape of its pixels, and how much slower than real time it plays. A video is re-encoded only if its
container cannot be copied faithfully.
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
from api.uploads.probe import AcceptedVideo, VideoLimits
from hinge_check.capture.container import open_container, picture_stream
from hinge_check.capture.mp4 import mp4_complete
from hinge_check.capture.probe import VideoInfo, duration_text, probe
from hinge_check.capture.video import VideoReader, VideoWriter
from hinge_check.errors import Code, Refused

POSTER_EDGE = 640
POSTER_AT_S = 1.0
SPEED_TAG = "com.android.capture.fps"
REENCODED_EDGE = 1920
"""Longest side of a picture that has to be re-encoded."""
_ADVICE = "Export it as H.264 (on an iPhone: Settings, Camera, Formats, Most Compatible), then send it again."
_MP4 = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4", "mjpeg"})
_CONTAINERS = (("mp4", _MP4), ("webm", frozenset({"vp8"})), ("matroska", _MP4 | {"prores"}))
"""Containers a copy may have, the most widely playable first, and the codecs each may hold."""
_SOUND = {
    "mp4": frozenset({"aac", "mp3", "opus", "ac3", "eac3", "alac"}),
    "webm": frozenset({"opus", "vorbis"}),
}
_SHORTFALL_S = 0.5
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_COPIED_FROM = ("mov", "matroska")
"""Containers whose times and index are the same in the copy; videos in others are re-encoded."""
_TYPES = {"mp4": "video/mp4", "matroska": "video/x-matroska", "webm": "video/webm"}
_SUFFIX = {"mp4": "mp4", "matroska": "mkv", "webm": "webm"}


@dataclass(frozen=True, slots=True)
class _Copy:
    path: Path
    format: str
    frames: int


def examine(source: Path, folder: Path, limits: VideoLimits) -> AcceptedVideo:
    """Accept or refuse a video, and write its clean copy and its poster to `folder`.

    Raises
    ------
    Refused
        As `hinge_check.capture.probe.probe` and the reader do, and `too_large`, `too_long` for what exceeds `limits`.
    """
    info = probe(source, max_duration_s=limits.seconds)
    if info.stored_size[0] * info.stored_size[1] > limits.pixels:
        width, height = info.stored_size
        raise Refused(Code.TOO_LARGE, f"This video's picture is {width} x {height}, more than is taken here.")
    copy = _make_copy(source, info, folder, limits) if info.container.startswith(_COPIED_FROM) else None
    if copy is None:
        copy = _make_copy(_transcode(source, info, folder, limits), info, folder, limits, reencoded=True)
    if copy is None:
        raise Refused(Code.UNREADABLE, "This video is saved in a way that cannot be kept here.", _ADVICE)
    poster = folder / "poster.jpg"
    _draw_poster(copy.path, info, poster)
    result = ProbeResult(
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
    return AcceptedVideo(
        probe=result, media_type=_TYPES[copy.format], suffix=_SUFFIX[copy.format], video=copy.path, poster=poster
    )


def strip_metadata(source: Path, out: Path, container: str, info: VideoInfo, max_frames: int) -> int:
    """Copy the picture and the sound, and no metadata.

    Parameters
    ----------
    out
        The copy.
    container
        Container of the copy: mp4, matroska or webm.
    info
        The source's probe; of its metadata only the playback speed is written.

    Returns
    -------
    int
        Number of video packets.

    Raises
    ------
    Refused
        `too_long` beyond `max_frames`.
    av.FFmpegError, ValueError
        The container cannot hold these streams.
    """
    movflags = "+faststart+use_metadata_tags" if info.playback_speed else "+faststart"
    options = {"fflags": "+bitexact", **({"movflags": movflags} if container == "mp4" else {})}
    frames = 0
    with (
        open_container(source) as original,
        av.open(str(out), "w", format=container, container_options=options) as copy,
    ):
        picture = picture_stream(original)
        outputs: dict[int, Any] = {picture.index: copy.add_stream_from_template(picture, opaque=True)}
        sound = _sound_of(original, container)
        if sound is not None:
            outputs[sound.index] = copy.add_stream_from_template(sound, opaque=True)
        if info.playback_speed:
            copy.metadata[SPEED_TAG] = f"{info.fps / info.playback_speed:.6g}"
        for packet in _packets(original, picture, *([] if sound is None else [sound])):
            if packet.stream.index == picture.index:
                frames += 1
                if frames > max_frames:
                    raise Refused(Code.TOO_LONG, f"This video holds more than {max_frames} pictures.")
            packet.stream = outputs[packet.stream.index]
            copy.mux(packet)
    return frames


def _packets(original: InputContainer, *streams: VideoStream | AudioStream) -> Iterator[Packet[Any]]:
    """Yield packets in stored order while the file can be read; a damaged end shows in the length of the copy."""
    try:
        for packet in original.demux(*streams):
            if packet.size and packet.dts is not None:
                yield packet
    except av.FFmpegError:
        return


def _sound_of(original: InputContainer, container: str) -> AudioStream | None:
    """Return the sound to copy; None if there is none or the container cannot hold it: the copy then has no sound."""
    best = original.streams.best("audio")
    if not isinstance(best, AudioStream) or getattr(best, "codec_context", None) is None:
        return None
    allowed = _SOUND.get(container)
    name = best.codec_context.codec.canonical_name
    return best if allowed is None or name in allowed else None


def _make_copy(
    source: Path, info: VideoInfo, folder: Path, limits: VideoLimits, *, reencoded: bool = False
) -> _Copy | None:
    """Make a copy that measures the same as the original; None where no container can hold one.

    Raises
    ------
    Refused
        `truncated` where the file ends earlier than it states.
    OSError
        The disk is full.
    """
    codec = "h264" if reencoded else info.codec
    for container in (container for container, codecs in _CONTAINERS if codec in codecs):
        path = folder / f"video.{_SUFFIX[container]}"
        try:
            frames = strip_metadata(source, path, container, info, limits.frames)
        except (av.FFmpegError, ValueError) as error:
            path.unlink(missing_ok=True)
            if getattr(error, "errno", None) in _FULL:
                raise OSError(errno.ENOSPC, "no space left for the copy of a video") from error
            continue
        if container == "mp4" and not mp4_complete(path):
            # The muxer can lose the error of its last write on closing; a missing end of the file reveals it.
            raise OSError(errno.ENOSPC, "the copy of a video lacks its end")
        after = probe(path, max_duration_s=limits.seconds + 1.0)
        if info.duration_s - after.duration_s > max(_SHORTFALL_S, 0.02 * info.duration_s):
            read, stated = duration_text(after.duration_s), duration_text(info.duration_s)
            raise Refused(Code.TRUNCATED, f"Only {read} of this video's {stated} could be read.")
        if after.playback_speed == info.playback_speed and (reencoded or _measures_the_same(info, after)):
            return _Copy(path, container, frames)
        path.unlink()
    return None


def _measures_the_same(before: VideoInfo, after: VideoInfo) -> bool:
    """Return whether a copy has the size, orientation, duration and frame rate of the original."""
    return (
        before.stored_size == after.stored_size
        and before.orientation == after.orientation
        and _is_close(before.width, after.width)
        and _is_close(before.height, after.height)
        and abs(before.duration_s - after.duration_s) <= max(0.1, 0.02 * before.duration_s)
        and abs(before.fps - after.fps) <= 0.02 * before.fps
    )


def _is_close(before: int, after: int) -> bool:
    """Return whether two sizes agree; a pixel shape of 591 : 590 is lost with its container, invisibly."""
    return abs(before - after) <= max(2, 0.005 * before)


def _transcode(source: Path, info: VideoInfo, folder: Path, limits: VideoLimits) -> Path:
    """Re-encode the pictures upright; the sound is copied."""
    path = folder / "reencoded.mp4"
    edge = min(REENCODED_EDGE, max(info.width, info.height))
    with VideoReader(source, long_edge=edge, max_duration_s=limits.seconds) as reader, ExitStack() as stack:
        writer: VideoWriter | None = None
        for frame in reader:
            if writer is None:
                height, width = frame.rgb.shape[:2]
                writer = stack.enter_context(VideoWriter(path, (width, height), source=source, crf=20))
            writer.write(frame.time_s, frame.rgb)
    return path


def _draw_poster(video: Path, info: VideoInfo, path: Path) -> None:
    """Write a JPEG without metadata of a frame near the start, when the person still stands."""
    at = min(POSTER_AT_S, info.duration_s / 2)
    with VideoReader(video, long_edge=POSTER_EDGE, trim_s=(at, None), max_duration_s=float("inf")) as reader:
        for frame in reader:
            Image.fromarray(frame.rgb).save(path, "JPEG", quality=80, optimize=True)
            return
    raise Refused(Code.TOO_SHORT, "This video holds no picture.")
