"""Schema of a protocol: unit and plausible range of every figure, and the side of a limit that is a departure.

The one place where a key of a protocol file is declared; its value, and the reason for it, are in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["above", "below"]


@dataclass(frozen=True, slots=True)
class ValueSpec:
    """Specification of a figure of a protocol.

    Parameters
    ----------
    unit
        The only unit accepted.
    low, high
        Plausible range, inclusive: a figure outside it is taken for a mistaken unit and refused.
    direction
        'above' when a value beyond the limit is a larger one, 'below' when it is a smaller one.
    """

    unit: str
    low: float
    high: float
    direction: Direction = "above"


UNIT_WORDS: dict[str, str] = {
    "deg": "degrees",
    "s": "seconds",
    "share": "a share from 0 to 1",
    "ratio": "a plain ratio",
    "deg/s2": "degrees per second squared",
    "signs": "a whole number of signs",
    "points": "points of the 0 to 10 pain scale",
    "sessions": "a whole number of sessions",
    "reps": "a whole number of repetitions",
    "days": "a whole number of days",
}

LIMITS: dict[str, ValueSpec] = {
    "lumbar_flexion": ValueSpec("deg", 3, 80),
    "early_lumbar": ValueSpec("share", 0.05, 0.95),
    "early_lumbar_amount": ValueSpec("deg", 3, 40),
    "lumbar_extension": ValueSpec("deg", 2, 40),
    "lumbar_extension_top": ValueSpec("deg", 2, 40),
    "squatting": ValueSpec("deg", 5, 150),
    "squatting_ratio": ValueSpec("ratio", 0.1, 2.0),
    "squatting_shank": ValueSpec("deg", 3, 60),
    "squatting_drop": ValueSpec("ratio", 0.1, 5.0),
    "squatting_upright": ValueSpec("deg", 10, 80, "below"),
    "squatting_signs": ValueSpec("signs", 1, 4),
    "hips_first": ValueSpec("share", 0.0, 0.6, "below"),
    "shallow": ValueSpec("deg", 15, 120, "below"),
    "shallow_trunk": ValueSpec("deg", 10, 90, "below"),
    "incomplete_lockout": ValueSpec("deg", 5, 40),
    "neck": ValueSpec("deg", 10, 90),
    "bouncing": ValueSpec("deg/s2", 100, 5000),
    "too_fast": ValueSpec("s", 0.2, 10, "below"),
    "weight_shift": ValueSpec("ratio", 0.0, 0.6, "below"),
    "lumbar_drift": ValueSpec("deg", 3, 40),
    "hip_share": ValueSpec("share", 0.2, 1.0, "below"),
    "consistency": ValueSpec("deg", 2, 60),
}
"""Every limit of a protocol. Those named after a fault decide it; `fault_xyz` are its further conditions."""

TARGETS: dict[str, ValueSpec] = {
    "hip_flexion": ValueSpec("deg", 15, 120),
    "knee_flexion": ValueSpec("deg", 0, 120),
    "descent": ValueSpec("s", 0.3, 15),
}

REPS: dict[str, ValueSpec] = {
    "min_range_deg": ValueSpec("deg", 8, 80),
    "stand_deg": ValueSpec("deg", 3, 45),
    "min_duration_s": ValueSpec("s", 0.2, 10),
}

WEIGHTS: tuple[str, ...] = ("spine", "hip_drive", "knees", "depth", "tempo", "consistency")

STARTS: tuple[str, ...] = ("standing", "floor", "either")

PERSON: dict[str, ValueSpec] = {
    "lumbar_max_deg": ValueSpec("deg", 15, 100),
    "lumbar_max_se_deg": ValueSpec("deg", 0, 40),
}
"""The person's own maximal lumbar flexion from standing, and its standard error; a calibration recording gives both."""

TEXTS: tuple[str, ...] = ("name", "title", "differs")

LIMIT_KEYS: tuple[str, ...] = ("value", "warn", "unit", "reason")
FIGURE_KEYS: tuple[str, ...] = ("value", "unit", "reason")

TOP_KEYS: tuple[str, ...] = (
    *TEXTS,
    "extends",
    "start",
    "instructions",
    "reps",
    "targets",
    "limits",
    "weights",
    "person",
)
