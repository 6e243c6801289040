"""Red flags and consent: the most urgent answer decides, and consent that was not given does not count as given."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from hinge_check.clinic.checkin import CheckIn
from hinge_check.clinic.consent import (
    AGREEMENTS,
    EFFECTS,
    Effect,
    clinician_may_watch,
    delete_at,
    load_consent,
    may_upload,
)
from hinge_check.clinic.red_flags import ORDER, Answer, judge, load_questions
from hinge_check.errors import UsageError
from tests.clinic.people import NOW

NAMES = [q.name for q in load_questions().questions]
NO: dict[str, Answer] = dict.fromkeys(NAMES, "no")
WORSE: tuple[Answer, ...] = ("no", "unsure", "yes")
OUTCOMES = ("clear", "ask_clinician", "seek_care")

answers = st.fixed_dictionaries({name: st.sampled_from(WORSE) for name in NAMES})


@pytest.mark.parametrize("name", ["saddle", "bladder", "bowel", "legs"])
def test_every_cauda_equina_item_sends_to_care(name: str) -> None:
    intake = judge({**NO, name: "yes"})
    assert intake.outcome == "seek_care"
    assert not intake.may_go_on
    assert any("now" in line for line in intake.texts)
    assert any("no diagnosis" in line for line in intake.texts)
    assert intake.flags[0].question == name


@pytest.mark.parametrize("name", ["trauma", "minor_trauma", "cancer", "unwell", "infection", "night"])
def test_other_red_flags_wait_for_the_clinician(name: str) -> None:
    intake = judge({**NO, name: "yes"})
    assert intake.outcome == "ask_clinician"
    assert not intake.may_go_on


def test_a_note_is_seen_and_stops_nobody() -> None:
    intake = judge({**NO, "age": "yes"})
    assert intake.may_go_on
    assert [flag.about for flag in intake.flags] == ["new pain below 20 or above 50 years of age"]


def test_no_to_all_goes_on() -> None:
    intake = judge(NO)
    assert intake.may_go_on
    assert intake.flags == ()
    assert intake.wording.version


@given(answers=answers, name=st.sampled_from(NAMES))
def test_a_worse_answer_never_gives_a_milder_outcome(answers: dict[str, Answer], name: str) -> None:
    at = WORSE.index(answers[name])
    before = OUTCOMES.index(judge(answers).outcome)
    for worse in WORSE[at:]:
        assert OUTCOMES.index(judge({**answers, name: worse}).outcome) >= before


@given(answers=answers)
def test_flags_stand_in_order_and_decide(answers: dict[str, Answer]) -> None:
    intake = judge(answers)
    ranks = [ORDER.index(flag.leads) for flag in intake.flags]
    assert ranks == sorted(ranks, reverse=True)
    assert intake.may_go_on == (max(ranks, default=0) <= ORDER.index("note"))


@pytest.mark.parametrize(
    ("given_answers", "says"),
    [
        ({k: v for k, v in NO.items() if k != "saddle"}, "'saddle' has no answer yet"),
        ({**NO, "saddel": "no"}, "'saddel' is no question"),
        ({**NO, "saddle": "maybe"}, "'saddle' is answered by yes, no or unsure"),
    ],
)
def test_half_an_intake_is_none(given_answers: Any, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        judge(given_answers)


def test_three_agreements_each_for_itself() -> None:
    consent = load_consent()
    assert tuple(a.name for a in consent.agreements) == AGREEMENTS
    assert [a.name for a in consent.agreements if a.needed_to_upload] == ["store_video"]
    assert not may_upload({})
    assert may_upload({"store_video": True})
    assert not clinician_may_watch({"store_video": True})
    assert not clinician_may_watch({"show_to_clinician": True})
    assert clinician_may_watch({"store_video": True, "show_to_clinician": True})


def test_videos_are_kept_as_long_as_agreed() -> None:
    assert delete_at(NOW, {"store_video": True}) == NOW + timedelta(days=30)
    assert delete_at(NOW, {"store_video": True, "keep_beyond_30_days": True}) is None
    assert delete_at(NOW, {"keep_beyond_30_days": True}) == NOW


def test_a_withdrawal_says_what_it_does() -> None:
    assert {effect for effects in EFFECTS.values() for effect in effects} == set(Effect)
    for name in AGREEMENTS:
        words = load_consent().agreement(name).withdrawal
        assert ("deleted" in words) == any("delete" in effect for effect in EFFECTS[name])


@pytest.mark.parametrize(
    "wrong",
    [
        {"pain_before": 11},
        {"pain_worst": -1},
        {"pain_after": 2.5},
        {"pain_next_morning": True},
        {"rpe": 3.3},
        {"rpe": float("nan")},
        {"load_kg": float("inf")},
        {"stopped_early": "bored"},
        {"pain": 3},
        {"note": "x" * 2001},
    ],
)
def test_a_check_in_takes_no_figure_off_the_scale(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CheckIn(**cast(Any, wrong))


def test_what_was_not_asked_is_not_zero() -> None:
    assert CheckIn().pain_before is None
    assert CheckIn(rpe=0.5).rpe == 0.5
