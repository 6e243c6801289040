"""Language and theme: two cookies, no account needed."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from api.http.deps import Config
from api.pages.page_deps import Form, Visitor, local_address
from api.pages.render import LANGUAGE_COOKIE, THEME_COOKIE, THEMES
from api.pages.translations import LANGUAGES

router = APIRouter()
_A_YEAR = 365 * 24 * 3600


@router.post("/preferences")
async def keep_preferences(form: Form, config: Config, _visitor: Visitor) -> RedirectResponse:
    """Save the chosen language and theme in cookies, and go back."""
    answer = RedirectResponse(local_address(str(form.get("next", "/"))), 303)
    for cookie, known, value in (
        (LANGUAGE_COOKIE, LANGUAGES, form.get("language")),
        (THEME_COOKIE, THEMES, form.get("theme")),
    ):
        if isinstance(value, str) and value in known:
            answer.set_cookie(
                cookie, value, max_age=_A_YEAR, httponly=True, samesite="lax", secure=config.secure_cookies
            )
    return answer
