"""The drawings of the pages: a small jointed person seen from the side.

The drawings are files, drawn by `scripts/draw_illustrations.py`; only a measured posture is drawn when it is asked for.
All are inline SVG without words, colours or inline styles: words come from the caller (pages are translated), colours
are custom properties in `web/css/drawings.css`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from markupsafe import Markup

from api.pages.illustrations.icons import ICONS, icon
from api.pages.illustrations.mark import logo
from api.pages.illustrations.person import still
from api.pages.illustrations.postures import Angles, measured
from api.pages.illustrations.svg import Box, floor, framed, titled

__all__ = ["BOX", "FILES", "ICONS", "NAMES", "drawing", "figure", "icon", "logo"]

FILES: Final = Path(__file__).parent / "files"

NAMES: Final = tuple((FILES / "names.txt").read_text("utf-8").split())
"""Every drawing, in the order of the design sheet."""

BOX: Final[Box] = (-94.0, -164.0, 188.0, 172.0)
"""The frame of one standing person."""


@cache
def _file(name: str) -> str:
    return (FILES / f"{name}.svg").read_text("utf-8").removesuffix("\n")


def drawing(name: str, *, title: str | None = None, desc: str | None = None, animated: bool = True) -> Markup:
    """Return a drawing as inline SVG.

    Parameters
    ----------
    name
        One of `NAMES`.
    title, desc
        What it shows, in the language of the page. Without a title the drawing is hidden from assistive technology:
        right where the words beside it say the same.
    animated
        False for the motionless version of a demonstration (its start behind its far end).

    Raises
    ------
    KeyError
        If there is no such drawing.
    """
    if name not in NAMES:
        raise KeyError(name)
    motionless = not animated and name.startswith("demo-")
    return titled(_file(f"{name}-still" if motionless else name), title, desc)


def figure(
    *,
    hip: float | None = None,
    knee: float | None = None,
    trunk: float | None = None,
    lumbar: float | None = None,
    load: str | None = None,
    title: str | None = None,
    desc: str | None = None,
) -> Markup:
    """Draw a measured posture as inline SVG, such as the bottom of the best repetition.

    Parameters
    ----------
    hip, knee, trunk, lumbar
        Degrees from the person's own standing, as a report gives them; None where not read. A lumbar spine that was not
        read is drawn dotted; other angles that were not read are set so that the body keeps its balance.
    load
        "bar", "dumbbell" or "kettlebell" in the hands.
    title, desc
        As for `drawing`.

    Raises
    ------
    KeyError
        If there is no such load.
    """
    pose = measured(Angles(hip=hip, knee=knee, trunk=trunk, lumbar=lumbar), bar=9.0 if load else None)
    content = floor(BOX[0] + 6, BOX[0] + BOX[2] - 6) + still(pose, load, lumbar_read=lumbar is not None)
    return titled(framed(BOX, content), title, desc)
