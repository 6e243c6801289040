"""What is told by code, in the language of the person.

The catalogues beside this file hold every code. English there is word for word what the library and the bundled content
say (a test holds them together), so that in English a report's own sentences, which have the figures, may be told as
they are. Content that a clinic wrote anew is told in the clinic's own words: only a text that is still the bundled one
is translated. Agreements and questions have files of their own in every language (`api.care.clinic_content`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from api.care.clinic_content import questions_of_service
from api.pages.translations import DEFAULT, Translator, translator_of
from hinge_check.assess import phrases as assess_words
from hinge_check.assess.report import HingeReport
from hinge_check.clinic.red_flags import Question
from hinge_check.errors import Code


@dataclass(frozen=True, slots=True)
class Message:
    """What was seen, and what to do about it."""

    message: str
    advice: str


def refusal(t: Translator, code: str, message: str, advice: str) -> Message:
    """A refusal, or an analysis that stopped; the report's own English message has the figure that decided."""
    if t.language == DEFAULT and message:
        return Message(message, advice)
    return Message(t.known(f"refusal-{code}-message", message), t.known(f"refusal-{code}-advice", advice))


def finding(t: Translator, code: str, message: str, advice: str) -> Message:
    """Something seen that did not end the analysis."""
    told = refusal(t, code, message, advice)
    return told if t.language == DEFAULT else Message(t.known(f"finding-{code}-message", told.message), told.advice)


def problem(t: Translator, code: str, title: str, advice: str) -> Message:
    """A problem of the service, or of the library met in a request."""
    if f"problem-{code}-title" in t:
        return Message(t(f"problem-{code}-title"), t(f"problem-{code}-advice"))
    return refusal(t, code, title, advice)


def keep_code(report: HingeReport) -> str | None:
    """Which sub-score the report's one thing to keep is about ('view' where none is): also the drawing's name.

    None for a report without such words: a refusal, a range test, or words of an older version.
    """
    if not report.cues.client:
        return None
    return next((name for name, words in assess_words.KEEP.items() if words == report.cues.client[0]), None)


def change_code(report: HingeReport) -> str | None:
    """Which fault the report's one thing to change is about; None where it is about none."""
    if len(report.cues.client) < 2:
        return None
    return next((code for code, words in assess_words.CHANGE.items() if words == report.cues.client[1]), None)


def keep_words(t: Translator, report: HingeReport) -> str:
    """The one thing to keep."""
    return t.known(f"keep-{keep_code(report)}", report.cues.client[0] if report.cues.client else "")


def change_words(t: Translator, report: HingeReport) -> str:
    """The one thing to change, or that there is none, or that the back could not be read and what helps."""
    code = change_code(report)
    if code is not None:
        return t(f"fault-{code}-change")
    own = report.cues.client[1] if len(report.cues.client) > 1 else ""
    if own == assess_words.NO_CHANGE:
        return t("change-none")
    if own.startswith(assess_words.NOT_MEASURED) and t.language != DEFAULT:
        return f"{t('change-not_measured')} {t(f'refusal-{Code.LUMBAR_NOT_MEASURABLE}-advice')}"
    return own


def bundled(t: Translator, key: str, text: str) -> str:
    """A text of editable content: translated while it is the one that comes with the service."""
    return t(key) if key in _english() and _english()(key) == text and key in t else text


def step_title(t: Translator, name: str, title: str) -> str:
    """A step of the ladder."""
    return bundled(t, f"step-{name}-title", title)


def step_instructions(t: Translator, name: str, instructions: Sequence[str]) -> list[str]:
    """How it is done: all of it translated, or none, so that two languages never mix."""
    keys = [f"step-{name}-instruction-{number}" for number in range(1, len(instructions) + 1)]
    known = all(key in _english() and _english()(key) == text for key, text in zip(keys, instructions, strict=True))
    return [t(key) for key in keys] if known else list(instructions)


def protocol_title(t: Translator, name: str, title: str) -> str:
    """By what a recording was judged."""
    return bundled(t, f"protocol-{name}", title)


def question(t: Translator, one: Question) -> str:
    """A question before the first session, as somebody read it who answered it."""
    for english, own in zip(_questions(DEFAULT), _questions(t.language), strict=True):
        if (english.name, english.question) == (one.name, one.question):
            return own.question
    return one.question


def _questions(language: str) -> Sequence[Question]:
    return questions_of_service(language).questions


@cache
def _english() -> Translator:
    return translator_of(DEFAULT)
