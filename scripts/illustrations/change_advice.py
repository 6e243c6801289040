"""One thing to change, by fault: how it was (left: quiet, flat) and what to try (right: clear, with an arrow)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from api.pages.illustrations.body import Joints, Pose, joints_of
from api.pages.illustrations.paths import polyline
from api.pages.illustrations.person import still
from api.pages.illustrations.postures import hinge
from api.pages.illustrations.svg import Box, floor, path
from scripts.illustrations.scene import Picture, arrow, beads, ghost, group, hips_back
from scripts.illustrations.simplified import silhouette, sketch

BOX: Final[Box] = (0.0, -164.0, 312.0, 178.0)
NOW_AT: Final = (64.0, 0.0)
TRY_AT: Final = (228.0, 0.0)

GOOD: Final = hinge(84, 22, 4, neck=-12)
"""The bottom of a calm bodyweight hinge."""
HALFWAY: Final = hinge(44, 12, 2, neck=-6)
TALL: Final = hinge(0, 2)


def pair(now: str, try_this: str) -> Picture:
    """Place two drawings side by side, each on the floor at its own x = 0, with a chevron between them."""
    between = path("d-thin", polyline([(135, -84), (141, -77), (135, -70)]))
    content = floor(6, 126) + floor(158, 306) + ghost(now, at=NOW_AT) + between + group(try_this, at=TRY_AT)
    return Picture(BOX, content)


def _two_poses(now: Pose, better: Pose, arrows: Callable[[Pose], str] = hips_back) -> Picture:
    return pair(silhouette(now), still(better) + arrows(better))


def _lift(joints: Joints) -> str:
    x, y = joints.hip
    return arrow((x - 22, y + 10), (x - 22, y - 16)) + arrow(
        (joints.neck[0] - 14, joints.neck[1] - 8), (joints.neck[0] - 14, joints.neck[1] - 34)
    )


def rhythm(pose: Pose) -> str:
    """Draw an arrow along the way down, with a dot for each of three seconds."""
    x, y = joints_of(pose).neck
    points = [(x - 28, y - 54), (x + 4, y - 47), (x + 27, y - 24), (x + 35, y + 4)]
    return arrow(*points) + beads(points[:3], 5)


def _lumbar_flexion() -> Picture:
    return _two_poses(hinge(60, 16, 54, thoracic=26, neck=-8), GOOD)


def _early_lumbar() -> Picture:
    return _two_poses(hinge(10, 3, 40, thoracic=22, neck=-6), HALFWAY)


def _lumbar_extension() -> Picture:
    better = hinge(76, 20, 2, neck=-12)

    def ribs(pose: Pose) -> str:
        x, y = joints_of(pose).shoulder
        return arrow((x + 25, y + 6), (x + 20, y + 34))

    return _two_poses(hinge(84, 20, -34, thoracic=-14, neck=-16), better, ribs)


def _squatting() -> Picture:
    return _two_poses(hinge(84, 92, 4, neck=-6), GOOD)


def _hips_first() -> Picture:
    now = hinge(104, 12, 14, thoracic=6, neck=-8)
    x, y = joints_of(now).hip
    up = arrow((x - 22, y + 12), (x - 22, y - 16))
    better = hinge(64, 34, 4, neck=-10)
    return pair(silhouette(now) + up, still(better) + _lift(joints_of(better)))


def _shallow() -> Picture:
    return _two_poses(hinge(30, 8, 2, neck=-4), GOOD)


def _incomplete_lockout() -> Picture:
    def up(pose: Pose) -> str:
        x, y = joints_of(pose).neck
        return arrow((x - 24, y + 34), (x - 24, y - 18))

    return _two_poses(hinge(26, 20, 4), TALL, up)


def _neck() -> Picture:
    def head(pose: Pose) -> str:
        x, y = joints_of(pose).neck
        gaze = path("d-dash", polyline([(x + 22, y + 14), (x + 50, -3)]))
        return gaze + arrow((x + 20, y - 28), (x + 33, y - 18), (x + 36, y - 3))

    return _two_poses(hinge(80, 22, 4, neck=-66), hinge(80, 22, 4, neck=-8), head)


def _bouncing() -> Picture:
    x, y = joints_of(GOOD).neck
    jumps = path(
        "d-arrow", polyline([(x - 34, y - 22), (x - 26, y - 36), (x - 18, y - 22), (x - 10, y - 36), (x - 2, y - 22)])
    )
    rest = path("d-mark", "".join(f"M{left:.1f} {y - 44:.1f}h6v22h-6Z" for left in (x - 24, x - 12)))
    return pair(silhouette(GOOD) + jumps, still(GOOD) + rest)


def _too_fast() -> Picture:
    x, y = joints_of(GOOD).neck
    rush = arrow((x + 4, y - 58), (x + 30, y - 30), (x + 36, y + 4))
    lines = path(
        "d-arrow",
        "".join(polyline([(x - 12 - 7 * i, y - 54 + 11 * i), (x + 4 - 7 * i, y - 40 + 11 * i)]) for i in range(3)),
    )
    return pair(silhouette(GOOD) + rush + lines, still(GOOD) + rhythm(GOOD))


def pressure(lengths: tuple[float, ...], left: float = -5.0) -> str:
    """Draw short lines below the floor: where the foot presses."""
    return path(
        "d-arrow",
        "".join(polyline([(left + 5.4 * i, 5), (left + 5.4 * i, 5 + length)]) for i, length in enumerate(lengths)),
    )


def _weight_shift() -> Picture:
    flat = hinge(70, 30, 4, neck=-10, over=13)
    lifted = Pose(flat.shank, flat.thigh, flat.pelvis, 4, 0, -10, 0, 4, 0, 16, (-0.5, -9.6))
    now = silhouette(lifted) + pressure((2, 4.5, 7), 6)
    better = still(GOOD) + pressure((5, 5, 5, 5, 5)) + hips_back(GOOD, 20)
    return pair(now, better)


def _lumbar_drift() -> Picture:
    rounding = (0.0, 16.0, 34.0, 56.0)
    tired = [hinge(82 - 0.5 * f, 20, f + 2, thoracic=f / 2.4, neck=-10) for f in rounding]
    scale = 0.5
    now = "".join(group(sketch(pose), at=(30 + 58 * i, -88), scale=scale) for i, pose in enumerate(tired))
    better = "".join(group(sketch(tired[0]), at=(30 + 58 * i, 0), scale=scale) for i in range(3))
    dots = beads([(30 + 58 * i, 9) for i in range(3)], 2.6)
    down = path("d-thin", polyline([(226, -38), (233, -31), (240, -38)]))
    lines = path("d-floor", polyline([(8, -87), (252, -87)])) + floor(8, 180)
    return Picture((0, -164, 260, 178), lines + ghost(now) + down + better + dots)


CHANGES: Final[dict[str, Callable[[], Picture]]] = {
    "lumbar_flexion": _lumbar_flexion,
    "early_lumbar": _early_lumbar,
    "lumbar_extension": _lumbar_extension,
    "squatting": _squatting,
    "hips_first": _hips_first,
    "shallow": _shallow,
    "incomplete_lockout": _incomplete_lockout,
    "neck": _neck,
    "bouncing": _bouncing,
    "too_fast": _too_fast,
    "weight_shift": _weight_shift,
    "lumbar_drift": _lumbar_drift,
}
