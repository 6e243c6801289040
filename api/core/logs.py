"""Structured logs: one JSON object a line. Never names, e-mail addresses, file names, tokens or whole addresses."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import MutableMapping
from typing import Any
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.core.metrics import REQUESTS

REQUEST_ID = "x-request-id"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def set_up_logs(level: str = "info") -> None:
    """Write JSON lines to stderr, our own and those of the libraries (their level: warning)."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.raiseExceptions = False  # what could not be logged would be printed with all it holds
    handler = _Stderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Where it broke, without the values of variables and without the error's text: both may hold
                # what people typed.
                _exception_without_words,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("api", "hinge_check"):
        logging.getLogger(name).setLevel(level.upper())


class _Stderr(logging.Handler):
    """Writes to whatever is stderr now: it may have been replaced since."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):  # nobody listens any more
            self.handleError(record)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger; call it as `log.info("event_name", count=3)`."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def request_id(scope: Scope) -> str:
    """The id of the request that is being answered."""
    state: dict[str, Any] = scope.setdefault("state", {})
    found: str = state.get("request_id", "")
    return found


class RequestLog:
    """Gives every request an id, answers with it, and logs one line when it is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._log = get_logger("api.requests")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identifier = _given_id(scope) or uuid4().hex
        scope.setdefault("state", {})["request_id"] = identifier
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=identifier)
        begun = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", [])
                message["headers"] = [*message["headers"], (REQUEST_ID.encode(), identifier.encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - begun
            # Only words we know: whoever invents methods would fill the log and the memory of the metrics.
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route = route_of(scope)
            REQUESTS.labels(method, route, str(status)).observe(seconds)
            self._log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


def route_of(scope: Scope) -> str:
    """The template of the route that answered, such as `/api/v1/clients/{client_id}`; 'unknown' without one.

    Never the address itself: that may hold a signed link.
    """
    route = scope.get("route")
    if route is None or "app" not in scope:
        return "unknown"
    paths: dict[int, str] = scope["app"].state.paths
    return paths.get(id(route)) or str(getattr(route, "path", "unknown"))


def _given_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == REQUEST_ID.encode():
            text = value.decode("latin-1")
            return text if _ACCEPTED_ID.fullmatch(text) else None
    return None


def _exception_without_words(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ARG001
    found = event.pop("exc_info", None)
    if found:
        if found is True:
            found = sys.exc_info()
        error = found if isinstance(found, BaseException) else found[1]
        if error is not None:
            event["error"] = type(error).__name__
            event["at"] = _places(error)
    return event


def _places(error: BaseException) -> list[str]:
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}.{code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-12:]
