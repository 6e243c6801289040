"""Rendering of a template to a response with a strict Content-Security-Policy."""

from __future__ import annotations

from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from api.auth.crypto import csrf_token
from api.http.deps import Principal
from api.pages import assets, illustrations
from api.pages.formats import LocalFormats
from api.pages.page_deps import CSRF_FIELD
from api.pages.translations import LANGUAGES, PAGES, Translator, choose_language, translator_of
from api.settings import Settings
from hinge_check.format import with_error

LANGUAGE_COOKIE: Final = "hinge_language"
THEME_COOKIE: Final = "hinge_theme"
THEMES: Final = ("auto", "light", "dark")


@cache
def templates() -> jinja2.Environment:
    """Return the environment of the templates of every screen, such as `home/home.html`."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def translator_for(request: Request) -> Translator:
    """Return the translator for the language of a request."""
    return translator_of(
        choose_language(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", ""))
    )


def render(
    request: Request,
    template: str,
    /,
    *,
    me: Principal | None = None,
    status: int = 200,
    wasm: bool = False,
    zone: str = "UTC",
    **context: object,
) -> HTMLResponse:
    """Render a page.

    Parameters
    ----------
    template
        Path below `api/pages`.
    me
        The person who is signed in, for the navigation and the token of forms.
    status
        HTTP status.
    wasm
        Whether scripts of this page run WebAssembly.
    zone
        IANA name of the time zone in which days and hours are shown.
    context
        Variables of the template besides `t`, `me`, `url`, `when`, `day`, `ago`, `figure`, `decimal`, `draw`, `csrf`,
        `language` and `theme`.
    """
    translator = translator_for(request)
    settings: Settings = request.app.state.settings
    theme = request.cookies.get(THEME_COOKIE, "auto")
    formats = LocalFormats(translator.locale, ZoneInfo(zone), request.app.state.clock)
    page = templates().get_template(template)
    html = page.render(
        t=translator,
        me=me,
        csrf=csrf_token(settings.key, me.session_hash) if me is not None and me.session_hash is not None else None,
        csrf_field=CSRF_FIELD,
        url=assets.url,
        draw=illustrations,
        import_map=assets.import_map(),
        language=translator.language,
        languages=LANGUAGES,
        theme=theme if theme in THEMES else "auto",
        themes=THEMES,
        here=request.url.path,
        when=formats.when,
        day=formats.day,
        ago=formats.ago,
        figure=with_error,
        decimal=formats.decimal,
        **context,
    )
    return HTMLResponse(html, status, headers=_headers(wasm=wasm))


def _headers(*, wasm: bool) -> dict[str, str]:
    scripts = f"script-src 'self' '{assets.import_map_hash()}'" + (" 'wasm-unsafe-eval'" if wasm else "")
    policy = (
        "default-src 'none'",
        scripts,
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), screen-wake-lock=(self)",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Vary": "Cookie, Accept-Language",
    }
