"""Drawn frames: sizes, cursor, back colour, and the text when the back cannot be measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from hinge_check.analysis import Analysis
from hinge_check.arrays import BoolArray
from hinge_check.errors import Code, finding
from hinge_check.present import style
from hinge_check.present.curve_strip import PAGE_S
from hinge_check.present.layout import LONG_EDGE, PICTURE, layout
from hinge_check.present.overlay import Overlay, split_in_two
from hinge_check.present.text import text_width

Make = Callable[..., Analysis]
Draw = Callable[[Analysis, float], npt.NDArray[np.uint8]]
BOTTOM_S = 2.5  # of the first rep of the stick figure


def near(frame: npt.NDArray[np.uint8], colour: style.Rgb, within: int = 6) -> BoolArray:
    """Return where a colour is."""
    off: Any = np.abs(frame.astype(int) - np.array(colour)).max(axis=2)
    return np.asarray(off <= within)


@pytest.mark.parametrize(
    "source",
    [(1920, 1080), (1080, 1920), (1280, 720), (640, 360), (450, 800), (1080, 1080), (361, 641), (2560, 1080), (96, 96)],
)
def test_layout_fits_any_source(source: tuple[int, int]) -> None:
    plan = layout(source)
    width, height = plan.canvas
    assert max(width, height) <= LONG_EDGE
    assert width % 2 == height % 2 == plan.picture[0] % 2 == plan.picture[1] % 2 == 0
    assert plan.picture[0] / plan.picture[1] == pytest.approx(source[0] / source[1], rel=0.02)
    assert max(plan.picture) >= PICTURE * 0.8
    # capitals of DejaVu Sans are 0.73 of the font size high
    assert 0.73 * plan.text >= 0.03 * min(plan.canvas) * 0.95
    boxes = (plan.hip, plan.back, plan.strip)
    for box in boxes:
        assert plan.picture[1] <= box.y
        assert box.y + box.height <= height
        assert box.x >= 0
        assert box.x + box.width <= width
    for a, b in ((plan.hip, plan.back), (plan.hip, plan.strip), (plan.back, plan.strip)):
        apart = a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
        assert apart


@pytest.mark.parametrize("source", [(640, 360), (1280, 720), (960, 540)])
def test_every_size_of_source_is_drawn_alike(source: tuple[int, int]) -> None:
    assert layout(source).picture == (960, 540)


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (1280, 720)])
@pytest.mark.parametrize("facing", [1, -1])
def test_a_frame_has_the_canvas_size_and_keeps_the_picture(
    make_analysis: Make, picture: Draw, size: tuple[int, int], facing: int
) -> None:
    analysis = make_analysis(size=size, facing=facing)
    overlay = Overlay(analysis)
    source = picture(analysis, BOTTOM_S)
    before = source.copy()
    frame = overlay.draw(source, BOTTOM_S)
    assert frame.shape == (overlay.size[1], overlay.size[0], 3)
    assert frame.dtype == np.uint8
    assert frame.flags.c_contiguous
    assert np.array_equal(source, before)  # the source is not drawn on
    height = overlay.layout.picture[1]
    assert tuple(frame[height // 2, -3]) == (110, 110, 110)  # the wall, untouched
    assert near(frame[:height], style.HIP).sum() > 30  # the hip is marked
    assert np.array_equal(frame, overlay.draw(source, BOTTOM_S))


def test_the_cursor_moves_and_the_rest_of_the_strip_stays(make_analysis: Make, picture: Draw) -> None:
    analysis = make_analysis()
    overlay = Overlay(analysis)
    box = overlay.layout.strip
    early, late = (
        overlay.draw(picture(analysis, t), t)[box.y : box.y + box.height, box.x : box.x + box.width] for t in (1.5, 6.0)
    )
    end = float(analysis.track.time_s[-1])
    columns = [round(t / end * (box.width - 1)) for t in (1.5, 6.0)]
    for strip, column in ((early, columns[0]), (late, columns[1])):
        assert near(strip[:, column : column + 1], style.INK).mean() > 0.5
    changed = np.flatnonzero((early != late).any(axis=(0, 2)))
    reach = overlay.layout.text
    assert all(min(abs(int(c) - column) for column in columns) <= reach for c in changed)


def test_back_colour_follows_lumbar_flexion_beyond_the_error(make_analysis: Make, picture: Draw) -> None:
    def back_pixels(lumbar: float) -> int:
        analysis = make_analysis(lumbar=lumbar)
        overlay = Overlay(analysis)
        frame = overlay.draw(picture(analysis, BOTTOM_S), BOTTOM_S)
        return int(near(frame[: overlay.layout.picture[1]], style.back_colour(lumbar)).sum())

    assert style.back_colour(9.0) == style.back_colour(-9.0) == style.back_colour(0.0)
    colours = {style.back_colour(v) for v in (-30.0, 0.0, 18.0, 28.0, 40.0)}
    assert len(colours) == 5
    for lumbar in (-25.0, 25.0, 40.0):
        assert back_pixels(lumbar) > 200


def test_unknown_back_has_no_number_and_a_neutral_colour(
    make_analysis: Make, picture: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    from hinge_check.present import overlay as module, skeleton, text

    def spy(words: str, *args: Any, **kwargs: Any) -> text.Block:
        said.append(words)
        return text.text_block(words, *args, **kwargs)

    monkeypatch.setattr(module, "text_block", spy)
    monkeypatch.setattr(skeleton, "text_block", spy)
    analysis = make_analysis(lumbar=float("nan"))
    frame = Overlay(analysis).draw(picture(analysis, BOTTOM_S), BOTTOM_S)
    assert [words for words in said if "±" in words] == ["60 ± 6°"]  # the hip only
    assert any(words.startswith("not measurable") for words in said)
    assert not any("score" in words for words in said)
    assert near(frame, style.UNKNOWN).sum() > 100
    said.clear()
    analysis = make_analysis(lumbar=30.0)
    Overlay(analysis).draw(picture(analysis, BOTTOM_S), BOTTOM_S)
    assert said.count("30 ± 8°") == 2  # beside the back and in the panel
    assert not any("measurable" in words for words in said)


def test_nobody_seen_draws_no_body_but_keeps_the_strip(make_analysis: Make, picture: Draw) -> None:
    analysis = make_analysis(unseen=(2.0, 4.0))
    overlay = Overlay(analysis)
    frame = overlay.draw(picture(analysis, 3.0), 3.0)
    assert not near(frame[: overlay.layout.picture[1]], style.HIP).any()
    box = overlay.layout.strip
    assert near(frame[box.y :, box.x :], style.INK).any()


def test_a_refused_view_draws_no_body(make_analysis: Make, picture: Draw) -> None:
    analysis = make_analysis()
    assert near(Overlay(analysis).draw(picture(analysis, BOTTOM_S), BOTTOM_S), style.HIP).sum() > 500
    refused = replace(analysis.measurement, refusal=finding(Code.NOT_SIDE_VIEW, "The camera sees you from the front."))
    overlay = Overlay(replace(analysis, measurement=refused))
    frame = overlay.draw(picture(analysis, BOTTOM_S), BOTTOM_S)
    assert not near(frame[: overlay.layout.picture[1]], style.HIP).any()


def test_frames_of_any_size_are_fitted(make_analysis: Make) -> None:
    overlay = Overlay(make_analysis())
    assert overlay.draw(np.zeros((90, 160, 3), np.uint8), 0.0).shape[1::-1] == overlay.size
    assert overlay.draw(np.zeros((1080, 1920, 3), np.uint8), 99.0).shape[1::-1] == overlay.size


def test_a_long_clip_turns_pages(make_analysis: Make, picture: Draw) -> None:
    analysis = make_analysis(reps=20)
    overlay = Overlay(analysis)
    box = overlay.layout.strip
    assert analysis.track.time_s[-1] > PAGE_S
    first, second = (overlay.draw(picture(analysis, t), t)[box.y :, box.x :] for t in (0.0, PAGE_S))
    assert (first != second).any(axis=2).mean() > 0.1


def test_words_wrap_in_two_even_lines() -> None:
    words = "Chest long, hips back"
    width = text_width(words, 30, bold=True)
    assert split_in_two(words, 30, width) == words
    assert split_in_two(words, 30, width - 1) == "Chest long,\nhips back"
    assert split_in_two("Hips", 30, 5) == "Hips"
