"""What people type, checked where it enters: no control characters, a length, one spelling."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, EmailStr, Field, StringConstraints

PASSWORD_LENGTH = (10, 200)
"""Characters: at least, at most."""

# Control, format (bidirectional overrides among them), surrogate, private use, unassigned, line and paragraph breaks.
_HIDDEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _plain(text: str) -> str:
    if any(unicodedata.category(mark) in _HIDDEN or mark in _OVERRIDES for mark in text):
        raise ValueError("has characters that cannot be seen")
    return unicodedata.normalize("NFC", text)


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("has characters that cannot be seen")
    return text


PersonName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(_plain)
]
"""One line of text: a name, a title."""

Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(str.lower), AfterValidator(_plain)]
"""An address, lower case."""

NewPassword = Annotated[
    str, StringConstraints(min_length=PASSWORD_LENGTH[0], max_length=PASSWORD_LENGTH[1]), AfterValidator(_no_nul)
]
"""Long enough; anything may be in it."""

TypedPassword = Annotated[str, StringConstraints(min_length=1, max_length=PASSWORD_LENGTH[1])]
"""A password that is to be compared."""

LinkToken = Annotated[str, StringConstraints(min_length=1, max_length=400)]
"""The token of a link."""

IdPath = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="32 hexadecimal digits")]
"""An id in an address."""

BodyId = Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]
"""An id in a body."""


def plain_lines(text: str) -> str:
    """Several lines without hidden characters."""
    return "\n".join(_plain(line.rstrip("\r").replace("\t", " ")) for line in text.split("\n"))


Notes = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(plain_lines)]
"""Several lines of text, perhaps none."""
