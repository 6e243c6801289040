"""Rules for every request: bodies that stall or are too long are rejected; responses carry security headers."""

from __future__ import annotations

import asyncio

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.core.logs import get_logger
from api.core.problems import Problem, ServiceCode
from api.http.error_handlers import problem_response

_log = get_logger("api.http.middleware")
_CLOSE = {"Connection": "close"}

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # links carry tokens
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


class BodyProblem(Problem, HTTPException):
    """A problem while a body is read. Also an `HTTPException`: FastAPI turns any other error there into a 400."""

    headers: dict[str, str]

    def __init__(self, code: ServiceCode, *, headers: dict[str, str]) -> None:
        Problem.__init__(self, code, headers=headers)
        self.status_code = self.status


class RequestGuards:
    """ASGI middleware that applies these rules; a route that sets one of the headers itself keeps its own.

    Parameters
    ----------
    body_idle_s
        Longest pause within a body, seconds.
    max_body
        Most bytes of a body, except for routes that set `max_body_size`. (FastAPI's own limit for the whole
        application answers in plain text, and outside of the log.)
    """

    def __init__(self, app: ASGIApp, *, body_idle_s: float, max_body: int) -> None:
        self.app = app
        self.body_idle_s = body_idle_s
        self.max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        complete = False
        started = False
        received = 0
        declared = _content_length(scope)

        async def receive_in_time() -> Message:
            nonlocal complete, received
            if complete:
                return await receive()
            limit = getattr(scope.get("route"), "max_body_size", None) or self.max_body
            if declared > limit:
                raise BodyProblem(ServiceCode.TOO_LARGE, headers=_CLOSE)
            try:
                message = await asyncio.wait_for(receive(), self.body_idle_s)
            except TimeoutError:
                raise BodyProblem(ServiceCode.REQUEST_TIMEOUT, headers=_CLOSE) from None
            received += len(message.get("body", b""))
            if received > limit:
                raise BodyProblem(ServiceCode.TOO_LARGE, headers=_CLOSE)
            complete = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive_in_time, send_guarded)
        except Exception as error:  # the only place where a bug becomes a response
            _log.error("unexpected", exc_info=error)
            if started:
                raise
            await problem_response(Request(scope), Problem(ServiceCode.INTERNAL))(scope, receive, send_guarded)


def _content_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
