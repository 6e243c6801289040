"""The outline of posed meshes, without a renderer: what a perfect mask would show."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
import numpy.typing as npt

from validation.rig.mesh import FloatArray, IntArray

FINER = 4
"""Sub-pixels a side: the polygon filler covers about half a sub-pixel too much, here an eighth of a pixel."""

FRACTION = 4
"""Bits of sub-pixel position that the polygon filler is given."""


def silhouette(
    parts: Mapping[str, FloatArray],
    faces: Mapping[str, IntArray],
    project: Callable[[FloatArray], FloatArray],
    width: int,
    height: int,
) -> npt.NDArray[np.uint8]:
    """Return (height, width) coverage 0..255 of the parts' triangles, antialiased.

    Parameters
    ----------
    parts, faces : part name -> (V, 3) vertices in metres and (F, 3) triangles
    project : metres to pixels (x right, y down; pixel centres at .5)
    """
    canvas = np.zeros((height * FINER, width * FINER), np.uint8)
    for name, vertices in parts.items():
        # cv2 counts from pixel centres, the camera from pixel corners.
        fine = (project(vertices) * FINER - 0.5) * (1 << FRACTION)
        triangles = np.round(fine).astype(np.int32)[faces[name]]
        a, b = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
        area = a[:, 0].astype(np.int64) * b[:, 1] - a[:, 1].astype(np.int64) * b[:, 0]
        # Half the triangles of a closed surface face away and cover nothing more; open ones lie over the body.
        for triangle in triangles[area < 0]:
            cv2.fillConvexPoly(canvas, triangle, 255, cv2.LINE_8, FRACTION)
    return np.asarray(cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
