"""A check-in as a form sends it: empty fields are what was not said."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData

_WHOLE = ("pain_before", "pain_worst", "pain_after")


def answers(form: FormData) -> dict[str, Any]:
    """Fields of a `CheckIn` out of a form's; what is no figure stays as it was typed, for pydantic to refuse."""

    def text(name: str) -> str:
        value = form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    found: dict[str, Any] = {
        name: int(text(name)) if text(name).isascii() and text(name).isdigit() else text(name) or None
        for name in _WHOLE
    }
    found["rpe"] = text("rpe") or None
    # A comma is what people type for it in half of Europe.
    found["load_kg"] = text("load_kg").replace(",", ".") or None
    found["stopped_early"] = text("stopped_early") or None
    found["note"] = text("note")
    return found
