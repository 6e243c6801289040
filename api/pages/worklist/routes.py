"""The clinician's start page; `/` itself is `api.pages.home.routes`, which sends clinicians here."""

from __future__ import annotations

from fastapi import Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth.audit_trail import trail_of
from api.care.worklist import client_facts
from api.core.clock import Now
from api.db.clinic import clinic_timezone
from api.http.deps import Principal
from api.pages.render import render
from api.pages.worklist.rows import group_rows, state_of
from hinge_check.clinic.worklist import worklist


def start_page(request: Request, me: Principal, db: Session, clock: Now) -> Response:
    """Show who needs the clinician, and the one thing to do for each."""
    facts = client_facts(db, me)
    entries = worklist(facts, clock())
    zone = clinic_timezone(db, me.clinic_id).key
    trail_of(me, request.scope, clock()).record_view(db, "worklist", me.id, None)
    return render(
        request,
        "worklist/worklist.html",
        me=me,
        zone=zone,
        now=clock(),
        groups=group_rows(entries),
        wanting=len(entries),
        clients=len(facts),
        state=state_of(entries),
    )
