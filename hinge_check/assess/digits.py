"""Rounding of report figures, in this one place: no more digits than they deserve; NaN becomes None."""

from __future__ import annotations

import math

DEGREES, SECONDS, SHARE, POINTS, POINTS_SE = 1, 2, 2, 0, 1
"""Decimal places of degrees, seconds, shares (ratios, probabilities), scores and their errors."""

BY_UNIT: dict[str, int] = {"deg": DEGREES, "s": SECONDS, "share": SHARE, "ratio": SHARE}
"""Decimal places of a fault's figure; whole numbers for other units."""


def to_digits(value: float, digits: int) -> float:
    """Round a finite figure."""
    return round(float(value), digits) + 0.0  # + 0.0 turns -0.0 into 0.0


def _or_none(value: float, digits: int) -> float | None:
    return to_digits(value, digits) if math.isfinite(value) else None


def degrees(value: float) -> float | None:
    """Round to 0.1 degrees."""
    return _or_none(value, DEGREES)


def seconds(value: float) -> float | None:
    """Round to 0.01 seconds."""
    return _or_none(value, SECONDS)


def share(value: float) -> float | None:
    """Round to 0.01: shares, ratios and probabilities."""
    return _or_none(value, SHARE)


def points(value: float) -> float | None:
    """Round to whole points of a score."""
    return _or_none(value, POINTS)


def points_se(value: float) -> float | None:
    """Round to 0.1 points: the error of a score."""
    return _or_none(value, POINTS_SE)
