"""The strip of curves below the picture: hip and lumbar flexion over the clip, shaded reps, a moving cursor.

A page is drawn once; each frame then costs one copy and the cursor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from hinge_check.arrays import BoolArray, FloatArray
from hinge_check.format import Z95
from hinge_check.present import style
from hinge_check.present.text import Picture, blit, text_block

if TYPE_CHECKING:
    from hinge_check.analysis import Analysis

PAGE_S = 45.0
"""Longer clips are split into pages, or a rep would be too narrow to see on a phone."""
_SUBPIXEL = 4


@dataclass(frozen=True, slots=True)
class Scale:
    """Conversion of media seconds and degrees to pixels of the strip."""

    start_s: float
    end_s: float
    low_deg: float
    high_deg: float
    width: int
    height: int
    top: int
    """Pixels kept free above the curves for the reps' numbers."""

    def x(self, time_s: float | FloatArray) -> Any:
        """Return pixels from the strip's left edge."""
        return (time_s - self.start_s) / (self.end_s - self.start_s) * (self.width - 1)

    def y(self, degrees: float | FloatArray) -> Any:
        """Return pixels from the strip's top edge."""
        share = (self.high_deg - degrees) / (self.high_deg - self.low_deg)
        return self.top + share * (self.height - 1 - self.top)


class Strip:
    """Curves of one analysis at a given size in pixels."""

    def __init__(self, analysis: Analysis, width: int, height: int, text: int) -> None:
        self._analysis = analysis
        self._text = text
        time = analysis.measurement.angles.time_s
        self._size = width, height
        first = float(time[0]) if len(time) else 0.0
        last = float(time[-1]) if len(time) else 0.0
        pages = max(1, int(np.ceil((last - first) / PAGE_S)))
        self._first, self._page_s, self._pages = first, max((last - first) / pages, 0.5), pages
        self._drawn: tuple[int, Scale, Picture] | None = None
        angles = analysis.measurement.angles
        band = [angles.hip_flexion, angles.lumbar_flexion]
        self._low = min(-14.0, _edge(band, np.nanmin) - 6.0)
        self._high = max(60.0, _edge(band, np.nanmax)) + 4.0

    def draw(self, target: Picture, x: int, y: int, time_s: float, hip_deg: float, lumbar_deg: float) -> None:
        """Draw the strip on the canvas with its cursor at `time_s` and markers at the two values."""
        scale, picture = self._page(time_s)
        height, width = picture.shape[:2]
        part = target[y : y + height, x : x + width]
        part[...] = picture
        at = min(max(scale.x(time_s), 0.0), width - 1.0)
        thick = max(2, self._text // 12)
        cv2.line(part, (round(at), 0), (round(at), height - 1), style.INK, thick)
        size = max(4, self._text // 4)
        if np.isfinite(hip_deg):
            centre = round(at), round(scale.y(hip_deg))
            cv2.circle(part, centre, size + 2, style.PANEL, -1, cv2.LINE_AA)
            cv2.circle(part, centre, size, style.HIP, -1, cv2.LINE_AA)
        if np.isfinite(lumbar_deg):
            centre = round(at), round(scale.y(lumbar_deg))
            cv2.fillConvexPoly(part, diamond(centre, size + 5), style.PANEL, cv2.LINE_AA)
            cv2.fillConvexPoly(part, diamond(centre, size + 2), style.BACK, cv2.LINE_AA)

    def _page(self, time_s: float) -> tuple[Scale, Picture]:
        page = int(min(max((time_s - self._first) // self._page_s, 0), self._pages - 1))
        if self._drawn is None or self._drawn[0] != page:
            start = self._first + page * self._page_s
            scale = Scale(start, start + self._page_s, self._low, self._high, *self._size, self._text)
            self._drawn = page, scale, self._render(scale)
        return self._drawn[1], self._drawn[2]

    def _render(self, scale: Scale) -> Picture:
        picture = np.empty((scale.height, scale.width, 3), np.uint8)
        picture[...] = style.PANEL
        self._shade(picture, scale)
        zero = round(scale.y(0.0))
        cv2.line(picture, (0, zero), (scale.width - 1, zero), (96, 106, 118), max(1, self._text // 20))
        angles = self._analysis.measurement.angles
        for value, error, colour in (
            (angles.hip_flexion, angles.hip_se, style.HIP),
            (angles.lumbar_flexion, angles.lumbar_se, style.BACK),
        ):
            self._curve(picture, scale, np.asarray(value), np.asarray(error), colour)
        return picture

    def _shade(self, picture: Picture, scale: Scale) -> None:
        for rep in self._analysis.report.reps:
            left, right = round(scale.x(rep.start_s)), round(scale.x(rep.end_s))
            if right < 0 or left >= scale.width:
                continue
            cv2.rectangle(picture, (left, 0), (right, scale.height - 1), style.PANEL_RAISED, -1)
            number = text_block(str(rep.rep), round(0.8 * self._text), style.MUTED)
            if number.width <= right - left:
                blit(picture, number, (left + right) / 2, -0.1 * self._text, "centre")

    def _curve(self, picture: Picture, scale: Scale, value: FloatArray, error: FloatArray, colour: style.Rgb) -> None:
        x = scale.x(np.asarray(self._analysis.measurement.angles.time_s, dtype=np.float64))
        spread = Z95 * np.nan_to_num(error)
        veil = picture.copy()
        for part in _stretches(np.isfinite(value)):
            upper = np.column_stack([x[part], scale.y(value[part] + spread[part])])
            lower = np.column_stack([x[part], scale.y(value[part] - spread[part])])
            cv2.fillPoly(veil, [_fixed(np.concatenate([upper, lower[::-1]]))], colour, cv2.LINE_AA, _SUBPIXEL)
        cv2.addWeighted(veil, 0.26, picture, 0.74, 0.0, dst=picture)
        for part in _stretches(np.isfinite(value)):
            line = _fixed(np.column_stack([x[part], scale.y(value[part])]))
            cv2.polylines(picture, [line], False, colour, max(2, self._text // 10), cv2.LINE_AA, _SUBPIXEL)


def diamond(centre: tuple[int, int], reach: int) -> npt.NDArray[np.int32]:
    """Return the corners of a square on its tip: the back's marker."""
    x, y = centre
    return np.array([(x - reach, y), (x, y - reach), (x + reach, y), (x, y + reach)], np.int32)


def _edge(values: list[FloatArray], pick: Any) -> float:
    known = np.concatenate([np.ravel(value) for value in values])
    known = known[np.isfinite(known)]
    return float(pick(known)) if len(known) else 0.0


def _stretches(known: BoolArray) -> list[slice]:
    """Return stretches of True, longer than one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]


def _fixed(points: FloatArray) -> npt.NDArray[np.int32]:
    """Convert pixels to OpenCV's fixed point."""
    return np.rint(points * (1 << _SUBPIXEL)).astype(np.int32)
