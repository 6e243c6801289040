"""One thing to keep, by sub-score: a clear figure, a soft light where to look, and a tick."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from api.pages.illustrations.body import joints_of
from api.pages.illustrations.change_advice import GOOD, TALL, rhythm
from api.pages.illustrations.render import silhouette, sketch, still
from api.pages.illustrations.scene import Picture, arrow, beads, floor, ghost, group, halo, hips_back, long_back, tick
from api.pages.illustrations.setup import beside

BOX: Final = (-105.0, -164.0, 210.0, 172.0)


def _kept(content: str) -> Picture:
    return Picture(BOX, floor(-98, 98) + content + tick(86, -148))


def _spine() -> Picture:
    return _kept(still(GOOD) + long_back(GOOD))


def _hip_drive() -> Picture:
    return _kept(ghost(silhouette(TALL)) + still(GOOD) + hips_back(GOOD))


def _knees() -> Picture:
    return _kept(still(GOOD) + halo(*joints_of(GOOD).knee, 15))


def _depth() -> Picture:
    way = arrow((24, -146), (52, -142), (72, -122))
    return _kept(ghost(silhouette(TALL)) + still(GOOD) + way)


def _tempo() -> Picture:
    return _kept(still(GOOD) + rhythm(GOOD))


def _consistency() -> Picture:
    row = "".join(group(sketch(GOOD), at=(-62 + 62 * i, 0), scale=0.6) for i in range(3))
    return _kept(row + beads([(-62 + 62 * i, -88) for i in range(3)], 3.4))


def _view() -> Picture:
    scene = beside()
    x, y, width, _ = scene.box
    return Picture(scene.box, scene.content + tick(x + width - 18, y + 16))


KEEPS: Final[dict[str, Callable[[], Picture]]] = {
    "spine": _spine,
    "hip_drive": _hip_drive,
    "knees": _knees,
    "depth": _depth,
    "tempo": _tempo,
    "consistency": _consistency,
    "view": _view,
}
