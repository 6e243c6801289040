"""A clinician's review of a recording, as reports and exports show it. Corrections are shown beside computed values."""

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
    """Words about a moment of the recording (media seconds); None for the recording as a whole."""

    time_s: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A value that the clinician corrects; both values are shown.

    `what` in words ("side", "repetition 2: start", "fault: early lumbar movement"); the others as displayed.
    """

    what: str
    computed: str
    corrected: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """A review. The caller supplies `by` and `at`; `verdict` is None while there is none."""

    by: str
    at: datetime
    verdict: Verdict | None
    summary: str = ""
    comments: tuple[Comment, ...] = ()
    corrections: tuple[Correction, ...] = ()
