"""A video in, an annotated video out: through the real reader and writer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from hinge_check.analysis import Analysis
from hinge_check.present.annotate import annotate, chapters
from hinge_check.present.layout import layout

Make = Callable[..., Analysis]
Draw = Callable[[Analysis, float], npt.NDArray[np.uint8]]


@pytest.fixture
def film(tmp_path: Path, picture: Draw) -> Callable[[Analysis], Path]:
    """Write the stick figure as an mp4 with uneven frame times."""

    def shoot(analysis: Analysis) -> Path:
        path = tmp_path / "clip.mp4"
        width, height = analysis.track.info.source_size
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=30)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.codec_context.time_base = Fraction(1, 1000)
            for k, time_s in enumerate(analysis.track.time_s):
                frame = av.VideoFrame.from_ndarray(picture(analysis, float(time_s)), format="rgb24")
                frame.pts, frame.time_base = round(1000 * time_s) + (7 if k % 3 == 1 else 0), Fraction(1, 1000)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path

    return shoot


@contextmanager
def read(path: Path) -> Iterator[tuple[list[float], list[npt.NDArray[np.uint8]], list[str]]]:
    """Return times, frames and chapter titles of a video."""
    with av.open(str(path)) as container:
        titles = [mark["metadata"]["title"] for mark in container.chapters()]
        times, frames = [], []
        for frame in container.decode(video=0):
            assert frame.pts is not None
            assert frame.time_base is not None
            times.append(float(frame.pts * frame.time_base))
            frames.append(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))
        yield times, frames, titles


@pytest.mark.parametrize("size", [(320, 180), (180, 320)])
def test_timing_size_and_chapters(
    make_analysis: Make, film: Callable[[Analysis], Path], tmp_path: Path, size: tuple[int, int]
) -> None:
    analysis = make_analysis(size=size, reps=1, fps=10.0)
    told: list[tuple[str, int]] = []

    def progress(stage: str, done_s: float, total_s: float, frames: int) -> None:
        assert 0 <= done_s <= total_s
        told.append((stage, frames))

    source, out = film(analysis), tmp_path / "annotated.mp4"
    annotate(source, analysis, out, progress=progress)
    with read(source) as (before, _, _), read(out) as (after, frames, titles):
        assert np.allclose(np.array(after) - after[0], np.array(before) - before[0], atol=2e-3)
        assert frames[0].shape[1::-1] == layout(size).canvas
        assert "Rep 1" in titles  # the writer may name what lies between
    assert told
    assert [frames for _, frames in told] == sorted(frames for _, frames in told)


def test_a_trimmed_recording(make_analysis: Make, film: Callable[[Analysis], Path], tmp_path: Path) -> None:
    analysis = make_analysis(size=(320, 180), reps=1, fps=10.0)
    source, out = film(analysis), tmp_path / "annotated.mp4"
    trimmed = replace(analysis, track=replace(analysis.track, info=replace(analysis.track.info, trim_s=(1.0, 3.0))))
    annotate(source, trimmed, out)
    with read(out) as (times, _, _):
        assert times[0] < 0.11
        assert times[-1] == pytest.approx(2.0, abs=0.15)


def test_faces_are_covered_in_the_written_file(
    make_analysis: Make, film: Callable[[Analysis], Path], tmp_path: Path
) -> None:
    analysis = make_analysis(size=(320, 180), reps=1, fps=10.0)
    source = film(analysis)
    annotate(source, analysis, tmp_path / "plain.mp4")
    annotate(source, analysis, tmp_path / "covered.mp4", blur_face=True)
    scale = layout((320, 180)).picture[0] / 320
    with read(tmp_path / "plain.mp4") as (_, plain, _), read(tmp_path / "covered.mp4") as (_, covered, _):
        for k in range(0, len(plain), 5):
            x, y = (scale * analysis.track.landmarks[k, 0, :2]).astype(int)
            face = np.s_[y - 8 : y + 9, x - 8 : x + 9]
            # a checkered face has hard edges; a covered one has none
            assert np.ptp(plain[k][face].astype(int)) > 150
            assert np.ptp(covered[k][face].astype(int)) < 110


def test_chapters_are_the_reps(make_analysis: Make) -> None:
    assert chapters(make_analysis(reps=2).report) == [(1.0, 4.0, "Rep 1"), (4.0, 7.0, "Rep 2")]
