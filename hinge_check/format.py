"""Figures with their error, formatted for people."""

from __future__ import annotations

from math import isfinite

Z95 = 1.96
"""Standard errors in half a 95 % interval of a normal error."""


def with_error(value: float | None, se: float | None, unit: str = "°") -> str:
    """Write a figure with its 95 % error, '64 ± 5°'; '≈ 64°' when the error is unknown; empty when the value is."""
    if value is None or not isfinite(value):
        return ""
    whole = str(round(value)).replace("-", "−")
    if se is None or not isfinite(se):
        return f"≈ {whole}{unit}"
    return f"{whole} ± {max(1, round(Z95 * se))}{unit}"
