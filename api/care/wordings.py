"""Wordings shown to clients, each stored once: consents and answers refer to them."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.db import WordingText
from hinge_check.clinic.content import Wording

Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
"""The digest of words, in hexadecimal digits."""


def keep_words(db: Session, wording: Wording, now: datetime) -> None:
    """Store a wording that was shown, unless it is stored already; adds to the transaction."""
    if db.get(WordingText, wording.sha256) is None:
        # Another request may be storing it at the same instant.
        with contextlib.suppress(IntegrityError), db.begin_nested():
            db.add(
                WordingText(sha256=wording.sha256, version=wording.version[:64], text=wording.text, first_shown_at=now)
            )
