from __future__ import annotations

import numpy as np
import pytest

from hinge_check.arrays import FloatArray
from hinge_check.capture.silhouette import axis_normal
from hinge_check.capture.track import EDGE_S
from hinge_check.measure.back_profile import BACK_S, SHOWN, back_profile, dorsal_row, read_profiles
from tests.stick_figure import BACK_DEPTH, TRUNK, Facing, clock, hinges, mirrored, stick

TIME = clock(5)
WAY = hinges(TIME, 1)


def read_one(edge: FloatArray) -> FloatArray:
    return np.asarray(read_profiles(edge[None])[0])


def test_a_profile_is_read_between_the_rays() -> None:
    line = 20 + 30 * EDGE_S
    assert np.allclose(read_one(line), 20 + 30 * BACK_S)


def test_a_single_missing_ray_is_bridged() -> None:
    edge = 20 + 30 * EDGE_S
    edge[int(np.abs(EDGE_S - 0.5).argmin())] = np.nan
    assert np.allclose(read_one(edge), 20 + 30 * BACK_S)


@pytest.mark.parametrize("place", [0.15, 0.5, 0.85])
def test_a_hole_in_the_back_is_not_guessed(place: float) -> None:
    edge = np.full(len(EDGE_S), 25.0)
    edge[np.abs(EDGE_S - place) < 0.09] = np.nan
    assert np.isnan(read_one(edge)[np.abs(BACK_S - place) < 0.03]).all()


@pytest.mark.parametrize("known", [0, 1])
def test_there_is_no_profile_from_one_ray_or_none(known: int) -> None:
    edge = np.full(len(EDGE_S), np.nan)
    edge[30 : 30 + known] = 5
    assert np.isnan(read_one(edge)).all()


def test_below_and_above_the_back_the_outermost_ray_is_repeated() -> None:
    edge = np.where((EDGE_S < -0.01) | (EDGE_S > 0.97), np.nan, 20 + 30 * EDGE_S)
    known = EDGE_S[np.isfinite(edge)]
    assert np.allclose(read_one(edge), 20 + 30 * np.clip(BACK_S, known[0], known[-1]))


@pytest.mark.parametrize("facing", ["left", "right"])
@pytest.mark.parametrize("lumbar", [0.0, 35.0])
def test_the_profile_matches_the_built_back(facing: Facing, lumbar: float) -> None:
    px = 250.0
    figure = stick(TIME, WAY, lumbar=lumbar, hip=60.0, facing=facing, px_per_m=px)
    profile = back_profile(figure.track, facing)
    sag = TRUNK / 2 * np.sin(np.radians(lumbar * WAY) / 2)
    expected = px * (BACK_DEPTH + sag[:, None] * np.clip(4 * BACK_S * (1 - BACK_S), 0, None))
    assert np.abs(profile.depth - expected).max() < 0.15
    chord = TRUNK * np.cos(np.radians(lumbar * WAY) / 2) * px
    assert np.abs(profile.length - chord).max() < 0.15


@pytest.mark.parametrize("facing", ["left", "right"])
def test_the_points_lie_behind_the_person(facing: Facing) -> None:
    figure = stick(TIME, WAY, facing=facing)
    track = figure.track
    profile = back_profile(track, facing)
    hip, shoulder = track.landmarks[:, 23:25, :2].mean(axis=1), track.landmarks[:, 11:13, :2].mean(axis=1)
    behind = -1 if facing == "right" else 1
    standing = TIME < 0.9
    assert (behind * (profile.px[standing, :, 0] - hip[standing, None, 0]) > 20).all()
    # Bent to the horizontal, the back is up.
    low = int(np.argmax(WAY))
    assert (profile.px[low, 2:, 1] < np.maximum(hip, shoulder)[low, 1]).all()
    axis, _, length = axis_normal(hip, shoulder)
    away = profile.px - hip[:, None] - (BACK_S[SHOWN] * length[:, None])[..., None] * axis[:, None]
    assert np.allclose(np.hypot(away[..., 0], away[..., 1]), profile.depth[:, SHOWN], atol=0.05)


def test_the_row_depends_on_the_facing() -> None:
    """Read row 0 along the normal that points to the picture's left of an upright person."""
    _, normal, _ = axis_normal(np.array([0.0, 10.0]), np.array([0.0, 0.0]))
    assert normal[0] < 0
    assert (dorsal_row("right"), dorsal_row("left")) == (0, 1)


def test_a_mirror_shows_the_same_back() -> None:
    track = stick(TIME, WAY, lumbar=20.0, noise_px=0.5).track
    here, there = back_profile(track, "right"), back_profile(mirrored(track), "left")
    assert np.allclose(here.depth, there.depth, atol=1e-3)
    assert np.allclose(here.px[..., 0], track.info.frame_size[0] - there.px[..., 0], atol=1e-2)
    assert np.allclose(here.px[..., 1], there.px[..., 1], atol=1e-2)


def test_where_nobody_is_seen_there_is_no_profile() -> None:
    profile = back_profile(stick(TIME, WAY, gaps=[(1.5, 2.5)]).track, "right")
    gone = (TIME >= 1.5) & (TIME < 2.5)
    assert np.isnan(profile.depth[gone]).all()
    assert np.isnan(profile.length[gone]).all()
    assert np.isfinite(profile.depth[~gone]).all()
