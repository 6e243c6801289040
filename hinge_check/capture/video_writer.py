"""Writing of H.264 that plays everywhere: yuv420p, index in front, timing and sound of the source.

Encoding runs in a thread of its own, beside the drawing. The file gets its name only when it is complete.
"""

from __future__ import annotations

import errno
import os
import queue
import threading
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import av
import numpy as np
from av.codec.context import Flags as CodecFlags
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from av.video.stream import VideoStream

from hinge_check.capture.audio import SoundTrack
from hinge_check.capture.frame_image import Rgb
from hinge_check.capture.mp4 import mp4_complete
from hinge_check.capture.probe import Trim
from hinge_check.errors import Code, Refused

if TYPE_CHECKING:
    from av.container.core import Chapter  # in the stubs only

TICK = Fraction(1, 90000)
KEY_EVERY = 60
"""Frames between key frames: two seconds at 30, so that stepping to a repetition is quick."""
BETWEEN = "–"
"""Title of the stretches between chapters."""
_MAX_QUEUED = 4
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def refused_write(error: OSError) -> Refused:
    """Return the refusal that says why the file could not be written."""
    if error.errno in _FULL:
        return Refused(Code.DISK_FULL, "There is no space left for the result.")
    return Refused(Code.OUTPUT_UNWRITABLE, "The result cannot be written to this folder.")


class VideoWriter:
    """An mp4 being written; a context manager that puts the file in place when left without an error.

    Parameters
    ----------
    path
        Where the video goes; an existing file is replaced.
    size
        Width, height of the pictures given to `write`; an odd last row or column is left out.
    source
        Video whose sound is carried over, if it has any.
    trim_s
        Span of the source that is written, seconds; its start becomes 0.
    chapters
        (start, end, title), seconds of the source's time, in order; the stretches between them are called '–'.
    crf, preset
        Quality (lower is better) and effort of x264.
    max_fps
        Frames beyond this rate are left out.

    Raises
    ------
    Refused
        `output_unwritable`, `disk_full`; nothing half-written is left behind.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        *,
        source: Path | None = None,
        trim_s: Trim | None = None,
        chapters: Sequence[tuple[float, float, str]] = (),
        crf: int = 23,
        preset: str = "veryfast",
        max_fps: float | None = None,
    ) -> None:
        if min(size) < 2:
            raise ValueError(f"a picture of {size} cannot be encoded")
        self._path = path
        self._part = path.with_name(f".{path.stem}.{os.getpid()}.part.mp4")
        self._size = size
        self._source = source
        self._trim = trim_s
        self._origin = (trim_s[0] if trim_s else None) or 0.0
        self._chapters = chapters
        # Without B-frames, frames are decoded in the order shown, and the header's duration is right for uneven times.
        self._options = {"crf": str(crf), "preset": preset, "bf": "0"}
        self._interval = 1.0 / max_fps if max_fps else 0.0
        self._due: float | None = None
        self._last_tick: int | None = None
        self._queue: queue.Queue[VideoFrame | None] = queue.Queue(_MAX_QUEUED)
        self._abandoned = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="video-encode", daemon=True)

    def __enter__(self) -> Self:
        try:
            self._part.touch()
        except OSError as error:
            raise refused_write(error) from error
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._put(None)
                self._thread.join()
                self._raise_failure()
                if self._last_tick is not None:
                    self._move_into_place()
        finally:
            self._abandoned.set()
            self._thread.join()
            self._part.unlink(missing_ok=True)

    def write(self, time_s: float, rgb: Rgb) -> None:
        """Add a picture; it is copied, so the array may be drawn on again at once.

        Parameters
        ----------
        time_s
            Its time in the source, seconds, later than the last one's.
        rgb
            (H, W, 3) uint8 of the size given to the constructor.

        Raises
        ------
        Refused
            When an earlier picture could not be written.
        ValueError
            When the size is another, or the time does not increase.
        """
        width, height = self._size
        if rgb.shape != (height, width, 3) or rgb.dtype != np.uint8:
            raise ValueError(f"expected ({height}, {width}, 3) uint8, got {rgb.shape} {rgb.dtype}")
        if not self._is_due(time_s):
            return
        tick = round((time_s - self._origin) / TICK)
        if self._last_tick is not None and tick <= self._last_tick:
            raise ValueError("times must increase")
        even = np.ascontiguousarray(rgb[: height & ~1, : width & ~1])
        frame = VideoFrame.from_ndarray(even, format="rgb24")
        frame.pts, frame.time_base = tick, TICK
        # The last picture's own duration is unknown: each picture gets the interval before it.
        frame.duration = tick - self._last_tick if self._last_tick is not None else 0
        self._last_tick = tick
        self._put(frame)

    def _is_due(self, time_s: float) -> bool:
        if not self._interval:
            return True
        if self._due is None:
            self._due = time_s
        # A frame a quarter of an interval early is taken: frames jitter, and the next one would be late.
        if time_s < self._due - 0.25 * self._interval:
            return False
        on_grid = time_s - self._due < self._interval
        self._due = (self._due if on_grid else time_s) + self._interval
        return True

    def _put(self, frame: VideoFrame | None) -> None:
        while True:
            self._raise_failure()
            try:
                self._queue.put(frame, timeout=0.1)
                return
            except queue.Full:
                continue

    def _raise_failure(self) -> None:
        if isinstance(self._error, OSError):
            raise refused_write(self._error) from self._error
        if self._error is not None:
            raise self._error

    def _move_into_place(self) -> None:
        # The muxer can lose the error of the last write on closing; a file that lacks its end shows it.
        if not mp4_complete(self._part):
            raise Refused(Code.DISK_FULL, "The annotated video could not be written to its end.")
        try:
            self._part.replace(self._path)
        except OSError as error:
            raise refused_write(error) from error

    def _queued_frames(self) -> Iterator[VideoFrame]:
        while not self._abandoned.is_set():
            try:
                frame = self._queue.get(timeout=0.1)
            except queue.Empty:
                continue
            if frame is None:
                return
            yield frame

    def _run(self) -> None:
        try:
            self._encode()
        except Exception as error:  # raised again in the thread that writes the pictures
            self._error = error

    def _encode(self) -> None:
        container = av.open(str(self._part.absolute()), mode="w", format="mp4", options={"movflags": "+faststart"})
        sound: SoundTrack | None = None
        try:
            stream = self._stream(container)
            container.set_chapters(self._chapter_marks())
            if self._source is not None:
                sound = SoundTrack(self._source, container, self._trim)
            reformatter = VideoReformatter()
            for frame in self._queued_frames():
                container.mux(stream.encode(_to_yuv(frame, reformatter)))
                if sound is not None:
                    sound.pump(float((frame.pts or 0) * TICK))
            if not self._abandoned.is_set():
                container.mux(stream.encode(None))
                if sound is not None:
                    sound.pump()
        finally:
            if sound is not None:
                sound.close()
            container.close()

    def _stream(self, container: OutputContainer) -> VideoStream:
        stream = container.add_stream("libx264", rate=30, options=self._options)
        context = stream.codec_context
        context.width, context.height = (side & ~1 for side in self._size)
        context.pix_fmt = "yuv420p"
        context.time_base = TICK
        context.gop_size = KEY_EVERY
        context.flags |= CodecFlags.frame_duration
        # Stated explicitly: players guess by the size of the picture, and guess differently.
        context.colorspace = Colorspace.ITU709
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        context.color_range = ColorRange.MPEG
        return stream

    def _chapter_marks(self) -> list[Chapter]:
        """Return the chapters in the written video's time. Those of an mp4 have no gaps, so gaps get a chapter too."""
        spans: list[tuple[float, float, str]] = []
        reached = 0.0
        for start, end, title in self._chapters:
            start, end = max(reached, start - self._origin), end - self._origin
            if end <= start:
                continue
            if start > reached:
                spans.append((reached, start, BETWEEN))
            spans.append((start, end, title))
            reached = end
        return [
            {
                "id": number,
                "start": round(start / TICK),
                "end": round(end / TICK),
                "time_base": TICK,
                "metadata": {"title": title},
            }
            for number, (start, end, title) in enumerate(spans)
        ]


def _to_yuv(frame: VideoFrame, reformatter: VideoReformatter) -> VideoFrame:
    """Convert an RGB frame to yuv420p by the matrix and range that the stream declares."""
    out = reformatter.reformat(
        frame, format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG, threads=1
    )
    out.pts, out.time_base, out.duration = frame.pts, frame.time_base, frame.duration
    return out
