"""An analysis tried again at the press of a button, by whoever may."""

from __future__ import annotations

from fastapi import Request, Response
from sqlalchemy.orm import Session

from api.auth.audit_trail import trail_of
from api.auth.principal import Principal
from api.core.problems import Problem, ServiceCode
from api.routes.results import analyse_again


def press_again(request: Request, me: Principal, db: Session, recording_id: str) -> None:
    """Have it tried again; where that cannot be, nothing happens: the page says how it stands now."""
    state = request.app.state
    trail = trail_of(me, request.scope, state.clock())
    try:
        analyse_again(recording_id, Response(), me, db, state.clock, state.settings, state.wakeups, trail)
    except Problem as problem:
        if problem.code is not ServiceCode.CONFLICT:
            raise
