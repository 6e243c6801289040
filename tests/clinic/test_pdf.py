"""The PDF: one or two pages, the same bytes every time, and its text holds everything that a new reader needs."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import matplotlib.pyplot as plt
import pytest
from pypdf import PdfReader

from hinge_check.assess.protocol import load_protocol
from hinge_check.assess.report import Calibration, Fault
from hinge_check.clinic.pdf import report_pdf
from hinge_check.clinic.pdf_page import readable
from hinge_check.clinic.review import Comment, Correction, Review
from tests.clinic.people import NOW, STEP, check_in, refused_report, rep, report

FAULT = Fault(
    code="lumbar_flexion", reps=[1, 2], time_s=4.4, value=41.0, value_se=5.4, limit=20.0, unit="deg", confidence=1.0,
    severity="marked", detail="21 deg of it early",
)  # fmt: skip
RANGE = Calibration(lumbar_max_deg=62, lumbar_max_se_deg=5, hip_max_deg=70, reps=3)
REVIEW = Review(
    "B. Example",
    NOW,
    "hold",
    "We stay here a week.",
    (Comment(4.4, "Stop before this."), Comment(None, "Calm pace.")),
    (Correction("side", "left", "right"),),
)


@pytest.fixture(scope="module")
def chart() -> bytes:
    figure = plt.figure(figsize=(2, 2.6), dpi=50)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    plt.close(figure)
    return out.getvalue()


def made(of: Any = None, **more: Any) -> bytes:
    values = {"who": "P-0042", "recorded_at": NOW, "created_at": NOW, "protocol": load_protocol(STEP)}
    return report_pdf(report(faults=[FAULT]) if of is None else of, **{**values, **more})


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_everything_a_stranger_needs(chart: bytes) -> None:
    pdf = made(chart_png=chart, review=REVIEW, check_in=check_in(note="A bit stiff."))
    text = text_of(pdf)
    for words in (
        "P-0042",
        "2026-11-22 18:00 UTC",
        "Bodyweight hinge",
        "65 ± 8°",  # hip, 1.96 standard errors
        "10 ± 10°",
        "87%",
        "Lumbar flexion, marked: 41° ± 11° against a limit of 20°; repetitions 1, 2, clearest at 4.4 s (21°",
        "Decision: Stay at this step",
        "at 4.4 s: Stop before this.",
        "computed left, clinician right",
        "next morning 3",
        "Effort: 5 of 10",
        "Bengtsson 2022",  # the source of a limit
        "Mean error",
        "no diagnosis",
        "a" * 16,
        "Not a medical device",
    ):
        assert words in text, words
    assert "a" * 17 not in text
    assert len(PdfReader(io.BytesIO(pdf)).pages) <= 2
    assert sum(len(page.images) for page in PdfReader(io.BytesIO(pdf)).pages) == 1


def test_lines_of_one_standard_error_lose_it() -> None:
    text = text_of(made())
    assert "To watch: neck position 52° in repetition 1." in text
    assert "52° ± 8°" not in text


def test_the_same_arguments_give_the_same_bytes(chart: bytes) -> None:
    assert made(chart_png=chart, review=REVIEW) == made(chart_png=chart, review=REVIEW)
    later = made(created_at=NOW + timedelta(days=1))
    assert later != made()
    created = PdfReader(io.BytesIO(later)).metadata
    assert created is not None
    assert created.creation_date == datetime(2026, 11, 23, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (refused_report(), "You are filmed from the front. What helps: Turn to the side."),
        (report([rep(k, hip=None, lumbar=None) for k in (1, 2)]), "nothing that depends on it was judged"),
        (report([rep(k) for k in range(1, 31)]), "30 repetitions"),
        (report([rep(1, partial=True)]), "cut by the clip"),
        (
            report(judged_as="range", calibration=RANGE),
            "lumbar flexion reached 62 ± 10° in the furthest of 3 bends",
        ),
        (report(), "No departure beyond the limits"),
    ],
)  # fmt: skip
def test_every_kind_of_report_can_be_printed(of: Any, words: str, chart: bytes) -> None:
    text = text_of(made(of, chart_png=chart))
    assert words in text
    assert "no published review" in text


def test_without_the_protocol_limits_have_no_sources() -> None:
    text = text_of(made(protocol=None))
    assert "Limits that judged" in text
    assert "where they come from" not in text
    assert "not given" not in text


def test_a_limit_set_for_the_person_is_marked(chart: bytes) -> None:
    told = report()
    changed = told.protocol.model_copy(update={"overrides": {"limits.neck.value": 45.0}})
    text = text_of(made(told.model_copy(update={"protocol": changed}), chart_png=chart))
    assert "set for this person" in text
    assert "Neck position" in text


def test_long_words_and_other_scripts_do_no_harm(chart: bytes) -> None:
    long = Review("B" * 300, NOW, None, "word " * 900, tuple(Comment(k, "x" * 400) for k in range(12)))
    pdf = made(chart_png=chart, review=long, who="日本 <b>&amp;</b>", check_in=check_in(note="\x00\x1b[31m\tend"))
    text = text_of(pdf)
    assert "<b>&amp;</b>" in text
    assert "[31m end" in text
    assert len(PdfReader(io.BytesIO(pdf)).pages) > 2


def test_letters_the_font_has_not_are_marked() -> None:
    assert readable("64 ± 5° − ≈ Größe 日\x07\n") == "64 ± 5° − ≈ Größe \N{REPLACEMENT CHARACTER}\n"
