"""Structured logs, one JSON object a line. Never in them: names, e-mail addresses, file names, tokens, whole URLs."""

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
    """Write log events to stderr as JSON lines: ours, and those of libraries from level warning up."""
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
    logging.raiseExceptions = False  # else a record that cannot be formatted is printed with everything in it
    handler = _Stderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Where an error was raised, without the values of variables and without its message: both may hold
                # what people typed.
                _exception_without_message,
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
    """Handler that writes to the current `sys.stderr`, which may have been replaced since set-up."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):  # stderr is closed
            self.handleError(record)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger; call it as `log.info("event_name", count=3)`."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def request_id(scope: Scope) -> str:
    """Return the id of the current request."""
    state: dict[str, Any] = scope.setdefault("state", {})
    identifier: str = state.get("request_id", "")
    return identifier


class RequestLog:
    """ASGI middleware that gives every request an id, returns it in a header, and logs one line per response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._log = get_logger("api.requests")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identifier = _id_from_header(scope) or uuid4().hex
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
            # Known methods only: made-up ones would fill the log, and the metrics' memory with labels.
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route = route_of(scope)
            REQUESTS.labels(method, route, str(status)).observe(seconds)
            self._log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


def route_of(scope: Scope) -> str:
    """Return the template of the matched route, such as `/api/v1/clients/{client_id}`; 'unknown' without one.

    Never the path itself: it may hold a signed link.
    """
    route = scope.get("route")
    if route is None or "app" not in scope:
        return "unknown"
    paths: dict[int, str] = scope["app"].state.paths
    return paths.get(id(route)) or str(getattr(route, "path", "unknown"))


def _id_from_header(scope: Scope) -> str | None:
    """Return the id the caller sent, if it is one that may go into a log."""
    for name, value in scope["headers"]:
        if name == REQUEST_ID.encode():
            text = value.decode("latin-1")
            return text if _ACCEPTED_ID.fullmatch(text) else None
    return None


def _exception_without_message(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ARG001
    """Replace the exception of an event by its type and the places it passed through (a structlog processor)."""
    info = event.pop("exc_info", None)
    if info:
        if info is True:
            info = sys.exc_info()
        error = info if isinstance(info, BaseException) else info[1]
        if error is not None:
            event["error"] = type(error).__name__
            event["at"] = _locations(error)
    return event


def _locations(error: BaseException) -> list[str]:
    """Return the innermost frames of a traceback as `module.function:line`."""
    locations = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        locations.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}.{code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return locations[-12:]
