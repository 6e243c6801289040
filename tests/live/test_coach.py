from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from hinge_check.analysis import reassess
from hinge_check.assess.phrases import EAR
from hinge_check.assess.protocol import load_protocol
from hinge_check.live import LiveCoach, LiveFrame, State, frame_of, phrases
from hinge_check.live.coach import MAX_RATE_HZ
from tests.live.sessions import Coached, coach_track, jitter_times, pick_frames, set_track, shift_time
from tests.stick_figure import mirrored, stick

CALM = ("instruction", "praise", "count")


def all_states(*parts: Coached) -> list[str]:
    return [code for part in parts for _, code in part.said("count")]


def test_a_session_passes_through_its_states() -> None:
    track = set_track(3, tail=10.0)
    seen = coach_track(track)
    assert seen.states == [State.PLACING, State.STAND, State.GO, State.REST, State.SUMMARY]
    assert seen.total == 3
    assert [rep.rep for rep in seen.reps] == [1, 2, 3]
    assert [code for _, code in seen.said("count")] == ["1", "2", "3"]


def test_the_reference_takes_a_second_and_a_half_of_stillness() -> None:
    seen = coach_track(set_track(1, lead=4.0), finish=False)
    before = [a for a in seen.answers if a.state in (State.PLACING, State.STAND)]
    assert before[-1].time_s == pytest.approx(1.5, abs=0.2)
    progress = [a.progress for a in before]
    assert progress == sorted(progress)
    assert before[-1].progress > 0.9
    assert all(a.progress == 0 for a in seen.answers if a.state is State.GO)


def test_fidgeting_does_not_count_as_standing() -> None:
    track = set_track(0, lead=6.0)
    sway = 0.3 * np.sin(2 * np.pi * 0.8 * track.time_s)
    seen = coach_track(stick(track.time_s, np.abs(sway)).track, finish=False)
    assert State.GO not in seen.states


def test_a_person_who_hinges_at_once_is_counted_all_the_same() -> None:
    seen = coach_track(set_track(3, lead=0.6))
    assert seen.total == 3
    assert seen.reps[0].lumbar_deg is not None


def test_each_repetition_is_reported_soon_after_its_end() -> None:
    seen = coach_track(set_track(3))
    for answer in seen.answers:
        if answer.rep is not None:
            assert answer.time_s - answer.rep.end_s <= 0.8


def test_phases_follow_the_movement_at_once() -> None:
    track = set_track(1, lead=3.0)  # down until 4.2, held until 4.5, up until 5.5
    phase = {round(a.time_s, 1): a.phase for a in coach_track(track).answers}
    assert phase[2.5] == "stand"
    assert phase[3.7] == "descent"
    assert phase[4.4] == "bottom"
    assert phase[5.0] == "ascent"
    assert phase[5.8] == "stand"


def test_the_angle_readout_matches_the_report() -> None:
    track = set_track(1, lead=3.0, lumbar=5.0)
    seen = coach_track(track)
    at_bottom = [a for a in seen.answers if 4.25 <= a.time_s <= 4.5]
    rep = seen.reps[0]
    assert rep.hip_deg is not None
    assert rep.lumbar_deg is not None
    for answer in at_bottom:
        assert answer.hip is not None
        assert answer.lumbar is not None
        assert answer.hip.deg == pytest.approx(rep.hip_deg, abs=3)
        assert answer.lumbar.deg == pytest.approx(rep.lumbar_deg, abs=3)
        assert answer.hip.se > 0


def test_the_next_set_begins_by_itself() -> None:
    first, second = set_track(2, tail=12.0), set_track(3, lead=1.0)
    one = coach_track(first, finish=False)
    assert one.answers[-1].state is State.REST
    two = coach_track(shift_time(second, 20.0), coach=one.coach)
    assert [rep.set for rep in two.reps] == [2, 2, 2]
    assert [rep.rep for rep in two.reps] == [1, 2, 3]
    assert two.total == 5
    summary = two.coach.summary()
    assert summary.sets == 2
    assert summary.reps_by_set == (2, 3)


def test_a_pause_counts_nothing_until_the_next_set() -> None:
    track = set_track(2)
    one = coach_track(track, finish=False)
    assert one.coach.rest().state is State.REST
    two = coach_track(shift_time(track, 20.0), coach=one.coach, finish=False)
    assert two.answers[-1].total == 2
    assert two.answers[-1].instruction is not None
    assert two.answers[-1].instruction.code == "paused"
    assert one.coach.next_set().set == 2
    three = coach_track(shift_time(track, 40.0), coach=one.coach)
    assert three.total == 4


def test_a_repetition_cut_off_after_its_ascent_counts() -> None:
    track = set_track(2, tail=0.0)
    stop = int(np.searchsorted(track.time_s, 2.5 + 3.2 + 2.5))  # standing again just now
    seen = coach_track(pick_frames(track, np.arange(stop)))
    assert seen.total == 2
    assert seen.answers[-1].rep is not None


def test_after_the_end_nothing_changes() -> None:
    seen = coach_track(set_track(1))
    after = seen.coach.push(frame_of(shift_time(set_track(1), 60.0), 0))
    assert after.state is State.SUMMARY
    assert after.say is None
    assert seen.coach.finish().total == 1
    assert seen.coach.next_set().state is State.SUMMARY


def test_restarting_resets_the_count_but_not_the_clock() -> None:
    one = coach_track(set_track(2), finish=False)
    last = max(a.say.id for a in one.answers if a.say is not None)
    assert one.coach.restart().total == 0
    two = coach_track(shift_time(set_track(3), 20.0), coach=one.coach)
    assert two.total == 3
    assert min(a.say.id for a in two.answers if a.say is not None) == last + 1
    assert two.coach.report().reps[0].start_s < 4.0


def test_answers_are_plain_json() -> None:
    for answer in coach_track(set_track(1)).answers:
        json.dumps(answer.as_json(), allow_nan=False)
    json.dumps(coach_track(set_track(2)).coach.summary().as_json(), allow_nan=False)


def test_every_phrase_is_short_and_in_the_catalogue() -> None:
    for text in (*EAR.values(), *phrases.NOTICE.values(), *phrases.PRAISE.values()):
        assert len(text.split()) < 6
    codes = {code for _, code in coach_track(set_track(4)).said("instruction", "notice", "praise", "cue")}
    assert codes <= {*phrases.INSTRUCTION, *phrases.NOTICE, *phrases.PRAISE, *EAR}


def test_the_report_matches_that_of_the_recording() -> None:
    track = set_track(4)
    live, whole = coach_track(track).coach.report(), reassess(track, load_protocol()).report
    assert live.status == whole.status == "analysed"
    assert live.summary.reps == whole.summary.reps == 4
    assert live.cues.client == whole.cues.client
    assert live.protocol == whole.protocol
    assert live.view.near_side == whole.view.near_side
    for mine, theirs in zip(live.reps, whole.reps, strict=True):
        assert mine.bottom_s == pytest.approx(theirs.bottom_s, abs=0.1)
        assert mine.score == pytest.approx(theirs.score, abs=3)


def test_a_session_without_a_repetition_reports_so() -> None:
    coach = LiveCoach(load_protocol(), frame_size=(640, 480))
    report = coach.report()
    assert report.status == "refused"
    assert report.refusal is not None
    assert report.refusal.code == "no_hinge"
    assert coach.summary().reps == 0


def test_frames_out_of_order_or_too_many_change_nothing() -> None:
    track = set_track(2)
    plain = coach_track(track)
    twice = []
    coach = LiveCoach(load_protocol(), frame_size=track.info.frame_size)
    for k in range(len(track)):
        for shift in (0.0, 0.0, 0.004, -3.0, float("nan")):
            frame = frame_of(track, k)
            twice.append(coach.push(replace(frame, time_s=frame.time_s + shift)))
    assert [a.rep.bottom_s for a in twice if a.rep] == [rep.bottom_s for rep in plain.reps[: len(plain.reps)]]
    assert sum(a.say is not None for a in twice) == sum(a.say is not None for a in plain.answers[:-1])


@pytest.mark.parametrize("fps", [12.0, 15.0, 25.0, 50.0, 60.0])
def test_other_frame_rates_give_the_same_count(fps: float) -> None:
    track = set_track(3, fps=fps)
    seen = coach_track(track)
    assert seen.total == 3
    assert seen.answers[-2].rate_hz == pytest.approx(min(fps, MAX_RATE_HZ), rel=0.2)
    whole = reassess(track, load_protocol()).report
    for mine, theirs in zip(seen.reps, whole.reps, strict=True):
        assert mine.hip_deg == pytest.approx(theirs.hip_flexion_deg, abs=3)


def test_a_mirror_changes_nothing() -> None:
    track = set_track(3, lumbar=30.0, yaw=6.0)
    there, here = coach_track(mirrored(track)), coach_track(track)
    assert there.said("cue") == here.said("cue")
    for a, b in zip(there.reps, here.reps, strict=True):
        assert a.hip_deg == pytest.approx(b.hip_deg, abs=0.5)
        assert a.bottom_s == b.bottom_s


@settings(max_examples=12)
@given(st.integers(0, 2**31), st.floats(0.0, 0.4), st.floats(0.0, 0.03), st.floats(0.0, 1.5))
def test_dropped_late_and_noisy_frames_lose_no_repetition(
    seed: int, dropped: float, spread: float, noise: float
) -> None:
    track = jitter_times(set_track(3, noise_px=noise, seed=seed % 1000), spread, seed)
    kept = np.flatnonzero(np.random.default_rng(seed).random(len(track)) >= dropped)
    assert coach_track(pick_frames(track, kept)).total == 3


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 30) | st.sampled_from([float("inf"), float("nan")]),
            st.sampled_from(["none", "person", "nan", "shape", "far", "flat"]),
            st.none() | st.integers(-1, 3),
            st.floats(allow_nan=True),
        ),
        max_size=40,
    )
)
def test_unusual_frames_never_break_it(odd: list[tuple[float, str, int | None, float]]) -> None:
    track = set_track(1)
    coach = LiveCoach(load_protocol(), frame_size=track.info.frame_size)
    whole = frame_of(track, 0)
    assert whole.landmarks is not None
    for time_s, kind, others, luma in sorted(odd, key=lambda one: one[0]):
        frame = replace(whole, time_s=time_s, others=others, luma=luma)
        if kind == "none":
            frame = LiveFrame(time_s, luma=luma)
        elif kind == "nan":
            frame = replace(frame, landmarks=np.full((33, 3), np.nan, np.float32))
        elif kind == "shape":
            frame = replace(frame, landmarks=np.zeros((5, 2), np.float32))
        elif kind == "far":
            frame = replace(frame, landmarks=whole.landmarks + np.float32(1e6))
        elif kind == "flat":
            frame = replace(frame, landmarks=np.zeros((33, 3), np.float32), edges=None)
        answer = coach.push(frame)
        json.dumps(answer.as_json(), allow_nan=False)
    coach.finish()
    coach.report()


def test_a_good_set_gets_no_correction() -> None:
    seen = coach_track(set_track(6, lumbar=5.0))
    assert not seen.said("cue")
    assert [code for _, code in seen.said("praise")] == ["keep_that", "keep_that"]


def test_a_fault_is_cued_at_its_bottom_and_not_at_every_repetition() -> None:
    track = set_track(6, knee=95.0, shank=30.0, hip=75.0)  # a squat
    seen = coach_track(track)
    whole = reassess(track, load_protocol()).report
    assert whole.faults[0].code == "squatting"
    cues = seen.said("cue")
    assert cues[0][1] == "squatting"
    assert abs(cues[0][0] - whole.reps[0].bottom_s) <= 0.5
    assert len(cues) < 6
    assert min(np.diff([time_s for time_s, _ in cues])) >= 8.0
    assert not seen.said("praise")


def test_a_correction_that_is_followed_is_praised() -> None:
    bad = set_track(2, lead=2.5, tail=0.0, knee=95.0, shank=30.0, hip=75.0)
    good = shift_time(set_track(2, lead=0.5), 2.5 + 2 * 3.2)
    one = coach_track(bad, finish=False)
    two = coach_track(good, coach=one.coach)
    assert one.said("cue")
    assert "that_is_it" in [code for _, code in two.said("praise")]
