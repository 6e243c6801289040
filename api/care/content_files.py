"""Content files that a clinic may replace with its own: read one, replace one, go back to the bundled one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.care.clinic_content import bundled_text, content_errors, ladder_of
from api.care.content_schemas import ContentForm, ContentOut, LadderOut, StepOut
from api.core.problems import invalid_field
from api.db import ClinicContent, ContentKind, Deed, new_id


def read_ladder(db: Session, me: Principal) -> LadderOut:
    """Return the ladder in force in the person's clinic."""
    ladder = ladder_of(db, me.clinic_id)
    steps = [
        StepOut(
            name=step.name,
            title=step.title,
            protocol=step.protocol,
            instructions=list(step.instructions),
            ready=step.ready,
            source=step.source,
            back_hidden=step.back_hidden,
        )
        for step in ladder.steps
    ]
    return LadderOut(title=ladder.title, note=ladder.note, sha256=ladder.sha256, steps=steps)


def read_content(db: Session, me: Principal, kind: ContentKind) -> ContentOut:
    """Return a file as TOML: the clinic's own, or else the bundled one to start from."""
    row = own_content(db, me.clinic_id, kind)
    if row is None:
        return ContentOut(kind=kind, own=False, text=bundled_text(kind), updated_at=None)
    return ContentOut(kind=kind, own=True, text=row.text, updated_at=row.updated_at)


def write_content(
    db: Session, me: Principal, trail: Trail, kind: ContentKind, form: ContentForm, *, now: datetime
) -> ContentOut:
    """Write the clinic's own file. Commits.

    Raises
    ------
    Problem
        `invalid_request` with every problem of the file and its line.
    """
    errors = content_errors(kind, form.text)
    if errors:
        raise invalid_field("body.text", errors, "This file is not right.")
    row = own_content(db, me.clinic_id, kind)
    if row is None:
        row = ClinicContent(id=new_id(), clinic_id=me.clinic_id, kind=kind)
        db.add(row)
    row.text, row.updated_by, row.updated_at = form.text, me.id, now
    trail.record(db, Deed.CHANGED, str(kind), row.id, None)
    db.commit()
    return ContentOut(kind=kind, own=True, text=row.text, updated_at=row.updated_at)


def drop_content(db: Session, me: Principal, trail: Trail, kind: ContentKind) -> None:
    """Go back to the bundled file. Commits."""
    row = own_content(db, me.clinic_id, kind)
    if row is not None:
        trail.record(db, Deed.REMOVED, str(kind), row.id, None)
        db.delete(row)
        db.commit()


def own_content(db: Session, clinic_id: str, kind: ContentKind) -> ClinicContent | None:
    """Return the row of the clinic's own file; None where it has none."""
    own = select(ClinicContent).where(ClinicContent.clinic_id == clinic_id, ClinicContent.kind == kind)
    return db.scalars(own).one_or_none()
