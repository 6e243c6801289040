"""What counts as a repetition; the figures come from a protocol, with their reasons in its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RepStart = Literal["standing", "floor", "either"]


@dataclass(frozen=True, slots=True)
class RepRules:
    """Rules by which `measure.reps` finds repetitions.

    Parameters
    ----------
    min_range_deg
        Change of trunk inclination from standing, degrees, that makes a movement a repetition.
    stand_deg
        Trunk inclination within this of the person's own standing, degrees, counts as stood up.
    min_duration_s
        Shortest repetition, real seconds.
    start
        Where a repetition may begin: standing, at the floor, or either.
    """

    min_range_deg: float = 20.0
    stand_deg: float = 15.0
    min_duration_s: float = 0.6
    start: RepStart = "either"
