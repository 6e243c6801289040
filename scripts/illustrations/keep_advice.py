"""One thing to keep, by sub-score: a clear figure, a soft light on the place to look at, and a tick."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from api.pages.illustrations.body import joints_of
from api.pages.illustrations.person import still
from api.pages.illustrations.svg import Box, floor
from scripts.illustrations.change_advice import GOOD, TALL, rhythm
from scripts.illustrations.scene import Picture, arrow, beads, ghost, group, halo, hips_back, long_back, tick
from scripts.illustrations.setup import beside
from scripts.illustrations.simplified import silhouette, sketch

BOX: Final[Box] = (-105.0, -164.0, 210.0, 172.0)


def _ticked(content: str) -> Picture:
    return Picture(BOX, floor(-98, 98) + content + tick(86, -148))


def _spine() -> Picture:
    return _ticked(still(GOOD) + long_back(GOOD))


def _hip_drive() -> Picture:
    return _ticked(ghost(silhouette(TALL)) + still(GOOD) + hips_back(GOOD))


def _knees() -> Picture:
    return _ticked(still(GOOD) + halo(*joints_of(GOOD).knee, 15))


def _depth() -> Picture:
    way = arrow((24, -146), (52, -142), (72, -122))
    return _ticked(ghost(silhouette(TALL)) + still(GOOD) + way)


def _tempo() -> Picture:
    return _ticked(still(GOOD) + rhythm(GOOD))


def _consistency() -> Picture:
    row = "".join(group(sketch(GOOD), at=(-62 + 62 * i, 0), scale=0.6) for i in range(3))
    return _ticked(row + beads([(-62 + 62 * i, -88) for i in range(3)], 3.4))


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
