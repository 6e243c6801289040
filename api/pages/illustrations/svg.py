"""The frame of a drawing as SVG markup, its title, and the floor."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup, escape

from api.pages.illustrations.paths import number, polyline

Box = tuple[float, float, float, float]
"""x, y, width and height."""

_UNTITLED: Final = 'aria-hidden="true">'
_TITLED: Final = 'role="img">'


def framed(box: Box, content: str, *, animated: bool = False) -> str:
    """Return a whole SVG without a title: decoration, hidden from assistive technology."""
    style = "drawing drawing-animated" if animated else "drawing"
    view = " ".join(number(value) for value in box)
    return (
        f'<svg class="{style}" xmlns="http://www.w3.org/2000/svg" viewBox="{view}" focusable="false" {_UNTITLED}'
        f"{content}</svg>"
    )


def titled(svg: str, title: str | None, desc: str | None) -> Markup:
    """Give the SVG of `framed` a title and a description; without a title it stays decoration."""
    if title is None:
        return Markup(svg)
    words = f"<title>{escape(title)}</title>"
    words += "" if desc is None else f"<desc>{escape(desc)}</desc>"
    return Markup(svg.replace(_UNTITLED, _TITLED + words, 1))


def path(style: str, d: str) -> str:
    """Return one path of a class."""
    return f'<path class="{style}" d="{d}"/>'


def floor(left: float, right: float) -> str:
    """Return the line of the floor, at y = 0."""
    return path("d-floor", polyline([(left, 1.2), (right, 1.2)]))
