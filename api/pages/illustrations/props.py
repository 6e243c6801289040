"""Things held in the hands, as outlines around the grip (y down), and the dowel along the back."""

from __future__ import annotations

from api.pages.illustrations.body import Point, Pose, bent
from api.pages.illustrations.paths import circle, outline, polyline

PLATE_RADIUS = 20.0
KETTLEBELL_HEIGHT = 24.0
"""From the floor to the middle of the grip."""

DISC = circle(0, 0, PLATE_RADIUS - 4)
PLATE = circle(0, 0, PLATE_RADIUS) + circle(0, 0, PLATE_RADIUS - 4)
SMALL_PLATE = circle(0, 0, 7)
HUB = circle(0, 0, 2.6)
DUMBBELL = circle(0, 1, 6)
KETTLEBELL = outline([(-4, 5), (4, 5), (9.6, 12), (9, 20), (4, 24), (-4, 24), (-9, 20), (-9.6, 12)])
HANDLE = "M-5.5 8C-9-2-5-3 0-3S9-2 5.5 8"

ACROSS_SHOULDERS: Point = (-9.5, 46.0)
"""Where a bar lies on the upper back: a point of the trunk (x forward of the hip, height above it)."""


def dowel(pose: Pose) -> str:
    """Draw a stick along the back in the pelvis' frame: it touches sacrum, upper back and the back of the head."""
    low, high = bent((-12.6, -2), 0, 0), bent((-12.4, 38), pose.lumbar, pose.thoracic)
    dx, dy = high[0] - low[0], high[1] - low[1]
    return polyline([(low[0] - 0.35 * dx, low[1] - 0.35 * dy), (low[0] + 1.95 * dx, low[1] + 1.95 * dy)])
