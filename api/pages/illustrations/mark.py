"""The mark of the product: a person hinging, in four strokes, the lumbar curve in a colour of its own."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup, escape

LEG: Final = "M28 55H16L19 40L12.5 25.5"
BACK: Final = "M12.5 25.5C17 19.5 22 21 27 19.5S36 15 41 14.5"
LUMBAR: Final = "M12.5 25.5C17 19.5 22 21 27 19.5"
ARM: Final = "M40 15.5L39 36"
HEAD: Final = (50.5, 11.0, 6.0)


def logo(*, title: str | None = None) -> Markup:
    """Return the mark as inline SVG in the text's colour; without a title it is decoration beside the name."""
    named = 'aria-hidden="true"' if title is None else 'role="img"'
    words = "" if title is None else f"<title>{escape(title)}</title>"
    x, y, radius = HEAD
    return Markup(
        f'<svg class="logo" viewBox="0 0 64 64" focusable="false" {named}>{words}'
        f'<path class="logo-body" d="{LEG}"/><path class="logo-body" d="{ARM}"/><path class="logo-body" d="{BACK}"/>'
        f'<path class="logo-lumbar" d="{LUMBAR}"/><circle class="logo-head" cx="{x}" cy="{y}" r="{radius:g}"/></svg>'
    )


def standalone(
    *, ground: str = "#1f4f55", body: str = "#f3efe6", lumbar: str = "#ffb37a", size: int = 64, corner: int = 14
) -> str:
    """Return the mark as a file of its own: a rounded tile that is legible on light and dark tabs."""
    x, y, radius = HEAD
    strokes = 'fill="none" stroke-width="5.5" stroke-linecap="round" stroke-linejoin="round"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="{corner}" fill="{ground}"/><g transform="translate(6 7)scale(.8)">'
        f'<g {strokes} stroke="{body}"><path d="{LEG}"/><path d="{ARM}"/><path d="{BACK}"/></g>'
        f'<path {strokes} stroke="{lumbar}" d="{LUMBAR}"/>'
        f'<circle cx="{x}" cy="{y}" r="{radius:g}" fill="{body}"/></g></svg>\n'
    )
