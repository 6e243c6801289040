"""A client's day: what is due, what is still to be reported."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hinge_check.clinic.checkin import CheckIn
from hinge_check.clinic.today import ASKED_DAYS, CompletedSet, Prescription, lookback_start, today
from tests.clinic.people import check_in

ZONE = ZoneInfo("Pacific/Auckland")
NOW = datetime(2026, 11, 19, 8, 0, tzinfo=ZONE)
"""A Thursday morning."""
PLAN = [Prescription("p1", "bow", 3)]


def done(
    days_ago: float, said: CheckIn | None = None, *, step: str = "bow", recorded: str | None = "r", **more: bool
) -> CompletedSet:
    when = NOW - timedelta(days=days_ago)
    checkin = None if said is None else f"c{days_ago:g}"
    return CompletedSet(when, step, None if recorded is None else f"{recorded}{days_ago:g}", checkin, said, **more)


def test_an_exercise_is_due_until_its_days_are_done() -> None:
    for sets, days, due in (
        ([], 0, True),
        ([done(1)], 1, True),
        ([done(1), done(1.1), done(2)], 2, True),  # two on one day are one day
        ([done(1), done(2), done(3)], 3, False),
        ([done(4), done(5), done(6)], 0, True),  # last week's
    ):
        (stands,) = today(NOW, PLAN, sets).exercises
        assert (len(stands.days_done), stands.due, stands.done_today) == (days, due, False)


def test_once_a_day_is_enough() -> None:
    (stands,) = today(NOW, PLAN, [done(0.1)]).exercises
    assert (stands.done_today, stands.due) == (True, False)


def test_another_exercise_and_a_refused_video_count_for_nothing_but_a_check_in_does() -> None:
    sets = [done(0.1, step="rdl"), done(1, usable=False), done(2, check_in(), usable=False), done(3, recorded=None)]
    (stands,) = today(NOW, PLAN, [*sets[:3], done(3, check_in(), recorded=None)]).exercises
    assert stands.days_done == (date(2026, 11, 16), date(2026, 11, 17))


def test_a_live_session_counts_and_is_asked_about_no_further() -> None:
    found = today(NOW, PLAN, [done(0.1, recorded=None), done(1, recorded=None)])
    assert (found.exercises[0].done_today, len(found.exercises[0].days_done)) == (True, 2)
    assert (found.morning, found.unsaid, found.film_again) == ((), (), ())
    # On a day with a recording, the question is about that recording.
    (asked,) = today(NOW, PLAN, [done(1.1), done(1, recorded=None)]).morning
    assert asked.recording_id == "r1.1"


def test_nothing_is_due_before_the_clinician_has_looked() -> None:
    (stands,) = today(NOW, PLAN, [], may_go_on=False).exercises
    assert not stands.due


def test_the_next_morning_is_asked_once_a_day_and_not_of_today() -> None:
    sets = [done(0.1, check_in(pain_next_morning=None)), done(1, check_in(pain_next_morning=None)), done(1.1)]
    (asked,) = today(NOW, PLAN, sets).morning
    assert (asked.day, asked.checkin_id, asked.recording_id) == (date(2026, 11, 18), "c1", "r1")


def test_a_day_without_a_check_in_is_asked_about_by_its_recording() -> None:
    (asked,) = today(NOW, PLAN, [done(1)]).morning
    assert (asked.checkin_id, asked.recording_id) == (None, "r1")


@pytest.mark.parametrize(
    "one",
    [
        done(1, check_in(pain_next_morning=0)),
        done(ASKED_DAYS + 1, check_in(pain_next_morning=None)),
        done(1, usable=False),
    ],
    ids=["told", "too long ago", "nothing was done that we know of"],
)
def test_what_is_not_asked(one: CompletedSet) -> None:
    assert today(NOW, PLAN, [one]).morning == ()


def test_yesterday_is_yesterday_where_the_person_is() -> None:
    evening = datetime(2026, 11, 18, 20, 0, tzinfo=ZONE)
    one = CompletedSet(evening, "bow", "r", "c", check_in(pain_next_morning=None))
    assert len(today(NOW, PLAN, [one]).morning) == 1
    utc = ZoneInfo("UTC")  # by which both moments are of the 18th
    there = CompletedSet(evening.astimezone(utc), "bow", "r", "c", one.said)
    assert today(NOW.astimezone(utc), PLAN, [there]).morning == ()


def test_recordings_nothing_was_said_of() -> None:
    sets = [done(0.1), done(1, check_in()), done(2), done(0.2, usable=False)]
    assert [one.recording_id for one in today(NOW, PLAN, sets).unsaid] == ["r0.1", "r2"]


def test_film_again_until_one_could_be_used() -> None:
    bad = done(0.2, usable=False)
    assert today(NOW, PLAN, [done(1), bad]).film_again == (bad,)
    assert today(NOW, PLAN, [bad, done(0.1)]).film_again == ()


def test_it_looks_back_to_monday_and_as_far_as_it_asks() -> None:
    assert lookback_start(NOW) == datetime(2026, 11, 16, tzinfo=ZONE)
    assert lookback_start(NOW - timedelta(days=3)) == datetime(2026, 11, 14, tzinfo=ZONE)
