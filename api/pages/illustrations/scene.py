"""What stands around the figure: the frame of a drawing, floor, arrows, marks. Pieces of markup for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from api.pages.illustrations.body import Point, Pose, inclination, joints_of, on_trunk, turned
from api.pages.illustrations.paths import curve, number, pairs, polyline
from api.pages.illustrations.props import circle


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing before it gets its title: the frame (x, y, width, height), what is in it, and what replaces a loop."""

    box: tuple[float, float, float, float]
    content: str
    still: str | None = None
    """For a loop: the motionless version; None for a drawing that does not move."""


def framed(picture: Picture, *, title: str | None, desc: str | None, animated: bool) -> Markup:
    """The whole inline SVG. Without a title it is decoration and hidden from assistive technology."""
    content, style = picture.content, "drawing"
    if picture.still is not None:
        if animated:
            moving, still = f'<g class="drawing-moving">{content}</g>', picture.still
            content, style = f'{moving}<g class="drawing-still" display="none">{still}</g>', "drawing drawing-animated"
        else:
            content = picture.still
    named = 'aria-hidden="true"' if title is None else 'role="img"'
    words = "" if title is None else f"<title>{escape(title)}</title>"
    words += "" if desc is None or title is None else f"<desc>{escape(desc)}</desc>"
    box = " ".join(number(value) for value in picture.box)
    return Markup(
        f'<svg class="{style}" xmlns="http://www.w3.org/2000/svg" viewBox="{box}" focusable="false" {named}>'
        f"{words}{content}</svg>"
    )


def path(style: str, d: str) -> str:
    """One path of a class."""
    return f'<path class="{style}" d="{d}"/>'


def group(
    content: str, *, at: Point = (0.0, 0.0), scale: float = 1.0, style: str | None = None, turn: float = 0.0
) -> str:
    """Content moved, scaled, turned or given a class."""
    moves = f"translate({pairs([at])})" if at != (0.0, 0.0) else ""
    moves += f"rotate({number(turn)})" if turn else ""
    moves += f"scale({scale:g})" if scale != 1 else ""
    transform = f' transform="{moves}"' if moves else ""
    klass = f' class="{style}"' if style else ""
    return f"<g{klass}{transform}>{content}</g>"


def ghost(content: str, *, at: Point = (0.0, 0.0), scale: float = 1.0) -> str:
    """Content as one flat, quiet shape: how it was."""
    return group(content, at=at, scale=scale, style="d-ghost")


def floor(left: float, right: float) -> str:
    """The line of the floor, at y = 0."""
    return path("d-floor", polyline([(left, 1.2), (right, 1.2)]))


def arrow(*points: Point, size: float = 7.5) -> str:
    """A smooth arrow through the points, the head at the last one."""
    angle = inclination(points[-2], points[-1])
    head = [turned(point, angle) for point in ((0.0, 0.0), (size * 0.62, size), (-size * 0.62, size))]
    tip = points[-1]
    shape = polyline([(tip[0] + x, tip[1] + y) for x, y in head]) + "Z"
    neck = turned((0.0, size * 0.8), angle)
    body = [*points[:-1], (tip[0] + neck[0], tip[1] + neck[1])]
    return path("d-arrow", curve(body)) + path("d-head", shape)


def beads(points: Sequence[Point], radius: float = 3.4) -> str:
    """Dots: one for each second, or each repetition."""
    return path("d-mark", "".join(circle(x, y, radius) for x, y in points))


def halo(x: float, y: float, radius: float) -> str:
    """A soft light on the place to look at."""
    return path("d-light", circle(x, y, radius))


def tick(x: float, y: float) -> str:
    """A tick in a disc: keep this."""
    return path("d-mark", circle(x, y, 11)) + path("d-tick", f"M{number(x - 5)} {number(y + 0.5)}l3.6 3.8 6.6-8")


def hips_back(pose: Pose, length: float = 26) -> str:
    """An arrow backwards from the hips of a pose."""
    x, y = joints_of(pose).hip
    return arrow((x - 19, y - 3), (x - 19 - length, y - 3))


def rectangle(style: str, x: float, y: float, width: float, height: float, radius: float = 0.0) -> str:
    """A rectangle with round corners."""
    box = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    return f'<rect class="{style}" {box} rx="{number(radius)}"/>'


def window(content: str, box: tuple[float, float, float, float], seen: tuple[float, float, float, float]) -> str:
    """Content cut at the edges of a rectangle: `box` on the drawing shows the part `seen` of the content."""
    place = f'x="{number(box[0])}" y="{number(box[1])}" width="{number(box[2])}" height="{number(box[3])}"'
    view = " ".join(number(value) for value in seen)
    return f'<svg {place} viewBox="{view}" preserveAspectRatio="xMidYMax slice">{content}</svg>'


def long_back(pose: Pose) -> str:
    """A line that runs along the back at a little distance, from the sacrum to the shoulders."""
    hip = joints_of(pose).hip
    away = [
        on_trunk(pose, hip, (x, height))
        for x, height in ((-19.5, 1), (-18, 10), (-17, 20), (-17.6, 29), (-18.4, 37), (-17, 44))
    ]
    return path("d-arrow", curve(away)) + beads([away[0], away[-1]])
