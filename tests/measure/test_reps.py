"""Repetitions in artificial bend signals. Degrees; a rep is a bow of 60 unless said otherwise."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from hinge_check.arrays import BoolArray, FloatArray
from hinge_check.measure.rep_rules import RepRules
from hinge_check.measure.reps import find_reps, phases
from hinge_check.measure.types import Phase, Rep
from tests.stick_figure import bow, clock

Flags = BoolArray
STANDING = RepRules(start="standing")


def find(
    time: FloatArray, bend: FloatArray, rules: RepRules | None = None, floor: Flags | None = None
) -> tuple[Rep, ...]:
    at_floor = np.zeros(len(time), bool) if floor is None else floor
    return find_reps(time, bend, rules or RepRules(), at_floor=at_floor)


def bends(time: FloatArray, starts: list[float], depth: float = 60.0) -> FloatArray:
    return np.asarray(depth * np.max([bow(time, start) for start in starts], axis=0))


def sway(time: FloatArray, deg: float = 1.5, seed: int = 0) -> FloatArray:
    """Return the residual sway of a smoothed track."""
    rng = np.random.default_rng(seed)
    waves = [np.sin(2 * np.pi * f * time + rng.uniform(0, 7)) for f in (0.3, 0.7, 1.6, 3.0)]
    return np.asarray(deg / 2 * np.sum(waves, axis=0))


@pytest.mark.parametrize("count", [1, 2, 5, 12])
@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
def test_every_rep_counts_once(count: int, fps: float) -> None:
    time = clock(2 + 3 * count, fps)
    reps = find(time, bends(time, [1 + 3.0 * k for k in range(count)]) + sway(time))
    assert len(reps) == count
    assert not any(rep.from_floor or rep.partial or rep.bounces for rep in reps)


def test_the_phases_of_a_rep_lie_where_they_should() -> None:
    time = clock(5)
    (rep,) = find(time, bends(time, [1.0]))
    # Down 1.0-2.2, hold to 2.5, up to 3.5; an eased movement spends its first and last fifth within 5 %.
    start, low, bottom, high, end = (
        float(time[i]) for i in (rep.start, rep.bottom_start, rep.bottom, rep.bottom_end, rep.end)
    )
    assert 1.0 <= start <= 1.3
    assert 1.9 <= low <= 2.2
    assert low <= bottom <= high
    assert 2.5 <= high <= 2.8
    assert 3.2 <= end <= 3.5


def test_frames_are_plain_numbers() -> None:
    time = clock(5)
    (rep,) = find(time, bends(time, [1.0]))
    json.dumps([rep.start, rep.bottom_start, rep.bottom, rep.bottom_end, rep.end, rep.bounces, rep.from_floor])


def test_a_pause_at_the_bottom_is_one_rep_with_a_long_bottom() -> None:
    time = clock(12)
    (rep,) = find(time, 60 * bow(time, 1.0, hold=6.0) + sway(time, 1.0))
    assert time[rep.bottom_end] - time[rep.bottom_start] == pytest.approx(6.3, abs=0.4)
    assert rep.bounces == 0


def test_half_reps_between_whole_ones_count() -> None:
    time = clock(11)
    bend = np.maximum(bends(time, [1.0, 7.0]), bends(time, [4.0], depth=32.0))
    assert len(find(time, bend + sway(time))) == 3


def test_a_rep_that_stops_half_way_up_is_one_with_the_next() -> None:
    """Treat coming up by a fifth and going down again as a dip, whatever the pause."""
    time = clock(8)
    bend = bends(time, [1.0]) * (time < 2.3) + 60.0 * (time >= 2.3) * (time < 5) + 60 * bow(time, 3.8) * (time >= 5)
    bend = bend - 12 * bow(time, 2.6, 0.5, 0.3, 0.5)
    assert len(find(time, bend)) == 1


@pytest.mark.parametrize("dip", [8.0, 12.0, 18.0])
def test_a_double_dip_is_one_rep_that_bounced(dip: float) -> None:
    time = clock(7)
    bend = 60 * bow(time, 1.0, hold=1.6) - dip * bow(time, 2.6, 0.4, 0.0, 0.4)
    (rep,) = find(time, bend + sway(time, 0.5))
    assert rep.bounces == 1
    assert time[rep.bottom_start] < 2.4 < 3.4 < time[rep.bottom_end]


def test_two_dips_of_exactly_the_same_depth_are_one_rep() -> None:
    time = clock(7)
    bend = 60 * bow(time, 1.0, hold=1.6) - 10 * bow(time, 2.6, 0.4, 0.0, 0.4)
    assert bend.max() == 60.0
    assert np.flatnonzero(bend == 60.0).tolist() != list(range(np.argmax(bend), np.argmax(bend) + 1))
    (rep,) = find(time, bend)
    assert rep.bounces == 1


def test_tracking_noise_at_the_bottom_is_no_bounce() -> None:
    time = clock(8)
    (rep,) = find(time, 60 * bow(time, 1.0, hold=3.0) + sway(time, 1.2))
    assert rep.bounces == 0


def test_fidgeting_is_no_rep() -> None:
    time = clock(14)
    fidget = 12 * np.max([bow(time, s, 0.3, 0.1, 0.3) for s in (0.3, 4.2, 5.3, 6.1, 12.0)], axis=0)
    reps = find(time, np.maximum(bends(time, [1.2, 7.5]), fidget))
    assert len(reps) == 2


def test_a_bend_small_against_the_deep_ones_is_no_rep() -> None:
    """Straighten the shirt: 25 degrees, more than the least range, a quarter of what the set shows."""
    time = clock(11)
    assert len(find(time, np.maximum(bends(time, [1.0, 7.0], depth=95), bends(time, [4.3], depth=25)))) == 2


def test_fidgeting_without_any_rep_is_no_rep() -> None:
    time = clock(10)
    assert find(time, 15 * np.abs(np.sin(2 * np.pi * 0.5 * time)) + sway(time)) == ()


def test_bending_to_the_phone_at_the_end_is_no_rep() -> None:
    time = clock(8)
    bend = np.maximum(bends(time, [1.0]), 75 * bow(time, 6.6, 1.0, 5.0))
    (rep,) = find(time, bend)
    assert time[rep.end] < 4


def test_bending_from_the_phone_at_the_start_is_no_rep() -> None:
    """Open the clip in mid-ascent, hands nowhere near the floor."""
    time = clock(8)
    bend = np.maximum(70 * (1 - bow(time, 0.2, 0.9, 20, 1)), 0) * (time < 2) + bends(time, [3.0])
    (rep,) = find(time, bend)
    assert time[rep.start] > 2.5


def test_setting_up_at_the_floor_is_the_start_of_a_rep() -> None:
    time = clock(7)
    bend = np.where(time < 1.5, 85.0, 85 * (1 - bow(time, 1.5, 1.2, 20, 1))) + 85 * bow(time, 3.5)
    floor = bend > 60
    first, second = find(time, bend, floor=floor)
    assert first.from_floor
    assert not first.partial
    assert not second.from_floor
    assert 1.4 < time[first.bottom_end] < 2.0
    assert len(find(time, bend, rules=STANDING, floor=floor)) == 1


def test_standing_up_from_mid_air_is_no_rep_by_any_rule() -> None:
    time = clock(4)
    bend = 70 * (1 - bow(time, 0.5, 1.2, 20, 1))
    for start in ("standing", "floor", "either"):
        assert find(time, bend, RepRules(start=start)) == ()


def test_a_last_rep_cut_before_it_rises_is_left_out() -> None:
    time = clock(8)
    bend = bends(time, [1.0, 4.5])
    for stop in (5.3, 5.7, 6.0):
        keep = time < stop
        assert len(find(time[keep], bend[keep])) == 1


def test_a_last_rep_cut_on_its_way_up_counts_as_partial() -> None:
    time = clock(8)
    bend = bends(time, [1.0, 4.5])
    keep = bend >= 20  # the second rep's ascent is cut at 20 degrees
    stop = int(np.flatnonzero(keep)[-1])
    whole, cut = find(time[:stop], bend[:stop])
    assert not whole.partial
    assert cut.partial
    assert cut.end == stop - 1


def test_a_last_rep_cut_near_the_stand_is_complete() -> None:
    time = clock(8)
    bend = bends(time, [1.0, 4.5])
    stop = int(np.flatnonzero(bend >= 4)[-1])
    assert [rep.partial for rep in find(time[:stop], bend[:stop])] == [False, False]


def test_a_first_rep_whose_stand_is_cut_counts() -> None:
    """Open the clip a moment after the descent began: enough of the way down is there."""
    time = clock(8)
    bend = bends(time, [0.5, 4.5])
    begin = int(np.flatnonzero(bend >= 10)[0])
    first, second = find(time[begin:], bend[begin:])
    assert first.start == 0
    assert not second.partial


def test_walking_swings_are_too_small() -> None:
    time = clock(10)
    assert find(time, 8 + 8 * np.sin(2 * np.pi * 1.8 * time) + sway(time, 0.5)) == ()


def test_a_jerk_that_is_too_quick_is_no_rep() -> None:
    time = clock(4, 60)
    assert find(time, 60 * bow(time, 1.0, 0.2, 0.0, 0.2)) == ()


@pytest.mark.parametrize(("begin", "end"), [(1.3, 1.9), (2.0, 2.5), (2.8, 3.2), (0.0, 0.8), (4.0, 6.0)])
def test_gaps_are_bridged(begin: float, end: float) -> None:
    time = clock(6)
    bend = bends(time, [1.0])
    bend[(time >= begin) & (time < end)] = np.nan
    (rep,) = find(time, bend)
    assert 1.8 <= time[rep.bottom] <= 2.7


@pytest.mark.parametrize("known", [0, 1, 4])
def test_a_signal_without_a_person_has_no_rep(known: int) -> None:
    bend = np.full(60, np.nan)
    bend[20 : 20 + known] = [0.0, 60.0, 60.0, 0.0][:known]
    assert find(clock(2), bend) == ()


def test_a_protocol_s_least_range_is_used() -> None:
    time = clock(5)
    bend = bends(time, [1.0], depth=30.0)
    assert len(find(time, bend, RepRules(min_range_deg=25))) == 1
    assert find(time, bend, RepRules(min_range_deg=35)) == ()


@settings(max_examples=60, deadline=None)
@given(
    depths=st.lists(st.floats(40, 100), min_size=1, max_size=6),
    down=st.floats(0.5, 3.0),
    hold=st.floats(0.0, 2.0),
    up=st.floats(0.5, 3.0),
    rest=st.floats(0.3, 2.0),
    zero=st.floats(-20, 40),
    begin=st.floats(-1e3, 1e3),
    seed=st.integers(0, 999),
)
def test_sets_of_any_tempo_are_counted_with_phases_in_order(
    depths: list[float], down: float, hold: float, up: float, rest: float, zero: float, begin: float, seed: int
) -> None:
    each = down + hold + up + rest
    time = clock(1.5 + each * len(depths), 20.0)
    bend = np.max([d * bow(time, 1 + k * each, down, hold, up) for k, d in enumerate(depths)], axis=0)
    reps = find(time + begin, bend + zero + sway(time, 1.0, seed))
    assert len(reps) == len(depths)
    last = -1
    for rep in reps:
        assert last <= rep.start <= rep.bottom_start <= rep.bottom <= rep.bottom_end <= rep.end < len(time)
        assert rep.start < rep.bottom < rep.end
        last = rep.end


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), step=st.floats(0.5, 15))
def test_phases_are_in_order_whatever_the_signal(seed: int, step: float) -> None:
    rng = np.random.default_rng(seed)
    bend = np.cumsum(rng.normal(0, step, 200))
    bend[rng.random(200) < 0.1] = np.nan
    last = -1
    for rep in find(clock(10, 20), bend, floor=rng.random(200) < 0.5):
        assert last <= rep.start <= rep.bottom_start <= rep.bottom <= rep.bottom_end <= rep.end < 200
        last = rep.end


def test_phases_name_every_frame() -> None:
    standing = np.zeros(40, bool)
    standing[:5] = standing[35:] = True
    out = phases(40, (Rep(5, 12, 14, 16, 24),), standing)
    expected = (
        [Phase.STAND] * 5
        + [Phase.DESCENT] * 7
        + [Phase.BOTTOM] * 5
        + [Phase.ASCENT] * 8
        + [Phase.NONE] * 10
        + [Phase.STAND] * 5
    )
    assert out.tolist() == [str(phase) for phase in expected]
    assert phases(0, (), np.zeros(0, bool)).tolist() == []
