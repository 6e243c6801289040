"""What a clinic may write in its own words: its files where there are any, else those that come with the service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import ClinicContent, ContentKind
from hinge_check.clinic.consent import Consent, consent_from_text, load_consent
from hinge_check.clinic.ladder import Ladder, ladder_from_text, load_ladder
from hinge_check.clinic.red_flags import Questions, load_questions, questions_from_text
from hinge_check.clinic.rules import Rules, rules_from_text
from hinge_check.errors import UsageError

CHECKS: Mapping[ContentKind, Callable[[str], Any]] = {
    ContentKind.LADDER: ladder_from_text,
    ContentKind.CONSENT: consent_from_text,
    ContentKind.RED_FLAGS: questions_from_text,
    ContentKind.READINESS: rules_from_text,
}


def own_text(db: Session, clinic_id: str, kind: ContentKind) -> str | None:
    """The clinic's own file; None where it has none."""
    own = select(ClinicContent.text).where(ClinicContent.clinic_id == clinic_id, ClinicContent.kind == kind)
    return db.scalar(own)


def ladder_of(db: Session, clinic_id: str) -> Ladder:
    """The ladder in force."""
    text = own_text(db, clinic_id, ContentKind.LADDER)
    return load_ladder() if text is None else ladder_from_text(text)


def consent_of(db: Session, clinic_id: str) -> Consent:
    """The wording in force."""
    text = own_text(db, clinic_id, ContentKind.CONSENT)
    return load_consent() if text is None else consent_from_text(text)


def questions_of(db: Session, clinic_id: str) -> Questions:
    """The questions in force."""
    text = own_text(db, clinic_id, ContentKind.RED_FLAGS)
    return load_questions() if text is None else questions_from_text(text)


def rules_of(db: Session, clinic_id: str) -> Rules:
    """The rules of readiness in force."""
    text = own_text(db, clinic_id, ContentKind.READINESS)
    return rules_from_text() if text is None else rules_from_text(text)


def wrong_lines(kind: ContentKind, text: str) -> list[str]:
    """What is amiss with a file, one a line; empty when it is sound."""
    try:
        CHECKS[kind](text)
    except UsageError as error:
        return str(error).splitlines()
    except (RecursionError, ValueError):  # figures of thousands of digits, brackets a thousand deep
        return ["this is not TOML"]
    return []
