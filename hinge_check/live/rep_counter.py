"""The set under way: follows the movement, measures when it turns and ends, counts what `measure` calls a rep."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan

from hinge_check.arrays import Side
from hinge_check.assess.protocol import Protocol
from hinge_check.capture.track import TrackInfo
from hinge_check.live.frame_buffer import FrameBuffer
from hinge_check.live.phase_detector import DEEPER_DEG, Event, PhaseDetector
from hinge_check.live.posture import Posture
from hinge_check.live.rep_log import RepLog
from hinge_check.live.rep_measurement import TOO_OLD_S, MeasuredRep, measure_reps, personal_rules
from hinge_check.live.standing_reference import StandingReference
from hinge_check.live.updates import RepDone

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
class CounterUpdate:
    """What one frame brought."""

    faults: tuple[str, ...] = ()
    """Of the repetition at its bottom, in the order in which they are to be told."""
    done: list[RepDone] = field(default_factory=list)


class RepCounter:
    """Repetitions of one person as they happen."""

    def __init__(self, protocol: Protocol, buffer: FrameBuffer, rep_log: RepLog) -> None:
        self.movement = PhaseDetector(protocol.reps)
        self.rep_log = rep_log
        self.abstains = ""
        """Why the lumbar spine cannot be read, as last measured; empty when it can."""
        self._protocol = protocol
        self._buffer = buffer
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

    def update(self, now: float, pose: Posture, zero: StandingReference, number: int, info: TrackInfo) -> CounterUpdate:
        """One frame of set `number`."""
        out = CounterUpdate()
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
        self._buffer.hold_s = self._since_s
        return out

    def flush(self, zero: StandingReference, number: int, info: TrackInfo) -> list[RepDone]:
        """Count what is whole although it was not waited for: the picture ends or changes here."""
        out = CounterUpdate()
        if self.movement.bent or not isnan(self._due_s):
            self._count(zero, number, info, out, cut=True)
        return out.done

    def _reps(self, zero: StandingReference, info: TrackInfo, *, closing: bool) -> list[MeasuredRep]:
        rules = personal_rules(self._protocol.reps, self.movement.need)
        found = measure_reps(self._buffer, self._since_s, zero, info, rules, near=self._side, closing=closing)
        return [rep for rep in found if rep.bottom_s > self._until_s + TOO_OLD_S]

    def _at_bottom(self, zero: StandingReference, number: int, info: TrackInfo, *, turned: bool) -> tuple[str, ...]:
        """Faults of the bottom; measured once, unless it went deeper since."""
        peak = self.movement.peak
        if self._bottom is None or peak > self._bottom[0] + DEEPER_DEG:
            faults = self._judge_bottom(zero, number, info)
            if faults is None:
                return ()
            self._bottom = (peak, faults)
        # Pausing half way is not yet shallow.
        return tuple(code for code in self._bottom[1] if turned or code != "shallow")

    def _judge_bottom(self, zero: StandingReference, number: int, info: TrackInfo) -> tuple[str, ...] | None:
        """Faults as far as they are seen at the bottom; None where no repetition is found yet."""
        reps = self._reps(zero, info, closing=True)
        if not reps or reps[-1].bottom_s < self.movement.start_s:
            return None
        self.abstains = reps[-1].abstains
        return tuple(code for code in self.rep_log.faults_with(number, reps[-1].row, info) if code in AT_BOTTOM)

    def _count(
        self, zero: StandingReference, number: int, info: TrackInfo, out: CounterUpdate, *, cut: bool = False
    ) -> None:
        self._due_s = float("nan")
        self._tries += 1
        for rep in self._reps(zero, info, closing=False):
            if not rep.row.complete[0] and not cut:
                continue
            self.abstains, self._side = rep.abstains, rep.view.near_side
            out.done.append(self.rep_log.add(number, rep.row, info, rep.view, rep.findings, rep.figure))
            self._since_s, self._until_s = rep.end_s, rep.bottom_s
