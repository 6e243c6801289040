"""Detects that the person walked away or turned around."""

from __future__ import annotations

from math import dist, isnan
from typing import Literal

from hinge_check.live.posture import Posture
from hinge_check.live.standing_reference import StandingReference

AWAY, AWAY_S = 1.0, 1.0
"""Trunk lengths the feet are away, and for how long, to count as moved: at another place size and angle of view differ.
"""
TURNED_TOES = 0.12
"""Trunk lengths the toes point the other way to count as turned around: a third of a foot."""


class PositionTracker:
    """How long the person has been away or turned around."""

    def __init__(self) -> None:
        self._away_since = self._turned_since = float("nan")

    def moved_away(
        self, now: float, pose: Posture, reference: StandingReference, *, upright: bool
    ) -> Literal["", "walked_off", "turned_around"]:
        """Return which change has held for `AWAY_S` ('' for none); the timers then start again."""
        off = dist(pose.ankle, reference.ankle) / reference.length
        self._away_since = _hold_since(self._away_since, now, off > AWAY)
        self._turned_since = _hold_since(
            self._turned_since, now, upright and pose.toes * reference.forward < -TURNED_TOES
        )
        turned, away = now - self._turned_since >= AWAY_S, now - self._away_since >= AWAY_S
        if turned or away:
            self._away_since = self._turned_since = float("nan")
        return "turned_around" if turned else "walked_off" if away else ""


def _hold_since(before: float, now: float, holds: bool) -> float:
    """Return since when a condition holds; NaN while it does not."""
    if not holds:
        return float("nan")
    return now if isnan(before) else before
