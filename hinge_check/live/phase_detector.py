"""Phases of a repetition as they happen, from the bend frame by frame; they decide when to measure.

`measure` decides what counts as a repetition and what it shows; this module only detects that one began, turned, ended.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from math import isnan
from statistics import median

from hinge_check.measure.rep_rules import RepRules
from hinge_check.measure.reps import DIP_DEG, REL_PROMINENCE
from hinge_check.measure.standing import STILL_DEG_S
from hinge_check.measure.types import Phase

START_DEG, STAND_DEG = 12.0, 7.0
"""A descent begins at the first level above the stand, and the person stands again only at the second. Sway and
tracking noise stay within 5 degrees, and two levels keep the phase from flickering."""
TURN_DEG = 4.0
"""Coming up this far from the deepest point is a turn: above the 2-3 degrees of tracking noise."""
SLOW_DEG_S, HELD_S = 15.0, 0.2
"""A movement this slow for this long is a pause at the bottom; without a pause the turn lasts under 0.1 s."""
DEEPER_DEG = 4.0
"""A bottom this much deeper than the one reported before is a new one."""
PAUSED_S = 0.5
"""A pause this long on the way up ends a repetition that does not reach the full stand."""
SPEED_S = 0.15
"""Seconds over which speed is measured."""


class Event(StrEnum):
    """What happened on a frame."""

    STARTED = "started"
    HELD = "held"
    """A pause at the bottom."""
    TURNED = "turned"
    """Coming up from a bottom."""
    STOOD = "stood"
    """A repetition may have ended: the person stands again, or goes down again from high enough."""
    DROPPED = "dropped"
    """A small bend that did not become a repetition."""


class PhaseDetector:
    """Phases of one person's movement, from their bend in degrees above their own standing."""

    def __init__(self, rules: RepRules) -> None:
        self._rules = rules
        self.deepest = 0.0
        """Deepest bend of the session, degrees."""
        self.reset()

    def reset(self) -> None:
        """Start again from standing; the deepest bend of the session is kept."""
        self.phase = Phase.NONE
        self.start_s = float("nan")
        """When the repetition under way began."""
        self.peak = 0.0
        """Its deepest bend."""
        self.still_since = float("nan")
        """Since when the person stands; NaN while they do not."""
        self._recent: deque[tuple[float, float]] = deque(maxlen=24)
        self._raw: deque[float] = deque(maxlen=3)
        self._valley = 0.0
        self._low_s = float("nan")
        self._low = 0.0
        self._slow_since = float("nan")
        self._reported_peak = -1.0

    @property
    def required_range(self) -> float:
        """Range of bend that makes a repetition, as `measure.reps` demands it of a whole clip."""
        return max(self._rules.min_range_deg, REL_PROMINENCE * self.deepest)

    @property
    def deep_enough(self) -> bool:
        """Whether the bend under way is deep enough for a repetition."""
        return self.in_rep and self.peak - self._valley >= self.required_range

    @property
    def in_rep(self) -> bool:
        """Whether a repetition is under way."""
        return self.phase in (Phase.DESCENT, Phase.BOTTOM, Phase.ASCENT)

    def update(self, time_s: float, bend: float) -> list[Event]:
        """Process one frame and return its events, in order."""
        self._raw.append(bend)
        now = median(self._raw)
        speed = self._speed(time_s, now)
        if abs(speed) >= SLOW_DEG_S:
            self._slow_since = float("nan")
        elif isnan(self._slow_since):
            self._slow_since = time_s
        slow_s = 0.0 if isnan(self._slow_since) else time_s - self._slow_since
        if not self.in_rep:
            return self._update_standing(time_s, now, speed)
        if self.phase is Phase.ASCENT:
            return self._update_ascent(time_s, now, speed, slow_s)
        return self._update_descent(time_s, now, slow_s)

    def _speed(self, time_s: float, now: float) -> float:
        recent = self._recent
        recent.append((time_s, now))
        while len(recent) > 2 and time_s - recent[1][0] >= SPEED_S:
            recent.popleft()
        before_s, before = recent[0]
        return (now - before) / (time_s - before_s) if time_s > before_s else 0.0

    def _update_standing(self, time_s: float, now: float, speed: float) -> list[Event]:
        if self.phase is Phase.NONE:
            self.phase, self._valley = Phase.STAND, max(min(now, STAND_DEG), -STAND_DEG)
        if isnan(self.still_since):
            self.still_since = time_s
        if abs(speed) < STILL_DEG_S:
            self._valley = max(min(self._valley, now), -START_DEG)
        if now < self._valley + STAND_DEG:
            self._low_s = time_s
        if now < self._valley + START_DEG:
            return []
        self.phase, self.start_s = Phase.DESCENT, time_s if isnan(self._low_s) else self._low_s
        self.peak, self._reported_peak, self.still_since = now, -1.0, float("nan")
        return [Event.STARTED]

    def _update_descent(self, time_s: float, now: float, slow_s: float) -> list[Event]:
        self.peak = max(self.peak, now)
        deep_enough = self.peak - self._valley >= self.required_range
        if not deep_enough:
            if now >= self._valley + STAND_DEG:
                return []
            self.phase = Phase.STAND
            self.still_since = time_s
            return [Event.DROPPED]
        self.deepest = max(self.deepest, self.peak - self._valley)
        if now < self.peak - TURN_DEG:
            self.phase, self._low = Phase.ASCENT, now
            self._reported_peak = max(self._reported_peak, self.peak)
            return [Event.TURNED]
        if slow_s > 0:
            self.phase = Phase.BOTTOM
        if slow_s >= HELD_S and self.peak > self._reported_peak + DEEPER_DEG:
            self._reported_peak = self.peak
            return [Event.HELD]
        return []

    def _update_ascent(self, time_s: float, now: float, speed: float, slow_s: float) -> list[Event]:
        self._low = min(self._low, now)
        up = self.peak - self._low
        if now > self._low + max(DIP_DEG, TURN_DEG):
            if up < self.required_range:  # down again before it was a repetition: a dip at the bottom
                self.phase = Phase.BOTTOM
                return []
            self._begin_next_rep(time_s, now)
            return [Event.STOOD, Event.STARTED]
        complete = up >= self.required_range
        tall = now < self._valley + START_DEG and abs(speed) < STILL_DEG_S
        if (complete and (tall or slow_s >= PAUSED_S)) or now < self._valley + STAND_DEG:
            self.phase, self._valley = Phase.STAND, min(now, self._valley + START_DEG)
            self._low_s = self.still_since = time_s
            return [Event.STOOD]
        return []

    def _begin_next_rep(self, time_s: float, now: float) -> None:
        self.phase, self.start_s = Phase.DESCENT, time_s
        self._valley = min(self._low, self._valley + START_DEG)
        self.peak, self._reported_peak = now, -1.0
