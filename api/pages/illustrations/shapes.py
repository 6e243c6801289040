"""The outlines of the body's parts. Rigid ones stand upright on the joint they turn about; y is height above it."""

from __future__ import annotations

from api.pages.illustrations.body import Point, Pose, bent
from api.pages.illustrations.paths import curve, outline


def _upright(*points: Point) -> str:
    return outline([(x, -height) for x, height in points])


SHOE = _upright((-6.4, -1.5), (-5.6, -6), (2, -6), (13, -6), (17.6, -4.6), (15.4, -1.6), (7, 1.6), (4.2, 5), (-4.4, 5))
SHANK = _upright(
    (3.2, 1),
    (3.3, 9),
    (4.4, 22),
    (5.6, 33),
    (4.6, 39),
    (-1, 40),
    (-5, 37),
    (-7.3, 28),
    (-6.6, 18),
    (-3.8, 7),
    (-3.2, 1),
)
THIGH = _upright(
    (2, -5), (5.4, -1), (6.8, 9), (8.6, 22), (8.8, 34), (2, 43), (-8, 41), (-9.6, 30), (-8.8, 20), (-6.6, 8), (-4.8, 0)
)
SHORTS_LEG = _upright(
    (-8.4, 15.5), (0, 14.6), (8.4, 15.5), (9.6, 26), (9.4, 36), (2, 45), (-8, 43), (-10.2, 33), (-9.8, 23)
)
SLEEVE = _upright((-4.6, -1), (0, -5), (4.4, -1), (4, 8), (3.6, 14.5), (-3.6, 14.5), (-4.4, 8))
UPPER_ARM = _upright((-3.6, 0), (0, -3), (3.6, 0), (3.3, 14), (2.8, 26), (0, 29.4), (-2.8, 26), (-3.3, 14))
FOREARM = _upright((-2.8, 0), (0, -2.4), (2.8, 0), (3, 7), (2.2, 17), (1.8, 21), (-1.8, 21), (-2.2, 17), (-3.1, 7))
HAND = _upright((-1.8, -1), (1.8, -1), (2.8, 3.5), (2.3, 9), (0, 11), (-2.1, 9), (-2.6, 3.5))
HEAD = _upright(
    (-3.6, -3), (3.2, -3), (3.6, 4.6), (6.6, 6), (9, 7), (10, 11), (11.2, 13.2), (10.4, 15.4), (9.6, 20),
    (5.6, 24.2), (-0.6, 24.6), (-5.6, 21), (-6.6, 15), (-4.8, 8.6), (-3.8, 3),
)  # fmt: skip
"""Neck and head on the base of the neck, facing forward."""

_BACK: tuple[Point, ...] = (
    (-11.4, 1),
    (-10.2, 8),
    (-8.9, 15),
    (-8.5, 20),
    (-9, 26),
    (-10.4, 33),
    (-10.2, 40),
    (-6.4, 47),
)
"""The dorsal edge in standing, from the sacrum to the base of the neck: the hollow at 15 to 22 is the lordosis."""

_SHIRT: tuple[Point, ...] = (
    (-10.5, 5.5), *_BACK[1:], (-2.2, 49.4), (3.4, 48), (8.4, 41), (9.6, 34), (8.4, 25), (8, 17), (8.8, 8), (7, 3.5),
    (-2, 2),
)  # fmt: skip
_PELVIS: tuple[Point, ...] = (
    (-10.2, 8.8), (-11.3, 1.5), (-12.2, -4), (-10.6, -10.5), (-4, -12), (4, -8), (8.4, 0), (9, 9), (0, 10.6),
)  # fmt: skip
LUMBAR_EDGE: tuple[Point, ...] = ((-10.1, 9), (-9.3, 12.5), (-8.7, 16), (-8.5, 20), (-8.7, 24), (-9.4, 28.5))
"""The part of the back edge that is drawn bold."""
_SACRUM_EDGE: tuple[Point, ...] = ((-12.1, -2), (-11.3, 3), (-10.1, 9))
_THORAX_EDGE: tuple[Point, ...] = ((-9.4, 28.5), (-10.4, 33), (-10.2, 40), (-6.4, 47))


def _on_back(points: tuple[Point, ...], pose: Pose) -> list[Point]:
    return [bent(point, pose.lumbar, pose.thoracic) for point in points]


PELVIS = _upright(*_PELVIS)


def shirt(pose: Pose) -> str:
    """Draw the trunk from waist to neck in the pelvis' frame."""
    return outline(_on_back(_SHIRT, pose))


def lumbar_edge(pose: Pose) -> str:
    """Draw the back edge from the sacrum to the lower ribs in the pelvis' frame: the curve the product is about."""
    return curve(_on_back(LUMBAR_EDGE, pose))


def back_edges(pose: Pose) -> str:
    """Draw the back edge below and above the lumbar part in the pelvis' frame."""
    return curve(_on_back(_SACRUM_EDGE, pose)) + curve(_on_back(_THORAX_EDGE, pose))
