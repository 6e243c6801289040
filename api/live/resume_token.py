"""The token from which a session resumes after an interruption: its snapshot, signed against changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

_SALT = "hinge-check live"
MOST_CHARACTERS = 256 * 1024
GOOD_FOR_S = 6 * 3600


@dataclass(frozen=True, slots=True)
class ResumeToken:
    """The snapshot of one session, and whose it is."""

    session_id: str
    who: str
    """Whose session it is; empty for a person who is not signed in."""
    chosen: str
    """Plan or protocol the session began with."""
    began_s: float
    """When it began, seconds since 1970."""
    snapshot: dict[str, Any]


class BadToken(ValueError):
    """The token was altered, is too old or too long, or belongs to someone else."""


def sign(key: str, ticket: ResumeToken) -> str | None:
    """Return the token as text; None when the session has grown too long for one."""
    fields = [ticket.session_id, ticket.who, ticket.chosen, ticket.began_s, ticket.snapshot]
    signed = str(URLSafeTimedSerializer(key, salt=_SALT).dumps(fields))
    return signed if len(signed) <= MOST_CHARACTERS else None


def read(key: str, text: str, *, who: str) -> ResumeToken:
    """Read a token from its text.

    Raises
    ------
    BadToken
    """
    if len(text) > MOST_CHARACTERS:
        raise BadToken
    try:
        fields = URLSafeTimedSerializer(key, salt=_SALT).loads(text, max_age=GOOD_FOR_S)
    except BadData:
        raise BadToken from None
    try:
        ticket = ResumeToken(*fields)
    except TypeError:  # written by another version
        raise BadToken from None
    if ticket.who != who:
        raise BadToken
    return ticket
