"""Detects a tall, still stand frame by frame, before any reference exists."""

from __future__ import annotations

from math import dist, isnan

from hinge_check.live.posture import Point, Posture
from hinge_check.measure.standing import MAX_KNEE_DEG, MAX_TRUNK_DEG

STILL_S = 1.5
"""Seconds of stillness that make a reference."""
SWAY_DEG, SWAY = 6.0, 0.12
"""Degrees of bend, and trunk lengths of hip displacement, within which quiet standing and tracking stay."""
BEGUN_DEG, BEGUN_TRUNK_DEG = 25.0, 15.0
"""A bend this far from the straightest posture seen, with the trunk this far from it, is the beginning of a hinge."""
SLIP_S = 0.2
"""Movement shorter than this is a slip of the tracker."""


class Stillness:
    """Duration of a tall, still stand, and whether a hinge began without waiting for it."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Start again without any observation."""
        self.since_s = float("nan")
        """Since when the person stands still; NaN while not."""
        self._low = self._high = 0.0
        self._position: Point = (0.0, 0.0)
        self._out_since = float("nan")
        self._straight = float("nan")
        self._straight_trunk = float("nan")

    def update(self, now: float, pose: Posture) -> float:
        """Process one frame; return the share of `STILL_S` that is reached, 0..1."""
        tall = abs(pose.trunk) < MAX_TRUNK_DEG and pose.knee < MAX_KNEE_DEG
        if tall and not pose.bend >= self._straight:  # true for the first frame too
            self._straight, self._straight_trunk = pose.bend, pose.trunk
        if not isnan(self.since_s):
            low, high = min(self._low, pose.bend), max(self._high, pose.bend)
            away = dist(pose.hip, self._position) / max(pose.length, 1.0)
            if tall and high - low <= SWAY_DEG and away <= SWAY:
                self._low, self._high, self._out_since = low, high, float("nan")
            elif isnan(self._out_since):
                self._out_since = now
            elif now - self._out_since >= SLIP_S:
                self.since_s = float("nan")
        if isnan(self.since_s):
            if not tall:
                return 0.0
            self.since_s, self._out_since = now, float("nan")
            self._low = self._high = pose.bend
            self._position = pose.hip
        return self.progress(now)

    def progress(self, now: float) -> float:
        """Return the share of `STILL_S` that is reached, 0..1."""
        return 0.0 if isnan(self.since_s) else min(1.0, max(0.0, now - self.since_s) / STILL_S)

    def hinge_begun(self, pose: Posture) -> bool:
        """Return whether a hinge is already under way."""
        return pose.bend - self._straight > BEGUN_DEG and abs(pose.trunk - self._straight_trunk) > BEGUN_TRUNK_DEG
