"""Figures with their error, as people read them."""

from __future__ import annotations

from math import isfinite

Z95 = 1.96
"""Standard errors in half a 95 % interval of a normal error."""


def with_error(value: float | None, se: float | None, unit: str = "°") -> str:
    """'64 ± 5°': whole numbers, 95 %; '≈ 64°' when the error is unknown; empty when the value is."""
    if value is None or not isfinite(value):
        return ""
    whole = str(round(value)).replace("-", "−")
    if se is None or not isfinite(se):
        return f"≈ {whole}{unit}"
    return f"{whole} ± {max(1, round(Z95 * se))}{unit}"
