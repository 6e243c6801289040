"""The ladder of exercises, and the files a clinic may write in place of those that come with the service."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select

from api.care.clinic_content import bundled_text, content_errors, ladder_of
from api.core.problems import SIGNED_IN, FieldError, Problem, ServiceCode, problem_responses
from api.db import ClinicContent, ContentKind, Deed, new_id
from api.http.deps import AsClinician, Audit, ClinicianInPerson, Clock, Db, Me

router = APIRouter(tags=["clinic"], responses=SIGNED_IN)


class StepOut(BaseModel):
    """One exercise of the ladder."""

    name: str
    title: str
    protocol: str | None = Field(description="By which recordings are judged; null where it is checked in only")
    instructions: list[str]
    ready: str = Field(description="What readiness for the next step looks like")
    source: str
    back_hidden: bool = Field(description="The back cannot be read at this exercise: something lies over it")


class LadderOut(BaseModel):
    """Steps in order; where a person starts and how fast they go on is the clinician's to say."""

    title: str
    note: str
    sha256: str
    steps: list[StepOut]


class ContentOut(BaseModel):
    """A file that a clinic may write."""

    kind: ContentKind
    own: bool = Field(description="The clinic's; else what comes with the service")
    text: str = Field(description="TOML")
    updated_at: datetime | None


class ContentForm(BaseModel):
    """A clinic's own file."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=65536)] = Field(description="TOML")


@router.get("/ladder")
def read_ladder(me: Me, db: Db) -> LadderOut:
    """The ladder in force in one's clinic."""
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


@router.get("/clinic/content/{kind}")
def read_content(kind: ContentKind, me: AsClinician, db: Db) -> ContentOut:
    """A file as TOML: the clinic's own, or the one that comes with the service, to begin from."""
    return _told(kind, _own(db, me.clinic_id, kind))


@router.put("/clinic/content/{kind}", responses=problem_responses(ServiceCode.INVALID_REQUEST, ServiceCode.CONFLICT))
def write_content(
    kind: ContentKind, form: ContentForm, me: ClinicianInPerson, db: Db, clock: Clock, audit: Audit
) -> ContentOut:
    """Write the clinic's own file; every problem of it is told with its line."""
    wrong = content_errors(kind, form.text)
    if wrong:
        errors = [FieldError(where="body.text", message=line[:300]) for line in wrong[:20]]
        raise Problem(ServiceCode.INVALID_REQUEST, "This file is not right.", errors=errors)
    row = _own(db, me.clinic_id, kind)
    if row is None:
        row = ClinicContent(id=new_id(), clinic_id=me.clinic_id, kind=kind)
        db.add(row)
    row.text, row.updated_by, row.updated_at = form.text, me.id, clock()
    audit.record(db, Deed.CHANGED, str(kind), row.id, None)
    db.commit()
    return _told(kind, row)


@router.delete("/clinic/content/{kind}", status_code=204)
def drop_content(kind: ContentKind, me: ClinicianInPerson, db: Db, audit: Audit) -> None:
    """Go back to the file that comes with the service."""
    row = _own(db, me.clinic_id, kind)
    if row is not None:
        audit.record(db, Deed.REMOVED, str(kind), row.id, None)
        db.delete(row)
        db.commit()


def _own(db: Db, clinic_id: str, kind: ContentKind) -> ClinicContent | None:
    own = select(ClinicContent).where(ClinicContent.clinic_id == clinic_id, ClinicContent.kind == kind)
    return db.scalars(own).one_or_none()


def _told(kind: ContentKind, row: ClinicContent | None) -> ContentOut:
    if row is not None:
        return ContentOut(kind=kind, own=True, text=row.text, updated_at=row.updated_at)
    return ContentOut(kind=kind, own=False, text=bundled_text(kind), updated_at=None)
