"""The clinic's start page: name and time zone, who works there, what is left to set up."""

from __future__ import annotations

from typing import Annotated, Final
from zoneinfo import available_timezones

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth import colleagues
from api.auth.audit_trail import entries_of
from api.auth.colleagues import InviteForm, LeavingForm
from api.care.clinic_settings import ClinicForm, change_clinic
from api.core.problems import Problem, ServiceCode, not_found
from api.core.text_types import IdPath
from api.db import AuditEntry, Client, Clinic
from api.db.clinic import clinic_timezone
from api.http.deps import Clock, Config, Db, Principal
from api.pages.client.link import qr
from api.pages.clinic.sections import SECTIONS
from api.pages.form_fields import TrailHere, form_text
from api.pages.page_deps import ClinicianHere, Form
from api.pages.render import render

router = APIRouter()

SETUP_COOKIE: Final = "hinge_setup"
_YEAR_S: Final = 365 * 24 * 3600
_TYPED: Final = 400

Said = Annotated[str, Query(max_length=40)]


@router.get("/clinic")
def clinic_page(request: Request, me: ClinicianHere, db: Db, clock: Clock, said: Said = "") -> Response:
    """Show name, time zone, colleagues and open invitations."""
    return _render_hub(request, me, db, clock, said=said)


@router.post("/clinic")
def change(request: Request, me: ClinicianHere, form: Form, db: Db, clock: Clock, audit: TrailHere) -> Response:
    """Rename the clinic and set its time zone."""
    typed = {name: form_text(form, name, _TYPED) for name in ("name", "time_zone")}
    try:
        change_clinic(db, me, audit, ClinicForm.model_validate(typed))
    except ValidationError as error:
        wrong = {str(each["loc"][0]): f"clinic-wrong-{each['loc'][0]}" for each in error.errors()}
        return _render_hub(request, me, db, clock, typed=typed, wrong=wrong)
    return RedirectResponse("/clinic?said=saved", 303)


@router.post("/clinic/invitations")
def invite(request: Request, me: ClinicianHere, form: Form, db: Db, clock: Clock, config: Config) -> Response:
    """Invite a colleague: the link is on the page that is returned, and is not shown again."""
    email = form_text(form, "email", _TYPED)
    try:
        link = colleagues.invite_clinician(db, config, me, InviteForm(email=email), clock())
    except ValidationError:
        return _render_hub(request, me, db, clock, typed={"email": email}, wrong={"email": "clinic-wrong-email"})
    zone = str(clinic_timezone(db, me.clinic_id))
    return render(
        request, "clinic/link.html", me=me, zone=zone, sections=SECTIONS, section="people", link=link, qr=qr(link.link)
    )


@router.post("/clinic/invitations/{invitation_id}/withdraw")
def withdraw(invitation_id: IdPath, me: ClinicianHere, db: Db, clock: Clock) -> Response:
    """End a link to a colleague."""
    colleagues.revoke_invitation(db, me, invitation_id, clock())
    return RedirectResponse("/clinic?said=withdrawn#colleagues", 303)


@router.post("/clinic/checklist")
def hide_checklist(me: ClinicianHere, config: Config) -> Response:  # noqa: ARG001 - clinicians only
    """Hide what is left to set up, in this browser."""
    answer = RedirectResponse("/clinic", 303)
    answer.set_cookie(
        SETUP_COOKIE, "hidden", max_age=_YEAR_S, httponly=True, secure=config.secure_cookies, samesite="lax"
    )
    return answer


@router.get("/clinic/colleagues/{clinician_id}")
def leaving_page(clinician_id: IdPath, request: Request, me: ClinicianHere, db: Db) -> Response:
    """Show what it means when a clinician leaves, and ask who takes over."""
    return _render_leaving(request, me, db, clinician_id)


@router.post("/clinic/colleagues/{clinician_id}")
def leave(
    clinician_id: IdPath, request: Request, me: ClinicianHere, form: Form, db: Db, clock: Clock, audit: TrailHere
) -> Response:
    """Disable the account of a clinician who leaves."""
    heir = form_text(form, "clients_to", 32)
    try:
        leaving = LeavingForm(clients_to=heir or None)
        colleagues.disable_clinician(db, me, audit, clinician_id, leaving, clock())
    except ValidationError:
        return _render_leaving(request, me, db, clinician_id, wrong="clinic-leaving-who")
    except Problem as problem:
        db.rollback()
        if problem.code is not ServiceCode.CONFLICT:
            raise
        return _render_leaving(request, me, db, clinician_id, wrong="clinic-leaving-who")
    return RedirectResponse("/sign-in" if clinician_id == me.id else "/clinic?said=left#colleagues", 303)


def _render_leaving(request: Request, me: Principal, db: Session, clinician_id: str, wrong: str = "") -> Response:
    clinicians = colleagues.list_clinicians(db, me)
    person = next((each for each in clinicians if each.id == clinician_id), None)
    if person is None:
        raise not_found()
    theirs = select(func.count()).where(Client.clinician_id == person.id)
    return render(
        request,
        "clinic/leaving.html",
        me=me,
        status=409 if wrong else 200,
        sections=SECTIONS,
        section="people",
        person=person,
        others=[each for each in clinicians if each is not person],
        clients=db.scalar(theirs) or 0,
        wrong=wrong,
    )


def _render_hub(
    request: Request,
    me: Principal,
    db: Session,
    clock: Clock,
    *,
    said: str = "",
    typed: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
) -> Response:
    clinic = db.get_one(Clinic, me.clinic_id)
    clinicians = colleagues.list_clinicians(db, me)
    invitations = colleagues.list_invitations(db, me, clock())
    counted = (
        select(Client.clinician_id, func.count())
        .where(Client.clinic_id == me.clinic_id, Client.archived_at.is_(None))
        .group_by(Client.clinician_id)
    )
    many: dict[str, int] = {row[0]: row[1] for row in db.execute(counted)}
    steps = None
    if request.cookies.get(SETUP_COOKIE) != "hidden":
        done = _find_done_steps(db, clinic, colleague=len(clinicians) > 1 or bool(invitations), client=bool(many))
        steps = None if all(done.values()) else done
    return render(
        request,
        "clinic/clinic.html",
        me=me,
        status=422 if wrong else 200,
        zone=clinic.time_zone,
        sections=SECTIONS,
        section="people",
        typed={"name": clinic.name, "time_zone": clinic.time_zone, "email": "", **(typed or {})},
        wrong=wrong or {},
        said=said if said in ("saved", "withdrawn", "left") else "",
        zones=list_zones(),
        colleagues=clinicians,
        many=many,
        invitations=invitations,
        steps=steps,
    )


def _find_done_steps(db: Session, clinic: Clinic, *, colleague: bool, client: bool) -> dict[str, bool]:
    """Return which setup steps are done: the trail shows whether protocols were viewed and the clinic was changed."""

    def is_in_trail(kind: str) -> bool:
        entries = entries_of(clinic.id).with_only_columns(AuditEntry.id).where(AuditEntry.object_kind == kind)
        return db.scalar(entries.limit(1)) is not None

    return {
        "zone": clinic.time_zone != "UTC" or is_in_trail("clinic"),
        "colleague": colleague,
        "client": client,
        "limits": is_in_trail("protocols"),
    }


def list_zones() -> list[tuple[str, list[str]]]:
    """Return the time zones by part of the world."""
    out: dict[str, list[str]] = {}
    for name in sorted(available_timezones()):
        region, _, place = name.partition("/")
        if place and region not in {"Etc", "SystemV", "US", "posix", "right"}:
            out.setdefault(region, []).append(name)
    return sorted(out.items())
