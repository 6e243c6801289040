"""The trail of the clinic, and which videos are deleted when."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth.access import visible_clients
from api.auth.audit_trail import TrailFilter, read_audit
from api.core.problems import Problem, ServiceCode
from api.db import Client, Clinician, Deed
from api.db.clinic import clinic_timezone
from api.db.pagination import Paging
from api.http.deps import Clock, Config, Db
from api.pages.clinic.sections import SECTIONS
from api.pages.clinic.trail import Line, trail_lines
from api.pages.page_deps import ClinicianHere
from api.pages.render import render
from api.recordings.retention import read_retention

router = APIRouter()

AT_ONCE: Final = 50
AHEAD: Final = (7, 14, 30)
"""Days to look ahead."""
_ID: Final = "^([0-9a-f]{32})?$"

IdHere = Annotated[str, Query(pattern=_ID)]


@router.get("/clinic/trail")
def trail_page(
    request: Request,
    me: ClinicianHere,
    db: Db,
    client: IdHere = "",
    who: IdHere = "",
    what: Annotated[str, Query(max_length=20)] = "",
    day: Annotated[str, Query(max_length=10)] = "",
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Show the trail of the clinic, newest first, filtered by client, by person, by deed and by day."""
    zone = clinic_timezone(db, me.clinic_id)
    on = _parse_day(day)
    since = None if on is None else datetime.combine(on, time(), zone)
    deed = Deed(what) if what in set(Deed) else None
    try:
        paging = Paging(AT_ONCE, after)
    except Problem as problem:  # a page mark that is not ours: show from the beginning
        if problem.code is not ServiceCode.INVALID_REQUEST:
            raise
        after, paging = None, Paging(AT_ONCE, None)
    # The next midnight, not 24 hours on: two days a year are longer or shorter.
    until = None if on is None else datetime.combine(on + timedelta(days=1), time(), zone)
    wanted = TrailFilter(client_id=client or None, who_id=who or None, what=deed, since=since, until=until)
    entries = read_audit(db, me, paging, wanted)
    mine = _names_by_id(db, select(Client.id, Client.name).where(Client.clinician_id == me.id))
    staff = _names_by_id(db, select(Clinician.id, Clinician.name).where(Clinician.clinic_id == me.clinic_id))
    chosen = {"client": client, "who": who, "what": deed or "", "day": "" if on is None else on.isoformat()}
    chosen_here = {name: value for name, value in chosen.items() if value}
    shown: list[Line] = trail_lines(entries.items, me.id, staff, mine)
    return render(
        request,
        "clinic/trail.html",
        me=me,
        zone=str(zone),
        sections=SECTIONS,
        section="trail",
        lines=shown,
        clients=sorted(mine.items(), key=lambda each: each[1].casefold()),
        staff=sorted(staff.items(), key=lambda each: each[1].casefold()),
        deeds=[each.value for each in Deed],
        chosen=chosen,
        later=None if entries.next is None else "?" + urlencode({**chosen_here, "after": entries.next}),
        first="?" + urlencode(chosen_here) if after else None,
        today=request.app.state.clock().astimezone(zone).date().isoformat(),
    )


@router.get("/clinic/keeping")
def keeping_page(
    request: Request, me: ClinicianHere, db: Db, clock: Clock, config: Config, within: int = AHEAD[0]
) -> Response:
    """Show how long videos are kept, and which videos of one's own clients are deleted next. Deletes nothing."""
    within = within if within in AHEAD else AHEAD[0]
    retention = read_retention(db, config, me, clock(), within_days=within)
    names = _names_by_id(db, visible_clients(me).with_only_columns(Client.id, Client.name))
    return render(
        request,
        "clinic/keeping.html",
        me=me,
        zone=str(clinic_timezone(db, me.clinic_id)),
        sections=SECTIONS,
        section="keeping",
        days=retention.days,
        due=retention.due,
        names=names,
        within=within,
        ahead=AHEAD,
        now=clock(),
    )


def _parse_day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _names_by_id(db: Session, query: Select[str, str]) -> dict[str, str]:
    return {row[0]: row[1] for row in db.execute(query)}
