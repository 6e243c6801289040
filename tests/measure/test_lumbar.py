"""Properties of the lumbar estimate whatever model is behind it; its accuracy is tested by validation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hinge_check.capture.track import PoseTrack
from hinge_check.measure.lumbar import Reading, load_model
from hinge_check.measure.measure import measure
from hinge_check.measure.rep_rules import RepRules
from hinge_check.measure.types import HingeAngles
from hinge_check.measure.view import YAW_BIAS_DEG
from tests.stick_figure import bow, clock, hinges, stick

TIME = clock(8, 20)
WAY = hinges(TIME, 2)


def angles(track: PoseTrack) -> HingeAngles:
    return measure(track, RepRules()).angles


def peak(track: PoseTrack) -> float:
    m = measure(track, RepRules())
    return float(np.median([m.angles.lumbar_flexion[rep.bottom] for rep in m.reps]))


def test_zero_is_the_person_s_own_standing() -> None:
    for lumbar in (0.0, 35.0):
        m = measure(stick(TIME, WAY, lumbar=lumbar, hip=60.0).track, RepRules())
        assert abs(np.median(m.angles.lumbar_flexion[m.standing])) < 0.01
        assert abs(np.median(m.angles.pelvic_tilt[m.standing])) < 0.01
        assert abs(np.median(m.angles.hip_flexion[m.standing])) < 0.01


def test_a_back_that_bulges_more_reads_more() -> None:
    readings = [peak(stick(TIME, WAY, lumbar=lumbar, hip=75 - lumbar).track) for lumbar in (0.0, 15.0, 30.0, 45.0)]
    assert np.diff(readings).min() > 5
    assert readings[-1] - readings[0] > 20


def test_hip_and_lumbar_share_the_bend() -> None:
    """Compare with thorax over thigh, which landmarks and edge see together: raising one lowers the other."""
    a = angles(stick(TIME, WAY, lumbar=30.0, hip=50.0).track)
    thorax = a.pelvic_tilt + a.lumbar_flexion
    assert np.isfinite(thorax).all()
    assert np.allclose(a.hip_flexion - a.pelvic_tilt, a.bend - (a.trunk_inclination - a.trunk_inclination[0]), atol=0.3)


def test_every_value_has_its_error_and_every_gap_has_none() -> None:
    a = angles(stick(TIME, WAY, gaps=[(3.6, 4.6)]).track)
    gone = (TIME >= 3.6) & (TIME < 4.6)
    for value, error in ((a.lumbar_flexion, a.lumbar_se), (a.hip_flexion, a.hip_se)):
        assert np.isnan(value[gone]).all()
        assert np.isnan(error[gone]).all()
        assert np.isfinite(value[~gone]).all()
        assert (error[~gone] > 0).all()


def test_the_error_grows_off_the_side_and_on_few_pixels() -> None:
    low = int(np.argmax(WAY))
    best = angles(stick(TIME, WAY, px_per_m=300).track).lumbar_se[low]
    assert angles(stick(TIME, WAY, px_per_m=75).track).lumbar_se[low] > best
    same, bent = Reading(np.zeros((1, 2)), np.zeros((1, 2)), np.full(1, 0.7)), np.full(1, 80.0)
    for regression in (load_model().referenced, load_model().absolute):
        assert (regression.standard_error(same, bent, 15.0) > regression.standard_error(same, bent, 0.0)).all()


def assert_abstains(track: PoseTrack) -> None:
    a = angles(track)
    assert a.lumbar_abstains
    assert a.lumbar_quality == 0
    for values in (a.lumbar_flexion, a.lumbar_se, a.hip_flexion, a.hip_se, a.pelvic_tilt):
        assert np.isnan(values).all()
    # The angles from landmarks alone are still given.
    for values in (a.bend, a.trunk_inclination, a.knee_flexion, a.shank_inclination, a.neck_flexion):
        assert np.isfinite(values).all()


def test_it_abstains_when_too_oblique() -> None:
    limit = load_model().limits["max_yaw_deg"] + YAW_BIAS_DEG
    assert_abstains(stick(TIME, WAY, yaw=min(limit + 3, 49)).track)
    assert angles(stick(TIME, WAY, yaw=limit - 3).track).lumbar_abstains == ""


def test_it_abstains_on_too_few_pixels() -> None:
    height = load_model().limits["min_height_px"]
    assert_abstains(stick(TIME, WAY, px_per_m=(height - 8) / 1.7).track)


def test_it_abstains_on_a_hidden_back() -> None:
    track = stick(TIME, WAY).track
    edges = np.array(track.edges)
    edges[:, 0] = np.nan
    assert_abstains(replace(track, edges=edges))
    belly_unseen = np.array(track.edges)
    belly_unseen[:, 1] = np.nan
    assert angles(replace(track, edges=belly_unseen)).lumbar_abstains == ""


def test_a_back_hidden_for_a_while_is_missing_for_that_while() -> None:
    track = stick(TIME, WAY).track
    edges = np.array(track.edges)
    hidden = (TIME >= 1.5) & (TIME < 3.0)
    edges[hidden] = np.nan
    a = angles(replace(track, edges=edges))
    assert a.lumbar_abstains == ""
    assert np.isnan(a.lumbar_flexion[hidden]).all()
    assert np.isfinite(a.lumbar_flexion[~hidden]).all()
    assert 0 < a.lumbar_quality < 1


def test_without_a_stand_the_error_is_larger() -> None:
    low = 0.75 + 0.25 * np.sin(2 * np.pi * 0.4 * TIME)
    bent = angles(stick(TIME, low, hip=85.0).track)
    stood = angles(stick(TIME, WAY).track)
    assert np.nanmax(bent.hip_se) > np.nanmax(stood.hip_se)
    assert np.nanmax(bent.lumbar_se) > np.nanmax(stood.lumbar_se)


@pytest.mark.parametrize("seconds", [3.0, 5.0])
def test_a_model_is_evaluated_frame_by_frame(seconds: float) -> None:
    """Later parts of the clip do not change the current reading."""
    time = clock(8, 20)
    way = np.maximum(bow(time, 1.0), bow(time, 5.5))
    whole = angles(stick(time, way, lumbar=20.0).track).lumbar_flexion
    keep = time < seconds
    part = angles(stick(time[keep], way[keep], lumbar=20.0).track).lumbar_flexion
    assert np.abs(part - whole[keep])[:-10].max() < 0.2


def test_the_model_states_its_name() -> None:
    model = load_model()
    assert model.name
    assert len(model.sha256) == 64
    assert load_model() is model
