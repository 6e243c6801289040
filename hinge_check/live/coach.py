"""LiveCoach: one frame in, one answer out; the same measuring and judging as of a recording."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite, isnan
from typing import Any

from hinge_check.arrays import Side
from hinge_check.assess.protocol import Protocol
from hinge_check.assess.report import HingeReport
from hinge_check.capture.track import TrackInfo
from hinge_check.live import snapshot as snapshots
from hinge_check.live.disturbances import Disturbances
from hinge_check.live.frame import LiveFrame
from hinge_check.live.phrases import INSTRUCTION
from hinge_check.live.session import CoachingSession
from hinge_check.live.summary import report_of, summary_of
from hinge_check.live.updates import CoachUpdate, Phrase, RepDone, SessionSummary, State
from hinge_check.version import __version__

MAX_RATE_HZ = 30.0
"""Frames beyond are passed over, as of a recording."""


class LiveCoach:
    """Coaches one person through a session. Not for several threads at once; owns nothing that needs closing.

    Parameters
    ----------
    protocol
        What is asked and allowed.
    frame_size
        Width and height, pixels, of the picture the landmarks are in.
    source_size
        Of the camera's picture where the analysed one is smaller.
    model, model_sha256, versions
        Who found the landmarks, for the report.
    """

    def __init__(
        self,
        protocol: Protocol,
        *,
        frame_size: tuple[int, int],
        source_size: tuple[int, int] | None = None,
        model: str = "full",
        model_sha256: str = "",
        versions: dict[str, str] | None = None,
    ) -> None:
        self.protocol = protocol
        self.info = TrackInfo(
            source_sha256="",
            source_size=source_size or frame_size,
            frame_size=frame_size,
            duration_s=0.0,
            fps=0.0,
            model=model,
            model_sha256=model_sha256,
            versions={"hinge-check": __version__, **(versions or {})},
            speed_source="option",  # live is real time, whatever the length of a repetition suggests
        )
        self._session = CoachingSession(protocol, self.info)
        self._answer = self._made(Disturbances(lost=True), [])

    @property
    def state(self) -> State:
        """Where the session is."""
        return self._session.state

    @property
    def near(self) -> Side | None:
        """Side of the body towards the camera; None before somebody was looked at."""
        session = self._session
        return session.setup.near if session.zero is None else session.zero.near

    # -- what comes in

    def push(self, frame: LiveFrame) -> CoachUpdate:
        """One frame; frames out of order or beyond `MAX_RATE_HZ` change nothing."""
        session, now = self._session, frame.time_s
        if not isfinite(now) or session.state is State.SUMMARY or now - session.last_s < 0.9 / MAX_RATE_HZ:
            return replace(self._answer, say=None, rep=None)
        self._answer = self._made(*session.update(frame))
        return self._answer

    def rest(self) -> CoachUpdate:
        """The person rests until `next_set`: nothing is counted."""
        return self._told(self._session.rest())

    def next_set(self) -> CoachUpdate:
        """The next set begins now; resting ends."""
        return self._told(self._session.next_set())

    def finish(self) -> CoachUpdate:
        """The session ends; what is whole of the repetition under way still counts."""
        return self._told(self._session.finish())

    def restart(self) -> CoachUpdate:
        """Forget repetitions, sets and the stand; times and utterances go on rising."""
        old = self._session
        self._session = CoachingSession(self.protocol, self.info, said=old.announcer.said)
        self._session.last_s = old.last_s
        return self._told([])

    # -- what comes out

    def report(self) -> HingeReport:
        """The session so far, as of a recording; times from the session's first frame."""
        session = self._session
        spent = 0.0 if isnan(session.first_s) else session.last_s - session.first_s
        info = replace(self.info, duration_s=spent, fps=session.detector.rate_hz)
        return report_of(session.rep_log, info, session.first_s)

    def summary(self) -> SessionSummary:
        """The session so far in a few figures."""
        return summary_of(self._session.rep_log, self.report(), self._session.set)

    def snapshot(self) -> dict[str, Any]:
        """What `resume` needs, JSON-able; a repetition under way is not in it."""
        session = self._session
        kept = snapshots.Snapshot(
            protocol_sha256=self.protocol.sha256,
            frame_size=self.info.frame_size,
            set=session.set,
            said=session.announcer.said,
            deepest_deg=session.counter.movement.deepest,
            stand=snapshots.dump_stand(session.zero),
            **snapshots.dump_rep_log(session.rep_log),
        )
        return kept.model_dump(mode="json")

    @classmethod
    def resume(cls, protocol: Protocol, data: Any, *, frame_size: tuple[int, int], **made: Any) -> LiveCoach:
        """Go on with a session; the stand is kept if the picture has the same size.

        Raises
        ------
        Refused
            `unreadable` when `data` is no snapshot, or one of another protocol.
        """
        kept = snapshots.parse_snapshot(data, protocol.sha256)
        coach = cls(protocol, frame_size=frame_size, **made)
        session = CoachingSession(protocol, coach.info, said=kept.said)
        snapshots.load_rep_log(kept, session.rep_log)
        if tuple(kept.frame_size) == tuple(frame_size):
            session.zero = snapshots.load_stand(kept.stand, coach.info)
        session.set, session.resumed = kept.set, True
        session.counter.movement.deepest = kept.deepest_deg
        coach._session = session
        coach._answer = coach._made(Disturbances(lost=True), [])
        return coach

    def _made(self, seen: Disturbances, done: list[RepDone]) -> CoachUpdate:
        session = self._session
        now = 0.0 if isnan(session.last_s) else session.last_s
        going = session.state in (State.GO, State.REST) and not session.paused
        readable = not session.counter.abstains
        hip, lumbar = session.readout.current(now) if going else (None, None)
        notices = {
            "person_lost": seen.lost,
            "second_person": seen.company,
            "gap": bool(seen.gap_s),
            "camera_moved": seen.bumped,
            "slow_frames": seen.slow,
            "too_dark": seen.dark,
            "back_not_readable": going and not readable,
        }
        code = session.instruction_code(now)
        return CoachUpdate(
            time_s=now,
            state=session.state,
            instruction=None if code is None else Phrase(code, INSTRUCTION[code]),
            progress=round(session.setup.progress(now), 3) if session.state in (State.PLACING, State.STAND) else 0.0,
            set=session.set,
            reps=session.rep_log.in_set(session.set),
            total=session.rep_log.total,
            phase=str(session.counter.movement.phase) if session.state is State.GO else "",
            hip=hip,
            lumbar=lumbar,
            say=session.announcer.next(now),
            caption=session.announcer.caption(now),
            notices=tuple(code for code, holds in notices.items() if holds),
            rep=done[-1] if done else None,
            rate_hz=round(session.detector.rate_hz, 1),
        )

    def _told(self, done: list[RepDone]) -> CoachUpdate:
        """The answer to a button."""
        self._answer = self._made(Disturbances(), done)
        return self._answer
