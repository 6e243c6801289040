"""The states of a session: who is looked for, placed, coached, resting; every disturbance leads back to one of them."""

from __future__ import annotations

from math import isnan

from hinge_check.assess.protocol import Protocol
from hinge_check.capture.track import TrackInfo
from hinge_check.live.answers import RepDone, State
from hinge_check.live.bars import Bars
from hinge_check.live.counting import Counting
from hinge_check.live.frame import LiveFrame
from hinge_check.live.ledger import Ledger
from hinge_check.live.place import Place
from hinge_check.live.posture import Posture, posture_of
from hinge_check.live.preparing import Preparing, bends_since
from hinge_check.live.reference import Reference
from hinge_check.live.ring import Ring
from hinge_check.live.speech import Speech
from hinge_check.live.stillness import STILL_S
from hinge_check.live.watch import Seen, Watch
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


class Session:
    """One person's session; moves from state to state as frames and buttons come."""

    def __init__(self, protocol: Protocol, info: TrackInfo, *, said: int = 0) -> None:
        self.info = info
        self.state = State.LOOKING
        self.set = 1
        self.paused = self.resumed = False
        self.zero: Reference | None = None
        self.ledger = Ledger(protocol)
        self.speech = Speech(said)
        self.watch = Watch(info.frame_size)
        self.bars = Bars()
        self.first_s = self.last_s = float("nan")
        ring = Ring()
        self.counting = Counting(protocol, ring, self.ledger)
        self.preparing = Preparing(ring, info)
        self._ring = ring
        self._place = Place()
        self._since_s = float("nan")
        self._was_lost = False
        self._others = 0

    # -- frames and buttons

    def take(self, frame: LiveFrame) -> tuple[Seen, list[RepDone]]:
        """One frame, later than the last: what disturbed it and which repetitions it completed."""
        now = frame.time_s
        if isnan(self.first_s):
            self.first_s = self._since_s = now
        self.last_s = now
        forward = self.preparing.forward if self.zero is None else self.zero.forward
        pose = posture_of(frame.landmarks, forward) if frame.usable and frame.landmarks is not None else None
        if frame.others is not None:
            self._others = frame.others
        seen = self.watch.look(frame, pose)
        if pose is None or seen.stranger:
            pose = None
            frame = LiveFrame(now, luma=frame.luma, sharpness=frame.sharpness, camera_shift=frame.camera_shift)
        done = self._disturbed(now, seen, back=pose is not None)
        self._ring.append(frame)
        done += self._without(now, seen) if pose is None else self._step(now, frame, pose)
        code = self.to_do(now)
        if now - self._since_s >= SPEAK_AFTER_S and code not in (None, "rest", "paused", "done"):
            self.speech.instruct(now, str(code))
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

    def to_do(self, now: float) -> str | None:
        """Code of the instruction that holds."""
        if self.state is State.LOOKING:
            return "step_into_view"
        if self.state in (State.PLACING, State.STAND):
            return self.preparing.instruction(now)
        if self.state is State.GO:
            begun = self.ledger.in_set(self.set) or self.counting.movement.deepest
            return None if begun else "hinge_when_ready"
        if self.state is State.REST:
            return "paused" if self.paused else "rest"
        return "done"

    # -- states

    def _go_to(self, state: State, *, paused: bool = False) -> list[RepDone]:
        """Change the state; a whole repetition under way is counted first where counting stops."""
        done = self._flush() if self.state is State.GO and state is not State.GO else []
        if state is State.PLACING and self.state is not State.STAND:
            self.preparing.begin()
        if state is State.GO:
            self.counting.begin(self.last_s)
        self.state, self._since_s, self.paused = state, self.last_s, paused
        return done

    def _anew(self, state: State) -> list[RepDone]:
        """The stand no longer holds; the count does."""
        if self.state in (State.SUMMARY, State.REST):
            self.zero = None
            return []
        done = self._go_to(state)
        self.preparing.begin()
        self.zero = None
        self.counting.side_unknown()
        self._ring.clear()
        return done

    def _flush(self) -> list[RepDone]:
        done = [] if self.zero is None else self.counting.flush(self.zero, self.set, self.info)
        self._tell(done)
        return done

    def _tell(self, done: list[RepDone]) -> None:
        for one in done:
            self.speech.correct(self.last_s, one.faults)
            self.speech.counted(self.last_s, one)

    def _begin_set(self) -> None:
        if self.ledger.in_set(self.set):
            self.set += 1
        self.speech.set_ended()

    def _disturbed(self, now: float, seen: Seen, *, back: bool) -> list[RepDone]:
        """React to what the watch noticed; little of it is said to somebody who rests."""
        speech, awake = self.speech, self.state is not State.REST
        done: list[RepDone] = []
        if self.resumed and back:
            self.resumed = False
            speech.note(now, "resumed")
        if seen.gap_s:
            done += self._flush() if self.state is State.GO else []
            self.counting.begin(now)
            self.preparing.interrupted()
            if self.ledger.total and awake:
                speech.note(now, "gap")
            if seen.gap_s > FORGET_S:
                done += self._anew(State.LOOKING)
        if seen.bumped:
            speech.note(now, "camera_moved")
        if seen.bumped or seen.exchanged:
            done += self._anew(State.PLACING)
        if seen.company and awake:
            speech.note(now, "second_person")
        if seen.slow and awake:
            speech.note(now, "slow_frames")
        if seen.dark and self.state is State.GO:
            speech.note(now, "too_dark")
        if self._was_lost and back:
            self._was_lost = False
            self.counting.begin(now)
            self.preparing.interrupted()
            if self.ledger.total and awake:
                speech.note(now, "welcome_back")
        return done

    def _without(self, now: float, seen: Seen) -> list[RepDone]:
        """Nobody in this frame."""
        if not seen.lost:
            return []
        self.bars.clear()
        done: list[RepDone] = []
        if self.state in (State.GO, State.STAND, State.PLACING):
            if not self._was_lost:
                self._was_lost = True
                self.speech.note(now, "person_lost")
                done = self._flush() if self.state is State.GO else []
            if self.watch.unseen_s(now) >= GONE_S:
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
        ready = self.preparing.update(now, pose, self._others, self.zero)
        if ready is None:
            state = State.STAND if self.preparing.standing else State.PLACING
            if state is not self.state:
                self.state, self._since_s = state, now
            return
        self.zero = ready.zero
        self._go_to(State.GO)
        self.counting.begin(ready.since_s)
        for time_s, bend in bends_since(self._ring, ready.since_s, ready.zero):
            self.counting.catch_up(time_s, bend)

    def _coach(self, now: float, frame: LiveFrame, pose: Posture) -> list[RepDone]:
        """One frame of a set."""
        zero, movement = self.zero, self.counting.movement
        if zero is None:
            return self._anew(State.PLACING)
        elsewhere = self._place.left(now, pose, zero, upright=not movement.bent)
        if elsewhere:
            if elsewhere == "turned_around":
                self.speech.note(now, elsewhere)
            return self._anew(State.PLACING)
        out = self.counting.follow(now, pose, zero, self.set, self.info)
        self.speech.correct(now, out.faults)
        self._tell(out.done)
        if self.counting.abstains:
            self.speech.once(now, "back_not_readable")
        still_s = now - movement.still_since if movement.phase is Phase.STAND else 0.0
        if still_s >= STILL_S and not zero.firm:
            self.zero = self.preparing.refined(zero, movement.still_since)
        if still_s >= REST_AFTER_S and self.ledger.in_set(self.set):
            if self.ledger.in_set(self.set) >= 3 and not self.ledger.named_in(self.set, self.info):
                self.speech.praise(now, "good_set")
            out.done += self._go_to(State.REST)
        self.bars.read(now, frame, zero, readable=not self.counting.abstains)
        return out.done

    def _resting(self, now: float, frame: LiveFrame, pose: Posture) -> list[RepDone]:
        """Between sets: the next one begins by itself when somebody hinges where they stood."""
        zero, movement = self.zero, self.counting.movement
        if now - self._since_s >= END_AFTER_S:
            return self._go_to(State.SUMMARY)
        if zero is None or self._place.left(now, pose, zero, upright=not movement.bent):
            return self._anew_after_rest()
        out = self.counting.follow(now, pose, zero, self.set + 1, self.info)
        self.bars.read(now, frame, zero, readable=not self.counting.abstains)
        if movement.deep or out.done:
            self._begin_set()
            self.state, self._since_s = State.GO, now
            self.speech.correct(now, out.faults)
            self._tell(out.done)
        return out.done

    def _anew_after_rest(self) -> list[RepDone]:
        """Walked about between two sets: the stand is asked for anew once they are back."""
        self._begin_set()
        self.state = State.GO  # so that it is left like a set
        self.counting.begin(self.last_s)
        return self._anew(State.PLACING)
