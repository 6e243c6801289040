"""A decoded picture as the array that all code works on: upright, square pixels, RGB, C-contiguous. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
import numpy.typing as npt

Rgb = npt.NDArray[np.uint8]
"""(H, W, 3) uint8, C-contiguous."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a stored picture is turned upright: transposed first, then flipped; all eight combinations."""

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @property
    def mirrored(self) -> bool:
        """True when rotation alone does not make it upright."""
        return self.transpose ^ self.flip_x ^ self.flip_y

    @property
    def rotation_deg(self) -> int:
        """Clockwise turn of the stored picture, 0, 90, 180 or 270 degrees; it is mirrored before if `mirrored`."""
        if self.transpose:
            return 90 if self.flip_x else 270
        return 180 if self.flip_y else 0

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return the upright (width, height) of a stored picture."""
        return (height, width) if self.transpose else (width, height)

    def apply(self, rgb: Rgb) -> npt.NDArray[np.uint8]:
        """Return the upright picture. OpenCV turns pixels of 3 bytes about ten times faster than a NumPy copy does."""
        out: npt.NDArray[np.uint8] = rgb
        if self.transpose:
            out = cv2.transpose(out).astype(np.uint8, copy=False)
        if self.flip_x or self.flip_y:
            code = -1 if self.flip_x and self.flip_y else (1 if self.flip_x else 0)
            out = cv2.flip(out, code).astype(np.uint8, copy=False)
        return out


def orientation_of(matrix: Sequence[int] | None) -> Orientation:
    """Return the one of the eight orientations nearest to a display matrix.

    Parameters
    ----------
    matrix
        Nine numbers, row by row, as FFmpeg gives them: a stored point (x, y), y down, is shown at
        x' = m0 x + m3 y, y' = m1 x + m4 y. None means upright.
    """
    if matrix is None:
        return Orientation()
    m0, m1, m3, m4 = (int(matrix[i]) for i in (0, 1, 3, 4))
    if abs(m0) + abs(m4) >= abs(m1) + abs(m3):
        return Orientation(False, m0 < 0, m4 < 0)
    return Orientation(True, m3 < 0, m1 < 0)


def square_size(width: int, height: int, pixel_aspect: Fraction | None) -> tuple[float, float]:
    """Return the size of a stored picture in square pixels, never larger than stored.

    Angles are read off the picture, so pixels wider than high would falsify them. Ratios beyond 1:4 are taken for a
    damaged header and ignored, and so are the rounding errors of editors (0.5 %: under 0.2 degrees).
    """
    ratio = float(pixel_aspect) if pixel_aspect else 1.0
    if not 0.25 <= ratio <= 4.0 or abs(ratio - 1.0) < 0.005:
        ratio = 1.0
    return (float(width), height / ratio) if ratio >= 1.0 else (width * ratio, float(height))


def scaled_size(size: tuple[float, float], long_edge: int | None) -> tuple[int, int]:
    """Return the whole-pixel size, long edge at most `long_edge`, never enlarged; each side is off by < 0.5 px."""
    factor = 1.0 if long_edge is None else min(1.0, long_edge / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def pad_to_size(rgb: Rgb, size: tuple[int, int]) -> Rgb:
    """Place `rgb` in the middle of a black picture of (width, height); it must fit."""
    height, width = rgb.shape[:2]
    if (width, height) == size:
        return rgb
    out = np.zeros((size[1], size[0], 3), np.uint8)
    x, y = (size[0] - width) // 2, (size[1] - height) // 2
    out[y : y + height, x : x + width] = rgb
    return out


def to_rgb_contiguous(rgb: npt.NDArray[np.uint8]) -> Rgb:
    """Check and pack an array for the pose estimator: (H, W, 3) uint8, C-contiguous, or an error.

    MediaPipe reads the memory of any other layout (reversed channels, flips, rotations, crops) as if it were
    contiguous and silently garbles the picture.

    Raises
    ------
    ValueError
        When the array is not an 8-bit picture of three channels.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise ValueError(f"expected (H, W, 3) uint8, got {rgb.shape} {rgb.dtype}")
    return np.ascontiguousarray(rgb)
