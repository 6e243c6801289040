"""The page on which a client films or chooses a video, and the one for a video that cannot be used."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.care.today import read_today
from api.http.deps import Audit, Clock, Config, Db, Principal
from api.pages import illustrations
from api.pages.assets import pose_model
from api.pages.form_fields import language_of
from api.pages.messages import code_messages
from api.pages.page_deps import ClientHere
from api.pages.record.choice import Exercise, choose_exercise, list_exercises
from api.pages.render import render, translator_for
from hinge_check.errors import ADVICE, Code

router = APIRouter()

PlanInQuery = Annotated[str, Query(max_length=64)]


@router.get("/record")
def record_page(
    request: Request, me: ClientHere, db: Db, clock: Clock, config: Config, audit: Audit, plan: PlanInQuery = ""
) -> Response:
    """Show the page to film or to choose a video; or what has to be done first."""
    today = read_today(db, me, audit, now=clock(), language=language_of(request))
    exercises = list_exercises(today.exercises, translator_for(request)("record-usual"))
    return render(
        request,
        "record/record.html",
        me=me,
        wasm=True,
        zone=today.time_zone,
        before=today.before_filming,
        exercises=exercises,
        exercise=choose_exercise(exercises, plan),
        pose_model=pose_model(),
        most_mb=config.max_upload_bytes // 1_000_000,
        nothing_chosen=False,
    )


@router.get("/record/refused")
def refused_video(
    request: Request,
    me: ClientHere,
    code: Annotated[str, Query(max_length=64)] = "",
    plan: PlanInQuery = "",
) -> Response:
    """Show why a video that was sent cannot be used, and how to film it; the script puts it into the page."""
    return refused_page(request, me, code, "", plan=plan, status=200)


def refused_page(
    request: Request, me: Principal, code: str, message: str, *, plan: str = "", status: int = 422
) -> Response:
    """Render the page of a video that was refused."""
    known = Code(code) if code in set(Code) else Code.UNREADABLE
    t = translator_for(request)
    refusal = code_messages.refusal(t, known, message or t(f"refusal-{known}-message"), ADVICE[known])
    picture = f"film-{known}"
    return render(
        request,
        "record/refused.html",
        me=me,
        status=status,
        refusal=refusal,
        picture=picture if picture in illustrations.NAMES else "setup_phone",
        plan=plan,
    )


def nothing_chosen_page(
    request: Request, me: Principal, exercises: list[Exercise], exercise: Exercise, most_mb: int
) -> Response:
    """Render the form again after it was sent without a video."""
    return render(
        request,
        "record/record.html",
        me=me,
        wasm=True,
        status=422,
        before=None,
        exercises=exercises,
        exercise=exercise,
        pose_model=pose_model(),
        most_mb=most_mb,
        nothing_chosen=True,
    )
