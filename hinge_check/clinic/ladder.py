"""The ladder of exercises, from lying to the deadlift: content that a clinic can edit, no rule of its own."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hinge_check.assess import protocol
from hinge_check.assess.protocol_check import Problem, find_unknown
from hinge_check.clinic.content import Kind, digest, find_not_one_of, find_not_sentences, find_not_text, tables
from hinge_check.errors import UsageError

NOT_MEASURED = "none"
"""What the file writes for a step that no recording is judged by."""

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
    """The bundled protocol a recording is judged by; None where the step is prescribed and checked in only."""
    instructions: tuple[str, ...]
    ready: str
    source: str
    back_hidden: bool = False
    """Whether something lies over the back by the nature of the exercise, so that it cannot be read."""

    @property
    def measured(self) -> bool:
        """Whether a recording of it can be judged."""
        return self.protocol is not None


@dataclass(frozen=True, slots=True)
class Ladder:
    """Steps in order; `text` is the whole file, `sha256` of it."""

    title: str
    note: str
    steps: tuple[Step, ...]
    text: str
    sha256: str

    def step(self, name: str) -> Step:
        """A step by name.

        Raises
        ------
        UsageError
            No such step.
        """
        return self.steps[self._at(name)]

    def after(self, name: str) -> Step | None:
        """The next step; None for the last."""
        at = self._at(name) + 1
        return self.steps[at] if at < len(self.steps) else None

    def before(self, name: str) -> Step | None:
        """The step before; None for the first."""
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
    """The bundled ladder, or a clinic's own file; raises as `Kind.load`."""
    return _LADDER.load(path)


def check_ladder(path: str | Path) -> list[str]:
    """Problems of a ladder file, each with its line; empty when it is sound."""
    try:
        load_ladder(path)
    except UsageError as error:
        return str(error).splitlines()
    return []


def ladder_from_text(text: str) -> Ladder:
    """A ladder from TOML text; raises as `Kind.from_text`."""
    return _LADDER.from_text(text)


def _made(document: Mapping[str, Any], text: str) -> Ladder:
    return Ladder(
        title=document["title"],
        note=document["note"],
        steps=tuple(_step(name, table) for name, table in document["steps"].items()),
        text=text,
        sha256=digest(text),
    )


def _problems(document: Mapping[str, Any]) -> list[Problem]:
    out = find_unknown(document, (), _TOP) + find_not_text(document, (), ("title", "note"))
    steps, found = tables(document, "steps", _STEP)
    out += found
    for name, table in steps.items():
        path = ("steps", name)
        out += find_not_text(table, path, _TEXTS) + find_not_sentences(table, path, ("instructions",))
        out += find_not_one_of(table.get("back", "seen"), (*path, "back"), _BACK)
        if isinstance(table.get("protocol"), str):
            out += find_not_one_of(table["protocol"], (*path, "protocol"), (NOT_MEASURED, *protocol.LADDER))
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


_LADDER = Kind("ladder.toml", "ladder", _problems, _made)
