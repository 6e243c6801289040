"""Where a client begins: today's exercises, what is still to be said, what the clinician has said."""

from __future__ import annotations

from fastapi import APIRouter

from api.care import today
from api.care.clinic_content import Language
from api.care.today_schemas import TodayOut
from api.core.problems import SIGNED_IN
from api.http.deps import AsClient, Audit, Clock, Db

router = APIRouter(tags=["today"], responses=SIGNED_IN)


@router.get("/today")
def read_today(me: AsClient, db: Db, clock: Clock, audit: Audit, language: Language = "en") -> TodayOut:
    """A client's day: what is due, what is still to be said, what is new."""
    return today.read_today(db, me, audit, now=clock(), language=language)
