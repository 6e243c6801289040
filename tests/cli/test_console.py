"""The output that a person reads in the terminal."""

from __future__ import annotations

import io
import math
from pathlib import Path

import pytest
from rich.console import Console

from hinge_check.cli.console import ProgressBars, degrees, rep_table, score, set_table, share, show_result
from tests.fakes import fake_calibration, fake_report


def render(thing: object, width: int = 80) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(thing)
    return out.getvalue()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (degrees(41.3, 6.1), "41° ± 12°"),
        (degrees(-0.3, 2.0), "0° ± 4°"),
        (degrees(-9.7), "-10°"),
        (degrees(None, 3.0), "–"),
        (degrees(math.nan), "–"),
        (degrees(20.0, math.nan), "20°"),
        (share(0.921), "90 %"),
        (share(None), "–"),
        (score(88.4, 3.0), "88 ± 6"),
        (score(None, 3.0), "–"),
    ],
)
def test_numbers_have_no_more_digits_than_justified(said: str, expected: str) -> None:
    assert said == expected


def test_table_of_reps_fits_a_narrow_terminal() -> None:
    text = render(rep_table(fake_report()))
    for expected in ("87° ± 6°", "7° ± 8°", "90 %", "18°", "1.0/0.3/0.9", "88 ± 8", "set"):
        assert expected in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_an_unmeasured_value_is_a_dash() -> None:
    row = render(rep_table(fake_report(lumbar=None))).splitlines()[1]
    assert row.count("–") == 3  # lumbar, hip share, score


def test_partial_rep_is_marked() -> None:
    report = fake_report()
    cut = report.model_copy(update={"reps": [report.reps[0].model_copy(update={"partial": True})]})
    text = render(rep_table(cut))
    assert "1*" in text
    assert "cut by" in text


def test_table_of_several_videos_fits_a_narrow_terminal() -> None:
    text = render(set_table([("a[1].mp4", fake_report()), ("b" * 60 + ".mp4", fake_report())]))
    assert "a[1].mp4" in text
    assert "bbbbbbb…bbbb.mp4" in text
    assert text.count("87° ± 4°") == text.count(" 7° ± 6°") == text.count("88 ± 6") == 2


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"lumbar_share_of_range": 0.448, "lumbar_share_of_range_se": 0.1, "lumbar_range_deg": 49.0},
            "lumbar: 45 % of this person's own 49° (share ± 20 %)",
        ),
        (
            {"lumbar_share_band": (0.31, 0.55), "lumbar_range_band_deg": (40.0, 72.0)},
            "lumbar: 30 to 55 % of a usual range (40° to 72° by age)",
        ),
        ({"lumbar_range_deg": 49.0}, None),
    ],
)
def test_the_table_shows_the_share_of_the_range(fields: dict[str, object], expected: str | None) -> None:
    report = fake_report()
    text = render(rep_table(report.model_copy(update={"summary": report.summary.model_copy(update=fields)})))
    assert ("lumbar:" in text) == (expected is not None)
    assert expected is None or expected in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_a_range_test_states_that_nothing_is_judged_and_how_to_go_on() -> None:
    out = io.StringIO()
    show_result(Console(file=out, width=80), fake_calibration().report, Path("bend.hinge"))
    assert "nothing is judged" in out.getvalue()
    assert f"--protocol {Path('bend.hinge') / 'person.toml'}" in out.getvalue()


def test_the_result_prints_the_cues() -> None:
    out = io.StringIO()
    show_result(Console(file=out, width=80), fake_report(), None)
    assert "The bend comes from your hips." in out.getvalue()
    assert "Go a little slower." in out.getvalue()


def test_bars_show_frames_per_second_on_a_terminal_and_nothing_elsewhere() -> None:
    terminal, pipe = io.StringIO(), io.StringIO()
    for out, is_terminal in ((terminal, True), (pipe, False)):
        with ProgressBars(Console(file=out, force_terminal=is_terminal, width=100)) as bars:
            bars.update("lift[1].mp4", "analyse", 0.0, 2.0, 0)
            bars._tasks["lift[1].mp4"] = (*bars._tasks["lift[1].mp4"][:2], 0.0)  # as if begun long ago
            bars.update("lift[1].mp4", "analyse", 1.0, 2.0, 30)
            bars._bars.refresh()
            bars.update("lift[1].mp4", "draw", 1.0, 0.0, 30)
            bars.done("lift[1].mp4")
            bars.done("lift[1].mp4")
    assert "lift[1].mp4: reading the video" in terminal.getvalue()
    assert "frames/s" in terminal.getvalue()
    assert "50%" in terminal.getvalue()
    assert pipe.getvalue() == ""
