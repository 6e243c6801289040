from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hinge_check.capture.camera_motion import CameraMotion
from hinge_check.capture.picture_quality import brightness_and_sharpness

Gray = npt.NDArray[np.uint8]


def room(size: tuple[int, int] = (640, 360), seed: int = 0) -> Gray:
    """Return a wall with a picture's worth of corners, larger than the frame by 100 pixels all around."""
    rng = np.random.default_rng(seed)
    small = rng.integers(40, 215, ((size[1] + 200) // 20, (size[0] + 200) // 20)).astype(np.uint8)
    return np.asarray(cv2.resize(small, (size[0] + 200, size[1] + 200), interpolation=cv2.INTER_NEAREST), np.uint8)


def view(wall: Gray, dx: float, dy: float, size: tuple[int, int] = (640, 360)) -> Gray:
    """Return the wall as a camera sees it whose background has moved by (dx, dy) pixels."""
    shift = np.array([[1, 0, dx - 100], [0, 1, dy - 100]], np.float32)
    return np.asarray(cv2.warpAffine(wall, shift, size), np.uint8)


@pytest.mark.parametrize(("dx", "dy"), [(0.0, 0.0), (6.0, 0.0), (-9.0, 4.0), (0.0, -7.0), (14.0, 10.0)])
@pytest.mark.parametrize("size", [(640, 360), (360, 640), (960, 540)])
def test_camera_movement_is_measured_in_pixels(dx: float, dy: float, size: tuple[int, int]) -> None:
    wall, watch = room(size), CameraMotion()
    assert np.isnan(watch.update(view(wall, 0, 0, size), None)).all()
    # Measured on 320 pixels, a third of a pixel there is one in 960.
    assert watch.update(view(wall, dx, dy, size), None) == pytest.approx((dx, dy), abs=1.0)


def test_shifts_are_relative_to_the_previous_sample() -> None:
    wall, watch = room(), CameraMotion()
    path = [watch.update(view(wall, x, 0), None)[0] for x in (0, 5, 12, 4)]
    assert path[1:] == pytest.approx([5, 7, -8], abs=0.5)


def test_a_moving_person_is_no_moving_camera() -> None:
    wall, watch = room(), CameraMotion()
    shirt = room(seed=1)
    for x in (200, 215, 230):
        frame = view(wall, 0, 0)
        frame[60:340, x : x + 180] = shirt[60:340, 200:380]
        mask = np.zeros(frame.shape, np.float32)
        mask[60:340, x : x + 180] = 1
        shift = watch.update(frame, mask)
    assert shift == pytest.approx((0, 0), abs=0.3)


def test_a_bare_wall_gives_no_reading() -> None:
    watch = CameraMotion()
    plain = np.full((360, 640), 128, np.uint8)
    assert np.isnan([watch.update(plain, None) for _ in range(3)]).all()


def test_a_picture_full_of_person_gives_no_reading() -> None:
    watch, wall = CameraMotion(), room()
    everywhere = np.ones((360, 640), np.float32)
    watch.update(view(wall, 0, 0), everywhere)
    assert np.isnan(watch.update(view(wall, 5, 0), everywhere)).all()


def test_a_cut_to_another_shot_is_no_movement() -> None:
    watch = CameraMotion()
    watch.update(view(room(seed=0), 0, 0), None)
    assert np.isnan(watch.update(view(room(seed=5), 0, 0), None)).all()


def test_corners_in_one_place_only_are_not_the_background() -> None:
    """Swing a bar before a bare wall."""
    watch, bar = CameraMotion(), room(seed=2)
    for x in (100, 108):
        frame = np.full((360, 640), 128, np.uint8)
        frame[150:200, x : x + 90] = bar[150:200, 100:190]
        shift = watch.update(frame, None)
    assert np.isnan(shift).all()


def test_brightness_is_the_mean() -> None:
    half = np.zeros((40, 40), np.uint8)
    half[:, 20:] = 100
    assert brightness_and_sharpness(half)[0] == 50


def test_a_picture_out_of_focus_is_less_sharp() -> None:
    sharp = view(room(), 0, 0)
    soft = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 4), np.uint8)
    assert brightness_and_sharpness(np.full((40, 40), 90, np.uint8))[1] == 0
    assert brightness_and_sharpness(soft)[1] < 10 < 200 < brightness_and_sharpness(sharp)[1]
