"""The catalogues: complete in every language, the same variables, nothing unused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, FluentSerializer, ast
from fluent.syntax.visitor import Visitor

from api.pages.translations import LANGUAGES, PAGES, catalogues, choose_language

SCREENS = sorted({path.parent.name for path in PAGES.glob("*/words.*.ftl")})
ALARMING = re.compile(
    r"\b(error|failed|failure|invalid|wrong|dangerous?|injur\w+|harmful|damage\w*|abnormal|bad)\b"
    r"|\b(fehler\w*|fehlgeschlagen|ungültig\w*|falsch\w*|gefähr\w+|verletz\w+|schäd\w+|schlecht\w*)\b",
    re.IGNORECASE,
)
FOR_CLIENTS = {
    *("agreements", "checkin", "messages", "home", "join", "live", "progress", "questions", "record", "result"),
    "waiting",
    "you",
}


class _Names(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 - the parser calls it by this name
        self.names.add(node.id.name)


def messages(path: Path) -> dict[str, ast.Message]:
    by_key: dict[str, ast.Message] = {}
    for entry in FluentParser().parse(path.read_text("utf-8")).body:
        assert not isinstance(entry, ast.Junk), f"{path.parent.name}: {entry.content}"
        if isinstance(entry, ast.Message):
            assert entry.id.name not in by_key, f"{entry.id.name} twice"
            by_key[entry.id.name] = entry
    return by_key


def variables(message: ast.Message) -> set[str]:
    names = _Names()
    names.visit(message)
    return names.names


@pytest.mark.parametrize("screen", SCREENS)
def test_every_language_has_every_message(screen: str) -> None:
    first, *others = (messages(PAGES / screen / f"words.{language}.ftl") for language in LANGUAGES)
    for other in others:
        assert sorted(first) == sorted(other)
        for key in first:
            assert variables(first[key]) == variables(other[key]), key


DELIBERATE = {
    "intake-intro",  # "there is no wrong answer"
    "intake-question-trauma",  # asks about an accident
    "intake-ask_clinician-line-3",  # "should you feel worse": when to seek care is stated plainly
    "problem-clearance_required-advice",
    "result-reach-what",  # "neither good nor bad"
}


@pytest.mark.parametrize("screen", sorted(FOR_CLIENTS.intersection(SCREENS)))
@pytest.mark.parametrize("language", LANGUAGES)
def test_clients_read_nothing_alarming(screen: str, language: str) -> None:
    for key, message in messages(PAGES / screen / f"words.{language}.ftl").items():
        text = re.sub(r"\{[^}]*\}", "", FluentSerializer().serialize_entry(message).partition("=")[2])
        assert key in DELIBERATE or not ALARMING.findall(text), f"{key}: {text}"


def test_no_message_is_in_two_catalogues() -> None:
    for language in LANGUAGES:
        keys = [key for path in catalogues(language) for key in messages(path)]
        assert len(keys) == len(set(keys))


def _used() -> set[str]:
    places = [*PAGES.rglob("*.html"), *PAGES.rglob("*.py"), *(PAGES.parent / "web" / "js").rglob("*.js")]
    text = "\n".join(path.read_text("utf-8") for path in places)
    return set(re.findall(r"""["'`]([a-z][\w]*-[\w-]*)""", text))


def test_no_message_is_unused() -> None:
    used = _used()
    # "shell-theme-" ~ each: built from a code
    beginnings = tuple(each for each in used if each.endswith("-"))
    for path in catalogues("en"):
        unused = [key for key in messages(path) if key not in used and not key.startswith(beginnings)]
        assert not unused, f"{path.parent.name}: {unused}"


@pytest.mark.parametrize(
    ("wanted", "accept", "expected"),
    [
        (None, "de-AT,de;q=0.9,en;q=0.5", "de"),
        (None, "fr,en;q=0.1", "en"),
        (None, "", "en"),
        (None, "*;q=x, ;;;", "en"),
        ("de", "en", "de"),
        ("xx", "de", "de"),
    ],
)
def test_choice_of_language(wanted: str | None, accept: str, expected: str) -> None:
    assert choose_language(wanted, accept) == expected
