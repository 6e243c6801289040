from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from hinge_check.arrays import FloatArray
from hinge_check.measure.smoothing import CUTOFF_HZ, MAX_GAP_S, runs, smooth, velocity
from tests.stick_figure import clock


def tone(hz: float, seconds: float = 6.0, fps: float = 60.0) -> tuple[FloatArray, FloatArray]:
    time = clock(seconds, fps)
    return time, np.sin(2 * np.pi * hz * time)


def amplitude(time: FloatArray, values: FloatArray, hz: float) -> float:
    """Return the amplitude at `hz` (a multiple of 0.5), over whole periods away from the ends."""
    inside = (time >= 1 - 1e-9) & (time < 1 + 2 * ((np.floor(time[-1]) - 1) // 2) - 1e-9)
    wave = np.exp(-2j * np.pi * hz * time[inside])
    return float(2 * np.abs(np.mean(values[inside] * wave)))


@pytest.mark.parametrize("fps", [30.0, 60.0])
def test_a_slow_movement_passes_within_one_percent_and_without_lag(fps: float) -> None:
    time, sine = tone(0.5, fps=fps)
    # Sampled at 60 the running median spans 0.13 s; what a sine's crest loses in it is the largest error.
    assert np.abs(smooth(time, sine) - sine)[5:-5].max() < 0.012
    assert amplitude(time, smooth(time, sine), 0.5) == pytest.approx(1, abs=0.01)


def test_fifteen_hertz_is_removed() -> None:
    time, shake = tone(15.0)
    assert amplitude(time, smooth(time, shake), 15.0) < 0.06


def test_the_cut_off_is_at_its_stated_frequency() -> None:
    # Tested at half a hertz, where the running median takes next to nothing.
    time, sine = tone(0.5, 20.0)
    kept = amplitude(time, smooth(time, sine, cutoff_hz=0.5), 0.5)
    assert kept == pytest.approx(2**-0.5, abs=0.02)


@pytest.mark.parametrize("fps", [30.0, 60.0])
@pytest.mark.parametrize("depth", [60.0, 80.0])
def test_the_bottom_of_a_one_second_rep_is_not_flattened_by_more_than_a_degree(fps: float, depth: float) -> None:
    time = clock(3, fps)
    bend = depth * np.where((time >= 1) & (time <= 2), (1 - np.cos(2 * np.pi * (time - 1))) / 2, 0)
    assert depth - 1 < smooth(time, bend).max() <= depth + 0.5


def test_one_outlier_frame_leaves_no_trace() -> None:
    time, sine = tone(0.5, fps=30)
    wild = sine.copy()
    wild[100] += 50
    assert np.abs(smooth(time, wild) - smooth(time, sine)).max() < 0.1


def test_short_gaps_are_filled_and_long_ones_are_not() -> None:
    time, sine = tone(0.5, fps=30)
    holed = sine.copy()
    holed[50 : 50 + int(0.2 * 30)] = np.nan
    holed[100 : 100 + int((MAX_GAP_S + 0.2) * 30)] = np.nan
    out = smooth(time, holed)
    assert np.isfinite(out[:100]).all()
    # A straight bridge of 0.2 s under a crest of a 2 s wave sags by 5 %.
    assert np.abs(out[50:56] - sine[50:56]).max() < 0.06
    assert np.isnan(out[100:115]).all()
    assert np.isfinite(out[115:]).all()


def test_values_beyond_a_long_gap_have_no_influence() -> None:
    time = clock(4)
    step = np.where(time < 2, 0.0, 90.0)
    step[(time >= 1.7) & (time < 2.3)] = np.nan
    out = smooth(time, step)
    assert np.allclose(out[time < 1.7], 0, atol=1e-9)
    assert np.allclose(out[time >= 2.3], 90, atol=1e-9)


def test_missing_ends_are_not_extrapolated() -> None:
    time, sine = tone(0.5, fps=30)
    sine[:3] = sine[-4:] = np.nan
    out = smooth(time, sine)
    assert np.isnan(out[:3]).all()
    assert np.isnan(out[-4:]).all()
    assert np.isfinite(out[3:-4]).all()


@pytest.mark.parametrize("known", [0, 1, 2, 3])
def test_too_few_values_are_returned_unchanged(known: int) -> None:
    values = np.full(10, np.nan)
    values[4 : 4 + known] = 7.0
    assert np.array_equal(smooth(clock(10 / 30), values), values, equal_nan=True)


def test_columns_are_smoothed_independently() -> None:
    time, sine = tone(0.5, fps=30)
    both = np.stack([sine, -2 * sine], axis=1)
    both[20:60, 1] = np.nan
    out = smooth(time, both)
    assert np.array_equal(out[:, 0], smooth(time, sine))
    assert np.array_equal(out[:, 1], smooth(time, both[:, 1]), equal_nan=True)


def test_a_clip_too_slow_for_the_cut_off_keeps_its_values() -> None:
    time, sine = tone(0.5, fps=10)
    assert np.allclose(smooth(time, sine), sine)
    assert 2 * CUTOFF_HZ > 10


@settings(max_examples=40, deadline=None)
@given(
    offset=st.floats(-200, 200),
    slope=st.floats(-50, 50),
    fps=st.sampled_from([12.0, 20.0, 25.0, 29.97, 30.0, 60.0, 120.0]),
    seed=st.integers(0, 2**16),
)
def test_a_straight_line_stays_straight_however_unevenly_timed(
    offset: float, slope: float, fps: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    time = np.cumsum(rng.uniform(0.6, 1.4, 60) / fps)
    line = offset + slope * time
    # Medians and filters pass straight lines; at the very ends the median repeats the last value for two frames.
    assert np.allclose(smooth(time, line)[8:-8], line[8:-8], atol=0.02 * abs(slope) + 1e-6)


@settings(max_examples=30, deadline=None)
@given(start=st.floats(-1e4, 1e4), lift=st.floats(-500, 500), seed=st.integers(0, 2**16))
def test_neither_clock_nor_offset_matters(start: float, lift: float, seed: int) -> None:
    time = clock(3)
    values = np.cumsum(np.random.default_rng(seed).normal(0, 1, len(time)))
    assert np.allclose(smooth(time + start, values + lift), smooth(time, values) + lift, atol=1e-4)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**16))
def test_time_may_run_backwards(seed: int) -> None:
    """Check zero lag: a film played backwards is smoothed alike."""
    time = clock(4)
    values = np.cumsum(np.random.default_rng(seed).normal(0, 1, len(time)))
    assert np.allclose(smooth(time, values[::-1])[::-1], smooth(time, values), atol=0.05)


def test_velocity_of_a_parabola_is_its_slope() -> None:
    time = np.sort(np.random.default_rng(1).uniform(0, 2, 80))
    values = 5 * time**2 - time
    assert np.allclose(velocity(time, values)[1:-1], 10 * time[1:-1] - 1)


def test_velocity_next_to_missing_values_is_missing() -> None:
    values = clock(1) * 3
    values[10] = np.nan
    out = velocity(clock(1), values)
    assert np.isnan(out[[9, 11]]).all()
    assert np.allclose(np.delete(out, [9, 10, 11]), 3)
    assert np.isnan(velocity(np.zeros(1), np.zeros(1))).all()


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([], []),
        ([0, 0], []),
        ([1, 1], [(0, 2)]),
        ([0, 1, 1, 0, 1], [(1, 3), (4, 5)]),
    ],
)
def test_runs_are_found(flags: list[int], expected: list[tuple[int, int]]) -> None:
    assert runs(np.array(flags, bool)) == expected
