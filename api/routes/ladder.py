"""The ladder of exercises, and the content files that a clinic may replace with its own."""

from __future__ import annotations

from fastapi import APIRouter

from api.care import content_files
from api.care.content_schemas import ContentForm, ContentOut, LadderOut
from api.core.problems import SIGNED_IN, ServiceCode, problem_responses
from api.db import ContentKind
from api.http.deps import AsClinician, Audit, ClinicianInPerson, Clock, Db, Me

router = APIRouter(tags=["clinic"], responses=SIGNED_IN)


@router.get("/ladder")
def read_ladder(me: Me, db: Db) -> LadderOut:
    """Return the ladder in force in your clinic."""
    return content_files.read_ladder(db, me)


@router.get("/clinic/content/{kind}")
def read_content(kind: ContentKind, me: AsClinician, db: Db) -> ContentOut:
    """Return a content file as TOML: the clinic's own, or else the bundled one to start from."""
    return content_files.read_content(db, me, kind)


@router.put("/clinic/content/{kind}", responses=problem_responses(ServiceCode.INVALID_REQUEST, ServiceCode.CONFLICT))
def write_content(
    kind: ContentKind, form: ContentForm, me: ClinicianInPerson, db: Db, clock: Clock, audit: Audit
) -> ContentOut:
    """Replace a content file with the clinic's own; every problem in it is reported with its line."""
    return content_files.write_content(db, me, audit, kind, form, now=clock())


@router.delete("/clinic/content/{kind}", status_code=204)
def drop_content(kind: ContentKind, me: ClinicianInPerson, db: Db, audit: Audit) -> None:
    """Go back to the bundled file."""
    content_files.drop_content(db, me, audit, kind)
