"""A client's start page: today's exercises, questions still open, news from the clinician."""

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
    """Return a client's day: what is due, which questions are still open, what is new."""
    return today.read_today(db, me, audit, now=clock(), language=language)
