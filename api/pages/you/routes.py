"""`/you`: agreements and their withdrawal, signing out, exporting one's data, deletion."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from api.auth import accounts
from api.auth.sign_in_sessions import drop_cookies
from api.care.consent import read_consents
from api.care.intake import newest_intake
from api.db import Client, Clinic, Clinician, ConsentKind
from api.http.deps import Clock, Config, Db, Store
from api.pages.form_fields import TrailHere, language_of
from api.pages.page_deps import ClientHere, Form, SomeoneHere
from api.pages.render import render
from api.recordings.export import list_export
from api.recordings.withdrawal import withdraw_consent

router = APIRouter()


@router.get("/you")
def you_page(
    request: Request, me: ClientHere, db: Db, withdrawn: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """Show everything about the person rather than the exercises."""
    client = db.get_one(Client, me.id)
    return render(
        request,
        "you/you.html",
        me=me,
        name=client.name,
        email=client.email,
        clinic=db.get_one(Clinic, me.clinic_id).name,
        clinician=db.get_one(Clinician, client.clinician_id).name,
        consent=read_consents(db, me, me.id, language_of(request)),
        answered=newest_intake(db, me.id),
        export=list_export(db, me, me.id),
        withdrawn=next((str(kind) for kind in ConsentKind if kind == withdrawn), ""),
    )


@router.get("/you/agreements/{kind}")
def withdraw_page(kind: ConsentKind, request: Request, me: ClientHere, db: Db) -> Response:
    """Show what withdrawing an agreement does, and a button; ask for the agreement instead if it is not in force."""
    consent = read_consents(db, me, me.id, language_of(request))
    agreement = next(each for each in consent.agreements if each.kind is kind)
    if not agreement.agreed:
        return RedirectResponse("/agreements", 303)
    return render(request, "you/withdraw.html", me=me, one=agreement)


@router.post("/you/agreements/{kind}/withdraw")
def withdraw(
    kind: ConsentKind, _form: Form, me: ClientHere, db: Db, store: Store, clock: Clock, trail: TrailHere
) -> Response:
    """Withdraw an agreement, with immediate effect."""
    withdraw_consent(db, store, me, trail, me.id, kind, clock())
    return RedirectResponse(f"/you?withdrawn={kind}#agreements", 303)


@router.post("/sign-out-everywhere")
def sign_out_everywhere(me: SomeoneHere, db: Db, config: Config) -> Response:
    """Sign out here and on every other device."""
    accounts.sign_out(db, me, everywhere=True)
    answer = RedirectResponse("/sign-in", 303)
    drop_cookies(answer, config)
    return answer
