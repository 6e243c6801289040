"""The clinician's start page; `/` itself is `api.pages.home.routes`, which sends clinicians here."""

from __future__ import annotations

from fastapi import Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth.audit_trail import trail_of
from api.care.worklist import read_worklist
from api.core.clock import Now
from api.db.clinic import clinic_timezone
from api.http.deps import Principal
from api.pages.render import render
from api.pages.worklist.rows import group_rows, state_of


def start_page(request: Request, me: Principal, db: Session, clock: Now) -> Response:
    """Show who needs the clinician, and the one thing to do for each."""
    now = clock()
    worklist = read_worklist(db, me, trail_of(me, request.scope, now), now=now)
    return render(
        request,
        "worklist/worklist.html",
        me=me,
        zone=clinic_timezone(db, me.clinic_id).key,
        now=now,
        groups=group_rows(worklist.items),
        wanting=len(worklist.items),
        clients=worklist.clients,
        state=state_of(worklist.items),
    )
