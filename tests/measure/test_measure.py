from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from hinge_check.capture.track import PoseTrack
from hinge_check.errors import Code
from hinge_check.measure.measure import measure
from hinge_check.measure.rep_rules import RepRules
from hinge_check.measure.types import HingeAngles, Measurement, Phase
from tests.fakes import fake_track
from tests.stick_figure import SWAP, Facing, bow, clock, hinges, mirrored, stick

RULES = RepRules()


def reps_of(track: PoseTrack, rules: RepRules = RULES) -> int:
    return len(measure(track, rules).reps)


def arrays(m: Measurement) -> list[npt.NDArray[Any]]:
    curves = [
        getattr(m.angles, f.name) for f in fields(HingeAngles) if f.name not in ("lumbar_quality", "lumbar_abstains")
    ]
    return [*curves, m.phase, m.standing, m.back_px]


def test_the_same_track_gives_the_same_measurement() -> None:
    time = clock(5)
    track = stick(time, hinges(time, 1), noise_px=1.0, lumbar=20.0).track
    one, two = measure(track, RULES), measure(track, RULES)
    assert one.reps == two.reps
    assert one.view == two.view
    for a, b in zip(arrays(one), arrays(two), strict=True):
        assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def test_a_track_is_not_modified() -> None:
    time = clock(5)
    track = stick(time, hinges(time, 1), gaps=[(1.0, 1.2)]).track
    before = {f.name: np.array(getattr(track, f.name)) for f in fields(PoseTrack) if f.name != "info"}
    measure(track, RULES)
    for name, values in before.items():
        assert np.array_equal(getattr(track, name), values, equal_nan=True)


@pytest.mark.parametrize("count", [1, 3, 6])
@pytest.mark.parametrize("facing", ["left", "right"])
def test_reps_and_phases_of_a_set_are_found(count: int, facing: Facing) -> None:
    time = clock(1.5 + 3.2 * count, 20)
    way = hinges(time, count)
    m = measure(stick(time, way, facing=facing, noise_px=1.0).track, RULES)
    assert len(m.reps) == count
    for rep in m.reps:
        assert way[rep.bottom] > 0.95
        assert way[rep.start] < 0.1
        assert way[rep.end] < 0.1
        # Trunk still going down or at the bottom when the descent is over.
        assert set(m.phase[rep.start : rep.end + 1]) == {Phase.DESCENT, Phase.BOTTOM, Phase.ASCENT}
    assert (m.phase[time < 0.9] == str(Phase.STAND)).all()
    assert m.standing.sum() > 0.15 * len(time)


@pytest.mark.parametrize("facing", ["left", "right"])
def test_a_hyperextended_stand_does_not_move_the_reps(facing: Facing) -> None:
    """Stand tall: such landmarks lie several degrees beyond straight, shoulders behind hips behind knees."""
    time = clock(5)
    way = hinges(time, 1)
    straight = measure(stick(time, way, hip=80.0, facing=facing).track, RULES).reps
    beyond = measure(stick(time, way, hip=88.0 * way - 8.0, facing=facing).track, RULES).reps
    assert len(straight) == len(beyond) == 1
    for name in ("start", "bottom_start", "bottom_end", "end"):
        assert abs(getattr(straight[0], name) - getattr(beyond[0], name)) <= 1, name
    assert time[beyond[0].start] < 1.25
    assert time[beyond[0].end] > 3.3


def test_a_set_that_starts_with_the_hands_at_the_floor() -> None:
    time = clock(9, 20)
    way = np.maximum(1 - bow(time, 1.0, 1.2, 20), hinges(time, 2, lead=3.2))
    deadlift: dict[str, Any] = {"hip": 115.0, "knee": 70.0, "shank": 15.0}
    m = measure(stick(time, way, **deadlift).track, RULES)
    assert [rep.from_floor for rep in m.reps] == [True, False, False]
    assert reps_of(stick(time, way, **deadlift).track, RepRules(start="standing")) == 2


def test_a_clip_that_opens_in_mid_ascent_with_hands_high() -> None:
    time = clock(9, 20)
    way = np.maximum(1 - bow(time, 0.4, 1.0, 20), hinges(time, 2, lead=3.2))
    m = measure(stick(time, way, hip=75.0).track, RULES)
    assert [rep.from_floor for rep in m.reps] == [False, False]
    assert time[m.reps[0].start] > 2.5


def test_picking_up_the_phone_at_the_end_is_no_rep() -> None:
    time = clock(9, 20)
    way = np.maximum(hinges(time, 2), bow(time, 8.0, 0.8, 9.0))
    assert reps_of(stick(time, way).track) == 2


@pytest.mark.parametrize("gap", [(1.4, 1.9), (2.0, 2.7), (2.7, 3.2)])
def test_a_rep_with_the_person_lost_midway_still_counts(gap: tuple[float, float]) -> None:
    time = clock(5, 20)
    m = measure(stick(time, hinges(time, 1), gaps=[gap]).track, RULES)
    assert len(m.reps) == 1
    lost = (time >= gap[0]) & (time < gap[1])
    assert np.isnan(m.angles.bend[lost]).all()
    assert np.isnan(m.back_px[lost]).all()


def test_legs_swapped_by_the_tracker_do_not_change_the_count() -> None:
    time = clock(8, 20)
    track = stick(time, hinges(time, 2), yaw=10).track
    points = np.array(track.landmarks)
    swapped = (time > 1.8) & (time < 2.4)
    points[swapped, 23:] = points[swapped][:, SWAP[23:]]
    assert reps_of(replace(track, landmarks=points)) == 2


def test_the_named_side_is_measured() -> None:
    time = clock(5, 20)
    track = stick(time, hinges(time, 1), facing="right").track
    auto, right, left = (measure(track, RULES, side=side) for side in ("auto", "right", "left"))
    assert auto.view == right.view
    assert np.array_equal(auto.angles.bend, right.angles.bend)
    assert left.view.near_side == "left"
    low = auto.reps[0].bottom
    assert left.angles.trunk_inclination[low] == pytest.approx(-auto.angles.trunk_inclination[low], abs=0.5)


def test_a_mirrored_clip_shows_the_other_side_and_the_same_set() -> None:
    time = clock(8, 20)
    track = stick(time, hinges(time, 2), noise_px=0.5).track
    here, there = measure(track, RULES), measure(mirrored(track), RULES)
    assert (here.view.near_side, there.view.near_side) == ("right", "left")
    assert here.reps == there.reps
    width = track.info.frame_size[0]
    assert np.allclose(here.back_px[..., 0], width - there.back_px[..., 0], atol=0.05)


def test_speed_is_passed_on_and_rules_count_real_seconds() -> None:
    time = clock(3, 120)
    quick = stick(time, bow(time, 1.0, 0.15, 0.0, 0.15), hip=60.0).track
    assert reps_of(quick) == 0
    slow = replace(quick, time_s=quick.time_s * 8, info=replace(quick.info, speed=0.125, speed_source="option"))
    assert reps_of(slow) == 0
    taken_at_face_value = replace(slow, info=replace(slow.info, speed=1.0))
    assert reps_of(taken_at_face_value) == 1
    assert measure(slow, RULES).speed == 0.125


def test_an_unmeasurable_clip_has_a_reason_and_empty_curves() -> None:
    m = measure(fake_track(30), RULES)
    assert m.refusal is not None
    assert m.refusal.code is Code.NO_PERSON
    assert m.reps == ()
    assert np.isnan(m.angles.bend).all()
    assert m.angles.lumbar_abstains
    assert (m.phase == "").all()
    assert m.back_px.shape == (30, 0, 2)


def test_a_clip_without_a_hinge_still_has_curves() -> None:
    time = clock(3)
    m = measure(stick(time, np.zeros(len(time))).track, RULES)
    assert m.refusal is not None
    assert m.refusal.code is Code.NO_HINGE
    assert np.isfinite(m.angles.trunk_inclination).all()


def test_two_frames_are_enough_to_report_no_hinge() -> None:
    time = clock(2 / 30)
    m = measure(stick(time, np.zeros(2)).track, RULES)
    assert m.refusal is not None
    assert m.refusal.code is Code.NO_HINGE
