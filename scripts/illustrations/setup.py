"""Where the phone goes: the room seen facing the person, and from above."""

from __future__ import annotations

from typing import Final

from api.pages.illustrations.body import Point
from api.pages.illustrations.paths import circle, outline, polyline
from api.pages.illustrations.person import still
from api.pages.illustrations.svg import Box, floor, path
from scripts.illustrations.change_advice import GOOD
from scripts.illustrations.scene import Picture, group, rectangle, window

HIP: Final = -79.0
"""y of the hip joint of a standing person."""


def _mirrored(*right: Point) -> str:
    """Draw an outline from its right half, given from top to bottom."""
    return outline([*right, *((-x, y) for x, y in reversed(right))])


def from_the_front() -> str:
    """Draw the person from the front, standing tall at x = 0."""

    def both(style: str, *points: Point) -> str:
        return path(style, outline(points)) + path(style, outline([(-x, y) for x, y in points]))

    return "".join((
        both("d-skin", (5, -40), (13, -40), (13, -30), (10.5, -8), (7, -7), (6, -28)),
        both("d-shoe", (5.5, -7), (11, -8), (13.5, -2.4), (12, 0), (6, 0), (5, -3)),
        both("d-skin", (21, -119), (25.5, -112), (25, -96), (28, -74), (26.5, -66), (23.5, -68), (22, -82)),
        path("d-skin", _mirrored((0, -150), (7.4, -145), (8.2, -136), (5, -128), (4, -122))),
        both("d-shorts", (0.6, -84), (17.4, -85), (17.6, -64), (15.4, -42), (3.6, -42), (0.8, -62)),
        path("d-shirt", _mirrored(
            (0, -122), (7, -124), (20, -119), (24.6, -110), (24, -103), (18, -104), (15.6, -94), (17.4, -82), (0, -81),
        )),
    ))  # fmt: skip


def phone_upright(content: str = "", *, at: Point = (0.0, 0.0), turn: float = 0.0, scale: float = 1.0) -> str:
    """Draw a phone from the front, 84 by 160, standing on y = 0 around x = 0, with content on its screen."""
    body = rectangle("d-paper", -43, -161, 86, 161, 11) + rectangle("d-screen", -39, -150, 78, 140)
    return group(body + content + path("d-thin", polyline([(-8, -156), (8, -156)])), at=at, turn=turn, scale=scale)


def screen(content: str, seen: Box = (-40.0, -152.0, 108.0, 194.0)) -> str:
    """Fit content to the screen of `phone_upright`."""
    return window(content, (-39, -150, 78, 140), seen)


def phone_from_the_side(x: float, y: float) -> str:
    """Draw a phone leaning back against a small pile of books, its lens at hip height; it faces left."""
    lean = path("d-phone", polyline([(x, y + 14), (x + 5, y - 14)]))
    books = rectangle("d-solid", x + 5, y + 1, 12, 13, 1.5)
    return books + lean + path("d-mark", circle(x + 3.5, y - 8, 2))


def chair(x: float, y: float) -> str:
    """Draw a small table whose top is at y."""
    legs = polyline([(x + 3, y), (x + 1, 0)]) + polyline([(x + 37, y), (x + 39, 0)])
    return path("d-line", legs) + path("d-board", polyline([(x - 2, y), (x + 42, y)]))


def beside() -> Picture:
    """Draw the phone at hip height, some steps to the side of the person; its screen shows the whole body, side on."""
    lens = (186.0, HIP)
    cone = path("d-wash", polyline([lens, (-14, -174), (-14, 1), (38, 1)]) + "Z")
    edges = path("d-dash", polyline([lens, (-14, -174)]) + polyline([lens, (38, 1)]))
    level = path("d-dash", polyline([(44, HIP), (176, HIP)]))
    metres = path(
        "d-thin", polyline([(20, 12), (184, 12)]) + "".join(polyline([(x, 8), (x, 16)]) for x in (20, 74.7, 129.3, 184))
    )
    seen = screen(still(GOOD) + floor(-60, 60))
    content = cone + edges + floor(-14, 234) + level + group(from_the_front(), at=(20, 0))
    content += chair(176, HIP + 14.5) + phone_from_the_side(184, HIP) + metres
    content += group(phone_upright(seen), at=(276, -6), scale=0.82)
    return Picture((-16, -172, 336, 194), content)


def above(*, turned_away: bool = False) -> str:
    """Draw the person from above at (0, 0), the phone below and its field of view; side on, or turned away from it."""
    cone = path("d-wash", "M0 92L-52-44H52Z") + path("d-dash", "M0 92L-52-44M0 92L52-44")
    person = (
        path(
            "d-shoe",
            outline([(-4, -14), (8, -15), (17, -12), (8, -8), (-4, -9)])
            + outline([(-4, 14), (8, 15), (17, 12), (8, 8), (-4, 9)]),
        )
        + path(
            "d-shirt",
            outline([(-9, 0), (-8, -17), (-3, -25), (4, -23), (8, -12), (9, 0), (8, 12), (4, 23), (-3, 25), (-8, 17)]),
        )
        + path("d-skin", outline([(-9, 0), (-4, -8.6), (5, -7.6), (9.4, -2), (12.6, 0), (9.4, 2), (5, 7.6), (-4, 8.6)]))
    )
    phone = rectangle("d-phone-top", -13, 92, 26, 6, 2)
    facing = path("d-arrow", "M22 0H38M33-5L38 0L33 5")
    return cone + group(person + facing, turn=55 if turned_away else 0) + phone


def from_above() -> Picture:
    """Draw the person side on, from above: one shoulder points at the phone."""
    shoulder = path("d-dash", "M0 30V86")
    return Picture((-105, -58, 210, 172), above() + shoulder)
