"""A clinician's own account: name, password, where they are signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth import accounts
from api.auth.accounts import NameForm, PasswordForm
from api.core.problems import Problem, ServiceCode
from api.core.text_types import PASSWORD_LENGTH
from api.db import Clinic, Clinician, Session as SignIn
from api.http.deps import Clock, Config, Db, PasswordHashes, Principal
from api.pages.form_fields import form_text
from api.pages.page_deps import ClinicianHere, Form
from api.pages.render import render

router = APIRouter()


@router.get("/account")
def account_page(
    request: Request, me: ClinicianHere, db: Db, clock: Clock, said: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """Show name, password and sessions."""
    return _render_account(request, me, db, clock, said=said)


@router.post("/account/name")
def change_name(request: Request, me: ClinicianHere, form: Form, db: Db, clock: Clock) -> Response:
    """Change one's own name."""
    name = form_text(form, "name", 400)
    try:
        accounts.change_name(db, me, NameForm(name=name))
    except ValidationError:
        return _render_account(request, me, db, clock, name=name, wrong={"name": "account-wrong-name"})
    return RedirectResponse("/account?said=name", 303)


@router.post("/account/password")
async def change_password(
    request: Request, me: ClinicianHere, form: Form, db: Db, clock: Clock, config: Config, passwords: PasswordHashes
) -> Response:
    """Change one's own password; every other session ends."""

    def change() -> Response:
        wrong: dict[str, str] = {}
        # Not stripped: a space may belong to a password.
        current, new, again = (str(form.get(name, "")) for name in ("current", "new", "again"))
        if new != again:
            wrong["again"] = "account-wrong-again"
        try:
            typed = PasswordForm(current=current, new=new)
            if not wrong:
                accounts.change_password(db, passwords, config, me, typed, clock())
                return RedirectResponse("/account?said=password", 303)
        except ValidationError as error:
            wrong |= {str(each["loc"][0]): f"account-wrong-{each['loc'][0]}" for each in error.errors()}
        except Problem as problem:
            if problem.code not in (ServiceCode.FORBIDDEN, ServiceCode.TOO_MANY_REQUESTS):
                raise
            many = problem.code is ServiceCode.TOO_MANY_REQUESTS
            wrong["current"] = "account-wrong-many" if many else "account-wrong-current"
        return _render_account(request, me, db, clock, wrong=wrong)

    return await run_in_threadpool(change)


def _render_account(
    request: Request,
    me: Principal,
    db: Session,
    clock: Clock,
    *,
    name: str | None = None,
    wrong: dict[str, str] | None = None,
    said: str = "",
) -> Response:
    person = db.get_one(Clinician, me.id)
    clinic = db.get_one(Clinic, me.clinic_id)
    mine = select(SignIn).where(SignIn.clinician_id == me.id, SignIn.expires_at > clock())
    return render(
        request,
        "account/account.html",
        me=me,
        status=422 if wrong else 200,
        zone=clinic.time_zone,
        clinic=clinic.name,
        name=person.name if name is None else name,
        email=person.email,
        sessions=list(db.scalars(mine.order_by(SignIn.seen_at.desc()))),
        wrong=wrong or {},
        said=said if said in ("name", "password") else "",
        shortest=PASSWORD_LENGTH[0],
    )
