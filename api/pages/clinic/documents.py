"""A document of texts (ladder, agreements, questions) as the fields of a form, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from starlette.datastructures import FormData

from api.pages.form_fields import form_text
from hinge_check.assess.protocol import LADDER

LEADS: Final = ("seek_care", "ask_clinician", "note", "none")
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "protocol": ("none", *LADDER),
    "back": ("seen", "hidden"),
    "yes": LEADS,
    "unsure": LEADS,
}
"""Keys that hold one of a few words, and these words."""
VERSION: Final = "version"
"""Key written by the service: it changes whenever the texts do."""
MOST: Final = 6000
_SHORT: Final = frozenset({"title", "about"})
_LISTS: Final = frozenset({"instructions", "lines"})


@dataclass(frozen=True, slots=True)
class Field:
    """One text of the document."""

    name: str
    """Its path in the document: `agreements.store_video.title`."""
    key: str
    form: Literal["line", "words", "lines", "choice"]
    value: str
    shipped: str | None
    """The bundled text; None where the bundled document has none."""

    @property
    def changed(self) -> bool:
        """Return whether the text is the clinic's own."""
        return self.shipped is not None and self.value != self.shipped


@dataclass(frozen=True, slots=True)
class Group:
    """Fields of one table: an exercise, an agreement, a question."""

    section: str
    """Empty for the fields above all tables."""
    name: str
    fields: tuple[Field, ...]

    @property
    def title(self) -> str:
        """Return the title of the table, or its question, else its name."""
        return next((each.value for each in self.fields if each.key in ("title", "question")), self.name)


def group_fields(document: Mapping[str, Any], shipped: Mapping[str, Any]) -> list[Group]:
    """Group the fields by table, in the order of the file."""
    out = [Group("", "", tuple(_fields(document, shipped, "")))]
    for section, tables in document.items():
        if isinstance(tables, Mapping):
            for name, table in tables.items():
                before = shipped.get(section, {}).get(name, {})
                out.append(Group(section, name, tuple(_fields(table, before, f"{section}.{name}."))))
    return out


def _fields(table: Mapping[str, Any], shipped: Mapping[str, Any], prefix: str) -> Iterator[Field]:
    for key, value in table.items():
        if isinstance(value, Mapping) or (key == VERSION and not prefix):
            continue
        form: Literal["line", "words", "lines", "choice"] = "words"
        if key in CHOICES:
            form = "choice"
        elif isinstance(value, list):
            form = "lines"
        elif key in _SHORT:
            form = "line"
        yield Field(prefix + key, key, form, _as_text(value), _as_text(shipped[key]) if key in shipped else None)


def _as_text(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)


def read_form(form: FormData, document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the document with the typed texts; whatever the form has no field for stays."""
    out: dict[str, Any] = {}
    for key, value in document.items():
        name = prefix + key
        if isinstance(value, Mapping):
            out[key] = read_form(form, value, f"{name}.")
        elif name not in form:
            out[key] = value
        else:
            text = form_text(form, name, MOST + 1).replace("\r\n", "\n")
            lines = [line.strip() for line in text.split("\n") if line.strip()]
            out[key] = lines if key in _LISTS else text
    return out


def find_blank(document: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the names of the empty fields."""
    for key, value in document.items():
        if isinstance(value, Mapping):
            yield from find_blank(value, f"{prefix}{key}.")
        elif not value:
            yield prefix + key


def find_too_long(document: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the names of the fields longer than `MOST`."""
    for key, value in document.items():
        if isinstance(value, Mapping):
            yield from find_too_long(value, f"{prefix}{key}.")
        elif len(_as_text(value)) > MOST:
            yield prefix + key


def set_version(document: Mapping[str, Any], before: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return the document with a new version: today's date and a number, the next one if it changed earlier today."""
    if VERSION not in document or document == before:
        return dict(document)
    number = 1
    while (version := f"{today.isoformat()}-{number}") == before[VERSION]:
        number += 1
    return {**document, VERSION: version}
