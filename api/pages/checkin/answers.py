"""A check-in as a form sends it: an empty field was not answered."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData

_WHOLE = ("pain_before", "pain_worst", "pain_after")


def answers(form: FormData) -> dict[str, Any]:
    """Return the fields of a `CheckIn` from a form; text that is no number stays as typed, for pydantic to refuse."""

    def text(name: str) -> str:
        value = form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    fields: dict[str, Any] = {
        name: int(text(name)) if text(name).isascii() and text(name).isdigit() else text(name) or None
        for name in _WHOLE
    }
    fields["rpe"] = text("rpe") or None
    # Half of Europe types a decimal comma.
    fields["load_kg"] = text("load_kg").replace(",", ".") or None
    fields["stopped_early"] = text("stopped_early") or None
    fields["note"] = text("note")
    return fields
