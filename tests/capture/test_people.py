from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hinge_check.arrays import FloatArray
from hinge_check.capture.people import find_other_hinger, inclination_range, other_people
from hinge_check.capture.track import PoseTrack
from tests.fakes import fake_track
from tests.stick_figure import clock, hinges, mirrored, stick

TIME = clock(10, 10)
STILL = np.zeros(len(TIME))
HINGING = hinges(TIME, 3, lead=0.5, every=3.0)


def person(way: FloatArray, dx: float, visible: float = 1.0, **changes: Any) -> FloatArray:
    """Return (T, 33, 3) x, y, visibility of a person who stands `dx` pixels beside the tracked one."""
    out = np.array(stick(TIME, way, **changes).track.landmarks)
    out[..., 0] += dx
    out[..., 2] = visible
    return out


def scene(own: FloatArray, *rest: FloatArray, **changes: Any) -> PoseTrack:
    people = np.stack(rest, axis=1) if rest else np.zeros((len(TIME), 0, 33, 3))
    return stick(TIME, own, people=people, **changes).track


@pytest.mark.parametrize("dx", [-250.0, 250.0])
def test_the_other_person_hinges_and_the_tracked_one_watches(dx: float) -> None:
    track = scene(STILL, person(HINGING, dx))
    box = find_other_hinger(track)
    assert box is not None
    left, top, right, bottom = box
    points = person(HINGING, dx)
    # A scan a second may miss the very bottom; half a trunk of room makes up for it.
    assert left < points[..., 0].min()
    assert right > points[..., 0].max()
    assert top < points[..., 1].min()
    assert bottom > points[..., 1].max()
    assert not left < track.landmarks[0, 23, 0] < right


def test_the_tracked_person_hinges() -> None:
    assert find_other_hinger(scene(HINGING, person(STILL, 250.0))) is None
    assert find_other_hinger(scene(HINGING, person(HINGING, 250.0))) is None


def test_nobody_hinges() -> None:
    assert find_other_hinger(scene(STILL, person(STILL, 250.0))) is None
    assert find_other_hinger(scene(STILL)) is None


def test_nobody_is_there() -> None:
    assert find_other_hinger(fake_track(30)) is None


def test_a_duplicate_of_the_tracked_person_is_not_another_person() -> None:
    """Scan the tracked person a little elsewhere."""
    assert find_other_hinger(scene(STILL, person(HINGING, 12.0))) is None


def test_a_person_far_behind_is_no_candidate() -> None:
    assert find_other_hinger(scene(STILL, person(HINGING, 200.0, px_per_m=80.0))) is None


def test_a_barely_visible_person_is_no_candidate() -> None:
    assert find_other_hinger(scene(STILL, person(HINGING, 250.0, visible=0.3))) is None


def test_one_or_two_scans_are_not_enough() -> None:
    rare = person(HINGING, 250.0)
    rare[TIME > 1.5] = np.nan
    assert find_other_hinger(scene(STILL, rare)) is None


def test_a_passer_by_who_stoops_does_not_count_as_hinging() -> None:
    passing = person(HINGING, 0.0, walk=np.linspace(-9, 9, len(TIME)))
    assert find_other_hinger(scene(STILL, passing)) is None


def test_others_leaves_out_the_tracked_person() -> None:
    track = scene(STILL, person(STILL, 250.0), person(STILL, -250.0, visible=0.1))
    rest = other_people(track)
    assert rest.shape == track.scan_people.shape
    assert np.isnan(rest[:, 0]).all()
    assert np.array_equal(rest[:, 1], track.scan_people[:, 1])
    assert np.isnan(rest[:, 2]).all()
    assert np.isfinite(track.scan_people[:, 0]).all()  # the track itself is unchanged


def test_others_while_the_tracked_person_is_out_of_sight() -> None:
    track = scene(STILL, person(STILL, 250.0), gaps=[(2.5, 6.5)])
    assert np.isfinite(other_people(track)[:, 1, 0, 0]).all()
    assert np.isnan(other_people(track)[:, 0]).all()


def test_in_a_mirror_the_other_is_on_the_other_side() -> None:
    track = scene(STILL, person(HINGING, 250.0))
    here, there = find_other_hinger(track), find_other_hinger(mirrored(track))
    assert here is not None
    assert there is not None
    width = track.info.frame_size[0]
    assert there == pytest.approx((width - here[2], here[1], width - here[0], here[3]), abs=0.01)


def test_the_range_of_a_trunk_is_between_the_extremes() -> None:
    degrees = np.concatenate([np.linspace(0, 60, 101), [np.nan]])
    trunk = np.stack([np.sin(np.radians(degrees)), -np.cos(np.radians(degrees))], axis=1)
    assert inclination_range(trunk) == pytest.approx(54, abs=0.5)
    assert inclination_range(trunk * np.array([-1, 1])) == pytest.approx(54, abs=0.5)
    assert inclination_range(trunk[[0, 100]]) == 0
