from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from hinge_check.measure.view import YAW_BIAS_DEG, YAW_SE_DEG, view_of
from tests.fakes import fake_track
from tests.stick_figure import Facing, clock, hinges, mirrored, moved, scaled, stick

TIME = clock(5, 20)
WAY = hinges(TIME, 1)


@pytest.mark.parametrize("facing", ["left", "right"])
@pytest.mark.parametrize("yaw", [-40.0, -10.0, 0.0, 25.0, 60.0])
def test_facing_near_side_and_yaw(facing: Facing, yaw: float) -> None:
    view = view_of(stick(TIME, WAY, facing=facing, yaw=yaw).track)
    assert view.facing == view.near_side == facing
    assert view.yaw_deg + YAW_BIAS_DEG == pytest.approx(yaw, abs=0.5)
    assert view.yaw_se_deg >= YAW_SE_DEG


@settings(max_examples=25, deadline=None)
@given(
    yaw=st.floats(-70, 70),
    factor=st.floats(0.3, 3),
    dx=st.floats(-100, 100),
    dy=st.floats(-100, 100),
    noise=st.floats(0, 2),
    facing=st.sampled_from(["left", "right"]),
)
def test_mirror_scale_and_place_change_only_what_they_should(
    yaw: float, factor: float, dx: float, dy: float, noise: float, facing: Facing
) -> None:
    track = stick(TIME, WAY, yaw=yaw, noise_px=noise, facing=facing).track
    here, there = view_of(track), view_of(mirrored(moved(scaled(track, factor), dx, dy)))
    assert there.facing != here.facing == facing
    assert there.yaw_deg == pytest.approx(here.yaw_deg, abs=1e-3)
    assert there.roll_deg == pytest.approx(-here.roll_deg, abs=1e-2)
    assert there.person_height_px == pytest.approx(factor * here.person_height_px, rel=0.01)


@pytest.mark.parametrize("yaw", [85.0, -85.0])
def test_a_front_or_back_view_has_no_near_side(yaw: float) -> None:
    view = view_of(stick(TIME, WAY, yaw=yaw).track)
    assert view.facing is None
    assert abs(view.yaw_deg) > 75


@pytest.mark.parametrize("facing", ["left", "right"])
def test_the_caller_s_side_overrides_the_vote(facing: Facing) -> None:
    track = stick(TIME, WAY, facing=facing).track
    other: Facing = "left" if facing == "right" else "right"
    assert view_of(track, facing).near_side == facing
    assert view_of(track, other).near_side == view_of(track, other).facing == other


def test_one_wrong_vote_is_outvoted() -> None:
    track = stick(TIME, WAY, facing="right").track
    backwards = np.array(track.world)
    backwards[..., 2] *= -1  # depth inverted: the tracker swapped left and right
    assert view_of(replace(track, world=backwards)).facing == "right"
    looks_back = np.array(track.landmarks)
    looks_back[:, 0, 0] -= 60
    assert view_of(replace(track, landmarks=looks_back)).facing == "right"


def test_a_third_of_flipped_frames_changes_nothing() -> None:
    track = stick(TIME, WAY, facing="right", yaw=10).track
    wrong = mirrored(track)
    flip = np.arange(len(track)) % 3 == 0
    mixed = replace(
        track,
        landmarks=np.where(flip[:, None, None], wrong.landmarks, track.landmarks),
        world=np.where(flip[:, None, None], wrong.world, track.world),
    )
    assert view_of(mixed).facing == "right"


def test_standing_still_is_enough_for_the_view() -> None:
    assert view_of(stick(TIME, np.zeros(len(TIME)), facing="left").track).facing == "left"


def test_height_is_that_of_the_standing_person_in_the_source_picture() -> None:
    # Ears at 1.66 m, the toes' tips at 0.01: what lies between is 0.94 of what is reported.
    track = stick(TIME, WAY, px_per_m=200, size=(800, 600), source_size=(1600, 1200)).track
    assert view_of(track).person_height_px == pytest.approx(2 * 200 * 1.65 / 0.94, rel=0.01)
    bent = stick(TIME, np.ones(len(TIME)), px_per_m=200).track
    assert view_of(bent).person_height_px < 200 * 1.4


@pytest.mark.parametrize("roll", [-12.0, 5.0, 20.0])
def test_a_tilted_phone_turns_the_standing_body(roll: float) -> None:
    track = stick(TIME, WAY, hip=70.0, knee=5.0, shank=0.0).track
    turn = np.radians(roll)
    centre = np.array(track.info.frame_size) / 2
    points = np.array(track.landmarks, float)
    x, y = points[..., 0] - centre[0], points[..., 1] - centre[1]
    points[..., 0] = centre[0] + x * np.cos(turn) - y * np.sin(turn)  # clockwise on the screen
    points[..., 1] = centre[1] + x * np.sin(turn) + y * np.cos(turn)
    upright, tilted = view_of(track), view_of(replace(track, landmarks=points.astype(np.float32)))
    assert tilted.roll_deg - upright.roll_deg == pytest.approx(roll, abs=1.5)


def test_nobody_has_no_view() -> None:
    view = view_of(fake_track())
    assert view.facing is view.near_side is None
    assert np.isnan(view.yaw_deg)
    assert view.seen_share == 0


def test_the_share_of_frames_with_a_person_is_measured() -> None:
    assert view_of(stick(TIME, WAY, gaps=[(1.0, 2.0)]).track).seen_share == pytest.approx(0.8)
