"""Layout of the canvas: the picture above, free of numbers, and a panel of numbers and curves below.

The panel extends the canvas instead of covering the picture: feet are at the lower edge of a well-framed
clip, and a phone held upright has room below a video of either orientation.
"""

from __future__ import annotations

from dataclasses import dataclass

LONG_EDGE = 1280
"""Largest canvas edge, pixels."""
PICTURE = 960
"""Long edge of the picture on the canvas: smaller ones are scaled up so that letters are sharp on a phone, larger ones
down. A phone held upright shows about as many pixels across; encoding more costs as much again as all the drawing."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the canvas."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes of one canvas; all sizes are even, as H.264 requires."""

    picture: tuple[int, int]
    """Width and height of the picture, in the top left corner of the canvas."""
    canvas: tuple[int, int]
    text: int
    """Base font size, pixels: capitals are 3 % of the canvas's short edge high."""
    hip: Box
    back: Box
    strip: Box

    @property
    def upright(self) -> bool:
        """Whether the picture is taller than wide."""
        return self.picture[1] > self.picture[0]


def _text_share(width: float, height: float) -> float:
    """Return font size over picture width."""
    return max(0.030, 0.043 * min(width, height) / width)


# Heights in font sizes: margins, a row of number and bar, the strip of curves.
_MARGIN, _ROW, _STRIP = 0.45, 1.85, 4.6


def _panel(upright: bool) -> float:
    return 3 * _MARGIN + _ROW + _STRIP if upright else 2 * _MARGIN + 2 * _ROW + 0.25


def layout(source: tuple[int, int]) -> Layout:
    """Arrange a canvas for an upright source picture of (width, height) pixels."""
    width, height = source
    upright = height > width
    per_width = _panel(upright) * _text_share(width, height)
    scale = min(PICTURE / max(width, height), LONG_EDGE / (height + per_width * width))
    w, h = _even(scale * width), _even(scale * height)
    text = max(10, round(_text_share(w, h) * w))
    panel = min(_even(_panel(upright) * text), LONG_EDGE - h)
    margin, row = round(_MARGIN * text), round(_ROW * text)
    if upright:
        half = (w - 3 * margin) // 2
        hip, back = Box(margin, h + margin, half, row), Box(2 * margin + half, h + margin, half, row)
        top = h + 2 * margin + row
        strip = Box(margin, top, w - 2 * margin, h + panel - margin - top)
    else:
        left = round(0.31 * w)
        hip = Box(margin, h + margin, left, row)
        back = Box(margin, h + margin + row + round(0.25 * text), left, row)
        x = left + 3 * margin
        strip = Box(x, h + margin, w - margin - x, panel - 2 * margin)
    return Layout((w, h), (w, h + panel), text, hip, back, strip)


def _even(value: float) -> int:
    return max(2, 2 * round(value / 2))
