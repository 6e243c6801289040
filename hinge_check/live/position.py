"""Whether somebody is still where they stood, facing as they faced."""

from __future__ import annotations

from math import dist, isnan
from typing import Literal

from hinge_check.live.posture import Posture
from hinge_check.live.standing_reference import StandingReference

AWAY, AWAY_S = 1.0, 1.0
"""Trunk lengths the feet are away, for so long: another place, where size and angle of view are no longer the same."""
TURNED_TOES = 0.12
"""Trunk lengths the toes point the other way: a third of a foot."""


class PositionTracker:
    """Remembers since when somebody is away or turned around."""

    def __init__(self) -> None:
        self._away_since = self._turned_since = float("nan")

    def moved_away(
        self, now: float, pose: Posture, zero: StandingReference, *, upright: bool
    ) -> Literal["", "walked_off", "turned_around"]:
        """What has held for `AWAY_S`; then it begins anew."""
        off = dist(pose.ankle, zero.ankle) / zero.length
        self._away_since = _since(self._away_since, now, off > AWAY)
        self._turned_since = _since(self._turned_since, now, upright and pose.toes * zero.forward < -TURNED_TOES)
        turned, away = now - self._turned_since >= AWAY_S, now - self._away_since >= AWAY_S
        if turned or away:
            self._away_since = self._turned_since = float("nan")
        return "turned_around" if turned else "walked_off" if away else ""


def _since(before: float, now: float, holds: bool) -> float:
    """Since when something holds; NaN while it does not."""
    if not holds:
        return float("nan")
    return now if isnan(before) else before
