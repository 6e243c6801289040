"""The web app manifest."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from fastapi.responses import JSONResponse

from api.pages import assets
from api.pages.render import translator_for

_PAPER: Final = "#f7f5f0"
"""Same as `--paper` of css/tokens.css."""


def manifest_of(request: Request) -> JSONResponse:
    """Return the manifest in the language of the person; icons are those of `web/img`."""
    t = translator_for(request)
    content = {
        "name": t("shell-name"),
        "short_name": t("shell-name"),
        "description": t("home-manifest"),
        "lang": t.language,
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": _PAPER,
        "theme_color": _PAPER,
        "icons": [
            {"src": assets.url("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": assets.url("img/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": assets.url("img/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {"src": assets.url("img/icon-mask.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ],
    }
    headers = {"Cache-Control": "no-cache", "Vary": "Cookie, Accept-Language"}
    return JSONResponse(content, media_type="application/manifest+json", headers=headers)
