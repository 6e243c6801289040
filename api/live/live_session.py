"""One person's live session on the server, without any network: messages in, answers or `MessageError` out."""

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
    """Codes of errors; a contract with the pages."""

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


class MessageError(Exception):
    """A message that cannot be processed."""

    def __init__(self, code: ErrorCode, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Edge = Annotated[int, Field(ge=64, le=4096)]


class Begin(_Message):
    """The first message of a connection, also after an interruption."""

    do: Literal["begin"]
    version: Literal[1]
    width: Edge
    height: Edge
    plan: Annotated[str, Field(max_length=64)] = ""
    protocol: Annotated[str, Field(max_length=64)] = ""
    model: Literal["lite", "full", "heavy"] = "full"
    ticket: Annotated[str, Field(max_length=resume_token.MOST_CHARACTERS)] = ""


class Button(_Message):
    """A button the person pressed."""

    do: Literal["rest", "next_set", "finish", "restart"]


_message: TypeAdapter[Begin | Button] = TypeAdapter(Annotated[Begin | Button, Field(discriminator="do")])


@dataclass(frozen=True, slots=True)
class Exercise:
    """The exercise that is coached."""

    chosen: str
    """Id of the plan, or the protocol's name if it is not on a plan."""
    plan_id: str | None
    protocol: Protocol


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished session."""

    session_id: str
    began_s: float
    exercise: Exercise
    report: HingeReport
    summary: SessionSummary


class LiveSessionServer:
    """One session on the server. Not safe for use by several threads at once.

    Parameters
    ----------
    key
        The service's secret.
    who
        Whose tickets are accepted; empty for a person who is not signed in.
    choose
        Maps the requested plan and protocol to the exercise; may raise `MessageError`.
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
        self._encoder = DeltaEncoder()
        self._ticketed: tuple[State, int, int] | None = None
        self._finished = False

    @property
    def begun(self) -> bool:
        """Whether the session has begun, so that frames can be processed."""
        return self._coach is not None

    def frame(self, data: bytes) -> dict[str, Any]:
        """Return the answer to one frame."""
        coach = self._require_coach()
        try:
            decoded = read_frame(data, self._size)
        except BadFrame as error:
            raise MessageError(ErrorCode.BAD_MESSAGE, str(error)) from None
        return {"seq": decoded.seq, **self._encode(coach.push(decoded.frame))}

    def text(self, data: str) -> Begin | Button:
        """Parse a message that is not a frame."""
        if len(data) > MOST_TEXT:
            raise MessageError(ErrorCode.TOO_LARGE)
        try:
            return _message.validate_python(json.loads(data))
        except (ValueError, RecursionError, ValidationError):
            raise MessageError(ErrorCode.BAD_MESSAGE) from None

    def begin(self, request: Begin) -> dict[str, Any]:
        """Begin a session, or resume the one that the request's ticket belongs to."""
        if self._coach is not None:
            raise MessageError(ErrorCode.BEGUN_ALREADY)
        exercise = self._choose(request)
        size = (request.width, request.height)
        ticket = self._read_ticket(request, exercise)
        if ticket is None:
            self._session_id, self._began_s = self._new_id(), self._now_s()
            coach = LiveCoach(exercise.protocol, frame_size=size, model=request.model)
        else:
            self._session_id, self._began_s = ticket.session_id, ticket.began_s
            try:
                coach = LiveCoach.resume(exercise.protocol, ticket.snapshot, frame_size=size, model=request.model)
            except Refused:  # the limits were changed meanwhile, or this version cannot read it any more
                raise MessageError(ErrorCode.TICKET) from None
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
        """Return the answer to a button."""
        coach = self._require_coach()
        if pressed.do == "restart":  # another session on the same connection
            self._session_id, self._began_s, self._finished, self._ticketed = self._new_id(), self._now_s(), False, None
        press: Callable[[], CoachUpdate] = getattr(coach, pressed.do)
        return self._encode(press())

    def take_finished(self) -> Finished | None:
        """Return the finished session, once, when it has ended; else None."""
        coach, exercise = self._coach, self._exercise
        if coach is None or exercise is None or self._finished or coach.state is not State.SUMMARY:
            return None
        self._finished = True
        return Finished(self._session_id, self._began_s, exercise, coach.report(), coach.summary())

    def _require_coach(self) -> LiveCoach:
        if self._coach is None:
            raise MessageError(ErrorCode.NOT_BEGUN)
        return self._coach

    def _read_ticket(self, request: Begin, exercise: Exercise) -> resume_token.ResumeToken | None:
        """Return the token to resume from; None for a new session."""
        if not request.ticket:
            return None
        try:
            ticket = resume_token.read(self._key, request.ticket, who=self._who)
        except resume_token.BadToken:
            raise MessageError(ErrorCode.TICKET) from None
        if ticket.chosen != exercise.chosen:
            raise MessageError(ErrorCode.TICKET)
        return ticket

    def _encode(self, answer: CoachUpdate) -> dict[str, Any]:
        """Return the changes of an answer, with a new ticket if the state or a count has changed."""
        assert self._coach is not None
        assert self._exercise is not None
        changes = self._encoder.changes(answer)
        now = (answer.state, answer.set, answer.total)
        if now != self._ticketed and answer.state is not State.SUMMARY:
            self._ticketed = now
            ticket = resume_token.ResumeToken(
                self._session_id, self._who, self._exercise.chosen, self._began_s, self._coach.snapshot()
            )
            signed = resume_token.sign(self._key, ticket)
            if signed is not None:
                changes["ticket"] = signed
        return changes
