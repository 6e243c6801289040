from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from hinge_check.assess.protocol import load_protocol
from hinge_check.errors import Refused
from hinge_check.live import LiveCoach, State
from tests.live.sessions import coach_track, set_track, shift_time

SIZE = (800, 600)


def kept(reps: int = 2, **changes: Any) -> tuple[LiveCoach, dict[str, Any]]:
    """Return a session and its snapshot, as it comes back over the network."""
    coach = coach_track(set_track(reps, **changes), finish=False).coach
    return coach, json.loads(json.dumps(coach.snapshot(), allow_nan=False))


def test_a_session_goes_on_after_a_restart_without_a_new_stand() -> None:
    before, data = kept(2)
    after = LiveCoach.resume(load_protocol(), data, frame_size=SIZE)
    seen = coach_track(shift_time(set_track(2, lead=1.0), 30.0), coach=after)
    assert State.STAND not in seen.states
    assert seen.total == 4
    assert [rep.rep for rep in seen.reps] == [3, 4]
    assert [code for _, code in seen.said("notice")] == ["resumed"]
    said = [answer.say.id for answer in seen.answers if answer.say is not None]
    assert said[0] == data["said"] + 1
    assert before.snapshot()["reps"] == data["reps"]


def test_what_was_measured_is_kept() -> None:
    before, data = kept(3, knee=95.0, shank=30.0, hip=75.0)
    after = LiveCoach.resume(load_protocol(), data, frame_size=SIZE)
    assert after.snapshot() == before.snapshot()
    mine, theirs = after.report(), before.report()
    assert [rep.faults for rep in mine.reps] == [rep.faults for rep in theirs.reps]
    assert mine.summary.score == pytest.approx(theirs.summary.score, abs=0.5)
    assert after.summary().best == before.summary().best


def test_it_is_small_and_says_nothing_of_who_it_is() -> None:
    _, small = kept(1)
    _, large = kept(6)
    assert len(json.dumps(small)) < 9000
    assert len(json.dumps(large)) - len(json.dumps(small)) < 5 * 600
    assert set(small) <= {
        "format", "protocol_sha256", "frame_size", "set", "said", "deepest_deg", "stand",
        "reps", "frame_s", "sets", "dropped", "findings", "view", "best", "worst",
    }  # fmt: skip


def test_another_size_of_picture_asks_for_a_new_stand() -> None:
    _, data = kept(2)
    after = LiveCoach.resume(load_protocol(), data, frame_size=(801, 600))
    seen = coach_track(shift_time(set_track(1), 30.0), coach=after)
    assert State.STAND in seen.states
    assert seen.total == 3


def test_a_session_that_has_not_begun() -> None:
    data = LiveCoach(load_protocol(), frame_size=SIZE).snapshot()
    assert LiveCoach.resume(load_protocol(), data, frame_size=SIZE).summary().reps == 0


def test_another_protocol_is_refused() -> None:
    _, data = kept(1)
    with pytest.raises(Refused):
        LiveCoach.resume(load_protocol("rdl"), data, frame_size=SIZE)


@pytest.mark.parametrize("data", [None, [], "x", {}, {"format": 2}])
def test_what_is_no_snapshot_is_refused(data: Any) -> None:
    with pytest.raises(Refused):
        LiveCoach.resume(load_protocol(), data, frame_size=SIZE)


_JSON = st.none() | st.booleans() | st.integers(-3, 10**7) | st.text(max_size=8) | st.lists(st.integers(), max_size=3)


@settings(max_examples=60)
@given(st.data())
def test_a_changed_snapshot_is_read_or_refused_and_never_crashes(data: st.DataObject) -> None:
    whole = json.loads(json.dumps(SNAPSHOT))
    places: list[Any] = [whole, whole["stand"], whole["stand"]["rows"], whole["reps"], whole["view"], whole["best"]]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places))
        key = data.draw(st.sampled_from(sorted(place)))
        if data.draw(st.booleans()):
            place[key] = data.draw(_JSON)
        else:
            place.pop(key)
        if not place:
            break
        places = [one for one in places if one]
    try:
        coach = LiveCoach.resume(load_protocol(), whole, frame_size=SIZE)
    except Refused:
        return
    coach_track(shift_time(set_track(1, lead=0.5, tail=0.2), 30.0), coach=coach)
    coach.summary()


SNAPSHOT = kept(2)[1]
