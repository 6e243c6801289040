"""The live coach: one frame in, one update out, measured and judged as a recording is."""

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
"""Highest frame rate used; frames beyond it are skipped, as in a recording."""


class LiveCoach:
    """Coach of one person through a session. Not thread-safe; owns nothing that needs closing.

    Parameters
    ----------
    protocol
        Targets and limits of the exercise.
    frame_size
        Width and height, pixels, of the picture the landmarks are in.
    source_size
        Size of the camera's picture where the analysed one is smaller.
    model, model_sha256, versions
        The pose model that found the landmarks, for the report.
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
        self._last_update = self._build_update(Disturbances(lost=True), [])

    @property
    def state(self) -> State:
        """Current state of the session."""
        return self._session.state

    @property
    def near(self) -> Side | None:
        """Side of the body towards the camera; None before the person's framing was checked."""
        session = self._session
        return session.setup.near if session.reference is None else session.reference.near

    # -- input

    def push(self, frame: LiveFrame) -> CoachUpdate:
        """Process one frame; frames out of order or beyond `MAX_RATE_HZ` change nothing."""
        session, now = self._session, frame.time_s
        if not isfinite(now) or session.state is State.SUMMARY or now - session.last_s < 0.9 / MAX_RATE_HZ:
            return replace(self._last_update, say=None, rep=None)
        self._last_update = self._build_update(*session.update(frame))
        return self._last_update

    def rest(self) -> CoachUpdate:
        """Pause: count nothing until `next_set`."""
        return self._answer_button(self._session.rest())

    def next_set(self) -> CoachUpdate:
        """End the rest and start the next set."""
        return self._answer_button(self._session.next_set())

    def finish(self) -> CoachUpdate:
        """End the session; the repetition under way still counts if it is complete."""
        return self._answer_button(self._session.finish())

    def restart(self) -> CoachUpdate:
        """Forget repetitions, sets and the standing reference; times and utterance ids continue to rise."""
        old = self._session
        self._session = CoachingSession(self.protocol, self.info, utterance_count=old.announcer.utterance_count)
        self._session.last_s = old.last_s
        return self._answer_button([])

    # -- output

    def report(self) -> HingeReport:
        """Return the report of the session so far, as of a recording; times count from the session's first frame."""
        session = self._session
        duration_s = 0.0 if isnan(session.first_s) else session.last_s - session.first_s
        info = replace(self.info, duration_s=duration_s, fps=session.detector.rate_hz)
        return report_of(session.rep_log, info, session.first_s)

    def summary(self) -> SessionSummary:
        """Return the summary of the session so far."""
        return summary_of(self._session.rep_log, self.report(), self._session.set)

    def snapshot(self) -> dict[str, Any]:
        """Return what `resume` needs, ready for JSON; a repetition under way is not included."""
        session = self._session
        snapshot = snapshots.Snapshot(
            protocol_sha256=self.protocol.sha256,
            frame_size=self.info.frame_size,
            set=session.set,
            said=session.announcer.utterance_count,
            deepest_deg=session.counter.phases.deepest,
            stand=snapshots.dump_stand(session.reference),
            **snapshots.dump_rep_log(session.rep_log),
        )
        return snapshot.model_dump(mode="json")

    @classmethod
    def resume(cls, protocol: Protocol, data: Any, *, frame_size: tuple[int, int], **options: Any) -> LiveCoach:
        """Continue a session from its snapshot; the standing reference is kept if the picture has the same size.

        Raises
        ------
        Refused
            `unreadable` when `data` is no snapshot, or one of another protocol.
        """
        snapshot = snapshots.parse_snapshot(data, protocol.sha256)
        coach = cls(protocol, frame_size=frame_size, **options)
        session = CoachingSession(protocol, coach.info, utterance_count=snapshot.said)
        snapshots.load_rep_log(snapshot, session.rep_log)
        if tuple(snapshot.frame_size) == tuple(frame_size):
            session.reference = snapshots.load_stand(snapshot.stand, coach.info)
        session.set, session.resumed = snapshot.set, True
        session.counter.phases.deepest = snapshot.deepest_deg
        coach._session = session
        coach._last_update = coach._build_update(Disturbances(lost=True), [])
        return coach

    def _build_update(self, disturbances: Disturbances, done: list[RepDone]) -> CoachUpdate:
        session = self._session
        now = 0.0 if isnan(session.last_s) else session.last_s
        active = session.state in (State.GO, State.REST) and not session.paused
        readable = not session.counter.abstains
        hip, lumbar = session.readout.current(now) if active else (None, None)
        notices = {
            "person_lost": disturbances.lost,
            "second_person": disturbances.bystanders,
            "gap": bool(disturbances.gap_s),
            "camera_moved": disturbances.bumped,
            "slow_frames": disturbances.slow,
            "too_dark": disturbances.dark,
            "back_not_readable": active and not readable,
        }
        code = session.instruction_code(now)
        return CoachUpdate(
            time_s=now,
            state=session.state,
            instruction=None if code is None else Phrase(code, INSTRUCTION[code]),
            progress=round(session.setup.progress(now), 3) if session.state in (State.PLACING, State.STAND) else 0.0,
            set=session.set,
            reps=session.rep_log.count_in_set(session.set),
            total=session.rep_log.total,
            phase=str(session.counter.phases.phase) if session.state is State.GO else "",
            hip=hip,
            lumbar=lumbar,
            say=session.announcer.next_utterance(now),
            caption=session.announcer.caption(now),
            notices=tuple(code for code, holds in notices.items() if holds),
            rep=done[-1] if done else None,
            rate_hz=round(session.detector.rate_hz, 1),
        )

    def _answer_button(self, done: list[RepDone]) -> CoachUpdate:
        """Return the update that answers a button."""
        self._last_update = self._build_update(Disturbances(), done)
        return self._last_update
