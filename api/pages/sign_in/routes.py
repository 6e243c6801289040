"""Sign in with e-mail and password (clinicians); clients come by their link and may ask for a new one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.responses import Response

from api.auth import accounts
from api.auth.accounts import SignInForm
from api.auth.sign_in_sessions import drop_cookies, set_cookies
from api.core.problems import Problem, ServiceCode
from api.http.deps import Clock, Config, Db, PasswordHashes, RemoteAddress
from api.pages.page_deps import Form, SomeoneHere, Visitor, local_address
from api.pages.render import render

router = APIRouter()


@router.get("/sign-in")
async def sign_in_page(request: Request, visitor: Visitor, next: Annotated[str, Query()] = "/") -> Response:
    """Show the form; a person who is signed in goes on."""
    if visitor is not None:
        return RedirectResponse(local_address(next), 303)
    return render(request, "sign_in/sign_in.html", next=local_address(next), email="", wrong="")


@router.post("/sign-in")
async def sign_in(
    request: Request,
    form: Form,
    _visitor: Visitor,
    db: Db,
    clock: Clock,
    config: Config,
    passwords: PasswordHashes,
    address: RemoteAddress,
) -> Response:
    """Sign in and go on, or say what is wrong beside the form."""
    onward = local_address(str(form.get("next", "/")))
    email = str(form.get("email", ""))
    try:
        typed = SignInForm(email=email, password=str(form.get("password", "")))
        signed_in = await run_in_threadpool(
            accounts.sign_in, db, passwords, config, typed, address=address, now=clock()
        )
    except ValidationError:
        problem = Problem(ServiceCode.UNAUTHENTICATED)
    except Problem as refusal:
        if refusal.code not in (ServiceCode.UNAUTHENTICATED, ServiceCode.TOO_MANY_REQUESTS):
            raise
        problem = refusal
    else:
        answer = RedirectResponse(onward, 303)
        set_cookies(answer, signed_in.session, config)
        return answer
    wrong = "sign_in-too-many" if problem.code is ServiceCode.TOO_MANY_REQUESTS else "sign_in-wrong"
    return render(request, "sign_in/sign_in.html", status=problem.status, next=onward, email=email[:254], wrong=wrong)


@router.post("/sign-out")
def sign_out(me: SomeoneHere, db: Db, config: Config) -> Response:
    """Sign out here."""
    accounts.sign_out(db, me)
    answer = RedirectResponse("/sign-in", 303)
    drop_cookies(answer, config)
    return answer
