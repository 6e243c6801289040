"""Orientation, scaling and the contiguity gate on arrays alone."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest

from hinge_check.capture.frame_image import (
    Orientation,
    orientation_of,
    pad_to_size,
    scaled_size,
    square_size,
    to_rgb_contiguous,
)

RGB = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
ONE = 65536


@pytest.mark.parametrize(
    ("matrix", "turned"),
    [
        (None, lambda a: a),
        ([ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30], lambda a: a),
        ([0, ONE, 0, -ONE, 0, 0, 0, 0, 1 << 30], lambda a: np.rot90(a, -1)),
        ([-ONE, 0, 0, 0, -ONE, 0, 0, 0, 1 << 30], lambda a: np.rot90(a, 2)),
        ([0, -ONE, 0, ONE, 0, 0, 0, 0, 1 << 30], lambda a: np.rot90(a, 1)),
        ([-ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30], lambda a: a[:, ::-1]),
        ([ONE, 0, 0, 0, -ONE, 0, 0, 0, 1 << 30], lambda a: a[::-1]),
        ([0, ONE, 0, ONE, 0, 0, 0, 0, 1 << 30], lambda a: a.swapaxes(0, 1)),
        ([0, -ONE, 0, -ONE, 0, 0, 0, 0, 1 << 30], lambda a: np.rot90(a, 2).swapaxes(0, 1)),
        ([65000, 900, 0, -900, 65000, 0, 0, 0, 1 << 30], lambda a: a),  # a degree off: nearest
    ],
)
def test_display_matrix_turns_the_picture(
    matrix: list[int] | None, turned: Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.uint8]]
) -> None:
    orientation = orientation_of(matrix)
    np.testing.assert_array_equal(orientation.apply(RGB), turned(RGB))
    assert orientation.size(6, 4) == turned(RGB).shape[1::-1]


@pytest.mark.parametrize("transpose", [False, True])
@pytest.mark.parametrize("flip_x", [False, True])
@pytest.mark.parametrize("flip_y", [False, True])
def test_rotation_and_mirroring_say_what_apply_does(transpose: bool, flip_x: bool, flip_y: bool) -> None:
    orientation = Orientation(transpose, flip_x, flip_y)
    by_words = np.rot90(RGB[:, ::-1] if orientation.mirrored else RGB, -orientation.rotation_deg // 90)
    np.testing.assert_array_equal(orientation.apply(RGB), by_words)


@pytest.mark.parametrize("long_edge", [None, 320, 641, 960, 5000])
@pytest.mark.parametrize("size", [(1920.0, 1080.0), (478.0, 850.0), (97.0, 63.0), (3.0, 4000.0)])
def test_scaling_keeps_proportions_and_never_enlarges(size: tuple[float, float], long_edge: int | None) -> None:
    width, height = scaled_size(size, long_edge)
    factor = min(1.0, (long_edge or 1e9) / max(size))
    assert max(width, height) <= (long_edge or 1e9)
    assert (width, height) <= size
    assert width == 1 or abs(width - size[0] * factor) <= 0.5
    assert height == 1 or abs(height - size[1] * factor) <= 0.5


@pytest.mark.parametrize(
    ("aspect", "expected"),
    [
        (None, (720.0, 576.0)),
        (Fraction(1), (720.0, 576.0)),
        (Fraction(16, 15), (720.0, 540.0)),
        (Fraction(1, 2), (360.0, 576.0)),
        (Fraction(1771, 1770), (720.0, 576.0)),  # an editor's rounding
        (Fraction(1000), (720.0, 576.0)),  # meaningless
    ],
)
def test_pixels_are_made_square(aspect: Fraction | None, expected: tuple[float, float]) -> None:
    assert square_size(720, 576, aspect) == pytest.approx(expected)


@pytest.mark.parametrize(
    "view",
    [
        RGB[..., ::-1],
        RGB[:, ::-1],
        RGB[::-1],
        np.rot90(RGB),
        RGB.swapaxes(0, 1),
        RGB[1:3, 1:4],
        np.asfortranarray(RGB),
    ],
    ids=["bgr", "mirror", "upside down", "rotated", "transposed", "cropped", "fortran"],
)
def test_the_gate_makes_any_layout_contiguous(view: npt.NDArray[np.uint8]) -> None:
    assert not view.flags.c_contiguous
    out = to_rgb_contiguous(view)
    assert out.flags.c_contiguous
    np.testing.assert_array_equal(out, view)


@pytest.mark.parametrize("wrong", [np.zeros((4, 6), np.uint8), np.zeros((4, 6, 4), np.uint8), np.zeros((4, 6, 3))])
def test_the_gate_refuses_arrays_that_are_no_rgb(wrong: npt.NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="uint8"):
        to_rgb_contiguous(wrong)


def test_smaller_picture_is_centred_on_black() -> None:
    out = pad_to_size(RGB, (10, 4))
    assert out.shape == (4, 10, 3)
    np.testing.assert_array_equal(out[:, 2:8], RGB)
    assert not out[:, :2].any()
    assert not out[:, 8:].any()
