"""The page of live coaching: for clients (from their plan), for clinicians and, on a local install, for everyone."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.auth.audit_trail import trail_of
from api.care.consent import consents_of
from api.care.today import read_today
from api.db import LiveSession
from api.http.deps import Clock, Config, Db, Principal
from api.live.admission import open_to_all
from api.live.saved_sessions import sessions_of
from api.pages.assets import pose_model
from api.pages.form_fields import language_of
from api.pages.illustrations import NAMES
from api.pages.messages import code_messages
from api.pages.page_deps import RedirectTo, Visitor
from api.pages.record.choice import Exercise, choose_exercise, list_exercises
from api.pages.render import render, translator_for
from api.pages.translations import Translator
from hinge_check.assess.protocol import DEFAULT, list_protocols
from hinge_check.clinic.consent import may_upload

router = APIRouter()

EARLIER = 5
INSTRUCTIONS: Final = {
    "step_into_view": "setup_phone",
    "show_whole_body": "film-out_of_frame",
    "show_head": "film-camera_tilted",
    "show_feet": "film-camera_tilted",
    "come_closer": "film-person_too_small",
    "move_back": "film-out_of_frame",
    "turn_side_on": "film-not_side_view",
    "more_light": "film-too_dark",
    "one_person": "film-several_people",
    "face_level": "film-camera_tilted",
    "steady_camera": "film-camera_moved",
    "stand_tall": "film-no_standing_reference",
}
"""The drawing of each instruction of the coach; the others have words, or the exercise itself shows them."""


@router.get("/live")
def live_page(
    request: Request,
    visitor: Visitor,
    db: Db,
    clock: Clock,
    config: Config,
    plan: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Show the exercises to choose from, and the coach."""
    if visitor is None and not open_to_all(config):
        raise RedirectTo("/sign-in?next=/live")
    t = translator_for(request)
    before: str | None = None
    bundled: dict[str, str] = dict(list_protocols())
    zone = "UTC"
    earlier: list[LiveSession] = []
    keeps = films = False
    if visitor is None or visitor.is_clinician:
        exercises = _list_all_exercises(t)
    else:
        now = clock()
        today = read_today(db, visitor, trail_of(visitor, request.scope, now), now=now, language=language_of(request))
        zone = today.time_zone
        exercises = list_exercises(today.exercises, code_messages.protocol_title(t, DEFAULT, bundled[DEFAULT]))
        before = {"unanswered": "intake", "waiting": "clearance"}.get(today.intake.state)
        keeps = may_upload(consents_of(db, visitor.id))
        films = today.before_filming is None
        earlier = _list_earlier(visitor, db)
    return render(
        request,
        "live/live.html",
        me=visitor,
        wasm=True,
        zone=zone,
        before=before,
        exercises=exercises,
        exercise=choose_exercise(exercises, plan),
        demo_of=_demo_of,
        instructions=INSTRUCTIONS,
        pose_model=pose_model("full"),
        pose_lite=pose_model("lite"),
        keeps=keeps,
        films=films,
        most_mb=config.max_upload_bytes // 1_000_000,
        earlier=earlier,
        title_of=lambda name: code_messages.protocol_title(t, name, bundled.get(str(name), str(name))),
    )


def _list_all_exercises(t: Translator) -> list[Exercise]:
    return [
        Exercise("", name, code_messages.protocol_title(t, name, title), name)
        for name, title in sorted(list_protocols(), key=lambda each: each[0] != DEFAULT)
    ]


def _demo_of(protocol: str) -> str:
    name = f"demo-{protocol}"
    return name if name in NAMES else f"demo-{DEFAULT}"


def _list_earlier(me: Principal, db: Db) -> list[LiveSession]:
    newest = sessions_of(me.id)
    return list(db.scalars(newest.order_by(LiveSession.created_at.desc(), LiveSession.id.desc()).limit(EARLIER)))
