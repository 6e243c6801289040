"""A person's own figures of the readiness rule, between the fields of a form and the TOML that is kept."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from hinge_check.assess.protocol_text import render
from hinge_check.clinic.readiness_rules import FIGURES


def number(typed: str) -> float | None:
    """What was typed as a number, with a point or a comma; None when it is none (NaN and infinity are none)."""
    try:
        value = float(typed.replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None  # NaN compares false


def own_values(text: str | None) -> dict[str, float]:
    """The figures that are this person's, by name."""
    given = {} if text is None else tomllib.loads(text).get("figures", {})
    return {name: float(each["value"]) for name, each in given.items() if "value" in each}


def figures_text(before: str | None, values: Mapping[str, float]) -> str | None:
    """TOML with these figures alone; reasons that were given before stay with values that stay. None for none."""
    kept: dict[str, Any] = {} if before is None else tomllib.loads(before).get("figures", {})
    figures: dict[str, Any] = {}
    for name in FIGURES:
        if name not in values:
            continue
        old = kept.get(name, {})
        figures[name] = old if old.get("value") == values[name] else {"value": values[name]}
    return render({"figures": figures}) if figures else None
