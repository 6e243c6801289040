"""A person's own figures of the readiness rule, converted between form fields and the stored TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from hinge_check.assess.protocol_text import render
from hinge_check.clinic.readiness_rules import FIGURES


def parse_number(typed: str) -> float | None:
    """Parse a typed number, with a point or a comma; None for anything else, NaN and infinity included."""
    try:
        value = float(typed.replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None  # NaN compares false


def own_values(text: str | None) -> dict[str, float]:
    """Return this person's own figures, by name."""
    given = {} if text is None else tomllib.loads(text).get("figures", {})
    return {name: float(each["value"]) for name, each in given.items() if "value" in each}


def figures_text(before: str | None, values: Mapping[str, float]) -> str | None:
    """Return TOML with just these figures; a value that stays keeps its reason. None without figures."""
    kept: dict[str, Any] = {} if before is None else tomllib.loads(before).get("figures", {})
    figures: dict[str, Any] = {}
    for name in FIGURES:
        if name not in values:
            continue
        old = kept.get(name, {})
        figures[name] = old if old.get("value") == values[name] else {"value": values[name]}
    return render({"figures": figures}) if figures else None
