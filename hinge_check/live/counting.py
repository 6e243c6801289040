"""The set under way: follows the movement, measures when it turns and ends, counts what `measure` calls a rep."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan

from hinge_check.arrays import Side
from hinge_check.assess.protocol import Protocol
from hinge_check.capture.track import TrackInfo
from hinge_check.live.answers import RepDone
from hinge_check.live.ledger import Ledger
from hinge_check.live.measuring import TOO_OLD_S, MeasuredRep, measured_reps, personal
from hinge_check.live.movement import DEEPER_DEG, Event, Movement
from hinge_check.live.posture import Posture
from hinge_check.live.reference import Reference
from hinge_check.live.ring import Ring

SETTLE_S = 0.4
"""Seconds of standing that are waited for after a repetition, so that its end and its finish are measured."""
TRIES = 2
"""A repetition not found when it seemed to end is looked for once more, then left to what follows."""
STALE_S = 8.0
"""What lies so far back is no longer looked for repetitions once the person stands."""

AT_BOTTOM = frozenset(
    {
        "lumbar_drift",
        "lumbar_flexion",
        "early_lumbar",
        "lumbar_extension",
        "squatting",
        "weight_shift",
        "shallow",
        "too_fast",
        "neck",
    }
)
"""Faults that are seen as soon as the bottom is; the others only on the way up or in the stand after it."""


@dataclass(slots=True)
class Progress:
    """What one frame brought."""

    faults: tuple[str, ...] = ()
    """Of the repetition at its bottom, in the order in which they are to be told."""
    done: list[RepDone] = field(default_factory=list)


class Counting:
    """Repetitions of one person as they happen."""

    def __init__(self, protocol: Protocol, ring: Ring, ledger: Ledger) -> None:
        self.movement = Movement(protocol.reps)
        self.ledger = ledger
        self.abstains = ""
        """Why the lumbar spine cannot be read, as last measured; empty when it can."""
        self._protocol = protocol
        self._ring = ring
        self._since_s = float("-inf")
        self._until_s = float("-inf")
        self._due_s = float("nan")
        self._tries = 0
        self._side: Side | None = None
        self._bottom: tuple[float, tuple[str, ...]] | None = None
        """How deep the bottom was that was measured last, and its faults."""

    def begin(self, now: float) -> None:
        """Look at nothing before this moment; a repetition under way is given up."""
        self._since_s, self._due_s, self._bottom = now, float("nan"), None
        self._until_s = min(self._until_s, now)
        self.movement.reset()

    def catch_up(self, now: float, bend: float) -> None:
        """A frame from before the reference was there: moves the phase on, measures nothing."""
        self.movement.update(now, bend)

    def side_unknown(self) -> None:
        """Vote anew for the side towards the camera."""
        self._side = None

    def follow(self, now: float, pose: Posture, zero: Reference, number: int, info: TrackInfo) -> Progress:
        """One frame of set `number`."""
        out = Progress()
        for event in self.movement.update(now, pose.bend - zero.bend):
            if event is Event.STARTED:
                if not isnan(self._due_s):
                    self._count(zero, number, info, out)
                self._bottom = None
            elif event is Event.STOOD:
                self._due_s, self._tries = now + SETTLE_S, 0
            elif event in (Event.HELD, Event.TURNED):
                out.faults = self._at_bottom(zero, number, info, turned=event is Event.TURNED)
        if now >= self._due_s:
            self._count(zero, number, info, out)
            if not out.done and self._tries < TRIES:
                self._due_s = now + SETTLE_S
        if not self.movement.bent and isnan(self._due_s):
            self._since_s = max(self._since_s, now - STALE_S)
        self._ring.hold_s = self._since_s
        return out

    def flush(self, zero: Reference, number: int, info: TrackInfo) -> list[RepDone]:
        """Count what is whole although it was not waited for: the picture ends or changes here."""
        out = Progress()
        if self.movement.bent or not isnan(self._due_s):
            self._count(zero, number, info, out, cut=True)
        return out.done

    def _reps(self, zero: Reference, info: TrackInfo, *, closing: bool) -> list[MeasuredRep]:
        rules = personal(self._protocol.reps, self.movement.need)
        found = measured_reps(self._ring, self._since_s, zero, info, rules, near=self._side, closing=closing)
        return [rep for rep in found if rep.bottom_s > self._until_s + TOO_OLD_S]

    def _at_bottom(self, zero: Reference, number: int, info: TrackInfo, *, turned: bool) -> tuple[str, ...]:
        """Faults of the bottom; measured once, unless it went deeper since."""
        peak = self.movement.peak
        if self._bottom is None or peak > self._bottom[0] + DEEPER_DEG:
            faults = self._judge_bottom(zero, number, info)
            if faults is None:
                return ()
            self._bottom = (peak, faults)
        # Pausing half way is not yet shallow.
        return tuple(code for code in self._bottom[1] if turned or code != "shallow")

    def _judge_bottom(self, zero: Reference, number: int, info: TrackInfo) -> tuple[str, ...] | None:
        """Faults as far as they are seen at the bottom; None where no repetition is found yet."""
        reps = self._reps(zero, info, closing=True)
        if not reps or reps[-1].bottom_s < self.movement.start_s:
            return None
        self.abstains = reps[-1].abstains
        return tuple(code for code in self.ledger.faults_with(number, reps[-1].row, info) if code in AT_BOTTOM)

    def _count(self, zero: Reference, number: int, info: TrackInfo, out: Progress, *, cut: bool = False) -> None:
        self._due_s = float("nan")
        self._tries += 1
        for rep in self._reps(zero, info, closing=False):
            if not rep.row.complete[0] and not cut:
                continue
            self.abstains, self._side = rep.abstains, rep.view.near_side
            out.done.append(self.ledger.add(number, rep.row, info, rep.view, rep.findings, rep.figure))
            self._since_s, self._until_s = rep.end_s, rep.bottom_s
