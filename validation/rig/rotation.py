"""Rotation matrices."""

from __future__ import annotations

import numpy as np

from validation.rig.mesh import FloatArray


def rx(angle: float) -> FloatArray:
    """Rotate about the lateral axis, radians; positive leans an upright body forward."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def ry(angle: float) -> FloatArray:
    """Rotate about the sagittal axis, radians; positive takes a leg that points down towards -x."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def about_axis(axis: FloatArray, angle: float) -> FloatArray:
    """Rotate about a unit axis (Rodrigues)."""
    k = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.asarray(np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k)


def align(source: FloatArray, target: FloatArray) -> FloatArray:
    """Return the smallest rotation that takes one direction to another (not opposite ones)."""
    a, b = source / np.linalg.norm(source), target / np.linalg.norm(target)
    v, c = np.cross(a, b), float(a @ b)
    k = np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
    return np.asarray(np.eye(3) + k + k @ k / max(1 + c, 1e-6))
