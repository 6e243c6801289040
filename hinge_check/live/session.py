"""The states of a session: who is looked for, placed, coached, resting; every disturbance leads back to one of them."""

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
"""So long an instruction must hold before it is spoken as well: many do it anyway."""
REST_AFTER_S = 8.0
"""Standing for so long after a repetition ends the set."""
GONE_S = 3.0
"""Nobody for so long: looking for them again."""
FORGET_S = 120.0
"""After such a gap the camera may stand elsewhere: the stand is asked for anew."""
END_AFTER_S = 300.0
"""Resting for so long ends the session."""


class CoachingSession:
    """One person's session; moves from state to state as frames and buttons come."""

    def __init__(self, protocol: Protocol, info: TrackInfo, *, said: int = 0) -> None:
        self.info = info
        self.state = State.LOOKING
        self.set = 1
        self.paused = self.resumed = False
        self.zero: StandingReference | None = None
        self.rep_log = RepLog(protocol)
        self.announcer = Announcer(said)
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
        """One frame, later than the last: what disturbed it and which repetitions it completed."""
        now = frame.time_s
        if isnan(self.first_s):
            self.first_s = self._since_s = now
        self.last_s = now
        forward = self.setup.forward if self.zero is None else self.zero.forward
        pose = posture_of(frame.landmarks, forward) if frame.usable and frame.landmarks is not None else None
        if frame.others is not None:
            self._others = frame.others
        seen = self.detector.update(frame, pose)
        if pose is None or seen.stranger:
            pose = None
            frame = LiveFrame(now, luma=frame.luma, sharpness=frame.sharpness, camera_shift=frame.camera_shift)
        done = self._disturbed(now, seen, back=pose is not None)
        self._buffer.append(frame)
        done += self._without(now, seen) if pose is None else self._step(now, frame, pose)
        code = self.instruction_code(now)
        if now - self._since_s >= SPEAK_AFTER_S and code not in (None, "rest", "paused", "done"):
            self.announcer.instruct(now, str(code))
        return seen, done

    def rest(self) -> list[RepDone]:
        """Nothing is counted until `next_set`."""
        return [] if self.state is State.SUMMARY else self._go_to(State.REST, paused=True)

    def next_set(self) -> list[RepDone]:
        """Leave the set or the rest for the next set."""
        if self.state not in (State.GO, State.REST):
            return []
        done = self._flush() if self.state is State.GO else []
        self._begin_set()
        self.state = State.REST  # nothing is left to count
        return done + self._go_to(State.PLACING if self.zero is None else State.GO)

    def finish(self) -> list[RepDone]:
        """End; what is whole of the repetition under way still counts."""
        return [] if self.state is State.SUMMARY else self._go_to(State.SUMMARY)

    def instruction_code(self, now: float) -> str | None:
        """Code of the instruction that holds."""
        if self.state is State.LOOKING:
            return "step_into_view"
        if self.state in (State.PLACING, State.STAND):
            return self.setup.instruction(now)
        if self.state is State.GO:
            begun = self.rep_log.in_set(self.set) or self.counter.movement.deepest
            return None if begun else "hinge_when_ready"
        if self.state is State.REST:
            return "paused" if self.paused else "rest"
        return "done"

    # -- states

    def _go_to(self, state: State, *, paused: bool = False) -> list[RepDone]:
        """Change the state; a whole repetition under way is counted first where counting stops."""
        done = self._flush() if self.state is State.GO and state is not State.GO else []
        if state is State.PLACING and self.state is not State.STAND:
            self.setup.begin()
        if state is State.GO:
            self.counter.begin(self.last_s)
        self.state, self._since_s, self.paused = state, self.last_s, paused
        return done

    def _restart_setup(self, state: State) -> list[RepDone]:
        """The stand no longer holds; the count does."""
        if self.state in (State.SUMMARY, State.REST):
            self.zero = None
            return []
        done = self._go_to(state)
        self.setup.begin()
        self.zero = None
        self.counter.side_unknown()
        self._buffer.clear()
        return done

    def _flush(self) -> list[RepDone]:
        done = [] if self.zero is None else self.counter.flush(self.zero, self.set, self.info)
        self._announce(done)
        return done

    def _announce(self, done: list[RepDone]) -> None:
        for one in done:
            self.announcer.offer_cue(self.last_s, one.faults)
            self.announcer.announce_rep(self.last_s, one)

    def _begin_set(self) -> None:
        if self.rep_log.in_set(self.set):
            self.set += 1
        self.announcer.end_set()

    def _disturbed(self, now: float, seen: Disturbances, *, back: bool) -> list[RepDone]:
        """React to what the watch noticed; little of it is said to somebody who rests."""
        announcer, awake = self.announcer, self.state is not State.REST
        done: list[RepDone] = []
        if self.resumed and back:
            self.resumed = False
            announcer.note(now, "resumed")
        if seen.gap_s:
            done += self._flush() if self.state is State.GO else []
            self.counter.begin(now)
            self.setup.interrupted()
            if self.rep_log.total and awake:
                announcer.note(now, "gap")
            if seen.gap_s > FORGET_S:
                done += self._restart_setup(State.LOOKING)
        if seen.bumped:
            announcer.note(now, "camera_moved")
        if seen.bumped or seen.exchanged:
            done += self._restart_setup(State.PLACING)
        if seen.company and awake:
            announcer.note(now, "second_person")
        if seen.slow and awake:
            announcer.note(now, "slow_frames")
        if seen.dark and self.state is State.GO:
            announcer.note(now, "too_dark")
        if self._was_lost and back:
            self._was_lost = False
            self.counter.begin(now)
            self.setup.interrupted()
            if self.rep_log.total and awake:
                announcer.note(now, "welcome_back")
        return done

    def _without(self, now: float, seen: Disturbances) -> list[RepDone]:
        """Nobody in this frame."""
        if not seen.lost:
            return []
        self.readout.clear()
        done: list[RepDone] = []
        if self.state in (State.GO, State.STAND, State.PLACING):
            if not self._was_lost:
                self._was_lost = True
                self.announcer.note(now, "person_lost")
                done = self._flush() if self.state is State.GO else []
            if self.detector.unseen_s(now) >= GONE_S:
                self._go_to(State.LOOKING)
        elif self.state is State.REST and not self.paused and now - self._since_s >= END_AFTER_S:
            self._go_to(State.SUMMARY)
        return done

    def _step(self, now: float, frame: LiveFrame, pose: Posture) -> list[RepDone]:
        """One frame with the person in it."""
        if self.state is State.LOOKING:
            self._go_to(State.PLACING)
        if self.state in (State.PLACING, State.STAND):
            self._prepare(now, pose)
        if self.state is State.GO:
            return self._coach(now, frame, pose)
        if self.state is State.REST and not self.paused:
            return self._resting(now, frame, pose)
        return []

    def _prepare(self, now: float, pose: Posture) -> None:
        """Before a set: placing, then the stand."""
        ready = self.setup.update(now, pose, self._others, self.zero)
        if ready is None:
            state = State.STAND if self.setup.standing else State.PLACING
            if state is not self.state:
                self.state, self._since_s = state, now
            return
        self.zero = ready.zero
        self._go_to(State.GO)
        self.counter.begin(ready.since_s)
        for time_s, bend in bends_since(self._buffer, ready.since_s, ready.zero):
            self.counter.catch_up(time_s, bend)

    def _coach(self, now: float, frame: LiveFrame, pose: Posture) -> list[RepDone]:
        """One frame of a set."""
        zero, movement = self.zero, self.counter.movement
        if zero is None:
            return self._restart_setup(State.PLACING)
        elsewhere = self._position.moved_away(now, pose, zero, upright=not movement.bent)
        if elsewhere:
            if elsewhere == "turned_around":
                self.announcer.note(now, elsewhere)
            return self._restart_setup(State.PLACING)
        out = self.counter.update(now, pose, zero, self.set, self.info)
        self.announcer.offer_cue(now, out.faults)
        self._announce(out.done)
        if self.counter.abstains:
            self.announcer.announce_once(now, "back_not_readable")
        still_s = now - movement.still_since if movement.phase is Phase.STAND else 0.0
        if still_s >= STILL_S and not zero.firm:
            self.zero = self.setup.refined(zero, movement.still_since)
        if still_s >= REST_AFTER_S and self.rep_log.in_set(self.set):
            if self.rep_log.in_set(self.set) >= 3 and not self.rep_log.named_in(self.set, self.info):
                self.announcer.praise(now, "good_set")
            out.done += self._go_to(State.REST)
        self.readout.update(now, frame, zero, readable=not self.counter.abstains)
        return out.done

    def _resting(self, now: float, frame: LiveFrame, pose: Posture) -> list[RepDone]:
        """Between sets: the next one begins by itself when somebody hinges where they stood."""
        zero, movement = self.zero, self.counter.movement
        if now - self._since_s >= END_AFTER_S:
            return self._go_to(State.SUMMARY)
        if zero is None or self._position.moved_away(now, pose, zero, upright=not movement.bent):
            return self._anew_after_rest()
        out = self.counter.update(now, pose, zero, self.set + 1, self.info)
        self.readout.update(now, frame, zero, readable=not self.counter.abstains)
        if movement.deep or out.done:
            self._begin_set()
            self.state, self._since_s = State.GO, now
            self.announcer.offer_cue(now, out.faults)
            self._announce(out.done)
        return out.done

    def _anew_after_rest(self) -> list[RepDone]:
        """Walked about between two sets: the stand is asked for anew once they are back."""
        self._begin_set()
        self.state = State.GO  # so that it is left like a set
        self.counter.begin(self.last_s)
        return self._restart_setup(State.PLACING)
