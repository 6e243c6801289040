"""Rendered text: PIL draws each text once, numpy copies it to every frame.

OpenCV's own font has neither a degree sign nor ±, so a real font is needed: DejaVu Sans, which comes with
matplotlib.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from hinge_check.present.style import Rgb

Picture = npt.NDArray[np.uint8]
"""(H, W, 3) RGB."""
Anchor = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True)
class Block:
    """A picture with transparency, ready to draw on another: `paint` is colour times opacity, `keep` the rest."""

    paint: npt.NDArray[np.uint16]
    keep: npt.NDArray[np.uint16]

    @property
    def width(self) -> int:
        """Width, pixels."""
        return int(self.paint.shape[1])

    @property
    def height(self) -> int:
        """Height, pixels."""
        return int(self.paint.shape[0])


@cache
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    import matplotlib  # for its fonts; slow to import, so only when something is drawn

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name), size)


def text_width(text: str, size: int, *, bold: bool = False) -> int:
    """Return the width in pixels of a text without its surroundings."""
    return int(np.ceil(_font(size, bold).getlength(text)))


@lru_cache(maxsize=1024)
def text_block(
    text: str, size: int, colour: Rgb, *, bold: bool = False, pill: Rgb | None = None, opacity: float = 0.78
) -> Block:
    """Render a text, free-standing with a thin dark halo, or on a rounded plate.

    Parameters
    ----------
    text
        One line, or several separated by newlines.
    size
        Font size, pixels.
    colour, pill
        Letters and plate, RGB; no plate when None.
    opacity
        Opacity of the plate.
    """
    font = _font(size, bold)
    ascent, descent = font.getmetrics()
    pad_x, pad_y = (round(0.55 * size), round(0.26 * size)) if pill is not None else (round(0.12 * size),) * 2
    lines, step = text.split("\n"), ascent + descent
    width = max(text_width(line, size, bold=bold) for line in lines) + 2 * pad_x
    height = step * len(lines) + 2 * pad_y
    corner = round(0.38 * (step + 2 * pad_y))
    image = Image.new("RGBA", (max(1, width), height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    if pill is not None:
        plate = (*pill, round(255 * opacity))
        draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=corner, fill=plate)
        letters = Image.new("RGBA", image.size, (0, 0, 0, 0))
        write = ImageDraw.Draw(letters)
        for k, line in enumerate(lines):
            write.text((pad_x, pad_y + k * step), line, font=font, fill=(*colour, 255))
        image = Image.alpha_composite(image, letters)
    else:
        halo = max(2, round(size / 11))
        for k, line in enumerate(lines):
            place = pad_x, pad_y + k * step
            draw.text(place, line, font=font, fill=(*colour, 255), stroke_width=halo, stroke_fill=(12, 14, 18, 215))
    return _block(np.asarray(image))


def _block(rgba: npt.NDArray[Any]) -> Block:
    alpha = rgba[..., 3:].astype(np.uint16)
    return Block(rgba[..., :3].astype(np.uint16) * alpha, 255 - alpha)


def blit(target: Picture, block: Block, x: float, y: float, anchor: Anchor = "left") -> None:
    """Draw a block on a picture in place; what falls outside is cut.

    Parameters
    ----------
    x, y
        Pixel of the block's top left corner, or top centre or top right as `anchor` says.
    """
    left = round(x - {"left": 0.0, "centre": block.width / 2, "right": float(block.width)}[anchor])
    top = round(y)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(target.shape[1], left + block.width), min(target.shape[0], top + block.height)
    if x0 >= x1 or y0 >= y1:
        return
    part = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
    region = target[y0:y1, x0:x1]
    # + 255 before the shift: opaque stays exact and untouched pixels keep their value
    region[...] = (region * block.keep[part] + block.paint[part] + np.uint16(255)) >> 8
