"""The ladder of exercises, from lying to the deadlift: content that a clinic can edit, without rules of its own."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hinge_check.assess import protocol
from hinge_check.assess.protocol_check import Problem, find_unknown
from hinge_check.clinic.content import (
    ContentFile,
    find_invalid_choice,
    find_missing_sentences,
    find_missing_text,
    read_tables,
    sha256_of,
)
from hinge_check.errors import UsageError

NOT_MEASURED = "none"
"""Value in the file for a step without a protocol, whose recordings are not judged."""

_TOP = ("title", "note", "steps")
_TEXTS = ("title", "protocol", "ready", "source")
_STEP = (*_TEXTS, "instructions", "back")
_BACK = ("seen", "hidden")


@dataclass(frozen=True, slots=True)
class Step:
    """One exercise of the ladder, in words for the client; `ready` and `source` are for the clinician."""

    name: str
    title: str
    protocol: str | None
    """Bundled protocol that judges a recording; None where the step is only prescribed and checked in."""
    instructions: tuple[str, ...]
    ready: str
    source: str
    back_hidden: bool = False
    """Whether the exercise itself covers the back, so that it cannot be read."""

    @property
    def measured(self) -> bool:
        """Whether a recording of the step can be judged."""
        return self.protocol is not None


@dataclass(frozen=True, slots=True)
class Ladder:
    """Steps in order; `text` is the whole file and `sha256` its hash."""

    title: str
    note: str
    steps: tuple[Step, ...]
    text: str
    sha256: str

    def step(self, name: str) -> Step:
        """Return a step by name.

        Raises
        ------
        UsageError
            There is no such step.
        """
        return self.steps[self._at(name)]

    def after(self, name: str) -> Step | None:
        """Return the next step; None for the last."""
        at = self._at(name) + 1
        return self.steps[at] if at < len(self.steps) else None

    def before(self, name: str) -> Step | None:
        """Return the step before; None for the first."""
        at = self._at(name)
        return self.steps[at - 1] if at else None

    def _at(self, name: str) -> int:
        names = [step.name for step in self.steps]
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise UsageError(f"No step is called '{name}'.{hint} Known: {', '.join(names)}.")
        return names.index(name)


def load_ladder(path: str | Path | None = None) -> Ladder:
    """Return the bundled ladder, or a clinic's own file; raises as `ContentFile.load`."""
    return _LADDER.load(path)


def check_ladder(path: str | Path) -> list[str]:
    """Return the problems of a ladder file, each with its line; empty when it is valid."""
    try:
        load_ladder(path)
    except UsageError as error:
        return str(error).splitlines()
    return []


def ladder_from_text(text: str) -> Ladder:
    """Return the ladder from TOML text; raises as `ContentFile.from_text`."""
    return _LADDER.from_text(text)


def _build(document: Mapping[str, Any], text: str) -> Ladder:
    return Ladder(
        title=document["title"],
        note=document["note"],
        steps=tuple(_step(name, table) for name, table in document["steps"].items()),
        text=text,
        sha256=sha256_of(text),
    )


def _problems(document: Mapping[str, Any]) -> list[Problem]:
    out = find_unknown(document, (), _TOP) + find_missing_text(document, (), ("title", "note"))
    steps, problems = read_tables(document, "steps", _STEP)
    out += problems
    for name, table in steps.items():
        path = ("steps", name)
        out += find_missing_text(table, path, _TEXTS) + find_missing_sentences(table, path, ("instructions",))
        out += find_invalid_choice(table.get("back", "seen"), (*path, "back"), _BACK)
        if isinstance(table.get("protocol"), str):
            out += find_invalid_choice(table["protocol"], (*path, "protocol"), (NOT_MEASURED, *protocol.LADDER))
    return out


def _step(name: str, table: Mapping[str, Any]) -> Step:
    judged = table["protocol"]
    return Step(
        name=name,
        title=table["title"],
        protocol=None if judged == NOT_MEASURED else judged,
        instructions=tuple(table["instructions"]),
        ready=table["ready"],
        source=table["source"],
        back_hidden=table.get("back") == "hidden",
    )


_LADDER = ContentFile("ladder.toml", "ladder", _problems, _build)
