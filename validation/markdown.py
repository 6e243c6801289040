"""Small helpers that turn figures into markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

NONE = "–"


def number(value: float, digits: int = 1, *, sign: bool = False, unit: str = "") -> str:
    """Format a figure with as many digits as it deserves; a dash where there is none."""
    if not np.isfinite(value):
        return NONE
    value = round(value, digits) + 0.0  # no minus sign before zero
    text = f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"
    return f"{text}{unit}"


def percent(value: float) -> str:
    """Format a share as per cent; a dash where there is none."""
    return f"{100 * value:.0f} %" if np.isfinite(value) else NONE


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a markdown table, and an empty one after it."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return [*lines, ""]
