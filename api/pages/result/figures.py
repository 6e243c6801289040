"""A report as the result page shows it: figures with their uncertainty, and their meaning in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from api.pages.messages import code_messages
from api.pages.translations import Translator
from hinge_check.assess.report import HingeReport, RepReport
from hinge_check.clinic.accuracy import load_accuracy
from hinge_check.clinic.metrics import share_se
from hinge_check.format import Z95, with_error
from hinge_check.present.layout import layout

Back = Literal["unknown", "as-standing", "rounded", "arched"]

BAR: Final = 100.0
"""Length of the bars, in the units of their pictures."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """A score on a scale of 0 to 100, with the range it lies in."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rep:
    """A repetition in the list: its times in the video, and how hips and back shared the bend."""

    number: int
    start_s: float
    """In the time of the video that plays, as `bottom_s` and `end_s`."""
    bottom_s: float
    end_s: float
    partial: bool
    score: str
    hip: str
    back: str
    hip_bar: float
    """Length of the hips' part of the bar; the rest is the back's, or unknown."""
    back_known: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """The part of a report that the page shows. Texts are empty where there is nothing to say."""

    score: str
    gauge: Gauge | None
    share: str
    hip: str
    back: str
    back_is: Back
    reps: tuple[Rep, ...]
    keep: str | None
    """The sub-score the words are about, or 'view'."""
    keep_words: str
    change: str | None
    """The fault the words are about."""
    change_words: str
    findings: tuple[code_messages.Message, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """The furthest bend of a range test, as texts; empty where it is not stated."""

    back: str
    hip: str


@dataclass(frozen=True, slots=True)
class Canvas:
    """Pixels of the annotated video; the picture that drawings lie on is at its top left."""

    width: int
    height: int
    picture_width: int
    picture_height: int


def figures_of(t: Translator, report: HingeReport, origin_s: float = 0.0) -> Figures:
    """Return the figures of a set; times of repetitions count from `origin_s`."""
    s = report.summary
    share = None if s.hip_share is None else 100 * min(max(s.hip_share, 0.0), 1.0)
    error = share_se(s.hip_flexion_deg, s.hip_flexion_se_deg, s.lumbar_flexion_deg, s.lumbar_flexion_se_deg)
    return Figures(
        score=with_error(s.score, s.score_se, ""),
        gauge=_gauge(s.score, s.score_se),
        share=with_error(share, None if error is None else 100 * error, " %"),
        hip=with_error(s.hip_flexion_deg, s.hip_flexion_se_deg),
        back=with_error(s.lumbar_flexion_deg, s.lumbar_flexion_se_deg),
        back_is=back_is(s.lumbar_flexion_deg, s.lumbar_flexion_se_deg),
        reps=tuple(_rep(rep, origin_s) for rep in report.reps),
        keep=code_messages.keep_code(report),
        keep_words=code_messages.keep_words(t, report),
        change=code_messages.change_code(report),
        change_words=code_messages.change_words(t, report),
        findings=findings_of(t, report),
    )


def findings_of(t: Translator, report: HingeReport) -> tuple[code_messages.Message, ...]:
    """Return the findings about the video itself."""
    return tuple(code_messages.finding(t, note.code, note.message, note.advice) for note in report.findings)


def reach_of(report: HingeReport) -> Reach | None:
    """Return the furthest bend of a range test; None for any other report."""
    test = report.calibration
    if test is None:
        return None
    return Reach(with_error(test.lumbar_max_deg, test.lumbar_max_se_deg), with_error(test.hip_max_deg, None))


def back_is(value: float | None, se: float | None) -> Back:
    """Compare the back with standing: within its error, or beyond it to one side.

    Nothing is beyond an error that is not known.
    """
    if value is None:
        return "unknown"
    if se is None or abs(value) <= Z95 * se:
        return "as-standing"
    return "rounded" if value > 0 else "arched"


def origin_s(report: HingeReport) -> float:
    """Return the time in the recording, seconds, at which the annotated video begins: where it was trimmed."""
    trim = None if report.provenance is None else report.provenance.trim_s
    return (trim[0] if trim is not None else None) or 0.0


def canvas_of(report: HingeReport) -> Canvas | None:
    """Return the annotated video's size; None for a report without provenance."""
    if report.provenance is None:
        return None
    size = layout(report.provenance.source_size)
    return Canvas(*size.canvas, *size.picture)


def intervals_hold() -> int:
    """Return how many of a hundred readings whose truth is known lay within the stated range."""
    return math.floor(100 * load_accuracy().interval_holds["lumbar_flexion"])


def _gauge(score: float | None, se: float | None) -> Gauge | None:
    if score is None:
        return None
    half = Z95 * (se or 0.0)
    return Gauge(round(score), round(max(score - half, 0)), round(min(score + half, 100)))


def _rep(rep: RepReport, origin: float) -> Rep:
    hip, back = rep.hip_flexion_deg, rep.lumbar_flexion_deg
    known = hip is not None and back is not None and hip + max(back, 0.0) > 0
    share = hip / (hip + max(back, 0.0)) if known and hip is not None and back is not None else 1.0
    return Rep(
        number=rep.rep,
        start_s=max(rep.start_s - origin, 0.0),
        bottom_s=max(rep.bottom_s - origin, 0.0),
        end_s=max(rep.end_s - origin, 0.0),
        partial=rep.partial,
        score=with_error(rep.score, rep.score_se, ""),
        hip=with_error(hip, rep.hip_flexion_se_deg),
        back=with_error(back, rep.lumbar_flexion_se_deg),
        hip_bar=round(BAR * share, 1),
        back_known=known,
    )
