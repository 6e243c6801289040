"""The demonstrations: every exercise as a calm loop, or its start and far end where motion is unwelcome."""

from __future__ import annotations

import math
from typing import Final

from api.pages.illustrations import BOX
from api.pages.illustrations.body import Pose, joints_of
from api.pages.illustrations.paths import polyline
from api.pages.illustrations.person import still
from api.pages.illustrations.svg import Box, floor, path
from scripts.illustrations.animation import Timing, moving
from scripts.illustrations.exercises import EXERCISES
from scripts.illustrations.scene import Picture, arrow, ghost, rectangle
from scripts.illustrations.simplified import silhouette

STEPS: Final = 6
"""Poses each way after the first: 14 in a loop."""

BOXES: Final[dict[str, Box]] = {"bridge": (-126.0, -112.0, 172.0, 157.4), "bird_dog": (-106.0, -125.0, 200.0, 183.0)}


def timing(stand: float = 0.8, down: float = 2.2, hold: float = 0.6, up: float = 1.8) -> Timing:
    """Return when each pose is shown, from seconds: slow at the ends, quicker between, as people move."""
    total = stand + down + hold + up
    eased = [math.acos(1 - 2 * i / STEPS) / math.pi for i in range(STEPS + 1)]
    times = [0.0, *(stand + down * t for t in eased), *(stand + down + hold + up * t for t in eased[:-1]), total]
    return Timing(total, tuple(time / total for time in times), STEPS + 1)


def loop(exercise: str) -> list[Pose]:
    """Return the poses of a loop, in the order of `timing`: start, the way down, the way up."""
    build = EXERCISES[exercise][0]
    down = [build(i / STEPS) for i in range(STEPS + 1)]
    return [down[0], *down, *reversed(down)]


def demonstration(exercise: str) -> Picture:
    """Draw the loop of an exercise; motionless: the start as a quiet shape behind the far end, and an arrow."""
    build, load = EXERCISES[exercise]
    box = BOXES.get(exercise, BOX)
    start, end = build(0.0), build(1.0)
    room = _room(exercise, end) + floor(box[0] + 6, box[0] + box[2] - 6)
    content = room + moving(loop(exercise), timing(), load)
    motionless = (
        room + ghost(silhouette(start, None if load == "dowel" else load)) + still(end, load) + _movement(exercise, end)
    )
    return Picture(box, content, motionless)


def _room(exercise: str, end: Pose) -> str:
    """Draw the wall that the hips touch."""
    if exercise != "wall_tap":
        return ""
    edge = joints_of(end).hip[0] - 13.5
    return rectangle("d-wall", edge - 14, -160, 14, 161) + path("d-floor", polyline([(edge, -158), (edge, 1.2)]))


def _movement(exercise: str, end: Pose) -> str:
    """Draw an arrow from start to end; a wall needs none."""
    x, y = joints_of(end).hip
    if exercise == "bridge":
        return arrow((x, y - 18), (x, y - 40))
    if exercise == "bird_dog":
        hand = joints_of(end).hand
        return arrow((hand[0] - 4, hand[1] + 30), (hand[0] + 4, hand[1] + 12)) + arrow((-68, -16), (-76, -30))
    if exercise == "wall_tap":
        return ""
    return arrow((x - 20, y - 3), (x - 46, y - 3))
