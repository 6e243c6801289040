"""The body on the picture: near-side skeleton, and the back edge coloured by lumbar flexion with its value."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hinge_check.arrays import FloatArray
from hinge_check.format import with_error
from hinge_check.measure.types import Phase
from hinge_check.present import style
from hinge_check.present.text import Picture, blit, text_block
from hinge_check.present.timeline import TimelineMoment

_SUBPIXEL = 4
_HIP, _SHOULDER, _EAR = 2, 3, 4


def draw_skeleton(picture: Picture, moment: TimelineMoment, scale: tuple[float, float], text: int) -> None:
    """Draw in place; points that are not seen are left out.

    Parameters
    ----------
    scale
        Pixels of `picture` per pixel of the analysed picture, x and y.
    text
        Base font size, pixels; it also sets the width of lines.
    """
    factor = np.asarray(scale)
    body, arm = moment.body * factor, moment.arm * factor
    thin, thick = max(2, round(text / 9)), max(3, round(text / 4.5))
    _line(picture, arm, style.MUTED, thin, thin)
    _line(picture, body, style.INK, round(1.5 * thin), thin)
    back = moment.back * factor
    back = back[np.isfinite(back).all(axis=1)]
    if len(back) > 1:
        _line(picture, back, style.back_colour(moment.lumbar_deg), thick, max(2, thin))
    for k, point in enumerate(body):
        if k < _EAR and np.isfinite(point).all():
            radius = round(text / 3.4) if k == _HIP else round(text / 5.5)
            centre = _fixed(point)
            fill = style.HIP if k == _HIP else style.INK
            cv2.circle(picture, centre, (radius + 2) << _SUBPIXEL, style.OUTLINE, -1, cv2.LINE_AA, _SUBPIXEL)
            cv2.circle(picture, centre, radius << _SUBPIXEL, fill, -1, cv2.LINE_AA, _SUBPIXEL)
    if len(back) > 1:
        _label(picture, moment, back, body, text)


def _label(picture: Picture, moment: TimelineMoment, back: FloatArray, body: FloatArray, text: int) -> None:
    """Draw lumbar flexion beside the lower back, outside the body, while bending and when it is known."""
    words = with_error(moment.lumbar_deg, moment.lumbar_se)
    if not words or moment.phase in (Phase.STAND, Phase.NONE) or not np.isfinite(body[_HIP : _SHOULDER + 1]).all():
        return
    block = text_block(words, text, style.INK, bold=True, pill=style.PANEL, opacity=0.66)
    lower = back[len(back) // 3]
    outward = lower - body[_HIP : _SHOULDER + 1].mean(axis=0)
    outward = outward / max(float(np.hypot(*outward)), 1e-6)
    # far enough for the block's own half extent in that direction to clear the line
    reach = 0.7 * text + abs(outward[0]) * block.width / 2 + abs(outward[1]) * block.height / 2
    x, y = lower + outward * reach
    x = min(max(x, block.width / 2), picture.shape[1] - block.width / 2)
    y = min(max(y - block.height / 2, 0.0), float(picture.shape[0] - block.height))
    blit(picture, block, x, y, "centre")


def _line(picture: Picture, points: FloatArray, colour: style.Rgb, width: int, outline: int) -> None:
    """Draw a polyline with a dark outline, broken where a point is missing."""
    parts = [_poly(part) for part in _visible_parts(points)]
    if parts:
        cv2.polylines(picture, parts, False, style.OUTLINE, width + outline, cv2.LINE_AA, _SUBPIXEL)
        cv2.polylines(picture, parts, False, colour, width, cv2.LINE_AA, _SUBPIXEL)


def _visible_parts(points: FloatArray) -> list[FloatArray]:
    known = np.isfinite(points).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    return [points[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]


def _poly(points: FloatArray) -> npt.NDArray[np.int32]:
    return np.rint(points * (1 << _SUBPIXEL)).astype(np.int32).reshape(-1, 1, 2)


def _fixed(point: FloatArray) -> tuple[int, int]:
    x, y = np.rint(point * (1 << _SUBPIXEL)).astype(int)
    return int(x), int(y)
