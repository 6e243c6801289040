"""Messages chosen by code, in the language of the person.

The catalogues beside this file have a message for every code. The English ones are word for word those of the library
and of the bundled content (a test compares them), so that in English a report's own sentences, which contain the
figures, can be shown as they are. Content that a clinic has rewritten is shown in the clinic's own words: only a text
that is still the bundled one is translated. Agreements and questions have files of their own in every language
(`api.care.clinic_content`).
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
    """A message, and the advice that goes with it."""

    message: str
    advice: str


def refusal(t: Translator, code: str, message: str, advice: str) -> Message:
    """Return the message of a refusal or of a stopped analysis.

    In English it is the report's own, which contains the deciding figure.
    """
    if t.language == DEFAULT and message:
        return Message(message, advice)
    return Message(t.get(f"refusal-{code}-message", message), t.get(f"refusal-{code}-advice", advice))


def finding(t: Translator, code: str, message: str, advice: str) -> Message:
    """Return the message of a finding that did not end the analysis."""
    as_refusal = refusal(t, code, message, advice)
    if t.language == DEFAULT:
        return as_refusal
    return Message(t.get(f"finding-{code}-message", as_refusal.message), as_refusal.advice)


def problem(t: Translator, code: str, title: str, advice: str) -> Message:
    """Return the message of a problem of the service, or of a library problem met in a request."""
    if f"problem-{code}-title" in t:
        return Message(t(f"problem-{code}-title"), t(f"problem-{code}-advice"))
    return refusal(t, code, title, advice)


def keep_code(report: HingeReport) -> str | None:
    """Return the sub-score that the report's one thing to keep is about; the drawing has the same name.

    'view' where it is about none; None for a report without such words: a refusal, a range test, or the words of an
    older version.
    """
    if not report.cues.client:
        return None
    return next((name for name, words in assess_words.KEEP.items() if words == report.cues.client[0]), None)


def change_code(report: HingeReport) -> str | None:
    """Return the fault that the report's one thing to change is about; None where it is about none."""
    if len(report.cues.client) < 2:
        return None
    return next((code for code, words in assess_words.CHANGE.items() if words == report.cues.client[1]), None)


def keep_words(t: Translator, report: HingeReport) -> str:
    """Return the one thing to keep, in words."""
    return t.get(f"keep-{keep_code(report)}", report.cues.client[0] if report.cues.client else "")


def change_words(t: Translator, report: HingeReport) -> str:
    """Return the one thing to change, in words.

    Otherwise the words say that there is none, or that the back could not be read, and what helps.
    """
    code = change_code(report)
    if code is not None:
        return t(f"fault-{code}-change")
    own = report.cues.client[1] if len(report.cues.client) > 1 else ""
    if own == assess_words.NO_CHANGE:
        return t("change-none")
    if own.startswith(assess_words.NOT_MEASURED) and t.language != DEFAULT:
        return f"{t('change-not_measured')} {t(f'refusal-{Code.LUMBAR_NOT_MEASURABLE}-advice')}"
    return own


def translate_bundled(t: Translator, key: str, text: str) -> str:
    """Translate a text of editable content if it is still the bundled one."""
    return t(key) if key in _english() and _english()(key) == text and key in t else text


def step_title(t: Translator, name: str, title: str) -> str:
    """Return the title of a step of the ladder."""
    return translate_bundled(t, f"step-{name}-title", title)


def step_instructions(t: Translator, name: str, instructions: Sequence[str]) -> list[str]:
    """Return the instructions of a step: all translated or none, so that two languages never mix."""
    keys = [f"step-{name}-instruction-{number}" for number in range(1, len(instructions) + 1)]
    known = all(key in _english() and _english()(key) == text for key, text in zip(keys, instructions, strict=True))
    return [t(key) for key in keys] if known else list(instructions)


def protocol_title(t: Translator, name: str, title: str) -> str:
    """Return the title of the protocol by which a recording was assessed."""
    return translate_bundled(t, f"protocol-{name}", title)


def question(t: Translator, asked: Question) -> str:
    """Return the text of a question before the first session: translated if it is the bundled one."""
    for english, own in zip(_questions(DEFAULT), _questions(t.language), strict=True):
        if (english.name, english.question) == (asked.name, asked.question):
            return own.question
    return asked.question


def _questions(language: str) -> Sequence[Question]:
    return questions_of_service(language).questions


@cache
def _english() -> Translator:
    return translator_of(DEFAULT)
