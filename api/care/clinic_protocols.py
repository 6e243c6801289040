"""Protocols in force in a clinic: its own version where it has written one, else the bundled one."""

from __future__ import annotations

import tomllib

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import ClinicContent, kind_of_protocol
from hinge_check.assess.protocol import Protocol, load_protocol, protocol_from_text
from hinge_check.errors import UsageError


def clinic_protocol(db: Session, clinic_id: str, name: str) -> Protocol:
    """Return the protocol of this name that judges a clinic's recordings where no plan has other limits."""
    own = select(ClinicContent.text).where(
        ClinicContent.clinic_id == clinic_id, ClinicContent.kind == kind_of_protocol(name)
    )
    text = db.scalar(own)
    return load_protocol(name) if text is None else protocol_from_text(text)


def protocol_in(db: Session, clinic_id: str, text: str) -> Protocol:
    """Read a protocol from TOML; the protocol it extends is the clinic's version.

    Raises
    ------
    UsageError
        Every problem of the text, one a line.
    """
    return protocol_from_text(text, lambda name: clinic_protocol(db, clinic_id, name))


def version_of(name: str, text: str) -> Protocol:
    """Read a clinic's own version of a bundled protocol.

    Raises
    ------
    UsageError
        Every problem of the text, one a line; also for a text of another protocol, or one with a [person] section.
    """
    protocol = protocol_from_text(text)
    document = tomllib.loads(text)
    if extended_protocol(text) != name:
        raise UsageError(f'line 1: begin with: extends = "{name}"')
    if protocol.name != name:
        raise UsageError(f'line 1: the name stays "{name}"; give it another title instead')
    if "person" in document:
        raise UsageError("line 1: [person] holds for one person: it belongs in their plan")
    return protocol


def extended_protocol(text: str) -> str | None:
    """Return the name of the protocol that a TOML text extends; None where it names none."""
    name = tomllib.loads(text).get("extends")
    return name.strip().lower().replace("-", "_") if isinstance(name, str) else None
