"""The figures behind a readiness suggestion: bundled, then a clinic's, then a person's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hinge_check.assess import protocol_check
from hinge_check.assess.protocol_check import Problem, refuse, unknown
from hinge_check.assess.protocol_schema import FigureSpec
from hinge_check.assess.protocol_text import key_lines, parse, render
from hinge_check.clinic.content import digest, text_of

FIGURES: dict[str, FigureSpec] = {
    "sessions": FigureSpec("sessions", 1, 10),
    "recent_days": FigureSpec("days", 3, 365),
    "least_reps": FigureSpec("reps", 1, 30),
    "band_share": FigureSpec("share", 0, 1),
    "band_share_back": FigureSpec("share", 0, 1),
    "spread": FigureSpec("deg", 2, 60),
    "drift": FigureSpec("deg", 2, 40),
    "pain_above_baseline": FigureSpec("points", 0, 10),
    "pain_at_most": FigureSpec("points", 0, 10),
    "next_morning_above_baseline": FigureSpec("points", 0, 10),
    "pain_rise_points": FigureSpec("points", 0.5, 10),
    "pain_rise_share": FigureSpec("share", 0.05, 1),
    "baseline_check_ins": FigureSpec("sessions", 1, 20),
}
"""Every figure of the rule: unit and plausible range."""

WHOLE = ("sessions", "days", "reps")
"""Units that are counted."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure of the rule; `source` is a publication or says 'design'."""

    value: float
    unit: str
    source: str


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
    """The bundled figures, or these with what a clinic's file changes.

    Raises
    ------
    UsageError
        Every problem of the file, one a line, each with its line number and a suggestion.
    """
    return rules_from_text() if path is None else rules_from_text(text_of("readiness.toml", path, "readiness"))


def rules_from_text(*texts: str) -> Rules:
    """The bundled figures with what each TOML text changes, a later one over an earlier: the clinic's, the person's.

    Raises
    ------
    UsageError
        As `load_rules`.
    """
    bundled = _bundled()
    figures = dict(bundled)
    for text in texts:
        document = parse(text)
        lines = key_lines(text)
        refuse(_problems(document), lines)
        for name, given in document.get("figures", {}).items():
            figures[name] = _over(figures[name], given)
        refuse(_inconsistent(figures), lines)
    document = {
        "figures": {name: {"value": t.value, "unit": t.unit, "reason": t.source} for name, t in figures.items()}
    }
    whole = render(document)
    overrides = {name: t.value for name, t in figures.items() if t.value != bundled[name].value}
    return Rules(figures, overrides, whole, digest(whole))


@cache
def _bundled() -> Mapping[str, Threshold]:
    text = text_of("readiness.toml", None, "readiness")
    document, lines = parse(text), key_lines(text)
    refuse(_problems(document), lines)
    given = document.get("figures", {})
    refuse([Problem(("figures",), f"missing figures.{name}") for name in FIGURES if name not in given], lines)
    return {
        name: Threshold(float(given[name]["value"]), spec.unit, given[name]["reason"]) for name, spec in FIGURES.items()
    }


def _over(before: Threshold, given: Mapping[str, Any]) -> Threshold:
    """A source is never quoted for a figure it did not give."""
    value = float(given.get("value", before.value))
    unsaid = before.source if value == before.value else f"set for this clinic or person; it was {before.value:g}"
    return Threshold(value, before.unit, given.get("reason", unsaid))


def _problems(document: Mapping[str, Any]) -> list[Problem]:
    out = unknown(document, (), ("figures",))
    out += protocol_check.figures(document, "figures", FIGURES, ("value", "unit", "reason"))
    if not out:
        for name, given in document.get("figures", {}).items():
            value = given.get("value", 0)
            if FIGURES[name].unit in WHOLE and value != int(value):
                out.append(Problem(("figures", name, "value"), f"figures.{name} = {value:g} must be a whole number"))
    return out


def _inconsistent(figures: Mapping[str, Threshold]) -> list[Problem]:
    if figures["band_share_back"].value > figures["band_share"].value:
        told = "figures.band_share_back must not be larger than figures.band_share"
        return [Problem(("figures", "band_share_back"), told)]
    return []
