"""Meshes, rotations, the camera and the outline, on shapes whose answer is known."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from hinge_check.arrays import FloatArray, IntArray
from validation.rig.arms import supporting_line
from validation.rig.camera import place_camera
from validation.rig.check_truth import measure_turn
from validation.rig.held import Held
from validation.rig.mesh import edges, hem, incidence, normals, tube
from validation.rig.rotation import align, rx, ry
from validation.rig.silhouette import silhouette
from validation.rig.spec import ArmsSpec, CameraSpec


def ball(radius: float, centre: FloatArray, rings: int = 48) -> tuple[FloatArray, IntArray]:
    turn = np.linspace(0, np.pi, rings)
    path = np.stack([0 * turn, 0 * turn, -radius * np.cos(turn)], 1)
    vertices, faces = tube(path, radius * np.sin(turn) + 1e-9, 64)
    return vertices + centre, faces


def test_a_tube_is_closed_and_its_normals_point_outwards() -> None:
    path = np.stack([np.linspace(0, 1, 6), np.zeros(6), np.zeros(6)], 1)
    vertices, faces = tube(path, np.full(6, 0.1))
    assert set(Counter(map(tuple, np.sort(edges(faces), 1).tolist())).values()) == {2}
    out = normals(vertices, faces, incidence(faces, len(vertices)))
    ring = slice(0, 60)
    away = vertices[ring] * [0, 1, 1]
    assert ((out[ring] * away).sum(1) > 0).all()
    assert not hem(faces, len(vertices))[0].any()


def test_an_open_mesh_has_a_hem() -> None:
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    on, _ = hem(faces, 5)
    assert on.tolist() == [True, True, True, True, False]


def test_rotations() -> None:
    assert rx(0.3) @ np.array([0.0, 0, 1]) == pytest.approx([0, -np.sin(0.3), np.cos(0.3)])  # leans to -y, forward
    assert (ry(0.3) @ np.array([0.0, 0, -1]))[0] < 0
    source, target = np.array([1.0, 2, 3]), np.array([-1.0, 0.5, 2])
    turn = align(source, target)
    assert turn @ turn.T == pytest.approx(np.eye(3))
    assert turn @ source / np.linalg.norm(source) == pytest.approx(target / np.linalg.norm(target))


@pytest.mark.parametrize("facing", ["left", "right"])
def test_the_person_faces_the_side_the_spec_says(facing: str) -> None:
    spec = CameraSpec(facing="left" if facing == "left" else "right")
    camera = place_camera(spec, 640, 360)
    front, back = camera.project(np.array([[0.0, -0.5, 1.0], [0.0, 0.5, 1.0]]))
    assert (front[0] < back[0]) == (facing == "left")
    assert camera.project(np.array([0.0, spec.target_y, spec.target_z])) == pytest.approx([320, 180])


def test_yaw_turns_towards_the_front_and_roll_tilts() -> None:
    chest, spine = np.array([0.0, -0.2, 1.0]), np.array([0.0, 0.2, 1.0])
    camera = place_camera(CameraSpec(yaw=30.0), 640, 360)
    depth = [-((p - camera.centre) @ camera.rotation[2]) for p in (chest, spine)]
    assert depth[0] < depth[1]
    upright = place_camera(CameraSpec(roll=5.0), 640, 360).project(np.array([[0.0, -0.05, 0.0], [0.0, -0.05, 1.8]]))
    lean = np.degrees(np.arctan2(upright[1, 0] - upright[0, 0], upright[0, 1] - upright[1, 1]))
    assert abs(lean) == pytest.approx(5, abs=0.2)


def test_a_crop_shows_the_same_picture_larger() -> None:
    camera = place_camera(CameraSpec(yaw=10.0), 640, 360)
    points = np.array([[0.1, -0.2, 0.5], [0.0, 0.3, 1.5]])
    assert camera.zoomed(1.7, 30, 20).project(points) == pytest.approx(camera.project(points) * 1.7 - [30, 20])


def test_the_outline_of_a_ball_has_its_area_and_position() -> None:
    centre = np.array([0.0, -0.05, 0.92])
    vertices, faces = ball(0.3, centre)
    camera = place_camera(CameraSpec(height=0.92), 200, 200)
    mask = silhouette({"ball": vertices}, {"ball": faces}, camera.project, 200, 200) / 255.0
    tangent = np.arcsin(0.3 / 3.3)
    radius = camera.focal * np.tan(tangent)
    seen = np.sqrt(mask.sum() / np.pi)
    assert seen == pytest.approx(radius, abs=0.2)
    y, x = np.indices(mask.shape) + 0.5
    assert (mask * x).sum() / mask.sum() == pytest.approx(100, abs=0.1)
    assert (mask * y).sum() / mask.sum() == pytest.approx(100, abs=0.1)
    assert ((mask > 0.05) & (mask < 0.95)).sum() > 2 * radius  # the edge is soft, not a staircase


def test_the_turn_of_a_patch_is_measured() -> None:
    patch = np.random.default_rng(0).normal(size=(50, 3))
    assert measure_turn(patch, patch @ rx(np.radians(33.0)).T + [1, 2, 3]) == pytest.approx(33)


def test_a_stick_rests_on_the_back_and_never_cuts_it() -> None:
    z = np.linspace(0, 0.6, 9)
    hollow = np.stack([-0.03 * np.sin(np.pi * z / 0.6), z], 1)  # lordotic: dorsal is +y
    foot, along = supporting_line(hollow)
    assert along == pytest.approx([0, 1], abs=1e-6)
    assert foot == pytest.approx([0, 0], abs=1e-6)
    humped = hollow * [-1, 1]
    foot, along = supporting_line(humped)
    out = (humped - foot) @ np.array([along[1], -along[0]])
    assert out.max() == pytest.approx(0, abs=1e-9)


def test_plates_of_the_near_side_hide_the_person() -> None:
    assert Held(ArmsSpec(posture="bar", plate=0.2)).parts_before("left") == ("plate_l",)
    assert Held(ArmsSpec(posture="bar", plate=0.2)).parts_before("right") == ("plate_r",)
    assert Held(ArmsSpec(posture="bar")).parts_before("right") == ()
    assert not Held(ArmsSpec()).faces
