"""Helpers of the pages: language, audit trail, form fields, the next page."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from api.auth.audit_trail import Trail, trail_of
from api.care.clinic_content import Language
from api.care.consent import consents_of
from api.care.intake import newest_intake
from api.db import ConsentRecord
from api.http.deps import Clock
from api.pages.page_deps import SomeoneHere
from api.pages.render import translator_for
from hinge_check.clinic.consent import may_upload


async def _trail(request: Request, me: SomeoneHere, clock: Clock) -> Trail:
    return trail_of(me, request.scope, clock())


TrailHere = Annotated[Trail, Depends(_trail)]
"""Same as `api.auth.audit_trail.Audit`; `Visitor` has checked the form's token, so that no header is needed."""


def language_of(request: Request) -> Language:
    """Return the language in which bundled content is shown."""
    return cast(Language, translator_for(request).language)


def form_text(form: FormData, name: str, most: int = 4000) -> str:
    """Return a field of a form, stripped and cut to `most` characters; empty where there is none."""
    value = form.get(name, "")
    return value.strip()[:most] if isinstance(value, str) else ""


def next_page(db: Session, client_id: str) -> str:
    """Return the page a client goes to next: the agreements and questions not yet asked, then home."""
    consents = select(ConsentRecord.id).where(ConsentRecord.client_id == client_id)
    if db.scalar(consents.limit(1)) is None:
        return "/agreements"
    if may_upload(consents_of(db, client_id)) and newest_intake(db, client_id) is None:
        return "/questions"
    return "/"
