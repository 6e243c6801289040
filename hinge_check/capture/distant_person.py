"""Search for a person too far away for the pose model, part by part of the picture, so that the advice is right."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from hinge_check.arrays import FloatArray
from hinge_check.capture.landmarks import HIPS, KNEES, SHOULDERS

Rgb = npt.NDArray[np.uint8]

PARTS = 3
"""The picture is searched in windows a third as wide and high, half overlapping. MediaPipe finds people on 224 x 224
pixels: in a whole 16:9 picture when they fill a third to a half of its height, in a third of it from 0.16 on (measured
on the samples, shrunk)."""

MIN_VISIBILITY = 0.5
"""Mean visibility of shoulders, hips and knees; a false find in bare wall or floor has less."""

_BODY = [*SHOULDERS, *HIPS, *KNEES]


def person_in_parts(look: Callable[[Rgb], FloatArray], rgb: Rgb) -> FloatArray | None:
    """Find the most visible person in any part of a picture.

    Parameters
    ----------
    look
        Picture -> (P, 33, 3) x, y pixels and visibility, NaN rows where nobody is.
    rgb : (H, W, 3) uint8

    Returns
    -------
    (33, 3) float array or None
        x, y in pixels of the whole picture, and visibility. None where nobody is wholly inside a part.
    """
    best, best_seen = None, MIN_VISIBILITY
    height, width = rgb.shape[0] // PARTS, rgb.shape[1] // PARTS
    steps = 2 * PARTS - 1
    for row in range(steps):
        for column in range(steps):
            left, top = column * width // 2, row * height // 2
            for person in look(np.ascontiguousarray(rgb[top : top + height, left : left + width])):
                x, y, seen = person[:, 0], person[:, 1], float(person[_BODY, 2].mean())
                inside = ((x >= 0) & (x < width) & (y >= 0) & (y < height)).all()  # False for NaN
                if inside and seen > best_seen:
                    best, best_seen = person + np.array([left, top, 0.0]), seen
    return best
