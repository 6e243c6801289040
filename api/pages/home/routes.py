"""`/`: a client's day; a clinician's start page is `api.pages.worklist`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from babel.dates import format_date
from fastapi import APIRouter, Query, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth.audit_trail import trail_of
from api.care.today import read_today
from api.core.clock import Now
from api.db import CheckInRow, Recording
from api.http.deps import Clock, Db, Principal
from api.pages.form_fields import language_of
from api.pages.home.cards import cards
from api.pages.home.manifest import manifest_of
from api.pages.messages import code_messages
from api.pages.page_deps import SomeoneHere
from api.pages.render import render, translator_for
from api.pages.worklist.routes import start_page

router = APIRouter()

Noted = Annotated[str, Query(max_length=64)]


@router.get("/")
def start(
    request: Request, someone: SomeoneHere, db: Db, clock: Clock, noted: Noted = "", morning: Noted = ""
) -> Response:
    """Show the start page of the person who is signed in.

    `noted` names what was just saved; `morning` is the check-in whose question about the next morning was just
    answered, so that a slip of the finger can be corrected.
    """
    if someone.is_clinician:
        return start_page(request, someone, db, clock)
    return home(request, someone, db, clock, noted=noted == "set", morning=morning)


def home(
    request: Request,
    me: Principal,
    db: Session,
    clock: Now,
    *,
    noted: bool = False,
    morning: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    """Show a client's page; `typed` is a check-in that could not be read, shown again as it was."""
    t = translator_for(request)
    now = clock()
    today = read_today(db, me, trail_of(me, request.scope, now), now=now, language=language_of(request))
    answered = db.get(CheckInRow, morning) if morning else None
    is_own = answered is not None and answered.client_id == me.id and answered.pain_next_morning is not None
    return render(
        request,
        "home/home.html",
        me=me,
        status=status,
        zone=today.time_zone,
        today=today,
        cards=cards(t, today),
        date=partial(format_date, locale=t.locale),
        title_of=lambda one: code_messages.step_title(t, one.step, one.title),
        refusal_of=lambda one: code_messages.refusal(t, one.refusal.code, one.refusal.message, one.refusal.advice),
        first_video=db.scalar(select(Recording.id).where(Recording.client_id == me.id).limit(1)) is None,
        noted=noted,
        morning_answer=answered if is_own else None,
        typed=typed or {},
    )


@router.get("/manifest.webmanifest")
async def manifest(request: Request) -> Response:
    """Return what a phone needs to put the start page on its home screen."""
    return manifest_of(request)
