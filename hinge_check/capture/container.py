"""Opening of video files with PyAV: only files, only single-file formats, every failure with its code."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from av.container.core import Container
from av.packet import Packet
from av.sidedata.sidedata import Type as SideDataType
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from hinge_check.capture.frame_image import Orientation, orientation_of
from hinge_check.capture.mp4 import FIRST_BOXES, mp4_complete
from hinge_check.errors import Code, Refused

# Only demuxers of a single file: playlists and image sequences (hls, concat, image2...) would let an uploaded text make
# this machine open other files or addresses. Sound formats are listed so that they are reported as such.
_FORMATS = (
    "mov,mp4,matroska,webm,avi,gif,mpegts,mpeg,mpegvideo,m4v,h264,hevc,ivf,obu,flv,asf,ogg,mxf,dv,nut,rm,"
    "aac,mp3,wav,flac,aiff"
)
_OPEN_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": _FORMATS}
_MAGIC = (b"\x1aE\xdf\xa3", b"GIF8", b"FLV\x01", b"OggS")
_TRUNCATED = "This video was not saved to its end, so it cannot be opened."
_NO_FILM = "This file is not a video."


@contextmanager
def open_container(path: Path) -> Iterator[InputContainer]:
    """Open a file as a container, closed afterwards.

    Raises
    ------
    Refused
        `unreadable`, `not_a_video` or `truncated`.
    """
    head = _readable_head(path)
    try:
        container = av.open(str(path.absolute()), mode="r", container_options=_OPEN_OPTIONS, metadata_errors="replace")
    except (av.FFmpegError, ValueError) as error:
        if _begins_as_video(head):
            raise Refused(Code.TRUNCATED, _TRUNCATED) from error
        raise Refused(Code.NOT_A_VIDEO, _NO_FILM) from error
    with container:
        if not container.streams.video and head[4:8] in FIRST_BOXES and not mp4_complete(path):
            # An mp4 opens with whatever part of its index is there, even none.
            raise Refused(Code.TRUNCATED, _TRUNCATED)
        if len(container.streams) == 0:
            raise Refused(Code.TOO_SHORT, "This video holds no picture.")
        yield container


def picture_stream(container: InputContainer) -> VideoStream:
    """Return the moving picture: the best video stream that is not cover art.

    Raises
    ------
    Refused
        `no_video_stream`; `unreadable` when there is no decoder for it.
    """
    moving = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not moving:
        what = "only sound" if container.streams.audio else "no moving picture"
        raise Refused(Code.NO_VIDEO_STREAM, f"This file holds {what}.")
    # A stream without a decoder has no context, whatever the stubs say.
    decodable = [s for s in moving if getattr(s, "codec_context", None) is not None]
    if not decodable:
        raise Refused(
            Code.UNREADABLE,
            "This video is coded in a way that cannot be read here.",
            "Export it as H.264 or HEVC (on an iPhone: Settings, Camera, Formats, Most Compatible).",
        )
    best = container.streams.best("video")
    for stream in decodable:
        if best is not None and stream.index == best.index:
            return stream
    return max(decodable, key=lambda s: s.codec_context.width * s.codec_context.height)


def packets_of(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream] | None]:
    """Yield packets up to the end; where the file breaks off before it, a last None (which flushes the decoder)."""
    try:
        yield from container.demux(stream)
    except av.FFmpegError:
        yield None


def decode(stream: VideoStream, packet: Packet[VideoStream] | None) -> tuple[list[VideoFrame], bool]:
    """Return the whole frames of a packet, PTS filled in where there is one, and whether anything was damaged."""
    try:
        frames = stream.decode(packet)
    except av.FFmpegError:
        return [], True
    whole = [f for f in frames if not f.is_corrupt]
    for frame in whole:
        frame.pts = ticks_of(stream.container, frame)
    return whole, packet is None or packet.is_corrupt or len(whole) < len(frames)


def announced_duration(container: InputContainer, stream: VideoStream) -> float | None:
    """Return the duration of the picture that the header states, seconds.

    The smaller of the stream's and the file's: sound may outlast the picture, and a film trimmed on the phone keeps
    its old length in the stream.
    """
    durations = []
    if stream.duration is not None and stream.time_base is not None:
        durations.append(float(stream.duration * stream.time_base))
    if container.duration is not None:
        durations.append(container.duration / av.time_base)
    durations = [s for s in durations if s > 0]
    return min(durations) if durations else None


def clock_start(container: InputContainer, start_s: float | None) -> float:
    """Return the part of the announced duration before the first frame: Matroska counts from its clock's zero."""
    return start_s if start_s is not None and container.format.name.startswith("matroska") else 0.0


def frame_stamp(frame: VideoFrame) -> float | None:
    """Return the container's time of a frame, seconds; None where it has none."""
    if frame.pts is None or frame.time_base is None:
        return None
    return float(frame.pts * frame.time_base)


def nominal_interval(frame: VideoFrame, stream: VideoStream) -> float:
    """Return how long a frame should last where times do not say, seconds."""
    if frame.duration and frame.time_base:
        lasts = float(frame.duration * frame.time_base)
        if 0.001 <= lasts <= 10.0:
            return lasts
    rate: Fraction | None = stream.average_rate or stream.guessed_rate
    return 1.0 / float(rate) if rate and 0.1 <= float(rate) <= 1000.0 else 1.0 / 30.0


def frame_orientation(frame: VideoFrame) -> Orientation:
    """Return the orientation from the display matrix that the decoder passes on with every frame."""
    side_data: Any = frame.side_data
    matrix = side_data.get(SideDataType.DISPLAYMATRIX)
    return orientation_of(None if matrix is None else np.frombuffer(bytes(matrix), np.int32).tolist())


def ticks_of(container: Container, stamped: VideoFrame | Packet[VideoStream]) -> int | None:
    """Return the PTS of a frame or packet; its decoding time where it has none.

    AVI stores decoding times only: the PTS that FFmpeg gives for it is out of order when B-frames are used, while
    frames leave the decoder in the right order.
    """
    return stamped.dts if stamped.pts is None or container.format.name == "avi" else stamped.pts


def _readable_head(path: Path) -> bytes:
    """Return the first bytes of a file; refuse one that cannot be read or is empty."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            what = "a folder" if stat.S_ISDIR(mode) else "no ordinary file"
            raise Refused(Code.UNREADABLE, f"This is {what}.")
        with path.open("rb") as file:
            head = file.read(16)
    except FileNotFoundError as error:
        raise Refused(Code.UNREADABLE, "There is no such file.") from error
    except PermissionError as error:
        raise Refused(Code.UNREADABLE, "This file may not be opened by you.") from error
    except OSError as error:
        raise Refused(Code.UNREADABLE, "This file cannot be read.") from error
    if not head:
        raise Refused(Code.NOT_A_VIDEO, "This file is empty.")
    return head


def _begins_as_video(head: bytes) -> bool:
    """Return whether a file that does not open begins as a video does."""
    return head[4:8] in FIRST_BOXES or head.startswith(_MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")
