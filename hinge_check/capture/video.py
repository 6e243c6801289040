"""A video file as upright, timed RGB frames, decoded in a thread of its own (PyAV).

Times are seconds of media time from PTS; the first shown frame of the stream is at 0, even when reading starts later.
See `timing.steady_times` for missing, repeated and jumping stamps.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.codec.context import ThreadType
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from hinge_check.capture.container import (
    decode,
    frame_stamp,
    nominal_interval,
    open_container,
    packets_of,
    picture_stream,
)
from hinge_check.capture.deinterlace import Deinterlacer
from hinge_check.capture.frame_image import Rgb, pad_to_size, scaled_size, square_size, to_rgb_contiguous
from hinge_check.capture.probe import Trim, VideoInfo, check_size, duration_text, probe, sha256_of
from hinge_check.capture.timing import steady_times
from hinge_check.capture.video_writer import VideoWriter
from hinge_check.errors import Code, Refused

__all__ = ["Frame", "VideoInfo", "VideoReader", "VideoWriter", "probe", "sha256_of", "to_rgb_contiguous"]

MAX_FRAMES = 300_000
"""Most frames decoded: ten minutes at 500 a second. It stops a file of millions of tiny frames."""
QUEUE_BYTES = 64 * 2**20
"""Most memory of pictures waiting to be taken (but never fewer than two of them)."""
SEEK_FROM_S = 2.0
"""Spans that start earlier than this are reached by decoding from the start, without a seek."""
_SEEKABLE = ("mov", "matroska")
_SHORTFALL_S = 0.5
"""A clip this much shorter than announced is called truncated; headers are rounded, last frames vary."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: media time in seconds and the upright picture."""

    time_s: float
    rgb: Rgb


@dataclass(frozen=True, slots=True)
class _End:
    """The last item of the decoding thread."""

    error: Exception | None


class VideoReader:
    """The frames of a video file, in order; a context manager to be iterated once.

    Parameters
    ----------
    path
        The file.
    long_edge
        Longest side of the pictures returned, pixels; larger ones are scaled down, smaller ones never up.
        None returns them as they are.
    trim_s
        Span to read, seconds, end exclusive; None at either end is open. Times still count from the
        clip's first frame.
    max_duration_s, max_frames
        Limits on what is actually decoded, whatever the header states.
    prefetch
        Pictures decoded ahead, at most.

    Raises
    ------
    Refused
        See `probe`; while iterating also `too_long` (the header understated) and `too_short`.
    UsageError
        When the span ends before it starts.
    """

    def __init__(
        self,
        path: Path,
        *,
        long_edge: int | None = None,
        trim_s: Trim | None = None,
        max_duration_s: float = 600.0,
        max_frames: int = MAX_FRAMES,
        prefetch: int = 8,
    ) -> None:
        self.info: VideoInfo = probe(path, max_duration_s=max_duration_s, trim_s=trim_s)
        self._path = path
        self._start = (trim_s[0] if trim_s else None) or 0.0
        self._end = trim_s[1] if trim_s else None
        self._max_duration_s = max_duration_s
        self._max_frames = max_frames
        self._target = scaled_size(square_size(*self.info.stored_size, self.info.pixel_aspect), long_edge)
        self._reformatter = VideoReformatter()
        self._findings: list[tuple[Code, str]] = []
        self._damage = 0
        picture_bytes = 3 * self._target[0] * self._target[1]
        self._queue: queue.Queue[Frame | _End] = queue.Queue(max(2, min(prefetch, QUEUE_BYTES // picture_bytes)))
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def frame_size(self) -> tuple[int, int]:
        """Width, height of the pictures returned."""
        return self.info.orientation.size(*self._target)

    @property
    def findings(self) -> tuple[tuple[Code, str], ...]:
        """(code, message) of each finding; complete when the iteration has ended."""
        return tuple(self._findings)

    def __enter__(self) -> Self:
        if self._thread is not None:
            raise RuntimeError("a VideoReader is opened once")
        self._thread = threading.Thread(target=self._run, name="video-decode", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Frame]:
        if self._thread is None:
            raise RuntimeError("iterate within 'with VideoReader(...)'")
        while not self._stop.is_set():
            item = self._queue.get()
            if isinstance(item, Frame):
                yield item
                continue
            self._stop.set()
            if item.error is not None:
                raise item.error

    def close(self) -> None:
        """Stop decoding and wait for the thread; a second call does nothing."""
        self._stop.set()
        while self._thread is not None and self._thread.is_alive():
            # Make room for what the thread is about to put, so that it sees the stop at once.
            while not self._queue.empty():
                self._queue.get_nowait()
            self._thread.join(0.05)

    def _run(self) -> None:
        failure: Exception | None = None
        try:
            with closing(self._frames()) as frames:
                for frame in frames:
                    if not self._put(frame):
                        return
        except Exception as error:  # of any kind: raised again in the consumer
            failure = error
        self._put(_End(failure))

    def _put(self, item: Frame | _End) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def _frames(self) -> Generator[Frame, None, None]:
        """Yield the converted frames of the span; then record the findings."""
        last = step = readable = 0.0
        yielded = 0
        for time, (frame, interval) in self._with_times():
            if self._end is not None and time >= self._end:
                break
            if time < self._start:
                continue
            if time - self._start > self._max_duration_s:
                raise Refused(
                    Code.TOO_LONG, f"This video goes on beyond the limit of {duration_text(self._max_duration_s)}."
                )
            if yielded == 0:
                self._damage = 0  # damage before the first picture loses nothing of the span
            else:
                readable += min(time - last, 1.5 * step)  # a longer gap is a hole
            last, step = time, interval
            yielded += 1
            yield Frame(time, self._picture(frame))
        else:
            self._report(last + step, readable + step)
        if yielded < 2:
            what = "no picture" if yielded == 0 else "a single picture"
            where = "The chosen span" if self._start or self._end is not None else "This video"
            raise Refused(Code.TOO_SHORT, f"{where} holds {what}.")

    def _report(self, reached_s: float, readable_s: float) -> None:
        announced = self.info.duration_s if self._end is None else min(self._end, self.info.duration_s)
        if announced - reached_s > _SHORTFALL_S:
            message = (
                f"Only the first {duration_text(reached_s)} of this video's {duration_text(announced)} could be read."
            )
            self._findings.append((Code.TRUNCATED, message))
        elif self._damage:
            message = f"Part of this video is damaged; about {duration_text(readable_s)} of it could be read."
            self._findings.append((Code.TRUNCATED, message))

    def _with_times(self) -> Iterator[tuple[float, tuple[VideoFrame, float]]]:
        """Yield frames with their times, from the span's start or somewhat before."""
        base = self.info.start_s
        if self._start > SEEK_FROM_S and base is not None and self.info.container.startswith(_SEEKABLE):
            with open_container(self._path) as container:
                stream = picture_stream(container)
                if _seek(container, stream, base + self._start):
                    timed = steady_times(self._with_stamps(container, stream), base)
                    first = next(timed, None)
                    # An index can be wrong; then the file is decoded from the start.
                    if first is not None and first[0] <= self._start:
                        yield first
                        yield from timed
                        return
        with open_container(self._path) as container:
            yield from steady_times(self._with_stamps(container, picture_stream(container)), base)

    def _with_stamps(
        self, container: InputContainer, stream: VideoStream
    ) -> Iterator[tuple[float | None, float, tuple[VideoFrame, float]]]:
        for frame in self._whole_pictures(container, stream):
            interval = nominal_interval(frame, stream)
            yield frame_stamp(frame), interval, (frame, interval)

    def _whole_pictures(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        stream.codec_context.thread_type = ThreadType.AUTO
        deinterlacer = Deinterlacer()
        count = 0
        for packet in packets_of(container, stream):
            frames, damaged = decode(stream, packet)
            self._damage += damaged
            for frame in frames:
                count += 1
                if count > self._max_frames:
                    raise Refused(Code.TOO_LONG, f"This video holds more than {self._max_frames} pictures.")
                yield from deinterlacer.push(frame)
        yield from deinterlacer.flush()

    def _picture(self, frame: VideoFrame) -> Rgb:
        """Convert a frame to upright RGB of the target size; scaled before it is turned, which is cheapest."""
        width, height = self._target
        stored = (frame.width, frame.height)
        if stored != self.info.stored_size:
            # A stream may change its size midway: keep the centre, and one scale in x and y.
            check_size(*stored)
            shown = square_size(*stored, self.info.pixel_aspect)
            fit = min(width / shown[0], height / shown[1])
            width, height = (max(1, round(side * fit)) for side in shown)
        # AREA averages all pixels that fall together (no aliasing) at half the cost of bicubic. One thread, because
        # distributing slices of so small a picture takes longer than scaling it.
        small = self._reformatter.reformat(frame, width, height, "rgb24", interpolation="AREA", threads=1)
        rgb = pad_to_size(np.asarray(small.to_ndarray(), np.uint8), self._target)
        return to_rgb_contiguous(self.info.orientation.apply(rgb))


def _seek(container: InputContainer, stream: VideoStream, to_s: float) -> bool:
    """Seek to the key frame at or before a container time; return False where the file does not support it."""
    if stream.time_base is None:
        return False
    try:
        container.seek(int(to_s / stream.time_base), backward=True, stream=stream)
    except av.FFmpegError:
        return False
    return True
