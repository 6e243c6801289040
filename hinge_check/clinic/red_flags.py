"""Questions before the first session, and whether a clinician should look first. Informs, never diagnoses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from hinge_check.assess.protocol_check import Problem, find_unknown
from hinge_check.clinic.content import (
    ContentFile,
    Wording,
    find_invalid_choice,
    find_missing_sentences,
    find_missing_text,
    read_tables,
    wording,
)
from hinge_check.errors import UsageError

Answer = Literal["yes", "no", "unsure"]
Outcome = Literal["clear", "ask_clinician", "seek_care"]
Leads = Literal["none", "note", "ask_clinician", "seek_care"]

ORDER: tuple[Leads, ...] = get_args(Leads)
"""What an answer may lead to, from the mildest to the most urgent."""

_TOP = ("version", "title", "intro", "texts", "questions")
_QUESTION = ("question", "about", "yes", "unsure")


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `about` is its name for the clinician."""

    name: str
    question: str
    about: str
    yes: Leads
    unsure: Leads

    def leads(self, answer: Answer) -> Leads:
        """Return what an answer leads to."""
        return {"yes": self.yes, "unsure": self.unsure, "no": ORDER[0]}[answer]


@dataclass(frozen=True, slots=True)
class OutcomeText:
    """Words for the client about an outcome."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions in order, and the words for each outcome."""

    title: str
    intro: str
    questions: tuple[Question, ...]
    texts: Mapping[Outcome, OutcomeText]
    wording: Wording


@dataclass(frozen=True, slots=True)
class Flag:
    """An answer that the clinician should see."""

    question: str
    about: str
    answer: Answer
    leads: Leads


@dataclass(frozen=True, slots=True)
class Intake:
    """The outcome of the questions, in the client's words, and the answers that led to it."""

    outcome: Outcome
    title: str
    texts: tuple[str, ...]
    flags: tuple[Flag, ...]
    """The most urgent first; notes included."""
    wording: Wording

    @property
    def may_go_on(self) -> bool:
        """Whether uploads and plans may begin without the clinician's clearance."""
        return self.outcome == "clear"


def load_questions(path: str | Path | None = None) -> Questions:
    """Return the bundled questions, or a clinic's own file; raises as `ContentFile.load`."""
    return _QUESTIONS.load(path)


def questions_from_text(text: str) -> Questions:
    """Return questions from TOML text; raises as `ContentFile.from_text`."""
    return _QUESTIONS.from_text(text)


def judge(answers: Mapping[str, Answer], questions: Questions | None = None) -> Intake:
    """Decide whether a person may begin, from one answer to every question: the most urgent answer decides.

    Raises
    ------
    UsageError
        A question without an answer, an answer without a question, or one that is not yes, no or unsure; one a line.
    """
    asked = load_questions() if questions is None else questions
    _check_complete(answers, asked)
    flags = [
        Flag(q.name, q.about, answers[q.name], q.leads(answers[q.name]))
        for q in asked.questions
        if q.leads(answers[q.name]) != "none"
    ]
    flags.sort(key=lambda flag: -ORDER.index(flag.leads))
    outcome: Outcome = "clear"
    if flags and flags[0].leads in ("ask_clinician", "seek_care"):
        outcome = flags[0].leads
    message = asked.texts[outcome]
    return Intake(outcome, message.title, message.lines, tuple(flags), asked.wording)


def _check_complete(answers: Mapping[str, Any], asked: Questions) -> None:
    names = [q.name for q in asked.questions]
    wrong = [f"'{name}' has no answer yet" for name in names if name not in answers]
    wrong += [f"'{name}' is no question" for name in answers if name not in names]
    for name, given in answers.items():
        if name in names and given not in get_args(Answer):
            wrong.append(f"'{name}' is answered by yes, no or unsure")
    if wrong:
        raise UsageError("\n".join(wrong))


def _build(document: Mapping[str, Any], text: str) -> Questions:
    return Questions(
        title=document["title"],
        intro=document["intro"],
        questions=tuple(
            Question(name, given["question"], given["about"], given["yes"], given["unsure"])
            for name, given in document["questions"].items()
        ),
        texts={name: OutcomeText(given["title"], tuple(given["lines"])) for name, given in document["texts"].items()},
        wording=wording(document, text),
    )


def _problems(document: Mapping[str, Any]) -> list[Problem]:
    out = find_unknown(document, (), _TOP) + find_missing_text(document, (), ("version", "title", "intro"))
    texts, problems = read_tables(document, "texts", ("title", "lines"), known=get_args(Outcome))
    out += problems
    for outcome in get_args(Outcome):
        path = ("texts", outcome)
        if outcome not in texts:
            out.append(Problem(("texts",), f"missing [texts.{outcome}]"))
            continue
        out += find_missing_text(texts[outcome], path, ("title",)) + find_missing_sentences(
            texts[outcome], path, ("lines",)
        )
    questions, problems = read_tables(document, "questions", _QUESTION)
    out += problems
    for name, table in questions.items():
        out += _question_problems(table, ("questions", name))
    if questions and not any(table.get("yes") == "seek_care" for table in questions.values()):
        message = "no question leads to seek_care; keep those on numbness between the legs, bladder and bowel"
        out.append(Problem(("questions",), message))
    return out


def _question_problems(table: Mapping[str, Any], path: tuple[str, ...]) -> list[Problem]:
    out = find_missing_text(table, path, _QUESTION)
    leads = [
        problem
        for key in ("yes", "unsure")
        if isinstance(table.get(key), str)
        for problem in find_invalid_choice(table[key], (*path, key), ORDER)
    ]
    if out or leads:
        return out + leads
    if ORDER.index(table["unsure"]) > ORDER.index(table["yes"]):
        message = f"{'.'.join(path)}.unsure ('{table['unsure']}') leads further than yes ('{table['yes']}')"
        return [Problem((*path, "unsure"), message)]
    return []


_QUESTIONS = ContentFile("red_flags.toml", "questions", _problems, _build)
