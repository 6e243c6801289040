"""Disturbances at home: each is detected and announced, and the count is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hinge_check.capture.track import PoseTrack
from hinge_check.live import LiveFrame, State, frame_of
from tests.live.sessions import Coached, coach_track, pick_frames, set_track, shift_time
from tests.stick_figure import mirrored, moved, scaled, stick


def both(first: PoseTrack, second: PoseTrack, after_s: float) -> tuple[Coached, Coached]:
    """Join two tracks in one session, the second beginning at `after_s`."""
    one = coach_track(first, finish=False)
    return one, coach_track(shift_time(second, after_s), coach=one.coach)


# -- placing


def placing(track: PoseTrack, **every: object) -> Coached:
    """Run a session in which every frame has the given facts."""
    return coach_track(track, edit=lambda frame: replace(frame, **every), finish=False)  # type: ignore[arg-type]


def instructions(seen: Coached) -> set[str]:
    return {a.instruction.code for a in seen.answers if a.instruction is not None}


@pytest.mark.parametrize("yaw", [75.0, -75.0])
def test_from_the_front_or_the_back_one_turns_side_on(yaw: float) -> None:
    seen = placing(set_track(1, yaw=yaw))
    assert "turn_side_on" in instructions(seen)
    assert "turn_side_on" in [code for _, code in seen.said("instruction")]
    assert State.GO not in seen.states


def test_in_the_dark_one_switches_on_a_light() -> None:
    seen = placing(set_track(1), luma=9.0)
    assert "more_light" in instructions(seen)
    assert State.GO not in seen.states


def test_too_far_away_one_comes_closer() -> None:
    seen = placing(set_track(1, px_per_m=38.0))
    assert "come_closer" in instructions(seen)
    assert State.GO not in seen.states


def test_feet_outside_are_to_be_shown() -> None:
    seen = placing(set_track(1, feet=(0.45, 1.2)))
    assert "show_feet" in instructions(seen)
    assert State.GO not in seen.states


def test_a_head_outside_is_to_be_shown() -> None:
    seen = placing(set_track(1, feet=(0.45, 0.55)))
    assert "show_head" in instructions(seen)
    assert State.GO not in seen.states


def test_company_is_asked_to_leave_and_does_not_hinder() -> None:
    seen = placing(set_track(2, lead=9.0), others=1)
    assert "one_person" in instructions(seen)
    assert seen.answers[-1].total == 2


def test_nobody_is_asked_into_the_picture() -> None:
    seen = coach_track(set_track(0, lead=3.0, gaps=[(0.0, 10.0)]), finish=False)
    assert seen.states == [State.LOOKING]
    assert instructions(seen) == {"step_into_view"}
    assert [code for _, code in seen.said("instruction")] == ["step_into_view"]


def test_one_instruction_at_a_time_and_the_next_when_it_is_followed() -> None:
    seen = coach_track(
        set_track(2, lead=9.0, yaw=0.0),
        edit=lambda frame: replace(frame, luma=9.0 if frame.time_s < 4 else 120.0),
    )
    assert [code for _, code in seen.said("instruction")][:2] == ["more_light", "stand_tall"]
    assert seen.total == 2


def test_slightly_off_the_side_it_goes_on_after_a_while_without_the_back() -> None:
    seen = coach_track(set_track(2, lead=11.0, yaw=28.0))
    assert "turn_side_on" in instructions(seen)
    assert seen.total == 2
    assert all(rep.lumbar_deg is None for rep in seen.reps)
    assert "back_not_readable" in seen.notices()
    assert [code for _, code in seen.said("notice")] == ["back_not_readable"]
    assert seen.answers[-2].lumbar is None


# -- during a set


def test_losing_the_person_for_a_while() -> None:
    track = set_track(4, gaps=[(2.5 + 2 * 3.2 - 0.5, 2.5 + 2 * 3.2 + 1.2)])
    # Two repetitions; the third begins unseen.
    seen = coach_track(track)
    assert "person_lost" in [code for _, code in seen.said("notice")]
    assert "welcome_back" in [code for _, code in seen.said("notice")]
    assert seen.total in (3, 4)
    assert [rep.total for rep in seen.reps] == list(range(1, seen.total + 1))


def test_leaving_for_long_and_coming_back_to_the_same_place() -> None:
    away = set_track(0, lead=8.0, gaps=[(0.0, 20.0)])
    again = coach_track(set_track(2), finish=False)
    gone = coach_track(shift_time(away, 12.0), coach=again.coach, finish=False)
    assert gone.answers[-1].state is State.LOOKING
    assert "person_lost" in gone.answers[-1].notices
    back = coach_track(shift_time(set_track(2, lead=1.0), 20.0), coach=again.coach)
    assert State.STAND not in back.states
    assert back.total == 4


def test_a_short_dropout_does_not_end_a_repetition() -> None:
    seen = coach_track(set_track(3, gaps=[(3.2, 3.4), (6.9, 7.1)]))
    assert seen.total == 3
    assert not seen.said("notice")


def test_somebody_else_walks_through() -> None:
    track = set_track(4)
    other = moved(scaled(track, 0.8), 350.0, 60.0)  # another, smaller person beside them
    between = (track.time_s > 8.3) & (track.time_s < 10.2)

    def swapped(frame: LiveFrame) -> LiveFrame:
        k = int(np.searchsorted(track.time_s, frame.time_s))
        return frame_of(other, k) if between[k] else frame

    seen = coach_track(track, edit=swapped)
    assert "second_person" in [code for _, code in seen.said("notice")]
    assert seen.total in (3, 4)  # one repetition was hidden by them
    assert all(rep.hip_deg is not None and abs(rep.hip_deg - 83) < 5 for rep in seen.reps)


def test_company_seen_by_a_look_around_is_told_once() -> None:
    track = set_track(3)
    seen = coach_track(
        track,
        edit=lambda frame: replace(
            frame, others=1 if frame.time_s > 4 and round(frame.time_s * 30) % 30 == 0 else None
        ),
    )
    assert [code for _, code in seen.said("notice")].count("second_person") in (1, 2)
    assert "second_person" in seen.notices()
    assert seen.total == 3


def test_a_bumped_camera_asks_for_a_new_stand_and_keeps_the_count() -> None:
    first, second = set_track(2), moved(set_track(2, lead=3.0), 90.0, 20.0)
    one, two = both(first, second, float(first.time_s[-1]) + 1 / 30)
    assert one.answers[-1].total == 2
    assert [code for _, code in two.said("notice")][:1] == ["camera_moved"]
    assert State.STAND in two.states
    assert two.total == 4


def test_a_camera_that_pans_is_noticed_by_its_background() -> None:
    def panned(frame: LiveFrame) -> LiveFrame:
        moving = 6.0 < frame.time_s < 6.5
        return replace(frame, camera_shift=(12.0, 0.0) if moving else (0.0, 0.0))

    seen = coach_track(set_track(4), edit=panned)
    assert "camera_moved" in [code for _, code in seen.said("notice")]
    assert State.GO in seen.states[3:]
    assert seen.total >= 2


def test_a_hidden_tab_is_a_gap() -> None:
    _, two = both(set_track(2), set_track(2, lead=1.0), 40.0)
    assert [code for _, code in two.said("notice")] == ["gap"]
    assert "gap" in two.answers[0].notices
    assert two.total == 4
    assert State.STAND not in two.states


def test_after_a_very_long_gap_the_stand_is_asked_for_anew() -> None:
    _, two = both(set_track(2), set_track(2), 400.0)
    assert State.STAND in two.states
    assert two.total == 4


def test_five_frames_a_second_are_told_and_counted() -> None:
    seen = coach_track(pick_frames(set_track(4), np.arange(0, len(set_track(4)), 6)))
    assert "slow_frames" in seen.notices()
    assert [code for _, code in seen.said("notice")].count("slow_frames") >= 1
    assert seen.total == 4


def test_turning_around_asks_for_a_new_stand() -> None:
    first = set_track(2)
    there = mirrored(set_track(2, lead=5.0))
    # They turn on the spot: the same feet.
    there = moved(there, float(first.landmarks[0, 27, 0] - there.landmarks[0, 27, 0]), 0.0)
    one, two = both(first, there, float(first.time_s[-1]) + 1 / 30)
    assert one.answers[-1].total == 2
    assert "turned_around" in [code for _, code in two.said("notice")]
    assert two.total == 4
    assert two.coach.near == "left"


def test_walking_off_and_hinging_elsewhere() -> None:
    first = set_track(2)
    walk = np.arange(0, 3.0, 1 / 30)
    way = stick(walk, 0 * walk, walk=0.45 * walk, knee=15.0 + 10 * np.sin(6 * walk)).track
    there = moved(set_track(2, lead=4.0), 0.45 * 3.0 * 250.0, 0.0)
    at = float(first.time_s[-1]) + 1 / 30
    one = coach_track(first, finish=False)
    coach_track(shift_time(way, at), coach=one.coach, finish=False)
    two = coach_track(shift_time(there, at + 3.0), coach=one.coach)
    assert two.total == 4
    assert two.coach.near == "right"
    for rep in two.reps:
        assert rep.hip_deg == pytest.approx(83, abs=6)


def test_sitting_down_far_from_the_spot_is_no_repetition() -> None:
    track = set_track(2)
    rest = set_track(2, lead=1.0)
    one = coach_track(track, finish=False)
    one.coach.rest()
    two = coach_track(shift_time(moved(rest, 300.0, 0.0), 14.0), coach=one.coach)
    assert two.total == 2
