"""Probing of a video file before any of it is analysed; every way of not being one has its code."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from hinge_check.capture.container import (
    announced_duration,
    clock_start,
    decode,
    frame_orientation,
    frame_stamp,
    nominal_interval,
    open_container,
    packets_of,
    picture_stream,
    ticks_of,
)
from hinge_check.capture.frame_image import Orientation, square_size
from hinge_check.errors import Code, Refused, UsageError

Trim = tuple[float | None, float | None]

MAX_LONG_EDGE, MAX_SHORT_EDGE = 7680, 4320
RATE_PACKETS = 240
"""Packets read for the frame rate: eight seconds at 30 frames a second."""


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """Properties of a video file.

    `width`, `height` are upright, in square pixels and never larger than stored. Upright is the stored
    picture, mirrored left-right when `mirrored`, then turned clockwise by `rotation_deg`.
    """

    width: int
    height: int
    stored_size: tuple[int, int]
    rotation_deg: int
    mirrored: bool
    duration_s: float
    """Seconds from the first shown frame to the end, as the container states (counted where it does not)."""
    fps: float
    """Frames per media second: the median over the first packets, not what the header claims."""
    codec: str
    container: str
    has_audio: bool
    playback_speed: float | None
    """Playback speed over real speed where the file states it (0.125 for 240 fps shown at 30), else None."""
    orientation: Orientation
    pixel_aspect: Fraction | None
    """Width over height of a stored pixel; None where the file does not state it (square)."""
    start_s: float | None
    """Container time of the first shown frame, which is time 0 here; None where frames carry no time."""


def sha256_of(path: Path) -> str:
    """Return the hex SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def probe(path: Path, *, max_duration_s: float = 600.0, trim_s: Trim | None = None) -> VideoInfo:
    """Open a file, read its first frames and return its properties.

    Parameters
    ----------
    path
        The file.
    max_duration_s
        Longest span to be analysed, media seconds.
    trim_s
        Span to analyse; only the span counts against the limit.

    Raises
    ------
    Refused
        `unreadable`, `not_a_video`, `no_video_stream`, `truncated`, `too_short`, `too_long`, `too_large`.
    UsageError
        When the span ends before it starts.
    """
    with open_container(path) as container:
        stream = picture_stream(container)
        context = stream.codec_context
        check_size(context.width, context.height)
        announced = announced_duration(container, stream)
        first, shown, stamps, packets, counted = _read_start(container, stream, announced, max_duration_s)
        if first is None or shown < 2:
            if (announced or 0.0) > 0.5:
                raise Refused(
                    Code.TRUNCATED, f"Nothing of this video's {duration_text(announced or 0.0)} could be read."
                )
            seen = "holds no picture" if first is None else "holds a single picture"
            raise Refused(Code.TOO_SHORT, f"This video {seen}.")
        check_size(first.width, first.height)
        start_s = frame_stamp(first)
        if announced is None:
            span = counted or packets * nominal_interval(first, stream)
        else:
            span = announced - clock_start(container, start_s)
        fps = _median_rate(stamps) or 1.0 / nominal_interval(first, stream)
        orientation = frame_orientation(first)
        width, height = (round(v) for v in square_size(first.width, first.height, stream.sample_aspect_ratio))
        width, height = orientation.size(width, height)
        info = VideoInfo(
            width=width,
            height=height,
            stored_size=(first.width, first.height),
            rotation_deg=orientation.rotation_deg,
            mirrored=orientation.mirrored,
            duration_s=span,
            fps=fps,
            codec=context.codec.canonical_name,
            container=container.format.name,
            has_audio=bool(container.streams.audio),
            playback_speed=_playback_speed({**container.metadata, **stream.metadata}, fps),
            orientation=orientation,
            pixel_aspect=stream.sample_aspect_ratio,
            start_s=start_s,
        )
    check_span(info.duration_s, max_duration_s, trim_s)
    return info


def check_size(width: int, height: int) -> None:
    """Refuse pictures beyond 8K (7680 x 4320), either way up."""
    if max(width, height) > MAX_LONG_EDGE or min(width, height) > MAX_SHORT_EDGE:
        raise Refused(
            Code.TOO_LARGE,
            f"This video's picture is {width} x {height}; the limit is {MAX_LONG_EDGE} x {MAX_SHORT_EDGE}.",
        )


def check_span(duration_s: float, max_duration_s: float, trim_s: Trim | None) -> None:
    """Refuse a span that is too long, lies outside the video or ends before it starts."""
    start = (trim_s[0] if trim_s else None) or 0.0
    end = trim_s[1] if trim_s else None
    if start < 0 or (end is not None and end <= start):
        raise UsageError("a trim needs a start from 0 on and an end after it")
    if start > 0 and start >= duration_s:
        raise Refused(
            Code.TOO_SHORT,
            f"This video lasts {duration_text(duration_s)}; there is nothing from {duration_text(start)} on.",
            "Choose a span that lies within the video.",
        )
    span = min(duration_s, end if end is not None else duration_s) - start
    if span > max_duration_s:
        what = "This video lasts" if trim_s is None else "The chosen span lasts"
        raise Refused(Code.TOO_LONG, f"{what} {duration_text(span)}; the limit is {duration_text(max_duration_s)}.")


def duration_text(seconds: float) -> str:
    """Write a duration in words: '9.5 seconds', '12 minutes', '10 minutes 4 seconds'."""
    if seconds < 90:
        figure = f"{seconds:.1f}".removesuffix(".0")
        return f"{figure} second{'' if figure == '1' else 's'}"
    minutes, rest = divmod(round(seconds), 60)
    words = f"{minutes} minute{'' if minutes == 1 else 's'}"
    return words if rest == 0 else f"{words} {rest} second{'' if rest == 1 else 's'}"


def _read_start(
    container: InputContainer, stream: VideoStream, announced: float | None, max_duration_s: float
) -> tuple[VideoFrame | None, int, list[float], int, float]:
    """Return first frame, frames decoded (at most two), packet times, packets and seconds (all, unless announced)."""
    first: VideoFrame | None = None
    shown = 0
    stamps: list[float] = []
    packets = 0
    lasting = 0.0
    reach = 0.0
    for packet in packets_of(container, stream):
        if packet is not None and packet.size:
            ticks = ticks_of(container, packet)
            packets += 1
            tick_s = float(packet.time_base or 0)
            lasting += (packet.duration or 0) * tick_s
            if ticks is not None:
                if len(stamps) < RATE_PACKETS:
                    stamps.append(ticks * tick_s)
                reach = max(reach, ticks * tick_s - stamps[0] + (packet.duration or 0) * tick_s)
        if shown < 2:
            frames, _ = decode(stream, packet)
            first = first or next(iter(frames), None)
            shown += len(frames)
        elif packets >= RATE_PACKETS and (announced is not None or max(reach, lasting) > max_duration_s):
            break
    return first, min(shown, 2), stamps, packets, reach or lasting


def _median_rate(stamps: list[float]) -> float | None:
    """Return the median frame rate of packet times, per second; None with fewer than two."""
    steps = np.diff(np.unique(stamps))
    return float(1.0 / np.median(steps)) if len(steps) else None


def _playback_speed(metadata: dict[str, str], fps: float) -> float | None:
    """Read slow motion as Android cameras record it: captured frames per second beside those played.

    A phone that films slower in dim light also plays fewer frames than it was asked for, so only ratios that slow
    motion has (a third or less) count as such, rounded to one over a whole number; nearly equal is real speed; for
    anything else the speed stays unknown.
    """
    for key, value in metadata.items():
        if not key.endswith("capture.fps"):
            continue
        try:
            capture = float(value)
        except ValueError:
            return None
        if not 1.0 <= capture <= 10000.0:
            return None
        ratio = fps / capture
        if 0.75 <= ratio <= 1.25:
            return 1.0
        return 1.0 / round(1.0 / ratio) if ratio <= 0.35 else None
    return None
