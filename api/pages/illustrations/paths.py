"""SVG path data from points: smooth outlines and curves, one decimal, as short as possible."""

from __future__ import annotations

from collections.abc import Sequence

from api.pages.illustrations.body import Point


def number(value: float) -> str:
    """Format with one decimal, without a trailing zero or a negative zero."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def pairs(points: Sequence[Point]) -> str:
    """Format coordinates; the sign of a negative number serves as the separator."""
    text = ""
    for value in (value for point in points for value in point):
        shown = number(value)
        text += shown if not text or shown.startswith("-") else f" {shown}"
    return text


def _curve(before: Point, start: Point, end: Point, after: Point) -> str:
    """Convert one Catmull-Rom span to a cubic Bézier curve."""
    first = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
    second = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
    return "C" + pairs((first, second, end))


def outline(points: Sequence[Point]) -> str:
    """Draw a closed smooth outline through the points."""
    n = len(points)
    spans = (_curve(points[i - 1], points[i], points[(i + 1) % n], points[(i + 2) % n]) for i in range(n))
    return f"M{pairs(points[:1])}{''.join(spans)}Z"


def curve(points: Sequence[Point]) -> str:
    """Draw an open smooth curve through the points."""
    padded = [points[0], *points, points[-1]]
    spans = (_curve(*padded[i : i + 4]) for i in range(len(points) - 1))
    return f"M{pairs(points[:1])}{''.join(spans)}"


def polyline(points: Sequence[Point]) -> str:
    """Draw straight lines through the points."""
    return f"M{pairs(points[:1])}L{pairs(points[1:])}"


def circle(x: float, y: float, radius: float) -> str:
    """Draw a circle as path data, so that it can be placed like any part."""
    r = number(radius)
    return (
        f"M{number(x - radius)} {number(y)}a{r} {r} 0 1 0 {number(2 * radius)} 0a{r} {r} 0 1 0 {number(-2 * radius)} 0Z"
    )
