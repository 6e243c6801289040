"""Edges of masks whose outline is known exactly. Pixel centres are whole numbers, as in the landmarks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from hinge_check.arrays import FloatArray
from hinge_check.capture.silhouette import RAY_LENGTH, axis_normal, border_contact, trunk_edges
from hinge_check.capture.track import EDGE_S

SIZE = (300, 240)
"""Width, height."""


def grid(size: tuple[int, int] = SIZE) -> tuple[FloatArray, FloatArray]:
    y, x = np.mgrid[: size[1], : size[0]].astype(float)
    return x, y


def disk(centre: tuple[float, float], radius: float, soft: float = 1.0) -> FloatArray:
    """Return a disk whose probability falls from 1 to 0 over `soft` pixels, 0.5 on the circle."""
    x, y = grid()
    away = np.hypot(x - centre[0], y - centre[1])
    return np.asarray(np.clip(0.5 + (radius - away) / soft, 0, 1), np.float32)


def box(left: float, top: float, right: float, bottom: float, size: tuple[int, int] = SIZE) -> FloatArray:
    """Return a box with P = 0.5 on the outline, which may lie between pixels."""
    x, y = grid(size)

    def within(v: FloatArray, low: float, high: float) -> FloatArray:
        return np.asarray(np.clip(np.minimum(v - low, high - v) + 0.5, 0, 1))

    return np.asarray(within(x, left, right) * within(y, top, bottom), np.float32)


def axis(centre: tuple[float, float], length: float, degrees: float) -> tuple[FloatArray, FloatArray]:
    """Return hip and shoulder either side of the centre; 0 upright, + to the right."""
    half = length / 2 * np.array([np.sin(np.radians(degrees)), -np.cos(np.radians(degrees))])
    return np.array(centre) - half, np.array(centre) + half


@settings(max_examples=60, deadline=None)
@given(x=st.floats(120, 180), y=st.floats(100, 140), radius=st.floats(40, 70), degrees=st.floats(-180, 180))
def test_a_disk_is_found_to_a_third_of_a_pixel_in_any_direction(
    x: float, y: float, radius: float, degrees: float
) -> None:
    length = 100.0
    edges, _ = trunk_edges(disk((x, y), radius), *axis((x, y), length, degrees))
    along = (EDGE_S - 0.5) * length
    inside = np.abs(along) < 0.85 * radius  # further out the ray grazes the circle
    expected = np.sqrt(radius**2 - along[inside] ** 2)
    assert np.abs(edges[:, inside] - expected).max() < 0.3
    outside = np.abs(along) > radius + 1
    assert np.isnan(edges[:, outside]).all()


@pytest.mark.parametrize("degrees", [0.0, 20.0, 75.0, 130.0])
def test_an_ellipse_is_found_in_any_direction(degrees: float) -> None:
    x, y = grid()
    a, b = 75.0, 35.0  # half axes across and along the picture
    value = np.hypot((x - 150) / a, (y - 120) / b)
    slope = np.hypot((x - 150) / a**2, (y - 120) / b**2) / np.maximum(value, 1e-6)
    mask = np.clip(0.5 + (1 - value) / np.maximum(slope, 1e-6), 0, 1).astype(np.float32)
    hip, shoulder = axis((150, 120), 100.0, degrees)
    edges, _ = trunk_edges(mask, hip, shoulder)
    unit, normal, _ = axis_normal(hip, shoulder)
    k = int(np.abs(EDGE_S - 0.5).argmin())
    for row, direction in ((0, normal), (1, -normal)):
        expected = 1 / np.hypot(direction[0] / a, direction[1] / b)
        assert edges[row, k] == pytest.approx(expected, abs=0.4)
    assert abs(unit @ normal) < 1e-12


@settings(max_examples=40, deadline=None)
@given(left=st.floats(70, 100), right=st.floats(150, 190), hip_x=st.floats(110, 140))
def test_the_sides_of_a_rectangle_are_found_between_pixels(left: float, right: float, hip_x: float) -> None:
    mask = box(left, 20, right, 220)
    edges, blur = trunk_edges(mask, np.array([hip_x, 170.0]), np.array([hip_x, 70.0]))
    inner = (EDGE_S > -0.4) & (EDGE_S < 1.3)
    # A ramp narrower than the pixels it falls on is known to a tenth of a pixel, and sampled a little coarser.
    assert np.abs(edges[0, inner] - (hip_x - left)).max() < 0.25
    assert np.abs(edges[1, inner] - (right - hip_x)).max() < 0.25
    # A ramp of one pixel falls from 0.75 to 0.25 within a half; linear sampling between pixels blurs it a little.
    assert (blur[:, inner] < 1.2).all()


@pytest.mark.parametrize("soft", [4.0, 10.0, 24.0])
def test_the_softness_of_the_edge_is_measured(soft: float) -> None:
    edges, blur = trunk_edges(disk((150, 120), 60, soft), *axis((150, 120), 100.0, 30.0))
    k = int(np.abs(EDGE_S - 0.5).argmin())
    assert edges[:, k] == pytest.approx(60, abs=0.3)
    assert blur[:, k] == pytest.approx(soft / 2, abs=0.4)


def test_a_fold_within_the_body_does_not_count_as_softness() -> None:
    mask = box(90, 20, 190, 220)
    mask[:, 115:120] = 0.7  # a shadow between arm and trunk
    hip, shoulder = np.array([140.0, 170.0]), np.array([140.0, 70.0])
    edges, blur = trunk_edges(mask, hip, shoulder)
    k = int(np.abs(EDGE_S - 0.5).argmin())
    assert edges[0, k] == pytest.approx(50, abs=0.1)
    assert blur[0, k] < 1.2


def test_the_first_way_out_is_the_edge() -> None:
    """Hold an arm behind, with daylight between."""
    mask = box(110, 20, 190, 220)
    mask[:, 85:95] = 1.0
    edges, blur = trunk_edges(mask, np.array([140.0, 170.0]), np.array([140.0, 70.0]))
    assert edges[0, 30] == pytest.approx(30, abs=0.1)
    assert 0 < blur[0, 30] < 1.2


def test_an_axis_point_in_daylight_is_missing_even_if_its_ray_meets_a_person() -> None:
    edges, blur = trunk_edges(box(20, 20, 60, 220), np.array([140.0, 170.0]), np.array([140.0, 70.0]))
    assert 140 - RAY_LENGTH * 100 < 60
    assert np.isnan(edges).all()
    assert np.isnan(blur).all()


def test_a_ray_that_leaves_the_picture_is_missing() -> None:
    edges, blur = trunk_edges(box(-5, 20, 60, 220), np.array([40.0, 170.0]), np.array([40.0, 70.0]))
    inner = (EDGE_S > -0.4) & (EDGE_S < 1.3)
    assert np.isnan(edges[0]).all()
    assert np.isnan(blur[0]).all()
    assert edges[1, inner] == pytest.approx(20, abs=0.05)


def test_a_ray_that_never_leaves_the_person_is_missing() -> None:
    length = 40.0
    edges, _ = trunk_edges(box(40, 20, 260, 220), *axis((150, 120), length, 0.0))
    assert RAY_LENGTH * length < 110
    assert np.isnan(edges).all()


def test_an_axis_point_outside_the_mask_is_missing() -> None:
    """Let the trunk stick out of the mask at the top: a head that was cut away."""
    edges, _ = trunk_edges(box(100, 100, 180, 220), np.array([140.0, 180.0]), np.array([140.0, 80.0]))
    points = 180 - 100 * EDGE_S
    assert np.isnan(edges[:, points < 99]).all()
    assert np.isfinite(edges[:, (points > 101) & (points < 219)]).all()


def test_an_axis_point_outside_the_picture_is_missing() -> None:
    edges, _ = trunk_edges(box(100, -50, 180, 300), np.array([140.0, 120.0]), np.array([140.0, 20.0]))
    points = 120 - 100 * EDGE_S
    assert (points < 0).any()
    assert np.isnan(edges[:, points < 0]).all()
    assert np.isfinite(edges[:, (points >= 0) & (points < 170)]).all()


@pytest.mark.parametrize(
    ("hip", "shoulder"),
    [((150, 120), (150, 120)), ((150, 120), (150, 117)), ((np.nan, np.nan), (150, 70)), ((150, 120), (np.nan, 70))],
)
def test_without_a_trunk_there_is_no_edge(hip: tuple[float, float], shoulder: tuple[float, float]) -> None:
    edges, blur = trunk_edges(disk((150, 120), 60), np.array(hip), np.array(shoulder))
    assert edges.shape == blur.shape == (2, len(EDGE_S))
    assert edges.dtype == blur.dtype == np.float32
    assert np.isnan(edges).all()
    assert np.isnan(blur).all()


def test_an_empty_mask_has_no_edge() -> None:
    edges, _ = trunk_edges(np.zeros((240, 300), np.float32), np.array([150.0, 170.0]), np.array([150.0, 70.0]))
    assert np.isnan(edges).all()


@settings(max_examples=20, deadline=None)
@given(x=st.floats(130, 170), degrees=st.floats(-80, 80), soft=st.floats(1, 12))
def test_a_mirror_swaps_the_sides(x: float, degrees: float, soft: float) -> None:
    mask = disk((x, 120), 55, soft) * box(0, 0, 200, 240)
    hip, shoulder = axis((x, 120), 90.0, degrees)
    edges, blur = trunk_edges(mask, hip, shoulder)
    flip = np.array([SIZE[0] - 1.0, 0.0])
    there = trunk_edges(
        np.ascontiguousarray(mask[:, ::-1]), flip + hip * np.array([-1, 1]), flip + shoulder * np.array([-1, 1])
    )
    assert np.allclose(there[0], edges[::-1], atol=0.02, equal_nan=True)
    assert np.allclose(there[1], blur[::-1], atol=0.1, equal_nan=True)


def test_the_normal_points_to_the_left_of_an_upright_person() -> None:
    unit, normal, length = axis_normal(np.array([[10.0, 50.0]]), np.array([[10.0, 20.0]]))
    assert unit.tolist() == [[0, -1]]
    assert normal.tolist() == [[-1, 0]]
    assert length.tolist() == [30]


@given(degrees=st.floats(-180, 180), length=st.floats(0.01, 1e4))
def test_axis_and_normal_are_square_and_of_length_one(degrees: float, length: float) -> None:
    hip, shoulder = axis((3.0, 4.0), length, degrees)
    unit, normal, found = axis_normal(hip, shoulder)
    assert np.hypot(*unit) == pytest.approx(1)
    assert np.hypot(*normal) == pytest.approx(1)
    assert unit @ normal == pytest.approx(0, abs=1e-9)
    assert unit[0] * normal[1] - unit[1] * normal[0] < 0  # a quarter turn counter-clockwise as seen on the screen
    assert found == pytest.approx(length, rel=1e-6)


def test_the_covered_share_of_each_border_is_measured() -> None:
    mask = np.zeros((200, 100), np.float32)
    mask[-1, :] = 0.4
    mask[150:, 0] = 0.9
    mask[0, 20:30] = 0.6
    assert border_contact(mask) == pytest.approx([0.25, 0.1, 0.0, 0.01])
    assert border_contact(np.ones((4, 3), np.float32)).tolist() == [1, 1, 1, 1]
