"""Content that a clinic may replace with its own: the clinic's files where it has any, else the bundled ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib import resources
from typing import Any, Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.care.clinic_protocols import version_of
from api.db import Client, ClinicContent, ContentKind
from hinge_check.assess.protocol import load_protocol
from hinge_check.clinic.consent import Consent, consent_from_text, load_consent
from hinge_check.clinic.ladder import Ladder, ladder_from_text, load_ladder
from hinge_check.clinic.readiness_rules import Rules, rules_from_text
from hinge_check.clinic.red_flags import Questions, load_questions, questions_from_text
from hinge_check.errors import UsageError

CHECKS: Final[Mapping[ContentKind, Callable[[str], Any]]] = {
    ContentKind.LADDER: ladder_from_text,
    ContentKind.CONSENT: consent_from_text,
    ContentKind.RED_FLAGS: questions_from_text,
    ContentKind.READINESS: rules_from_text,
    **{kind: partial(version_of, kind.protocol) for kind in ContentKind if kind.protocol is not None},
}
"""By kind, the parser that refuses an invalid text."""


Language = Literal["en", "de"]
"""Languages of the content that comes with the service."""
TRANSLATED: Final[tuple[Language, ...]] = ("de",)
"""Languages with files of their own (`consent.de.toml`) beside the English ones."""


def custom_text(db: Session, clinic_id: str, kind: ContentKind) -> str | None:
    """Return the clinic's own file; None where it has none."""
    own = select(ClinicContent.text).where(ClinicContent.clinic_id == clinic_id, ClinicContent.kind == kind)
    return db.scalar(own)


def ladder_of(db: Session, clinic_id: str) -> Ladder:
    """Return the ladder in force."""
    text = custom_text(db, clinic_id, ContentKind.LADDER)
    return load_ladder() if text is None else ladder_from_text(text)


def consent_of(db: Session, clinic_id: str, language: str = "en") -> Consent:
    """Return the wording in force: the clinic's own as it is, else the bundled one in the requested language.

    There is a file for each language because the exact words a person read are stored with what they agreed to.
    """
    text = custom_text(db, clinic_id, ContentKind.CONSENT)
    return consent_of_service(language) if text is None else consent_from_text(text)


def questions_of(db: Session, clinic_id: str, language: str = "en") -> Questions:
    """Return the questions in force; for the language see `consent_of`."""
    text = custom_text(db, clinic_id, ContentKind.RED_FLAGS)
    return questions_of_service(language) if text is None else questions_from_text(text)


def consent_read(db: Session, clinic_id: str, sha256: str) -> Consent | None:
    """Return the wording in force with this digest, in any language; None when it is no longer in force."""
    candidates = (consent_of(db, clinic_id, language) for language in ("en", *TRANSLATED))
    return next((each for each in candidates if each.wording.sha256 == sha256), None)


def questions_read(db: Session, clinic_id: str, sha256: str) -> Questions | None:
    """Return the questions in force with this digest; see `consent_read`."""
    candidates = (questions_of(db, clinic_id, language) for language in ("en", *TRANSLATED))
    return next((each for each in candidates if each.wording.sha256 == sha256), None)


@cache
def consent_of_service(language: str) -> Consent:
    """Return the bundled wording."""
    return consent_from_text(_translation("consent", language)) if language in TRANSLATED else load_consent()


@cache
def questions_of_service(language: str) -> Questions:
    """Return the bundled questions."""
    return questions_from_text(_translation("red_flags", language)) if language in TRANSLATED else load_questions()


def _translation(name: str, language: str) -> str:
    return resources.files("hinge_check.clinic").joinpath(f"{name}.{language}.toml").read_text(encoding="utf-8")


def rules_of(db: Session, client: Client) -> Rules:
    """Return the readiness rules in force for a person."""
    return rules_for(db, client.clinic_id, {client.id: client.readiness})[client.id]


def rules_for(db: Session, clinic_id: str, own: Mapping[str, str | None]) -> dict[str, Rules]:
    """Return the rules of many clients of one clinic, by client; `own` holds the figures written for each of them."""
    of_clinic = custom_text(db, clinic_id, ContentKind.READINESS)
    return {client_id: rules_from_text(of_clinic, of_person, strict=False) for client_id, of_person in own.items()}


def bundled_text(kind: ContentKind) -> str:
    """Return the bundled file, for a clinic to start from."""
    if kind.protocol is not None:
        return f'extends = "{kind.protocol}"\n{load_protocol(kind.protocol).text}'
    return resources.files("hinge_check.clinic").joinpath(f"{kind}.toml").read_text(encoding="utf-8")


def content_errors(kind: ContentKind, text: str) -> list[str]:
    """Return the problems of a file, one a line; empty for a valid one."""
    try:
        CHECKS[kind](text)
    except UsageError as error:
        return str(error).splitlines()
    except (RecursionError, ValueError):  # figures of thousands of digits, brackets a thousand deep
        return ["this is not TOML"]
    return []
