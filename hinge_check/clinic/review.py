"""What a clinician says of a recording, as reports and exports show it. Corrections stand beside what was computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Verdict = Literal["progress", "hold", "regress"]

VERDICT_WORDS: dict[Verdict, str] = {
    "progress": "Go on to the next step",
    "hold": "Stay at this step",
    "regress": "Go back a step",
}


@dataclass(frozen=True, slots=True)
class Comment:
    """Words pinned to a moment of the recording (media seconds); None for the recording as a whole."""

    time_s: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Correction:
    """Something the clinician sees otherwise; both are shown.

    `what` in words ("side", "repetition 2: start", "fault: early lumbar movement"); the others as they read.
    """

    what: str
    computed: str
    corrected: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """A review. `by` and `at` are the caller's to give; `verdict` None while there is none."""

    by: str
    at: datetime
    verdict: Verdict | None
    summary: str = ""
    comments: tuple[Comment, ...] = ()
    corrections: tuple[Correction, ...] = ()
