"""The surroundings of the person: arrows, marks, groups, and the picture they make up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.pages.illustrations.body import Point, Pose, inclination, joints_of, on_trunk, turned
from api.pages.illustrations.paths import circle, curve, number, pairs, polyline
from api.pages.illustrations.svg import Box, framed, path


@dataclass(frozen=True, slots=True)
class Picture:
    """The content of a drawing in its box; for a loop, also the content that replaces it where motion is unwelcome."""

    box: Box
    content: str
    motionless: str | None = None
    """None for a drawing that does not move."""

    def svg(self) -> str:
        """Return the drawing as an SVG; a loop has its motionless version beside it, for the style sheet to choose."""
        if self.motionless is None:
            return framed(self.box, self.content)
        moving = f'<g class="drawing-moving">{self.content}</g>'
        still = f'<g class="drawing-still" display="none">{self.motionless}</g>'
        return framed(self.box, moving + still, animated=True)


def group(
    content: str, *, at: Point = (0.0, 0.0), scale: float = 1.0, style: str | None = None, turn: float = 0.0
) -> str:
    """Move, scale or turn content, or give it a class."""
    steps = f"translate({pairs([at])})" if at != (0.0, 0.0) else ""
    steps += f"rotate({number(turn)})" if turn else ""
    steps += f"scale({scale:g})" if scale != 1 else ""
    transform = f' transform="{steps}"' if steps else ""
    klass = f' class="{style}"' if style else ""
    return f"<g{klass}{transform}>{content}</g>"


def ghost(content: str, *, at: Point = (0.0, 0.0), scale: float = 1.0) -> str:
    """Show content as one flat, quiet shape: how it was."""
    return group(content, at=at, scale=scale, style="d-ghost")


def arrow(*points: Point, size: float = 7.5) -> str:
    """Draw a smooth arrow through the points, with its head at the last one."""
    angle = inclination(points[-2], points[-1])
    head = [turned(point, angle) for point in ((0.0, 0.0), (size * 0.62, size), (-size * 0.62, size))]
    tip = points[-1]
    shape = polyline([(tip[0] + x, tip[1] + y) for x, y in head]) + "Z"
    neck = turned((0.0, size * 0.8), angle)
    body = [*points[:-1], (tip[0] + neck[0], tip[1] + neck[1])]
    return path("d-arrow", curve(body)) + path("d-head", shape)


def beads(points: Sequence[Point], radius: float = 3.4) -> str:
    """Draw dots: one for each second, or for each repetition."""
    return path("d-mark", "".join(circle(x, y, radius) for x, y in points))


def halo(x: float, y: float, radius: float) -> str:
    """Draw a soft light on the place to look at."""
    return path("d-light", circle(x, y, radius))


def tick(x: float, y: float) -> str:
    """Draw a tick in a disc: keep this."""
    return path("d-mark", circle(x, y, 11)) + path("d-tick", f"M{number(x - 5)} {number(y + 0.5)}l3.6 3.8 6.6-8")


def hips_back(pose: Pose, length: float = 26) -> str:
    """Draw an arrow backwards from the hips of a pose."""
    x, y = joints_of(pose).hip
    return arrow((x - 19, y - 3), (x - 19 - length, y - 3))


def rectangle(style: str, x: float, y: float, width: float, height: float, radius: float = 0.0) -> str:
    """Draw a rectangle with round corners."""
    box = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    return f'<rect class="{style}" {box} rx="{number(radius)}"/>'


def window(content: str, box: Box, seen: Box) -> str:
    """Crop content to a rectangle: `box` on the drawing shows the part `seen` of the content."""
    place = f'x="{number(box[0])}" y="{number(box[1])}" width="{number(box[2])}" height="{number(box[3])}"'
    view = " ".join(number(value) for value in seen)
    return f'<svg {place} viewBox="{view}" preserveAspectRatio="xMidYMax slice">{content}</svg>'


def long_back(pose: Pose) -> str:
    """Draw a line along the back, a little away from it, from the sacrum to the shoulders."""
    hip = joints_of(pose).hip
    line = [
        on_trunk(pose, hip, (x, height))
        for x, height in ((-19.5, 1), (-18, 10), (-17, 20), (-17.6, 29), (-18.4, 37), (-17, 44))
    ]
    return path("d-arrow", curve(line)) + beads([line[0], line[-1]])
