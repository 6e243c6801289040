"""What a session is taken up from after a break: its snapshot, signed, so that it comes back as it was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

_SALT = "hinge-check live"
MOST_CHARACTERS = 256 * 1024
GOOD_FOR_S = 6 * 3600


@dataclass(frozen=True, slots=True)
class ResumeToken:
    """Of one session."""

    session_id: str
    who: str
    """Whose session it is; empty for nobody known."""
    chosen: str
    """Plan or protocol it was begun with."""
    began_s: float
    """When, seconds since 1970."""
    snapshot: dict[str, Any]


class BadToken(ValueError):
    """Altered, too old, too long, or somebody else's."""


def sign(key: str, ticket: ResumeToken) -> str | None:
    """The ticket as text; None when the session has grown too long for one."""
    told = [ticket.session_id, ticket.who, ticket.chosen, ticket.began_s, ticket.snapshot]
    signed = str(URLSafeTimedSerializer(key, salt=_SALT).dumps(told))
    return signed if len(signed) <= MOST_CHARACTERS else None


def read(key: str, text: str, *, who: str) -> ResumeToken:
    """The ticket out of its text.

    Raises
    ------
    BadTicket
    """
    if len(text) > MOST_CHARACTERS:
        raise BadToken
    try:
        told = URLSafeTimedSerializer(key, salt=_SALT).loads(text, max_age=GOOD_FOR_S)
    except BadData:
        raise BadToken from None
    try:
        ticket = ResumeToken(*told)
    except TypeError:  # of another version of ours
        raise BadToken from None
    if ticket.who != who:
        raise BadToken
    return ticket
