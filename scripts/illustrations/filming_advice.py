"""How to film better, by the code of the refusal: what the phone saw (left, quiet) and what to aim for (right)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from api.pages.illustrations import shapes
from api.pages.illustrations.body import joints_of, on_trunk
from api.pages.illustrations.paths import curve, outline, polyline
from api.pages.illustrations.person import still
from api.pages.illustrations.postures import hinge
from api.pages.illustrations.svg import Box, floor, path
from scripts.illustrations.change_advice import GOOD, HALFWAY, TALL
from scripts.illustrations.scene import Picture, arrow, beads, ghost, group, long_back, rectangle
from scripts.illustrations.setup import above, beside, chair, phone_from_the_side, phone_upright, screen
from scripts.illustrations.simplified import silhouette, sketch

BOX: Final[Box] = (0.0, -176.0, 300.0, 192.0)
LEFT: Final = (72.0, 0.0)
RIGHT: Final = (226.0, 0.0)
WHOLE: Final[Box] = (-49.0, -166.0, 98.0, 176.0)
"""The part of the room that a well placed phone sees."""


def _pair(now: str, better: str) -> Picture:
    between = path("d-thin", polyline([(145, -86), (151, -79), (145, -72)]))
    return Picture(BOX, group(now, at=LEFT) + between + group(better, at=RIGHT))


def _on_screen(content: str, seen: Box = WHOLE) -> str:
    return phone_upright(screen(content, seen))


def _ground() -> str:
    return floor(-200, 200)


def _well_filmed() -> str:
    return _on_screen(_ground() + still(TALL))


def _too_dark() -> Picture:
    night = rectangle("d-night", -200, -300, 400, 400)
    lamp = path("d-line", "M-27-166V-146") + path("d-mark", "M-38-132C-38-142-33-147-27-147S-16-142-16-132Z")
    rays = path("d-ray", "M-27-126V-116M-37-125L-42-117M-17-125L-12-117")
    return _pair(
        _on_screen(night + ghost(silhouette(TALL))), _on_screen(_ground() + lamp + rays + group(still(TALL), at=(8, 0)))
    )


def _blurred() -> Picture:
    smears = "".join(ghost(sketch(TALL), at=(dx, dy)) for dx, dy in ((-9, 2), (0, -3), (9, 1)))
    return _pair(_on_screen(_ground() + smears), _well_filmed())


def _person_too_small() -> Picture:
    small = group(ghost(silhouette(TALL)), at=(0, -30), scale=0.36)
    return _pair(_on_screen(_ground() + small), _well_filmed())


def _out_of_frame() -> Picture:
    return _pair(_on_screen(ghost(silhouette(GOOD)), (-34, -128, 60, 107)), _on_screen(_ground() + still(GOOD)))


def _person_lost() -> Picture:
    return _pair(_on_screen(_ground() + ghost(silhouette(HALFWAY), at=(44, 0))), _on_screen(_ground() + still(HALFWAY)))


def _several_people() -> Picture:
    two = ghost(silhouette(TALL), at=(-26, 0)) + group(ghost(silhouette(TALL)), at=(30, -14), scale=0.9)
    return _pair(_on_screen(_ground() + two), _well_filmed())


def _not_side_view() -> Picture:
    now, better = group(above(turned_away=True), style="d-quiet"), above()
    middle = path("d-thin", polyline([(146, -80), (152, -73), (146, -66)]))
    return Picture(BOX, group(now, at=(74, -104)) + middle + group(better, at=(226, -104)))


def _camera_moved() -> Picture:
    shake = path("d-arrow", "M-56-110C-64-96-64-70-56-56M56-110C64-96 64-70 56-56")
    now = (
        group(phone_upright(screen(_ground() + ghost(silhouette(TALL)), WHOLE)), turn=-7, at=(0, -6), style="d-quiet")
        + shake
    )
    table = group(chair(-20, -36) + phone_from_the_side(-8, -50.5), scale=2)
    return _pair(group(now, scale=0.9, at=(0, -10)), floor(-62, 62) + table)


def _camera_tilted() -> Picture:
    now = group(
        phone_upright(screen(_ground() + ghost(silhouette(TALL)), WHOLE)),
        turn=13,
        at=(-10, -8),
        scale=0.9,
        style="d-quiet",
    )
    level = path("d-arrow", "M-40 9H40M0 4V14")
    return _pair(now, group(_well_filmed(), at=(0, -6), scale=0.94) + level)


def _feet_moved() -> Picture:
    steps = ghost(silhouette(TALL), at=(-24, 0)) + ghost(silhouette(TALL), at=(26, 0))
    way = arrow((-14, 10), (30, 10), size=6)
    marks = path("d-arrow", "M-9 9V14M20 9V14M-9 12H20")
    now = floor(-62, 62) + steps + way
    return _pair(now, floor(-62, 62) + still(GOOD) + marks)


def _sequence(*, wait: bool) -> Picture:
    """Draw one whole hinge: stand tall, bend, stand up again; with `wait`, two dots for the two still seconds."""
    places, scale = (50.0, 148.0, 252.0), 0.86
    row = "".join(
        group(still(pose), at=(x, 0), scale=scale) for x, pose in zip(places, (TALL, GOOD, TALL), strict=True)
    )
    ways = arrow((76, -74), (94, -74)) + arrow((206, -74), (224, -74))
    dots = beads([(44, -146), (58, -146)], 4.4) if wait else ""
    return Picture((0, -164, 300, 178), floor(8, 292) + row + ways + dots)


def _no_standing_reference() -> Picture:
    return _sequence(wait=True)


def _whole_hinge() -> Picture:
    return _sequence(wait=False)


def _too_long() -> Picture:
    """Draw a long strip of repetitions, one set of it framed."""
    wave = "".join(f"M{x} -40c7 0 7-34 14-34s7 34 14 34" for x in (-118, -88, -58))
    rest = "".join(f"M{x} -40c7 0 7-34 14-34s7 34 14 34" for x in (24, 54, 84))
    strip = rectangle("d-paper", -128, -92, 256, 66, 8)
    frame = rectangle("d-frame", -122, -100, 100, 82, 8)
    person = group(still(GOOD), at=(-72, -106), scale=0.42)
    return Picture((-140, -176, 280, 179), strip + path("d-arrow", wave) + path("d-dash", rest) + frame + person)


_LOOSE = outline([(-x, -y) for x, y in (
    (16, 0), (18, 10), (14.5, 20), (16.5, 31), (12, 43), (5, 49),
    (-4, 48), (-10, 40), (-13, 26), (-11, 14), (-14, 2), (-2, -3),
)])  # fmt: skip
"""A loose top, in the pelvis' frame."""


def _lumbar_not_measurable() -> Picture:
    unread = hinge(62, 16, 4, neck=-10, arm=-44, elbow=20)
    at = joints_of(unread).hip
    loose = group(path("d-shirt", _LOOSE), at=at, turn=unread.pelvis)
    edge = [on_trunk(unread, at, (x - 6, height)) for x, height in shapes.LUMBAR_EDGE]
    dots = path("d-lumbar d-unread", curve(edge))
    now = floor(-62, 62) + group(still(unread) + loose + dots, style="d-quiet")
    fitted = hinge(62, 16, 4, neck=-10)
    return _pair(now, floor(-62, 62) + still(fitted) + long_back(fitted))


FILMS: Final[dict[str, Callable[[], Picture]]] = {
    "too_dark": _too_dark,
    "blurred": _blurred,
    "no_person": beside,
    "person_lost": _person_lost,
    "person_too_small": _person_too_small,
    "out_of_frame": _out_of_frame,
    "several_people": _several_people,
    "not_side_view": _not_side_view,
    "camera_moved": _camera_moved,
    "camera_tilted": _camera_tilted,
    "feet_moved": _feet_moved,
    "no_standing_reference": _no_standing_reference,
    "no_hinge": _whole_hinge,
    "too_short": _no_standing_reference,
    "too_long": _too_long,
    "lumbar_not_measurable": _lumbar_not_measurable,
}

NOT_FILMED: Final = frozenset({
    "unreadable", "not_a_video", "no_video_stream", "truncated", "too_large", "tempo_uncertain", "model_missing",
    "output_unwritable", "disk_full", "interrupted",
})  # fmt: skip
"""Codes that filming differently does not resolve: their drawing is the set-up of the phone."""
