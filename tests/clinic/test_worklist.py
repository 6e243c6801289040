"""Who needs the clinician, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hinge_check.clinic.readiness_rules import load_rules, rules_from_text
from hinge_check.clinic.worklist import (
    ClientFacts,
    PainReport,
    PendingClearance,
    RecordingCount,
    important_rise,
    needs,
    usual_pain,
    worklist,
)
from tests.clinic.people import NOW

RULES = load_rules()


def ago(**by: float) -> Any:
    return NOW - timedelta(**by)


def facts(**more: Any) -> ClientFacts:
    """Return the facts of a client who needs nothing."""
    well: dict[str, Any] = {
        "client_id": "c",
        "name": "C",
        "rules": RULES,
        "planned_since": ago(days=30),
        "ready_since": ago(days=31),
        "last_seen": ago(days=2),
        "first_pains": (3, 3, 4),
    }
    return ClientFacts(**{**well, **more})


def pain(before: int | None, morning: int | None = None, *, days: float = 1, stopped: bool = False) -> PainReport:
    return PainReport(ago(days=days), ago(days=days), before, morning, stopped)


def kinds(one: ClientFacts) -> list[str]:
    return [need.kind for need in needs(one, NOW)]


def test_who_needs_nothing_is_not_listed() -> None:
    assert worklist([facts()], NOW) == []


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"waiting": PendingClearance("i", ago(hours=1), True)}, "seek_care"),
        ({"waiting": PendingClearance("i", ago(hours=1), False)}, "ask_clinician"),
        ({"pains": (pain(5),)}, "pain_up"),
        ({"pains": (pain(3, 5),)}, "pain_up"),
        ({"pains": (pain(5), pain(None))}, "pain_up"),  # the last one with any pain
        ({"pains": (pain(4, stopped=True),)}, "stopped_for_pain"),
        ({"refused": RecordingCount(2, ago(days=1), "r")}, "refused"),
        ({"unreviewed": RecordingCount(2, ago(days=1), "r")}, "new_recordings"),
        ({"link_wanted": ago(days=1)}, "link_wanted"),
        ({"planned_since": None}, "no_plan"),
        ({"last_seen": ago(days=7)}, "quiet"),
        ({"last_seen": None}, "quiet"),
    ],
)
def test_each_need(more: dict[str, Any], kind: str) -> None:
    assert kinds(facts(**more)) == [kind]


@pytest.mark.parametrize(
    "more",
    [
        {"pains": (pain(4),)},  # one point more
        {"pains": (pain(5, days=2), pain(3))},  # down again
        {"pains": (pain(9),), "first_pains": (3, 3)},  # nothing to compare with yet
        {"pains": (pain(5, stopped=True),), "acted": ago(hours=1)},  # dealt with
        {"pains": (pain(5),), "usual_pain": 5.0},
        {"last_seen": ago(days=6, hours=23)},
        {"last_seen": ago(days=20), "planned_since": ago(days=1)},  # the plan is new
        {"last_seen": ago(days=20), "planned_since": None, "ready_since": None},  # nothing to be quiet about
    ],
)
def test_what_is_no_need(more: dict[str, Any]) -> None:
    assert kinds(facts(**more)) == []


def test_a_rise_is_told_with_its_figures() -> None:
    (need,) = needs(facts(pains=(pain(6),)), NOW)
    assert (need.value, need.usual, need.least) == (6, 3, 2)
    assert need.text == "Pain 6 of 10 at rest, usually 3; a rise of 2 or more matters."


def test_a_rise_that_matters_is_the_larger_of_points_and_share() -> None:
    assert [important_rise(usual, RULES) for usual in (0, 2, 8)] == [2, 2, pytest.approx(2.4)]
    own = rules_from_text("[figures.pain_rise_points]\nvalue = 1\n")
    assert kinds(facts(rules=own, pains=(pain(4),))) == ["pain_up"]


def test_the_clinicians_figure_comes_before_the_first_check_ins() -> None:
    assert usual_pain(6.0, (1, 1, 1), RULES) == 6
    assert usual_pain(None, (1, 2, 9, 9), RULES) == 2
    assert usual_pain(None, (1, 2), RULES) is None


def test_the_most_pressing_comes_first_then_the_longest_waiting() -> None:
    people = [
        facts(client_id="quiet", last_seen=ago(days=9)),
        facts(client_id="new", unreviewed=RecordingCount(1, ago(days=1), "r")),
        facts(client_id="older", unreviewed=RecordingCount(3, ago(days=3), "r"), last_seen=ago(days=9)),
        facts(client_id="well"),
        facts(
            client_id="flag",
            waiting=PendingClearance("i", ago(hours=1), True),
            unreviewed=RecordingCount(1, ago(days=1), "r"),
        ),
    ]
    found = worklist(people, NOW)
    assert [entry.client_id for entry in found] == ["flag", "older", "new", "quiet"]
    assert [need.kind for need in found[1].needs] == ["new_recordings", "quiet"]


def test_words_count() -> None:
    (one,) = needs(facts(unreviewed=RecordingCount(1, ago(days=1), "r"), refused=None), NOW)
    (two,) = needs(facts(refused=RecordingCount(2, ago(days=1), "r")), NOW)
    assert one.text == "One new recording not reviewed yet."
    assert two.text == "The last 2 recordings could not be used; a word on how to film may help."
