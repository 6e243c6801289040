"""chart.png: the same bytes for the same analysis, and it states what could not be measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import matplotlib
import pytest
from matplotlib.axes import Axes

from hinge_check.analysis import Analysis
from hinge_check.present.charts import HEIGHT, WIDTH, draw_chart

Make = Callable[..., Analysis]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the texts put on any axes."""
    words: list[str] = []
    plain = Axes.text

    def spy(self: Axes, x: Any, y: Any, s: str, *args: Any, **kwargs: Any) -> Any:
        words.append(s)
        return plain(self, x, y, s, *args, **kwargs)

    monkeypatch.setattr(Axes, "text", spy)
    return words


def test_bytes_are_deterministic_and_the_size_is_a_phones(make_analysis: Make, tmp_path: Path) -> None:
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    draw_chart(make_analysis(), one)
    draw_chart(make_analysis(), two)
    assert one.read_bytes() == two.read_bytes()
    image = cv2.imread(str(one))
    assert image is not None
    assert image.shape == (HEIGHT, WIDTH, 3)
    assert (image < 128).any()
    draw_chart(make_analysis(lumbar=10.0), two)
    assert one.read_bytes() != two.read_bytes()


def test_limits_are_drawn_when_given(make_analysis: Make, tmp_path: Path, said: list[str]) -> None:
    draw_chart(make_analysis(), tmp_path / "chart.png")
    assert not any("limit" in words for words in said)
    draw_chart(make_analysis(), tmp_path / "chart.png", limits={"lumbar_flexion": 20.0, "lumbar_extension": 12.0})
    assert "··· limit 20°" in said
    assert "tinted: within limits" in said


def test_it_says_what_could_not_be_measured(make_analysis: Make, tmp_path: Path, said: list[str]) -> None:
    draw_chart(make_analysis(lumbar=float("nan")), tmp_path / "chart.png", limits={"lumbar_flexion": 20.0})
    assert any("lower back: not measurable" in words for words in said)
    assert not any("limit" in words for words in said)
    said.clear()
    draw_chart(make_analysis(unseen=(-1.0, 100.0), reps=0), tmp_path / "chart.png")
    assert "Nothing could be measured in this clip." in said
    assert "No repetition to draw." in said


def test_no_window_system_is_touched(make_analysis: Make, tmp_path: Path) -> None:
    before = dict(matplotlib.rcParams)
    draw_chart(make_analysis(), tmp_path / "chart.png")
    assert dict(matplotlib.rcParams) == before
