"""A person's own limits, converted between form fields and the TOML of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hinge_check.assess.protocol import Protocol
from hinge_check.assess.protocol_schema import LIMITS, Direction
from hinge_check.assess.protocol_text import parse, render

FIRST: Final = (
    "lumbar_flexion",
    "early_lumbar",
    "lumbar_extension",
    "hip_share",
    "lumbar_drift",
    "squatting",
    "shallow",
    "hips_first",
    "incomplete_lockout",
    "neck",
    "too_fast",
    "bouncing",
    "weight_shift",
    "consistency",
)
"""Limits that name a fault by themselves; the others are further conditions of these."""


@dataclass(frozen=True, slots=True)
class Row:
    """A limit of the exercise's protocol, and the value typed for this person."""

    name: str
    value: float
    unit: str
    direction: Direction
    reason: str
    low: float
    high: float
    typed: str
    own_reason: str
    """Reason for this person's own limit; empty where there is none."""


def rows(protocol: Protocol, typed: Mapping[str, str], own: str | None) -> list[Row]:
    """Return a row for every limit, those that name a fault first.

    Parameters
    ----------
    protocol
        Without this person's own limits.
    typed
        The contents of the fields, by name.
    own
        The TOML of the plan so far.
    """
    reasons = {name: str(each.get("reason", "")) for name, each in _own(own).items()}
    order = [*FIRST, *(name for name in LIMITS if name not in FIRST)]
    return [
        Row(
            name=name,
            value=protocol.limits[name].value,
            unit=protocol.limits[name].unit,
            direction=protocol.limits[name].direction,
            reason=protocol.limits[name].reason,
            low=LIMITS[name].low,
            high=LIMITS[name].high,
            typed=typed.get(name, ""),
            own_reason=reasons.get(name, ""),
        )
        for name in order
    ]


def own_limits(own: str | None) -> dict[str, float]:
    """Return this person's own limits, by name."""
    return {name: float(each["value"]) for name, each in _own(own).items() if "value" in each}


def plan_limits_text(name: str, own: str | None, values: Mapping[str, float], why: str) -> str | None:
    """Return TOML to store in a plan: a protocol with these limits; None where nothing differs from the protocol.

    Parameters
    ----------
    name
        Of the protocol.
    own
        The TOML of the plan so far, for the same protocol: targets, weights, the person's own range stay as they are.
    values
        By limit. The value from which the clinician is warned moves along in proportion.
    why
        Kept with each limit that changes.
    """
    document: dict[str, Any] = {} if own is None else parse(own)
    before = document.pop("limits", {})
    document.pop("extends", None)
    limits: dict[str, Any] = {}
    for limit in LIMITS:
        old = before.get(limit, {})
        if limit not in values:
            continue
        if old.get("value") == values[limit]:
            limits[limit] = old
        else:
            limits[limit] = {"value": values[limit], **({"reason": why} if why else {})}
    rest = {key: value for key, value in document.items() if key != "name"}
    if not limits and not rest:
        return None
    return render({"extends": name, **document, **({"limits": limits} if limits else {})})


def _own(own: str | None) -> dict[str, dict[str, Any]]:
    return {} if own is None else dict(parse(own).get("limits", {}))
