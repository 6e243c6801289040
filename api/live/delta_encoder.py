"""Answers as they are sent: each holds only what differs from the one before."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from hinge_check.live import CoachUpdate

_EVENTS = ("say", "rep")
_NO_DELTA = frozenset({"time_s", *_EVENTS})
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_NAMES = tuple(f.name for f in fields(CoachUpdate) if f.name not in _NO_DELTA)


class DeltaEncoder:
    """Reduces each answer to its changes since the one before; the first stays whole."""

    def __init__(self) -> None:
        self._before: CoachUpdate | None = None

    def changes(self, answer: CoachUpdate) -> dict[str, Any]:
        """Return what is new in an answer; `say` and `rep` whenever there is one."""
        before, self._before = self._before, answer
        new: dict[str, Any] = {}
        for name in _NAMES:
            value = getattr(answer, name)
            if before is None or value != getattr(before, name):
                new[name] = _as_json(value)
        for name in _EVENTS:
            value = getattr(answer, name)
            if value is not None:
                new[name] = _as_json(value)
        return new


def encode(answer: dict[str, Any]) -> str:
    """Return an answer as JSON without blanks; NaN never occurs in it."""
    return _encode(answer)


def _as_json(value: Any) -> Any:
    """Return a value as JSON can hold it; the parts of an answer are flat, so `asdict` would only cost time."""
    if value is None or isinstance(value, str | int | float):
        return value
    return list(value) if isinstance(value, tuple) else {name: getattr(value, name) for name in value.__slots__}
