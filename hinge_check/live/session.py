"""States of a session: finding the person, framing, standing reference, set and rest.

Every disturbance leads back to one of these states.
"""

from __future__ import annotations

from math import isnan

from hinge_check.assess.protocol import Protocol
from hinge_check.capture.track import TrackInfo
from hinge_check.live.angle_readout import AngleReadout
from hinge_check.live.announcer import Announcer
from hinge_check.live.disturbances import DisturbanceDetector, Disturbances
from hinge_check.live.frame import LiveFrame
from hinge_check.live.frame_buffer import FrameBuffer
from hinge_check.live.position import PositionTracker
from hinge_check.live.posture import Posture, posture_of
from hinge_check.live.rep_counter import RepCounter
from hinge_check.live.rep_log import RepLog
from hinge_check.live.setup import SetupStage, bends_since
from hinge_check.live.standing_reference import StandingReference
from hinge_check.live.stillness import STILL_S
from hinge_check.live.updates import RepDone, State
from hinge_check.measure.types import Phase

SPEAK_AFTER_S = 1.2
"""An instruction must hold this long before it is spoken as well: many people follow it before."""
REST_AFTER_S = 8.0
"""Standing this long after a repetition ends the set."""
ABSENT_S = 3.0
"""After this long without the person the session looks for them again."""
RESET_GAP_S = 120.0
"""After a gap this long the camera may stand elsewhere, and the standing reference is taken again."""
END_AFTER_S = 300.0
"""A rest this long ends the session."""


class CoachingSession:
    """One person's session: changes state as frames and button presses arrive."""

    def __init__(self, protocol: Protocol, info: TrackInfo, *, utterance_count: int = 0) -> None:
        self.info = info
        self.state = State.LOOKING
        self.set = 1
        self.paused = self.resumed = False
        self.reference: StandingReference | None = None
        self.rep_log = RepLog(protocol)
        self.announcer = Announcer(utterance_count)
        self.detector = DisturbanceDetector(info.frame_size)
        self.readout = AngleReadout()
        self.first_s = self.last_s = float("nan")
        buffer = FrameBuffer()
        self.counter = RepCounter(protocol, buffer, self.rep_log)
        self.setup = SetupStage(buffer, info)
        self._buffer = buffer
        self._position = PositionTracker()
        self._since_s = float("nan")
        self._was_lost = False
        self._others = 0

    # -- frames and buttons

    def update(self, frame: LiveFrame) -> tuple[Disturbances, list[RepDone]]:
        """Process one frame, later than the last; return its disturbances and the repetitions it completed."""
        now = frame.time_s
        if isnan(self.first_s):
            self.first_s = self._since_s = now
        self.last_s = now
        forward = self.setup.forward if self.reference is None else self.reference.forward
        pose = posture_of(frame.landmarks, forward) if frame.usable and frame.landmarks is not None else None
        if frame.others is not None:
            self._others = frame.others
        disturbances = self.detector.update(frame, pose)
        if pose is None or disturbances.stranger:
            pose = None
            frame = LiveFrame(now, luma=frame.luma, sharpness=frame.sharpness, camera_shift=frame.camera_shift)
        done = self._handle_disturbances(now, disturbances, back=pose is not None)
        self._buffer.append(frame)
        done += self._update_absent(now, disturbances) if pose is None else self._update_present(now, frame, pose)
        code = self.instruction_code(now)
        if now - self._since_s >= SPEAK_AFTER_S and code not in (None, "rest", "paused", "done"):
            self.announcer.instruct(now, str(code))
        return disturbances, done

    def rest(self) -> list[RepDone]:
        """Pause: count nothing until `next_set`."""
        return [] if self.state is State.SUMMARY else self._go_to(State.REST, paused=True)

    def next_set(self) -> list[RepDone]:
        """Leave the set or the rest for the next set."""
        if self.state not in (State.GO, State.REST):
            return []
        done = self._flush() if self.state is State.GO else []
        self._begin_set()
        self.state = State.REST  # nothing is left to count
        return done + self._go_to(State.PLACING if self.reference is None else State.GO)

    def finish(self) -> list[RepDone]:
        """End the session; the repetition under way still counts if it is complete."""
        return [] if self.state is State.SUMMARY else self._go_to(State.SUMMARY)

    def instruction_code(self, now: float) -> str | None:
        """Return the code of the instruction that holds."""
        if self.state is State.LOOKING:
            return "step_into_view"
        if self.state in (State.PLACING, State.STAND):
            return self.setup.instruction(now)
        if self.state is State.GO:
            hinge_begun = self.rep_log.count_in_set(self.set) or self.counter.phases.deepest
            return None if hinge_begun else "hinge_when_ready"
        if self.state is State.REST:
            return "paused" if self.paused else "rest"
        return "done"

    # -- states

    def _go_to(self, state: State, *, paused: bool = False) -> list[RepDone]:
        """Change the state; where counting stops, a complete repetition under way is counted first."""
        done = self._flush() if self.state is State.GO and state is not State.GO else []
        if state is State.PLACING and self.state is not State.STAND:
            self.setup.begin()
        if state is State.GO:
            self.counter.begin(self.last_s)
        self.state, self._since_s, self.paused = state, self.last_s, paused
        return done

    def _restart_setup(self, state: State) -> list[RepDone]:
        """Return to an earlier state for a new standing reference; the repetitions counted so far stay."""
        if self.state in (State.SUMMARY, State.REST):
            self.reference = None
            return []
        done = self._go_to(state)
        self.setup.begin()
        self.reference = None
        self.counter.forget_side()
        self._buffer.clear()
        return done

    def _flush(self) -> list[RepDone]:
        done = [] if self.reference is None else self.counter.flush(self.reference, self.set, self.info)
        self._announce(done)
        return done

    def _announce(self, done: list[RepDone]) -> None:
        for rep in done:
            self.announcer.offer_cue(self.last_s, rep.faults)
            self.announcer.announce_rep(self.last_s, rep)

    def _begin_set(self) -> None:
        if self.rep_log.count_in_set(self.set):
            self.set += 1
        self.announcer.end_set()

    def _handle_disturbances(self, now: float, disturbances: Disturbances, *, back: bool) -> list[RepDone]:
        """React to the disturbances of a frame; few of them are announced during a rest."""
        announcer, active = self.announcer, self.state is not State.REST
        done: list[RepDone] = []
        if self.resumed and back:
            self.resumed = False
            announcer.notice(now, "resumed")
        if disturbances.gap_s:
            done += self._flush() if self.state is State.GO else []
            self.counter.begin(now)
            self.setup.reset_stillness()
            if self.rep_log.total and active:
                announcer.notice(now, "gap")
            if disturbances.gap_s > RESET_GAP_S:
                done += self._restart_setup(State.LOOKING)
        if disturbances.bumped:
            announcer.notice(now, "camera_moved")
        if disturbances.bumped or disturbances.replaced:
            done += self._restart_setup(State.PLACING)
        if disturbances.bystanders and active:
            announcer.notice(now, "second_person")
        if disturbances.slow and active:
            announcer.notice(now, "slow_frames")
        if disturbances.dark and self.state is State.GO:
            announcer.notice(now, "too_dark")
        if self._was_lost and back:
            self._was_lost = False
            self.counter.begin(now)
            self.setup.reset_stillness()
            if self.rep_log.total and active:
                announcer.notice(now, "welcome_back")
        return done

    def _update_absent(self, now: float, disturbances: Disturbances) -> list[RepDone]:
        """Process a frame without the person."""
        if not disturbances.lost:
            return []
        self.readout.clear()
        done: list[RepDone] = []
        if self.state in (State.GO, State.STAND, State.PLACING):
            if not self._was_lost:
                self._was_lost = True
                self.announcer.notice(now, "person_lost")
                done = self._flush() if self.state is State.GO else []
            if self.detector.unseen_s(now) >= ABSENT_S:
                self._go_to(State.LOOKING)
        elif self.state is State.REST and not self.paused and now - self._since_s >= END_AFTER_S:
            self._go_to(State.SUMMARY)
        return done

    def _update_present(self, now: float, frame: LiveFrame, pose: Posture) -> list[RepDone]:
        """Process a frame with the person in it."""
        if self.state is State.LOOKING:
            self._go_to(State.PLACING)
        if self.state in (State.PLACING, State.STAND):
            self._update_setup(now, pose)
        if self.state is State.GO:
            return self._update_set(now, frame, pose)
        if self.state is State.REST and not self.paused:
            return self._update_rest(now, frame, pose)
        return []

    def _update_setup(self, now: float, pose: Posture) -> None:
        """Before a set: check the framing, then wait for the standing reference."""
        ready = self.setup.update(now, pose, self._others, self.reference)
        if ready is None:
            state = State.STAND if self.setup.awaiting_stand else State.PLACING
            if state is not self.state:
                self.state, self._since_s = state, now
            return
        self.reference = ready.reference
        self._go_to(State.GO)
        self.counter.begin(ready.since_s)
        for time_s, bend in bends_since(self._buffer, ready.since_s, ready.reference):
            self.counter.catch_up(time_s, bend)

    def _update_set(self, now: float, frame: LiveFrame, pose: Posture) -> list[RepDone]:
        """Process a frame of a set."""
        reference, phases = self.reference, self.counter.phases
        if reference is None:
            return self._restart_setup(State.PLACING)
        change = self._position.moved_away(now, pose, reference, upright=not phases.in_rep)
        if change:
            if change == "turned_around":
                self.announcer.notice(now, change)
            return self._restart_setup(State.PLACING)
        out = self.counter.update(now, pose, reference, self.set, self.info)
        self.announcer.offer_cue(now, out.faults)
        self._announce(out.done)
        if self.counter.abstains:
            self.announcer.announce_once(now, "back_not_readable")
        still_s = now - phases.still_since if phases.phase is Phase.STAND else 0.0
        if still_s >= STILL_S and not reference.firm:
            self.reference = self.setup.refine_reference(reference, phases.still_since)
        if still_s >= REST_AFTER_S and self.rep_log.count_in_set(self.set):
            if self.rep_log.count_in_set(self.set) >= 3 and not self.rep_log.has_fault(self.set, self.info):
                self.announcer.praise(now, "good_set")
            out.done += self._go_to(State.REST)
        self.readout.update(now, frame, reference, readable=not self.counter.abstains)
        return out.done

    def _update_rest(self, now: float, frame: LiveFrame, pose: Posture) -> list[RepDone]:
        """Process a frame of a rest: a hinge at the same place starts the next set."""
        reference, phases = self.reference, self.counter.phases
        if now - self._since_s >= END_AFTER_S:
            return self._go_to(State.SUMMARY)
        if reference is None or self._position.moved_away(now, pose, reference, upright=not phases.in_rep):
            return self._restart_after_rest()
        out = self.counter.update(now, pose, reference, self.set + 1, self.info)
        self.readout.update(now, frame, reference, readable=not self.counter.abstains)
        if phases.deep_enough or out.done:
            self._begin_set()
            self.state, self._since_s = State.GO, now
            self.announcer.offer_cue(now, out.faults)
            self._announce(out.done)
        return out.done

    def _restart_after_rest(self) -> list[RepDone]:
        """Take a new standing reference after the person walked about between two sets, once they are back."""
        self._begin_set()
        self.state = State.GO  # so that it is left like a set
        self.counter.begin(self.last_s)
        return self._restart_setup(State.PLACING)
