"""Protocols as they hold in a clinic: its own version where it has written one, else the one that is shipped."""

from __future__ import annotations

import tomllib

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import ClinicContent, kind_of_protocol
from hinge_check.assess.protocol import Protocol, load_protocol, protocol_from_text
from hinge_check.errors import UsageError


def clinic_protocol(db: Session, clinic_id: str, name: str) -> Protocol:
    """The protocol of this name by which a clinic's recordings are judged where a plan says nothing else."""
    own = select(ClinicContent.text).where(
        ClinicContent.clinic_id == clinic_id, ClinicContent.kind == kind_of_protocol(name)
    )
    text = db.scalar(own)
    return load_protocol(name) if text is None else protocol_from_text(text)


def protocol_in(db: Session, clinic_id: str, text: str) -> Protocol:
    """A protocol from TOML; what it extends is the clinic's version.

    Raises
    ------
    UsageError
        Every problem of the text, one a line.
    """
    return protocol_from_text(text, lambda name: clinic_protocol(db, clinic_id, name))


def version_of(name: str, text: str) -> Protocol:
    """A clinic's own version of a shipped protocol.

    Raises
    ------
    UsageError
        Every problem of the text, one a line; it is not of this protocol; or it holds what is a person's.
    """
    protocol = protocol_from_text(text)
    document = tomllib.loads(text)
    if extended(text) != name:
        raise UsageError(f'line 1: begin with: extends = "{name}"')
    if protocol.name != name:
        raise UsageError(f'line 1: the name stays "{name}"; give it another title instead')
    if "person" in document:
        raise UsageError("line 1: [person] holds for one person: it belongs in their plan")
    return protocol


def extended(text: str) -> str | None:
    """The name of the protocol that a TOML text extends; None where it says none."""
    said = tomllib.loads(text).get("extends")
    return said.strip().lower().replace("-", "_") if isinstance(said, str) else None
