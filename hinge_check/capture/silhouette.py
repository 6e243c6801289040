"""Front and back edge of the trunk from a person mask, sub-pixel, along rays from the hip-shoulder axis."""

from __future__ import annotations

import cv2
import numpy as np

from hinge_check.arrays import FloatArray
from hinge_check.capture.track import EDGE_S

RAY_LENGTH = 0.9
"""Length of a ray, trunk lengths: a deep chest with an arm in front stays within 0.6; more would only find walls."""

RAY_STEPS = 108
"""Samples per ray: 1/120 trunk length apart, finer than the mask (256 px on the person, the trunk ~75 of them)."""


def axis_normal(hip: FloatArray, shoulder: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the unit axis hip -> shoulder, its unit normal (+90 deg counter-clockwise on screen) and its length.

    Parameters
    ----------
    hip, shoulder : (..., 2) float arrays
        Pixels, y down.

    Returns
    -------
    axis, normal : (..., 2)
    length : (...)
        Pixels; NaN in all three where the points coincide or are missing.
    """
    span = np.asarray(shoulder, float) - np.asarray(hip, float)
    length = np.hypot(span[..., 0], span[..., 1])
    length = np.where(length > 0, length, np.nan)
    axis = span / length[..., None]
    normal = np.stack([axis[..., 1], -axis[..., 0]], axis=-1)
    return axis, normal, length


def trunk_edges(mask: FloatArray, hip: FloatArray, shoulder: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Measure the distance from the hip-shoulder axis to the mask's edge on both sides of the trunk.

    Parameters
    ----------
    mask : (H, W) float32
        Probability that a pixel shows the person, 0..1.
    hip, shoulder : (2,) float
        Mid-hip and mid-shoulder, pixels of the mask.

    Returns
    -------
    edges : (2, K) float32
        Pixels from the axis point at `EDGE_S[k]` to the first crossing of p = 0.5 outwards; row 0 along the
        axis normal (`axis_normal`), row 1 against it. NaN where the axis point is outside the mask, where the
        ray leaves the picture or runs `RAY_LENGTH` without leaving the person.
    blur : (2, K) float32
        Pixels between p = 0.75 and p = 0.25 around that crossing: how soft the edge is.
    """
    axis, normal, length = axis_normal(np.asarray(hip), np.asarray(shoulder))
    if not np.isfinite(length) or length < 4:  # under four pixels there is no trunk to follow
        nothing = np.full((2, len(EDGE_S)), np.nan, np.float32)
        return nothing, nothing.copy()
    height, width = mask.shape
    base = np.asarray(hip) + np.outer(EDGE_S * length, axis)
    reach = np.linspace(0.0, RAY_LENGTH * length, RAY_STEPS)
    rays = np.stack([normal, -normal])
    points = base[None, :, None, :] + rays[:, None, None, :] * reach[None, None, :, None]
    x, y = points[..., 0], points[..., 1]
    p = cv2.remap(
        np.asarray(mask, np.float32),
        x.reshape(2 * len(EDGE_S), -1).astype(np.float32),
        y.reshape(2 * len(EDGE_S), -1).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).reshape(x.shape)
    outside = (x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)
    p = np.where(outside, np.nan, p)
    half = _first_fall(p, 0.5)
    # The soft edge is measured around the crossing itself, so a fold of p = 0.7 deep inside does not count.
    quarter = _first_fall(p, 0.25)
    three = _last_fall_before(p, 0.75, half)
    step = reach[1]
    return (half * step).astype(np.float32), ((quarter - three) * step).astype(np.float32)


def _first_fall(p: FloatArray, level: float) -> FloatArray:
    """Return the fractional index where p first falls below `level` along the last axis.

    NaN where p starts below the level or never falls.
    """
    below = p < level
    index = np.argmax(below, axis=-1)
    crosses = below.any(axis=-1) & (index > 0)
    i = np.where(crosses, index, 1)[..., None]
    before = np.take_along_axis(p, i - 1, axis=-1)[..., 0]
    after = np.take_along_axis(p, i, axis=-1)[..., 0]
    drop = np.where(crosses & (before > after), before - after, np.nan)
    return np.where(crosses, i[..., 0] - 1 + (before - level) / drop, np.nan)


def _last_fall_before(p: FloatArray, level: float, end: FloatArray) -> FloatArray:
    """Find the last sample at or above `level` before index `end`, as an interpolated index; NaN if there is none."""
    steps = np.arange(p.shape[-1])
    with np.errstate(invalid="ignore"):
        above = (p >= level) & (steps <= end[..., None])
    last = p.shape[-1] - 1 - np.argmax(above[..., ::-1], axis=-1)
    crosses = above.any(axis=-1) & (last < p.shape[-1] - 1)
    i = np.where(crosses, last, 0)[..., None]
    before = np.take_along_axis(p, i, axis=-1)[..., 0]
    after = np.take_along_axis(p, np.minimum(i + 1, p.shape[-1] - 1), axis=-1)[..., 0]
    drop = np.where(crosses & (before > after), before - after, np.nan)
    return np.where(crosses, i[..., 0] + (before - level) / drop, np.nan)


def border_contact(mask: FloatArray) -> FloatArray:
    """Return the (4,) shares of the left, top, right and bottom picture border that the person covers (p > 0.5)."""
    sides = (mask[:, 0], mask[0], mask[:, -1], mask[-1])
    return np.array([float((side > 0.5).mean()) for side in sides], np.float32)
