"""The plain form with a video in it, for browsers without scripts: the same way in as `POST /api/v1/recordings`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.auth.audit_trail import trail_of
from api.auth.crypto import constant_time_equal, csrf_token
from api.auth.principal import authenticate
from api.auth.sign_in_sessions import SESSION_COOKIE
from api.care.today import read_today
from api.core.problems import Problem, ServiceCode
from api.http.deps import CSRF_HEADER, Clock, Config, OpenSessions, Principal, Store, Wakeups, check_same_site
from api.http.video_body import ANY_SIZE, body, connection_lost, declared_length, ingest_in_thread, too_large
from api.pages.form_fields import language_of
from api.pages.page_deps import CSRF_FIELD, RedirectTo
from api.pages.record.choice import choose_exercise, list_exercises
from api.pages.record.multipart_video import MOST_FIELD_BYTES, VideoForm
from api.pages.record.routes import nothing_chosen_page, refused_page
from api.pages.render import translator_for
from api.recordings.requests import find_filmed_client, parse_request
from api.settings import Settings
from api.storage.keys import incoming_key
from api.uploads.ingest import IncomingVideo, Ingest
from hinge_check.errors import Refused

router = APIRouter()

_AROUND: Final = 4 * MOST_FIELD_BYTES
"""Bytes that a form may have around its video."""


async def _sender(request: Request, clock: Clock, config: Config) -> Principal:
    """Return the client who sends. The token in a form with a video is checked on arrival, before the video."""
    check_same_site(request)
    try:
        me = await authenticate(request.app.state.engine, clock(), session=request.cookies.get(SESSION_COOKIE))
    except Problem:
        raise RedirectTo("/sign-in?next=/record") from None
    is_form = request.headers.get("content-type", "").lower().startswith("multipart/form-data")
    if (me.is_clinician or not is_form) and not _is_token(request.headers.get(CSRF_HEADER, ""), me, config):
        raise Problem(ServiceCode.CSRF, headers={"Connection": "close"})
    if me.is_clinician:
        raise RedirectTo("/")
    return me


def _is_token(value: str, me: Principal, config: Settings) -> bool:
    assert me.session_hash is not None
    return constant_time_equal(value, csrf_token(config.key, me.session_hash))


Sender = Annotated[Principal, Depends(_sender)]


@router.post("/record", max_body_size=ANY_SIZE)
async def send_video(
    request: Request,
    me: Sender,
    config: Config,
    sessions: OpenSessions,
    store: Store,
    wakeups: Wakeups,
    clock: Clock,
) -> Response:
    """Receive the video and go on to the check-in; or show why it cannot be used."""
    declared = declared_length(request)
    if declared is not None and declared > config.max_upload_bytes + _AROUND:
        raise too_large(config.max_upload_bytes)
    # Before waiting for the first byte: may there be a video at all?
    await run_in_threadpool(find_filmed_client, sessions, me, None)

    def allow(fields: dict[str, str]) -> None:
        if not _is_token(fields.get(CSRF_FIELD, ""), me, config):
            raise Problem(ServiceCode.CSRF, headers={"Connection": "close"})

    form = VideoForm(request.headers.get("content-type", ""), allow)
    key = incoming_key()
    coming = form.video(body(request, config, config.max_upload_bytes + _AROUND))
    stored = await store.put_stream(key, _limit_size(coming, config.max_upload_bytes))
    plan = form.fields.get("plan", "")[:64]
    if stored.bytes == 0 or not form.ended:
        await run_in_threadpool(store.delete, key)
        if not form.ended:
            raise connection_lost()
        return await run_in_threadpool(_render_again, request, me, sessions, clock, plan, config.max_upload_bytes)
    protocol = await run_in_threadpool(_protocol, request, me, sessions, clock, plan)
    arrived = IncomingVideo(key, stored.bytes, stored.sha256, me.clinic_id, me.id)
    try:
        taken = await ingest_in_thread(
            Ingest(sessions, store, wakeups, config, clock, trail_of(me, request.scope, clock())),
            arrived,
            parse_request({"protocol": protocol}, "body"),
        )
    except Refused as refused:
        return refused_page(request, me, refused.finding.code, refused.finding.message, plan=plan)
    if not taken.is_new:
        return RedirectResponse(f"/recordings/{taken.recording_id}", 303)
    return RedirectResponse(f"/recordings/{taken.recording_id}/checkin", 303)


async def _limit_size(coming: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    count = 0
    async for piece in coming:
        count += len(piece)
        if count > limit:
            raise too_large(limit)
        yield piece


def _protocol(request: Request, me: Principal, sessions: OpenSessions, clock: Clock, plan: str) -> str:
    with sessions() as db:
        now = clock()
        today = read_today(db, me, trail_of(me, request.scope, now), now=now)
    return choose_exercise(list_exercises(today.exercises, ""), plan).protocol


def _render_again(
    request: Request, me: Principal, sessions: OpenSessions, clock: Clock, plan: str, limit: int
) -> Response:
    with sessions() as db:
        now = clock()
        today = read_today(db, me, trail_of(me, request.scope, now), now=now, language=language_of(request))
    exercises = list_exercises(today.exercises, translator_for(request)("record-usual"))
    return nothing_chosen_page(request, me, exercises, choose_exercise(exercises, plan), limit // 1_000_000)
