"""Health checks and metrics: liveness, readiness, Prometheus."""

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
CACHED_S = 2.0
"""How long a result of the readiness checks is reused: anyone may ask for it, and the checks cost time."""

router = APIRouter(tags=["operations"])


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"
    version: str = __version__


class Ready(BaseModel):
    """Everything a request may need was checked and works."""

    status: Literal["ready"] = "ready"
    tried: list[str]


class _LastCheck:
    """The last result of the readiness checks; one thread at a time runs them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.at = float("-inf")
        self.failures: dict[str, str] = {}


NAMES = ("database", "store", "queue", "model")


@router.get("/healthz", summary="Whether the process lives")
async def healthz() -> Alive:
    """Answer without checking anything else: an unavailable database is no reason to restart this process."""
    return Alive()


@router.get("/readyz", summary="Whether requests can be served", responses=problem_responses(ServiceCode.UNAVAILABLE))
def readyz(request: Request) -> Ready:
    """Check for real: read the database, write and read the store, query the queue, hash the pose model."""
    state = request.app.state
    if not hasattr(state, "last_check"):
        state.last_check = _LastCheck()
    last: _LastCheck = state.last_check
    with last.lock:
        if time.monotonic() - last.at > CACHED_S:
            last.failures = _check(request)
            last.at = time.monotonic()
        failures = last.failures
    if failures:
        errors = [FieldError(where=where, message=message) for where, message in failures.items()]
        raise Problem(ServiceCode.UNAVAILABLE, f"Not ready: {', '.join(failures)}.", errors=errors)
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
    """Return the metrics: to callers with HINGE_METRICS_TOKEN or, where none is set, to this machine only.

    No figure is about a single person.
    """
    if not _may_read_metrics(request, config.metrics_token.get_secret_value(), authorization):
        raise not_found()
    return Response(exposition(db, clock()), media_type=CONTENT_TYPE_LATEST)


def _may_read_metrics(request: Request, token: str, authorization: str) -> bool:
    if token:
        return constant_time_equal(authorization, f"Bearer {token}")
    try:
        is_local = request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:  # the name of a test client or of a Unix socket
        is_local = False
    # A request that a proxy on this machine forwards comes from elsewhere.
    return is_local and not any(name in request.headers for name in ("forwarded", "x-forwarded-for", "via"))


def _check(request: Request) -> dict[str, str]:
    """Return what does not work, by name; the descriptions reveal no secret."""
    from hinge_check.capture.pose_models import bundle

    state = request.app.state
    failures: dict[str, str] = {}
    try:
        if current(state.engine) != newest():
            failures["database"] = "its tables are of another version: hinge-check db upgrade"
    except SQLAlchemyError as error:
        failures["database"] = type(error).__name__
    try:
        state.store.check()
    except (StoreError, OSError) as error:
        failures["store"] = type(error).__name__
    try:
        state.wakeups.check()
    except state.wakeups.unavailable_errors as error:
        failures["queue"] = type(error).__name__
    try:
        bundle(state.settings.model)
    except (HingeError, UsageError):
        failures["model"] = "not on this machine: hinge-check models fetch"
    return failures
