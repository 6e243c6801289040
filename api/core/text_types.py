"""Types for ids and for text that people enter, validated at the boundary.

Text has no control characters, a maximum length, and is in NFC.
"""

from __future__ import annotations

import unicodedata
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, EmailStr, Field, StringConstraints

PASSWORD_LENGTH = (10, 200)
"""Minimum and maximum number of characters."""

# Control, format (bidirectional overrides among them), surrogate, private use, unassigned, line and paragraph breaks.
_HIDDEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _without_hidden(text: str) -> str:
    """Return the text in NFC; refuse invisible characters."""
    if any(unicodedata.category(character) in _HIDDEN or character in _OVERRIDES for character in text):
        raise ValueError("has characters that cannot be seen")
    return unicodedata.normalize("NFC", text)


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("has characters that cannot be seen")
    return text


PersonName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(_without_hidden)
]
"""One line of text: a name, a title."""

Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(str.lower), AfterValidator(_without_hidden)]
"""E-mail address in lower case."""

NewPassword = Annotated[
    str, StringConstraints(min_length=PASSWORD_LENGTH[0], max_length=PASSWORD_LENGTH[1]), AfterValidator(_without_nul)
]
"""A new password: long enough, any characters but NUL."""

TypedPassword = Annotated[str, StringConstraints(min_length=1, max_length=PASSWORD_LENGTH[1])]
"""A password that was typed to sign in; only compared, so short ones are accepted."""

LinkToken = Annotated[str, StringConstraints(min_length=1, max_length=400)]
"""The token of a link."""

IdPath = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="32 hexadecimal digits")]
"""An id in a URL path."""

AnalysisId = Annotated[
    str | None,
    Query(alias="analysis", pattern="^[0-9a-f]{32}$", description="The newest that is done without it"),
]
"""The analysis that a request is about, as `?analysis=`; None for the newest that is done."""

BodyId = Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]
"""An id in a request body."""


def plain_lines(text: str) -> str:
    """Return text of several lines in NFC; refuse invisible characters.

    A tab becomes a space, CR LF becomes LF.
    """
    return "\n".join(_without_hidden(line.rstrip("\r").replace("\t", " ")) for line in text.split("\n"))


Notes = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(plain_lines)]
"""Text of any number of lines; may be empty."""
