"""Sign in with e-mail and password (clinicians); clients come by their link and may ask for a new one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.responses import Response

from api.core.problems import Problem, ServiceCode
from api.http.deps import Clock, Config, Db, PasswordHashes
from api.pages.page_deps import Form, SomeoneHere, Visitor, local
from api.pages.render import render
from api.routes import auth

router = APIRouter()


@router.get("/sign-in")
async def sign_in_page(request: Request, visitor: Visitor, next: Annotated[str, Query()] = "/") -> Response:
    """The form; somebody who is signed in goes on."""
    if visitor is not None:
        return RedirectResponse(local(next), 303)
    return render(request, "sign_in/sign_in.html", next=local(next), email="", wrong="")


@router.post("/sign-in")
async def sign_in(
    request: Request,
    form: Form,
    _visitor: Visitor,
    db: Db,
    clock: Clock,
    config: Config,
    passwords: PasswordHashes,
) -> Response:
    """Sign in and go on, or say what is wrong beside the form."""
    onward = local(str(form.get("next", "/")))
    email = str(form.get("email", ""))
    answer = RedirectResponse(onward, 303)
    try:
        told = auth.SignInForm(email=email, password=str(form.get("password", "")))
        await run_in_threadpool(auth.sign_in, told, request, answer, db, clock, config, passwords)
    except ValidationError:
        problem = Problem(ServiceCode.UNAUTHENTICATED)
    except Problem as found:
        if found.code not in (ServiceCode.UNAUTHENTICATED, ServiceCode.TOO_MANY_REQUESTS):
            raise
        problem = found
    else:
        return answer
    wrong = "sign_in-too-many" if problem.code is ServiceCode.TOO_MANY_REQUESTS else "sign_in-wrong"
    return render(request, "sign_in/sign_in.html", status=problem.status, next=onward, email=email[:254], wrong=wrong)


@router.post("/sign-out")
def sign_out(me: SomeoneHere, db: Db, config: Config) -> Response:
    """Sign out here."""
    answer = RedirectResponse("/sign-in", 303)
    auth.sign_out(me, answer, db, config)
    return answer
