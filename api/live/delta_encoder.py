"""Answers as they travel: each tells only what is different from the one before."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from hinge_check.live import CoachUpdate

_ALWAYS_NEWS = ("say", "rep")
_UNTOLD = frozenset({"time_s", *_ALWAYS_NEWS})
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_NAMES = tuple(f.name for f in fields(CoachUpdate) if f.name not in _UNTOLD)


class DeltaEncoder:
    """Remembers what was told; a new one tells everything."""

    def __init__(self) -> None:
        self._before: CoachUpdate | None = None

    def changes(self, answer: CoachUpdate) -> dict[str, Any]:
        """What is new in an answer; `say` and `rep` whenever there is one."""
        before, self._before = self._before, answer
        new: dict[str, Any] = {}
        for name in _NAMES:
            value = getattr(answer, name)
            if before is None or value != getattr(before, name):
                new[name] = _plain(value)
        for name in _ALWAYS_NEWS:
            value = getattr(answer, name)
            if value is not None:
                new[name] = _plain(value)
        return new


def text(told: dict[str, Any]) -> str:
    """As JSON, without blanks; NaN never occurs in it."""
    return _encode(told)


def _plain(value: Any) -> Any:
    """As JSON takes it; what an answer is made of is flat, so `asdict` would copy nothing but time."""
    if value is None or isinstance(value, str | int | float):
        return value
    return list(value) if isinstance(value, tuple) else {name: getattr(value, name) for name in value.__slots__}
