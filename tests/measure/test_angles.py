"""Angles of a stick person against the angles it was built with, and invariances of the angles."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from hinge_check.arrays import FloatArray
from hinge_check.capture.track import PoseTrack
from hinge_check.measure.angles import NO_REFERENCE_SE_DEG, THIGH_SE_DEG, zero_of
from hinge_check.measure.measure import measure
from hinge_check.measure.rep_rules import RepRules
from hinge_check.measure.types import HingeAngles, Measurement
from tests.stick_figure import SHANK, THIGH, TRUNK, Facing, Stick, bow, clock, hinges, mirrored, moved, scaled, stick

TIME = clock(5)
WAY = hinges(TIME, 1)

GAITS: dict[str, dict[str, Any]] = {
    "hinge": {"hip": 80.0, "lumbar": 5.0, "knee": 18.0, "shank": -2.0},
    "rounded": {"hip": 50.0, "lumbar": 40.0, "knee": 12.0, "shank": 0.0},
    "squat": {"hip": 95.0, "lumbar": 5.0, "knee": 90.0, "shank": 28.0},
    "shallow": {"hip": 32.0, "lumbar": 3.0, "knee": 10.0, "shank": 1.0},
    "arched": {"hip": 75.0, "lumbar": -15.0, "knee": 20.0, "shank": 0.0},
}


def measure_track(track: PoseTrack) -> Measurement:
    m = measure(track, RepRules())
    assert m.refusal is None, m.refusal
    return m


def curves(angles: HingeAngles) -> dict[str, FloatArray]:
    return {
        f.name: getattr(angles, f.name)
        for f in fields(HingeAngles)
        if f.name not in ("time_s", "lumbar_quality", "lumbar_abstains")
    }


def assert_alike(one: Measurement, other: Measurement, atol: float) -> None:
    assert [(r.start, r.bottom_start, r.bottom_end, r.end) for r in one.reps] == [
        (r.start, r.bottom_start, r.bottom_end, r.end) for r in other.reps
    ]
    assert np.array_equal(one.standing, other.standing)
    there = curves(other.angles)
    for name, values in curves(one.angles).items():
        assert np.allclose(values, there[name], atol=atol, equal_nan=True), name


@pytest.mark.parametrize("facing", ["left", "right"])
@pytest.mark.parametrize("gait", GAITS)
def test_angles_match_the_input(gait: str, facing: Facing) -> None:
    figure = stick(TIME, WAY, facing=facing, **GAITS[gait])
    a = measure_track(figure.track).angles
    # The low-pass rounds the corners of an eased movement by a third of a degree.
    assert np.abs(a.trunk_inclination - figure.trunk).max() < 0.5
    assert np.abs(a.knee_flexion - figure.knee).max() < 0.5
    assert np.abs(a.shank_inclination - figure.shank).max() < 0.5
    assert np.abs(a.bend - (figure.bend - figure.bend[0])).max() < 0.5
    low = int(np.argmax(WAY))
    assert a.bend[low] == pytest.approx(figure.bend[low] - figure.bend[0], abs=0.1)


def test_hips_move_back_and_down_by_the_expected_trunk_lengths() -> None:
    figure = stick(TIME, WAY, lumbar=0.0, **{k: v for k, v in GAITS["squat"].items() if k != "lumbar"})
    a = measure_track(figure.track).angles

    def place(k: int) -> tuple[float, float]:
        shank, thigh = np.radians(figure.shank[k]), np.radians(figure.shank[k] - figure.knee[k])
        forward = SHANK * np.sin(shank) + THIGH * np.sin(thigh)
        up = SHANK * np.cos(shank) + THIGH * np.cos(thigh)
        return forward / TRUNK, up / TRUNK

    low = int(np.argmax(WAY))
    (forward0, up0), (forward, up) = place(0), place(low)
    assert a.hips_back[low] == pytest.approx(forward0 - forward, abs=0.01)
    assert a.hips_down[low] == pytest.approx(up0 - up, abs=0.01)
    assert a.hips_back[low] > 0.2
    assert a.hips_down[low] > 0.3


def test_the_neck_moves_when_the_face_turns_against_the_trunk() -> None:
    figure = stick(TIME, WAY, hip=60.0, lumbar=0.0)
    track = figure.track
    assert np.abs(measure_track(track).angles.neck_flexion).max() < 12  # the face follows the thorax
    points = np.array(track.landmarks)
    ear = points[:, 8, :2]
    length = np.hypot(*(points[:, 0, :2] - ear).T)[:, None]
    points[:, 0, :2] = ear + length * np.array([1.0, 0.0])  # eyes on the horizon throughout
    looking_up = measure_track(replace(track, landmarks=points)).angles.neck_flexion
    low = int(np.argmax(WAY))
    assert looking_up[low] == pytest.approx(-figure.trunk[low], abs=12)


def test_the_distance_of_the_hands_from_the_feet() -> None:
    bar = measure_track(stick(TIME, WAY).track).angles.wrist_forward
    low = int(np.argmax(WAY))
    assert bar[low] > bar[0] > -0.2


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    gait=st.sampled_from(sorted(GAITS)),
    yaw=st.floats(-13, 17),
    noise=st.floats(0, 1.0),
    seed=st.integers(0, 99),
    factor=st.floats(0.6, 3.0),
    dx=st.floats(-40, 40),
    dy=st.floats(-30, 15),
)
def test_mirror_size_and_place_change_no_angle(
    gait: str, yaw: float, noise: float, seed: int, factor: float, dx: float, dy: float
) -> None:
    track = stick(TIME, WAY, yaw=yaw, noise_px=noise, seed=seed, px_per_m=230, **GAITS[gait]).track
    here = measure_track(track)
    assert_alike(measure_track(mirrored(track)), here, 1e-2)
    # Standing errors know the number of pixels; above some 500 the angles' own no longer change.
    big = measure_track(scaled(track, 2.0))
    assert_alike(measure_track(moved(scaled(track, 2.0), dx, dy)), big, 1e-2)
    other = measure_track(scaled(track, factor))
    for name in ("trunk_inclination", "hip_flexion", "lumbar_flexion", "pelvic_tilt", "knee_flexion", "hips_back"):
        assert np.allclose(getattr(other.angles, name), getattr(here.angles, name), atol=1e-2), name


@settings(max_examples=8, deadline=None)
@given(later=st.floats(-100, 1000))
def test_the_clock_may_start_at_any_time(later: float) -> None:
    track = stick(TIME, WAY).track
    assert_alike(measure_track(replace(track, time_s=track.time_s + later)), measure_track(track), 1e-3)


@pytest.mark.parametrize("speed", [0.125, 0.5, 2.0])
def test_slow_motion_gives_the_same_angles(speed: float) -> None:
    track = stick(TIME, WAY, noise_px=1.0).track
    played = replace(track, time_s=track.time_s / speed, info=replace(track.info, speed=speed, speed_source="option"))
    assert_alike(measure_track(played), measure_track(track), 1e-6)


def values_at_bottom(figure: Stick) -> dict[str, float]:
    m = measure_track(figure.track)
    (rep,) = m.reps
    return {
        name: float(np.median(values[rep.bottom_start : rep.bottom_end + 1]))
        for name, values in curves(m.angles).items()
    }


@pytest.mark.parametrize("gait", ["hinge", "rounded", "squat"])
def test_frame_rate_changes_no_bottom_by_a_degree(gait: str) -> None:
    read = []
    for fps in (20.0, 30.0, 60.0):
        time = clock(5, fps)
        read.append(values_at_bottom(stick(time, bow(time, 1.0, 1.0, 0.2, 0.8), **GAITS[gait])))
    for name in ("trunk_inclination", "bend", "hip_flexion", "lumbar_flexion", "knee_flexion", "shank_inclination"):
        values = [r[name] for r in read]
        assert np.ptp(values) < 1, name


def test_uneven_frames_give_the_same_angles() -> None:
    rng = np.random.default_rng(5)
    uneven = np.sort(np.concatenate([[0.0, 5.0], rng.uniform(0, 5, 160)]))
    uneven = uneven[np.concatenate([[True], np.diff(uneven) > 0.004])]
    even, odd = values_at_bottom(stick(TIME, WAY)), values_at_bottom(stick(uneven, hinges(uneven, 1)))
    for name in ("trunk_inclination", "bend", "hip_flexion", "lumbar_flexion", "knee_flexion"):
        assert odd[name] == pytest.approx(even[name], abs=1.0), name


def test_noise_of_two_pixels_costs_few_degrees() -> None:
    clean, noisy = values_at_bottom(stick(TIME, WAY)), values_at_bottom(stick(TIME, WAY, noise_px=2.0, seed=3))
    for name in ("trunk_inclination", "bend", "hip_flexion", "knee_flexion"):
        assert noisy[name] == pytest.approx(clean[name], abs=3.0), name


def test_without_a_stand_a_typical_zero_is_assumed() -> None:
    time = clock(8, 20)
    way = 0.75 + 0.25 * np.sin(2 * np.pi * 0.4 * time)
    figure = stick(time, way, hip=85.0)
    m = measure_track(figure.track)
    assert not m.standing.any()
    assert np.abs(m.angles.bend - figure.bend).max() < 8
    assert np.isnan(m.angles.hips_back).all()
    assert np.isnan(m.angles.neck_flexion).all()
    # The possible offset of the zero is in the error of the hips.
    assert np.nanmin(m.angles.hip_se) > np.hypot(THIGH_SE_DEG, NO_REFERENCE_SE_DEG)


def test_the_zero_is_the_median_of_the_stand() -> None:
    values = np.array([1.0, 2.0, np.nan, 100.0, 3.0])
    assert zero_of(values, np.array([True, True, True, False, True]), 7.0) == 2.0
    assert zero_of(values, np.zeros(5, bool), 7.0) == 7.0
    assert zero_of(values, np.array([False, False, True, False, False]), 7.0) == 7.0
