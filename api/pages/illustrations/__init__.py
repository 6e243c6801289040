"""The drawings of the pages: a small jointed person seen from the side, drawn by code from the angles of the joints.

Everything here is a pure function that returns inline SVG without words, colours or inline styles: words are the
caller's (pages are translated), colours are custom properties in `web/css/drawings.css`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Final

from markupsafe import Markup

from api.pages.illustrations.change_advice import CHANGES
from api.pages.illustrations.demonstrations import BOX, demonstration
from api.pages.illustrations.filming_advice import FILMS, NOT_FILMED
from api.pages.illustrations.icons import ICONS, icon
from api.pages.illustrations.keep_advice import KEEPS
from api.pages.illustrations.mark import logo
from api.pages.illustrations.poses import EXERCISES, Angles, measured, pose_of
from api.pages.illustrations.render import still
from api.pages.illustrations.scene import Picture, floor, framed
from api.pages.illustrations.setup import beside, from_above

__all__ = ["ICONS", "NAMES", "Angles", "drawing", "figure", "icon", "logo", "pose_of"]

_PICTURES: Final[dict[str, Callable[[], Picture]]] = {
    **{f"demo-{name}": partial(demonstration, name) for name in EXERCISES},
    "setup_phone": beside,
    "setup_top": from_above,
    **{f"change-{code}": build for code, build in CHANGES.items()},
    **{f"keep-{name}": build for name, build in KEEPS.items()},
    **{f"film-{code}": build for code, build in FILMS.items()},
    **{f"film-{code}": beside for code in sorted(NOT_FILMED)},
}

NAMES: Final[tuple[str, ...]] = tuple(_PICTURES)
"""Every drawing."""

_picture = lru_cache(maxsize=None)(lambda name: _PICTURES[name]())


def drawing(name: str, *, title: str | None = None, desc: str | None = None, animated: bool = True) -> Markup:
    """A drawing as inline SVG.

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
        No such drawing.
    """
    return framed(_picture(name), title=title, desc=desc, animated=animated)


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
    """A measured posture as inline SVG, such as the bottom of the best repetition.

    Parameters
    ----------
    hip, knee, trunk, lumbar
        Degrees from the person's own standing, as a report gives them; None where not read. A lumbar spine that was not
        read is drawn dotted; other angles that were not read are set so that the body keeps its balance.
    load
        "bar", "dumbbell" or "kettlebell" in the hands.

    Raises
    ------
    KeyError
        No such load.
    """
    pose = measured(Angles(hip=hip, knee=knee, trunk=trunk, lumbar=lumbar), bar=9.0 if load else None)
    content = floor(BOX[0] + 6, BOX[0] + BOX[2] - 6) + still(pose, load, lumbar_read=lumbar is not None)
    return framed(Picture(BOX, content), title=title, desc=desc, animated=False)
