"""Updates that the coach returns: small frozen dataclasses of plain values, ready for JSON, without NaN."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal


class State(StrEnum):
    """State of a session; the values are part of the API."""

    LOOKING = "looking"
    PLACING = "placing"
    STAND = "stand"
    GO = "go"
    REST = "rest"
    SUMMARY = "summary"


Kind = Literal["instruction", "cue", "praise", "notice", "count"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text with the code by which it is translated."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something to speak once; `id` rises by one with each utterance of a session."""

    id: int
    kind: Kind
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class AngleReading:
    """An angle at this moment, degrees from the person's own standing, with its standard error."""

    deg: float
    se: float


@dataclass(frozen=True, slots=True)
class RepDone:
    """A repetition that was just counted. Times are those of the frames, angles at its bottom; None: not measured."""

    set: int
    rep: int
    """Number within its set, from 1."""
    total: int
    """Number within the session, from 1."""
    start_s: float
    bottom_s: float
    end_s: float
    hip_deg: float | None
    hip_se_deg: float | None
    lumbar_deg: float | None
    lumbar_se_deg: float | None
    hip_share: float | None
    knee_deg: float | None
    score: float | None
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoachUpdate:
    """The coach's answer to one frame."""

    time_s: float
    state: State
    instruction: Phrase | None
    """The one thing to do now, shown until it changes."""
    progress: float
    """Progress of what the state waits for, 0..1."""
    set: int
    reps: int
    """Repetitions counted in this set."""
    total: int
    """Repetitions counted in this session."""
    phase: str
    """A `measure.types.Phase` value."""
    hip: AngleReading | None
    lumbar: AngleReading | None
    say: Utterance | None
    """To be spoken once, now."""
    caption: Utterance | None
    """The last cue, praise or notice while it is still shown."""
    notices: tuple[str, ...]
    """Codes of the problems at this moment."""
    rep: RepDone | None
    """Set on the frame at which the repetition was counted."""
    rate_hz: float
    """Frames per second as they arrive; 0 until known."""

    def as_json(self) -> dict[str, Any]:
        """Return the update as a dict of plain values."""
        return asdict(self)


Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class StickFigure:
    """A person as lines, drawable without any picture: in standing heights, feet at (0, 0), x right, y down."""

    chain: Points
    """Ankle, knee, hip, shoulder, ear of the near side."""
    arm: Points
    """Shoulder, elbow, wrist."""
    back: Points
    """The back edge from sacrum to upper thorax; empty where it was not seen."""


@dataclass(frozen=True, slots=True)
class RepHighlight:
    """The bottom of one repetition."""

    set: int
    rep: int
    total: int
    time_s: float
    hip_deg: float | None
    lumbar_deg: float | None
    lumbar_se_deg: float | None
    score: float | None
    faults: tuple[str, ...]
    figure: StickFigure | None


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """Summary of a session in a few values."""

    sets: int
    reps: int
    reps_by_set: tuple[int, ...]
    best: RepHighlight | None
    worst: RepHighlight | None
    trend_deg_per_rep: float | None
    """Change of lumbar flexion per repetition; None below three repetitions."""
    fault_reps: dict[str, int] = field(default_factory=dict)
    """Number of repetitions in which each fault was named."""
    praise: Phrase | None = None
    change: Phrase | None = None
    """The one thing to change; its code is that of the fault."""

    def as_json(self) -> dict[str, Any]:
        """Return the summary as a dict of plain values."""
        return asdict(self)
