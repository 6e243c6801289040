"""Dependencies of the pages, as `Annotated` aliases: who opens a page, and its form with the CSRF token in a field."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData

from api.auth.crypto import constant_time_equal, csrf_token
from api.auth.principal import authenticate
from api.auth.sign_in_sessions import SESSION_COOKIE
from api.core.problems import Problem, ServiceCode
from api.http.deps import CSRF_HEADER, SAFE_METHODS, Clock, Config, Principal, check_same_site

CSRF_FIELD = "csrf"


class RedirectTo(Exception):
    """Raised to send the person to another page, with 303."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


async def _form(request: Request) -> FormData:
    """Read the fields of a form; files are received by routes of their own, as a stream."""
    return await request.form(max_files=0, max_fields=400)


Form = Annotated[FormData, Depends(_form)]


async def _visitor(request: Request, clock: Clock, config: Config) -> Principal | None:
    if request.method not in SAFE_METHODS:
        check_same_site(request)
    try:
        me = await authenticate(request.app.state.engine, clock(), session=request.cookies.get(SESSION_COOKIE))
    except Problem:  # no session, or one that has ended: not signed in
        return None
    if request.method not in SAFE_METHODS:
        assert me.session_hash is not None
        token = request.headers.get(CSRF_HEADER) or _text(await _form(request), CSRF_FIELD)
        if not constant_time_equal(token, csrf_token(config.key, me.session_hash)):
            raise Problem(ServiceCode.CSRF)
    return me


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


Visitor = Annotated[Principal | None, Depends(_visitor)]
"""Anyone, None if not signed in; for unsafe methods the form's token has been checked for those who are."""


async def _someone(request: Request, visitor: Visitor) -> Principal:
    if visitor is None:
        back = request.url.path if request.method in SAFE_METHODS else "/"
        raise RedirectTo(f"/sign-in?next={quote(back)}" if back != "/" else "/sign-in")
    return visitor


SomeoneHere = Annotated[Principal, Depends(_someone)]
"""Anyone signed in; others are sent to sign in."""


async def _client(someone: SomeoneHere) -> Principal:
    if someone.is_clinician:
        raise RedirectTo("/")
    return someone


ClientHere = Annotated[Principal, Depends(_client)]
"""A client; a clinician is sent to their own start page."""


async def _clinician(someone: SomeoneHere) -> Principal:
    if not someone.is_clinician:
        raise RedirectTo("/")
    return someone


ClinicianHere = Annotated[Principal, Depends(_clinician)]
"""A clinician; a client is sent to their own start page."""


def local_address(address: str | None) -> str:
    """Return an address of this service as it is, and `/` for anything else."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or "\\" in address:
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc or any(ord(letter) < 32 for letter in address) else address
