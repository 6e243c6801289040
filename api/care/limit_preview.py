"""TOML for limits that a clinician tries out in a review."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from hinge_check.assess.protocol_schema import LIMITS
from hinge_check.assess.protocol_text import parse, render

REASON = "set for this person in a review"


def trial_limits_text(name: str, own: str | None, changes: Mapping[str, float]) -> str:
    """Return TOML for a trial: a bundled protocol with a person's own limits so far and the changed ones.

    Parameters
    ----------
    name
        Of the bundled protocol.
    own
        The person's own limits so far, TOML; None without any.
    changes
        New values by name of the limit; the value from which the clinician is warned moves with them in proportion.

    Raises
    ------
    UsageError
        `own` is not TOML.
    """
    document: dict[str, Any] = {"extends": name} if own is None else parse(own)
    document["extends"] = name
    limits = document.setdefault("limits", {})
    for limit, value in changes.items():
        rest = {key: each for key, each in limits.get(limit, {}).items() if key not in ("warn", "reason")}
        limits[limit] = {**rest, "value": value, "reason": REASON}
    return render(document)


def limits_in(text: str) -> dict[str, dict[str, Any]]:
    """Return the limits in the TOML of a whole protocol, by name: value, warn, unit, reason."""
    limits: dict[str, dict[str, Any]] = tomllib.loads(text).get("limits", {})
    return {name: limits[name] for name in LIMITS if name in limits}
