"""Whether it lives, whether it is ready, and what it counts."""

from __future__ import annotations

import threading
import time
from ipaddress import ip_address
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from api.auth.crypto import constant_time_equal
from api.core.problems import FieldError, Problem, ServiceCode, not_found, problem_responses
from api.db.migrate import current, newest
from api.http.deps import Clock, Config, Db
from api.jobs.queue_metrics import exposition
from api.storage.blob_store import StoreError
from hinge_check import __version__
from hinge_check.errors import HingeError, UsageError

AT_ROOT = True
KEPT_S = 2.0
"""Anybody may ask whether we are ready; what was found is told again for so long."""

router = APIRouter(tags=["operations"])


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"
    version: str = __version__


class Ready(BaseModel):
    """Everything a request may need was tried and works."""

    status: Literal["ready"] = "ready"
    tried: list[str]


class _Tried:
    """The last look at everything: one at a time, and not more often than worth it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.at = float("-inf")
        self.wrong: dict[str, str] = {}


NAMES = ("database", "store", "queue", "model")


@router.get("/healthz", summary="Whether the process lives")
async def healthz() -> Alive:
    """Asks nothing of anybody else: a database that is away is no reason to restart this process."""
    return Alive()


@router.get("/readyz", summary="Whether requests can be served", responses=problem_responses(ServiceCode.UNAVAILABLE))
def readyz(request: Request) -> Ready:
    """Really reads the database, writes and reads the store, asks the queue and hashes the pose model."""
    state = request.app.state
    if not hasattr(state, "tried"):
        state.tried = _Tried()
    tried: _Tried = state.tried
    with tried.lock:
        if time.monotonic() - tried.at > KEPT_S:
            tried.wrong = _look(request)
            tried.at = time.monotonic()
        wrong = tried.wrong
    if wrong:
        errors = [FieldError(where=where, message=message) for where, message in wrong.items()]
        raise Problem(ServiceCode.UNAVAILABLE, f"Not ready: {', '.join(wrong)}.", errors=errors)
    return Ready(tried=list(NAMES))


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={
        **problem_responses(ServiceCode.NOT_FOUND),
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
    },
)
def metrics(
    request: Request,
    db: Db,
    clock: Clock,
    config: Config,
    authorization: Annotated[str, Header(max_length=500)] = "",
) -> Response:
    """With HINGE_METRICS_TOKEN for whoever brings it; without, for this machine alone. No figure tells of a person."""
    if not _may_count(request, config.metrics_token.get_secret_value(), authorization):
        raise not_found()
    return Response(exposition(db, clock()), media_type=CONTENT_TYPE_LATEST)


def _may_count(request: Request, token: str, authorization: str) -> bool:
    if token:
        return constant_time_equal(authorization, f"Bearer {token}")
    try:
        near = request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:  # a test's or a socket's name
        near = False
    # What a proxy on this machine passes on comes from elsewhere.
    return near and not any(name in request.headers for name in ("forwarded", "x-forwarded-for", "via"))


def _look(request: Request) -> dict[str, str]:
    """What does not work, by name, in a word or two that tell no secret."""
    from hinge_check.capture.pose_models import bundle

    state = request.app.state
    wrong: dict[str, str] = {}
    try:
        if current(state.engine) != newest():
            wrong["database"] = "its tables are of another version: hinge-check db upgrade"
    except SQLAlchemyError as error:
        wrong["database"] = type(error).__name__
    try:
        state.store.check()
    except (StoreError, OSError) as error:
        wrong["store"] = type(error).__name__
    try:
        state.wakeups.check()
    except state.wakeups.unavailable_errors as error:
        wrong["queue"] = type(error).__name__
    try:
        bundle(state.settings.model)
    except (HingeError, UsageError):
        wrong["model"] = "not on this machine: hinge-check models fetch"
    return wrong
