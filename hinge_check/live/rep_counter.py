"""The set under way: follows the phases, measures at turns and ends, and counts what `measure` accepts as a rep."""

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
"""Seconds of standing to wait for after a repetition, so that its end and its finish are measured."""
TRIES = 2
"""A repetition not found when it seemed to end is looked for once more, then left to the next measurement."""
STALE_S = 8.0
"""Frames older than this are no longer searched for repetitions once the person stands."""

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
"""Faults that are visible as soon as the bottom is reached; the others only on the way up or in the stand after it."""


@dataclass(slots=True)
class CounterUpdate:
    """Result of one frame."""

    faults: tuple[str, ...] = ()
    """Faults of the repetition at its bottom, in the order in which to say them."""
    done: list[RepDone] = field(default_factory=list)


class RepCounter:
    """Repetitions of one person, counted as they happen."""

    def __init__(self, protocol: Protocol, buffer: FrameBuffer, rep_log: RepLog) -> None:
        self.phases = PhaseDetector(protocol.reps)
        self.rep_log = rep_log
        self.abstains = ""
        """Why the lumbar spine cannot be read, by the last measurement; empty when it can."""
        self._protocol = protocol
        self._buffer = buffer
        self._since_s = float("-inf")
        self._until_s = float("-inf")
        self._due_s = float("nan")
        self._tries = 0
        self._side: Side | None = None
        self._bottom: tuple[float, tuple[str, ...]] | None = None
        """Depth of the bottom that was measured last, and its faults."""

    def begin(self, now: float) -> None:
        """Ignore everything before this moment; a repetition under way is discarded."""
        self._since_s, self._due_s, self._bottom = now, float("nan"), None
        self._until_s = min(self._until_s, now)
        self.phases.reset()

    def catch_up(self, now: float, bend: float) -> None:
        """Advance the phase by a frame from before the reference existed, without measuring."""
        self.phases.update(now, bend)

    def forget_side(self) -> None:
        """Forget the side towards the camera, so that it is voted on again."""
        self._side = None

    def update(
        self, now: float, pose: Posture, reference: StandingReference, set_number: int, info: TrackInfo
    ) -> CounterUpdate:
        """Process one frame of set `set_number`."""
        out = CounterUpdate()
        for event in self.phases.update(now, pose.bend - reference.bend):
            if event is Event.STARTED:
                if not isnan(self._due_s):
                    self._count(reference, set_number, info, out)
                self._bottom = None
            elif event is Event.STOOD:
                self._due_s, self._tries = now + SETTLE_S, 0
            elif event in (Event.HELD, Event.TURNED):
                out.faults = self._bottom_faults(reference, set_number, info, turned=event is Event.TURNED)
        if now >= self._due_s:
            self._count(reference, set_number, info, out)
            if not out.done and self._tries < TRIES:
                self._due_s = now + SETTLE_S
        if not self.phases.in_rep and isnan(self._due_s):
            self._since_s = max(self._since_s, now - STALE_S)
        self._buffer.hold_s = self._since_s
        return out

    def flush(self, reference: StandingReference, set_number: int, info: TrackInfo) -> list[RepDone]:
        """Count complete repetitions that were still waiting to settle: the picture ends or changes here."""
        out = CounterUpdate()
        if self.phases.in_rep or not isnan(self._due_s):
            self._count(reference, set_number, info, out, cut=True)
        return out.done

    def _reps(self, reference: StandingReference, info: TrackInfo, *, closing: bool) -> list[MeasuredRep]:
        rules = personal_rules(self._protocol.reps, self.phases.required_range)
        reps = measure_reps(self._buffer, self._since_s, reference, info, rules, near=self._side, closing=closing)
        return [rep for rep in reps if rep.bottom_s > self._until_s + TOO_OLD_S]

    def _bottom_faults(
        self, reference: StandingReference, set_number: int, info: TrackInfo, *, turned: bool
    ) -> tuple[str, ...]:
        """Return the faults at the bottom; measured once, and again only if the person went deeper."""
        peak = self.phases.peak
        if self._bottom is None or peak > self._bottom[0] + DEEPER_DEG:
            faults = self._assess_bottom(reference, set_number, info)
            if faults is None:
                return ()
            self._bottom = (peak, faults)
        # A pause half way down is not yet a shallow repetition.
        return tuple(code for code in self._bottom[1] if turned or code != "shallow")

    def _assess_bottom(self, reference: StandingReference, set_number: int, info: TrackInfo) -> tuple[str, ...] | None:
        """Return the faults that are visible at the bottom; None where no repetition is found yet."""
        reps = self._reps(reference, info, closing=True)
        if not reps or reps[-1].bottom_s < self.phases.start_s:
            return None
        self.abstains = reps[-1].abstains
        return tuple(code for code in self.rep_log.faults_with(set_number, reps[-1].row, info) if code in AT_BOTTOM)

    def _count(
        self, reference: StandingReference, set_number: int, info: TrackInfo, out: CounterUpdate, *, cut: bool = False
    ) -> None:
        self._due_s = float("nan")
        self._tries += 1
        for rep in self._reps(reference, info, closing=False):
            if not rep.row.complete[0] and not cut:
                continue
            self.abstains, self._side = rep.abstains, rep.view.near_side
            out.done.append(self.rep_log.add(set_number, rep.row, info, rep.view, rep.findings, rep.figure))
            self._since_s, self._until_s = rep.end_s, rep.bottom_s
