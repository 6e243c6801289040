"""The design sheet: for clinicians, and for everyone where the service runs with sample people."""

from __future__ import annotations

import re
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.http.deps import Config
from api.pages import illustrations
from api.pages.assets import WEB
from api.pages.page_deps import RedirectTo, Visitor
from api.pages.render import render

router = APIRouter()

_TOKEN: Final = re.compile(r"^  (--[a-z0-9-]+): ([^;]+);", re.MULTILINE)
_LIGHT: Final = re.compile(r"light-dark\(([^,()]+|[a-z]+\([^()]*\)), ")
_LENGTHS: Final = re.compile(r"--(s\d|radius.*|tap|read|wide)$")


@router.get("/design")
async def design_page(request: Request, visitor: Visitor, config: Config) -> Response:
    """Show tokens, parts, drawings and icons."""
    if not config.demo and (visitor is None or not visitor.is_clinician):
        raise RedirectTo("/sign-in?next=/design" if visitor is None else "/")
    values = tokens()
    return render(
        request,
        "design/design.html",
        me=visitor,
        colours=[name for name, value in values.items() if value.startswith(("#", "rgb")) and name != "--veil"],
        texts=[name for name in values if name.startswith("--text")],
        lengths={name: value for name, value in values.items() if _LENGTHS.match(name)},
        values=values,
        icons=illustrations.ICONS,
        drawn=illustrations.NAMES,
    )


def tokens() -> dict[str, str]:
    """Read every token with its value in the light theme from the style sheet."""
    sheet = (WEB / "css" / "tokens.css").read_text("utf-8")
    return {name: light_value(value) for name, value in _TOKEN.findall(sheet)}


def light_value(value: str) -> str:
    """Return the light half of `light-dark(light, dark)`; any other value as it is."""
    match = _LIGHT.match(value)
    return match[1] if match else value
