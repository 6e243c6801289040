"""One person's session at the server, without any network: messages in, answers out, `Amiss` for what is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from api.live import resume_token
from api.live.delta_encoder import DeltaEncoder
from api.live.frame_codec import BadFrame, read_frame
from hinge_check.assess.protocol import Protocol
from hinge_check.assess.report import HingeReport
from hinge_check.errors import Refused
from hinge_check.live import CoachUpdate, LiveCoach, SessionSummary, State

MOST_TEXT = resume_token.MOST_CHARACTERS + 4096


class ErrorCode(StrEnum):
    """Codes of what can be amiss; a contract with pages."""

    BAD_MESSAGE = "bad_message"
    NOT_BEGUN = "not_begun"
    BEGUN_ALREADY = "begun_already"
    NO_SUCH_EXERCISE = "no_such_exercise"
    TICKET = "ticket_unreadable"
    TOO_LARGE = "too_large"
    TOO_FAST = "too_fast"
    TOO_MANY = "too_many_sessions"
    NOT_CLEARED = "not_cleared"
    IDLE = "idle"
    SIGNED_OUT = "signed_out"
    INTERNAL = "internal"


class ProtocolError(Exception):
    """A message that cannot be followed."""

    def __init__(self, code: ErrorCode, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Edge = Annotated[int, Field(ge=64, le=4096)]


class Begin(_Message):
    """The first message, and the first after a break."""

    do: Literal["begin"]
    version: Literal[1]
    width: Edge
    height: Edge
    plan: Annotated[str, Field(max_length=64)] = ""
    protocol: Annotated[str, Field(max_length=64)] = ""
    model: Literal["lite", "full", "heavy"] = "full"
    ticket: Annotated[str, Field(max_length=resume_token.MOST_CHARACTERS)] = ""


class Button(_Message):
    """What a person presses."""

    do: Literal["rest", "next_set", "finish", "restart"]


_message: TypeAdapter[Begin | Button] = TypeAdapter(Annotated[Begin | Button, Field(discriminator="do")])


@dataclass(frozen=True, slots=True)
class Exercise:
    """What is coached."""

    chosen: str
    """Plan's id, or the protocol's name where it is on no plan."""
    plan_id: str | None
    protocol: Protocol


@dataclass(frozen=True, slots=True)
class Finished:
    """A session that is over."""

    session_id: str
    began_s: float
    exercise: Exercise
    report: HingeReport
    summary: SessionSummary


class LiveSessionServer:
    """One session. Not for several threads at once.

    Parameters
    ----------
    key
        The service's secret.
    who
        Whose tickets are accepted; empty for somebody who is not signed in.
    choose
        From plan and protocol asked for to the exercise; raises `Amiss`.
    """

    def __init__(
        self,
        key: str,
        who: str,
        choose: Callable[[Begin], Exercise],
        *,
        new_id: Callable[[], str],
        now_s: Callable[[], float],
    ) -> None:
        self._key, self._who = key, who
        self._choose, self._new_id, self._now_s = choose, new_id, now_s
        self._coach: LiveCoach | None = None
        self._exercise: Exercise | None = None
        self._session_id = ""
        self._began_s = 0.0
        self._size = (0, 0)
        self._teller = DeltaEncoder()
        self._kept: tuple[State, int, int] | None = None
        self._over = False

    @property
    def begun(self) -> bool:
        """Whether there is anything to push frames into."""
        return self._coach is not None

    def frame(self, data: bytes) -> dict[str, Any]:
        """The answer to one frame."""
        coach = self._begun()
        try:
            arrived = read_frame(data, self._size)
        except BadFrame as error:
            raise ProtocolError(ErrorCode.BAD_MESSAGE, str(error)) from None
        return {"seq": arrived.seq, **self._told(coach.push(arrived.frame))}

    def text(self, data: str) -> Begin | Button:
        """A message that is no frame, read."""
        if len(data) > MOST_TEXT:
            raise ProtocolError(ErrorCode.TOO_LARGE)
        try:
            return _message.validate_python(json.loads(data))
        except (ValueError, RecursionError, ValidationError):
            raise ProtocolError(ErrorCode.BAD_MESSAGE) from None

    def begin(self, asked: Begin) -> dict[str, Any]:
        """Begin, or take up again what a ticket is of."""
        if self._coach is not None:
            raise ProtocolError(ErrorCode.BEGUN_ALREADY)
        exercise = self._choose(asked)
        size = (asked.width, asked.height)
        ticket = self._ticket(asked, exercise)
        if ticket is None:
            self._session_id, self._began_s = self._new_id(), self._now_s()
            coach = LiveCoach(exercise.protocol, frame_size=size, model=asked.model)
        else:
            self._session_id, self._began_s = ticket.session_id, ticket.began_s
            try:
                coach = LiveCoach.resume(exercise.protocol, ticket.snapshot, frame_size=size, model=asked.model)
            except Refused:  # the limits were changed meanwhile, or a later version reads it no more
                raise ProtocolError(ErrorCode.TICKET) from None
        self._coach, self._exercise, self._size = coach, exercise, size
        limits = exercise.protocol.limits.get("lumbar_flexion")
        return {
            "began": {
                "session": self._session_id,
                "protocol": exercise.protocol.name,
                "lumbar_limit_deg": None if limits is None else limits.value,
                "resumed": ticket is not None,
            }
        }

    def button(self, pressed: Button) -> dict[str, Any]:
        """The answer to a button."""
        coach = self._begun()
        if pressed.do == "restart":  # another session on the same line
            self._session_id, self._began_s, self._over, self._kept = self._new_id(), self._now_s(), False, None
        done: Callable[[], CoachUpdate] = getattr(coach, pressed.do)
        return self._told(done())

    def finished(self) -> Finished | None:
        """What there is to sum up, once, when the session has come to its end."""
        coach, exercise = self._coach, self._exercise
        if coach is None or exercise is None or self._over or coach.state is not State.SUMMARY:
            return None
        self._over = True
        return Finished(self._session_id, self._began_s, exercise, coach.report(), coach.summary())

    def _begun(self) -> LiveCoach:
        if self._coach is None:
            raise ProtocolError(ErrorCode.NOT_BEGUN)
        return self._coach

    def _ticket(self, asked: Begin, exercise: Exercise) -> resume_token.ResumeToken | None:
        if not asked.ticket:
            return None
        try:
            found = resume_token.read(self._key, asked.ticket, who=self._who)
        except resume_token.BadToken:
            raise ProtocolError(ErrorCode.TICKET) from None
        if found.chosen != exercise.chosen:
            raise ProtocolError(ErrorCode.TICKET)
        return found

    def _told(self, answer: CoachUpdate) -> dict[str, Any]:
        """The answer, with a new ticket when a state or a count has changed."""
        assert self._coach is not None
        assert self._exercise is not None
        told = self._teller.changes(answer)
        now = (answer.state, answer.set, answer.total)
        if now != self._kept and answer.state is not State.SUMMARY:
            self._kept = now
            ticket = resume_token.ResumeToken(
                self._session_id, self._who, self._exercise.chosen, self._began_s, self._coach.snapshot()
            )
            signed = resume_token.sign(self._key, ticket)
            if signed is not None:
                told["ticket"] = signed
        return told
