"""Rules of what counts as a repetition; the figures come from a protocol, whose file gives their reasons."""

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
        Change of trunk inclination from standing, degrees, from which on a movement is a repetition.
    stand_deg
        The person has stood up when the trunk is within this of its own standing inclination, degrees.
    min_duration_s
        Shortest repetition, real seconds.
    start
        Where a repetition may begin: standing, at the floor, or either.
    """

    min_range_deg: float = 20.0
    stand_deg: float = 15.0
    min_duration_s: float = 0.6
    start: RepStart = "either"
