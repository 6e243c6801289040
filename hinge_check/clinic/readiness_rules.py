"""The figures behind a readiness suggestion: bundled, then changed by a clinic, then by a person's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from hinge_check.assess import protocol_check
from hinge_check.assess.protocol_check import Problem, find_unknown, refuse
from hinge_check.assess.protocol_schema import ValueSpec
from hinge_check.assess.protocol_text import key_lines, render
from hinge_check.clinic.content import ContentFile, read_content, sha256_of

FIGURES: dict[str, ValueSpec] = {
    "sessions": ValueSpec("sessions", 1, 10),
    "recent_days": ValueSpec("days", 3, 365),
    "least_reps": ValueSpec("reps", 1, 30),
    "band_share": ValueSpec("share", 0, 1),
    "band_share_back": ValueSpec("share", 0, 1),
    "spread": ValueSpec("deg", 2, 60),
    "drift": ValueSpec("deg", 2, 40),
    "pain_above_baseline": ValueSpec("points", 0, 10),
    "pain_at_most": ValueSpec("points", 0, 10),
    "next_morning_above_baseline": ValueSpec("points", 0, 10),
    "pain_rise_points": ValueSpec("points", 0.5, 10),
    "pain_rise_share": ValueSpec("share", 0.05, 1),
    "baseline_check_ins": ValueSpec("sessions", 1, 20),
}
"""Every figure of the rule: unit and plausible range."""

Whose = Literal["bundled", "clinic", "person"]

WHOLE = ("sessions", "days", "reps")
"""Units that are counted."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure of the rule; `source` is a publication or 'design'."""

    value: float
    unit: str
    source: str
    whose: Whose = "bundled"
    """Origin of the value: bundled, set by the clinic, or set for this person."""


@dataclass(frozen=True, slots=True)
class Rules:
    """All figures by name; `overrides` are those that differ from the bundled ones, `sha256` is of `text`."""

    figures: Mapping[str, Threshold]
    overrides: Mapping[str, float]
    text: str
    sha256: str

    def __getitem__(self, name: str) -> float:
        return self.figures[name].value


def load_rules(path: str | Path | None = None) -> Rules:
    """Return the bundled figures, with the changes of a clinic's file if there is one.

    Raises
    ------
    UsageError
        Every problem of the file, one a line, each with its line number and a suggestion.
    """
    return rules_from_text() if path is None else rules_from_text(read_content("readiness.toml", path, "readiness"))


@lru_cache(maxsize=256)
def rules_from_text(clinic: str | None = None, person: str | None = None, *, strict: bool = True) -> Rules:
    """Return the bundled figures, changed by a clinic's TOML text and then by a person's.

    Parameters
    ----------
    strict
        Refuse figures that contradict each other. Not for texts that were checked when they were written: a clinic
        may have changed its file since the person's was written.

    Raises
    ------
    UsageError
        As `load_rules`.
    """
    bundled = _BUNDLED.load()
    figures = dict(bundled)
    texts: tuple[tuple[Whose, str | None], ...] = (("clinic", clinic), ("person", person))
    for whose, text in texts:
        if text is None:
            continue
        for name, given in _CHANGES.from_text(text).items():
            figures[name] = _override(figures[name], given, whose)
        if strict:
            refuse(_inconsistent(figures), key_lines(text))
    document = {
        "figures": {name: {"value": t.value, "unit": t.unit, "reason": t.source} for name, t in figures.items()}
    }
    whole = render(document)
    overrides = {name: t.value for name, t in figures.items() if t.value != bundled[name].value}
    return Rules(figures, overrides, whole, sha256_of(whole))


def _override(before: Threshold, given: Mapping[str, Any], whose: Whose) -> Threshold:
    """Replace a value, without quoting the bundled source for a figure that it did not give."""
    value = float(given.get("value", before.value))
    if value == before.value:
        return Threshold(value, before.unit, given.get("reason", before.source), before.whose)
    default_reason = f"set for this {whose}; it was {before.value:g}"
    return Threshold(value, before.unit, given.get("reason", default_reason), whose)


def _bundled(document: Mapping[str, Any], text: str) -> Mapping[str, Threshold]:  # noqa: ARG001
    given = document["figures"]
    return {
        name: Threshold(float(given[name]["value"]), spec.unit, given[name]["reason"]) for name, spec in FIGURES.items()
    }


def _changes(document: Mapping[str, Any], text: str) -> Mapping[str, Mapping[str, Any]]:  # noqa: ARG001
    changes: Mapping[str, Mapping[str, Any]] = document.get("figures", {})
    return changes


def _problems(document: Mapping[str, Any]) -> list[Problem]:
    out = find_unknown(document, (), ("figures",))
    out += protocol_check.check_values(document, "figures", FIGURES, ("value", "unit", "reason"))
    if not out:
        for name, given in document.get("figures", {}).items():
            value = given.get("value", 0)
            if FIGURES[name].unit in WHOLE and value != int(value):
                out.append(Problem(("figures", name, "value"), f"figures.{name} = {value:g} must be a whole number"))
    return out


def _incomplete(document: Mapping[str, Any]) -> list[Problem]:
    lacks = [name for name in FIGURES if name not in document.get("figures", {})]
    return _problems(document) + [Problem(("figures",), f"missing figures.{name}") for name in lacks]


def _inconsistent(figures: Mapping[str, Threshold]) -> list[Problem]:
    if figures["band_share_back"].value > figures["band_share"].value:
        message = "figures.band_share_back must not be larger than figures.band_share"
        return [Problem(("figures", "band_share_back"), message)]
    return []


_BUNDLED = ContentFile("readiness.toml", "readiness", _incomplete, _bundled)
_CHANGES = ContentFile("readiness.toml", "readiness", _problems, _changes)
"""The file of a clinic or a person: only what differs."""
