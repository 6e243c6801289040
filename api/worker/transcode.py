"""A copy of a video that every browser plays: phones film in codecs that many desktops cannot show.

It is made in the analysis process; nothing here knows the store. The copy shows the whole video at the original's own
times, so that measurements can be drawn over it.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hinge_check.options import Progress

LONG_EDGE = 1280
"""Longest side of the copy, pixels."""
PROGRESS_EVERY = 10
"""Frames between two progress calls."""
_EIGHT_BITS = frozenset({"yuv420p", "yuvj420p"})


def is_web_playable(video: Path) -> bool:
    """Return whether every browser plays a video as it is: H.264 of 8 bits, 4:2:0, in an MP4 or MOV.

    Raises
    ------
    Refused
        It is not a video.
    """
    from hinge_check.capture.container import open_container, picture_stream

    with open_container(video) as container:
        context = picture_stream(container).codec_context
        return (
            "mp4" in container.format.name.split(",")
            and context.codec.canonical_name == "h264"
            and context.pix_fmt in _EIGHT_BITS
        )


def write_playable(video: Path, path: Path, *, progress: Progress, until: float = math.inf) -> bool:
    """Write the copy, frame by frame: H.264, upright, without sound or metadata, each frame at its own time.

    Parameters
    ----------
    path
        Where the copy goes; exists only once it is complete.
    until
        Time on the monotonic clock at which the copy is abandoned.

    Returns
    -------
    bool
        False when there was not enough time; nothing of the copy remains.

    Raises
    ------
    Refused
        As reader and writer do.
    """
    from hinge_check.capture.video import VideoReader, VideoWriter

    try:
        with (
            # However long the video is, it was accepted when it arrived.
            VideoReader(video, long_edge=LONG_EDGE, max_duration_s=math.inf) as reader,
            VideoWriter(path, reader.frame_size) as writer,
        ):
            for number, frame in enumerate(reader, start=1):
                if time.monotonic() > until:
                    raise _OutOfTimeError
                writer.write(frame.time_s, frame.rgb)
                if number % PROGRESS_EVERY == 0:
                    progress("copy", frame.time_s, reader.info.duration_s, number)
    except _OutOfTimeError:
        return False
    return True


class _OutOfTimeError(Exception):
    """Raised to leave the writer with an error, so that it keeps nothing."""
