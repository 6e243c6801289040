"""Limits tried out: which text gives them, and what a recording would say by them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from hinge_check.assess.protocol_schema import LIMITS
from hinge_check.assess.protocol_text import parse, render

REASON = "set for this person in a review"


def limits_text(name: str, own: str | None, changes: Mapping[str, float]) -> str:
    """TOML that extends a bundled protocol by what holds for a person already and what is changed now.

    Parameters
    ----------
    name
        Of the bundled protocol.
    own
        The person's own limits so far, TOML; None without any.
    changes
        New values by name of the limit; from which on the clinician is told moves with them in proportion.

    Raises
    ------
    UsageError
        When `own` is no TOML.
    """
    document: dict[str, Any] = {"extends": name} if own is None else parse(own)
    document["extends"] = name
    limits = document.setdefault("limits", {})
    for limit, value in changes.items():
        kept = {key: each for key, each in limits.get(limit, {}).items() if key not in ("warn", "reason")}
        limits[limit] = {**kept, "value": value, "reason": REASON}
    return render(document)


def limits_in(text: str) -> dict[str, dict[str, Any]]:
    """The limits of a whole protocol's text: value, warn, unit, reason by name."""
    found: dict[str, dict[str, Any]] = tomllib.loads(text).get("limits", {})
    return {name: found[name] for name in LIMITS if name in found}
