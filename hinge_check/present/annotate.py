"""Annotate a video: the same video with the measurements drawn on it."""

from __future__ import annotations

import math
from pathlib import Path

from hinge_check.analysis import Analysis
from hinge_check.assess.report import HingeReport
from hinge_check.capture.opencv_threads import single_threaded
from hinge_check.capture.video import VideoReader, VideoWriter
from hinge_check.options import Progress, silent
from hinge_check.present.overlay import Overlay

PROGRESS_EVERY = 10
"""Frames between two calls of the progress."""


@single_threaded()
def annotate(
    video: Path, analysis: Analysis, out: Path, *, blur_face: bool = False, progress: Progress = silent
) -> None:
    """Write the annotated video in a second pass; decoding, drawing and encoding overlap.

    Parameters
    ----------
    video
        The recording that `analysis` is of.
    out
        Where the annotated video goes (mp4).
    blur_face
        Cover heads, see `hinge_check.present.privacy`.

    Raises
    ------
    Refused
        As raised by reader and writer: `unreadable`, `output_unwritable`, `disk_full`.
    """
    overlay = Overlay(analysis, blur_face=blur_face)
    info = analysis.track.info
    wanted = max(overlay.layout.picture)
    # a picture slightly larger than the canvas is scaled faster while it is drawn than while it is decoded
    decoded = wanted if max(info.source_size) > 2 * wanted else None
    with (
        # whatever the clip's length, it was accepted for the analysis
        VideoReader(video, long_edge=decoded, trim_s=info.trim_s, max_duration_s=math.inf) as reader,
        VideoWriter(out, overlay.size, source=video, trim_s=info.trim_s, chapters=chapters(analysis.report)) as writer,
    ):
        canvas, begin = None, (info.trim_s[0] if info.trim_s else None) or 0.0
        for number, frame in enumerate(reader, start=1):
            canvas = overlay.draw(frame.rgb, frame.time_s, out=canvas)  # the writer has copied the last picture
            writer.write(frame.time_s, canvas)
            if number % PROGRESS_EVERY == 0:
                progress("draw", min(frame.time_s - begin, info.duration_s), info.duration_s, number)


def chapters(report: HingeReport) -> list[tuple[float, float, str]]:
    """Return start, end (media seconds) and title of every rep."""
    return [(rep.start_s, rep.end_s, f"Rep {rep.rep}") for rep in report.reps]
