"""Training sessions: recordings of one calendar day taken together. Of each figure the worst of the day counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from hinge_check.clinic.checkin import CheckIn, StoppedEarly
from hinge_check.clinic.metrics import Recorded, SetMetrics, by_time


@dataclass(frozen=True, slots=True)
class TrainingSession:
    """One day; None where nothing was reported or measured."""

    day: date
    reps_judged: int
    reps_in_band: int
    reps_seen: int
    reps_in_shape: int
    spread_deg: float | None
    drift_deg: float | None
    said: bool
    """Whether there is a check-in."""
    pain_before: int | None
    pain_worst: int | None
    """Worst pain during the set or right after it."""
    pain_next_morning: int | None
    stopped: frozenset[StoppedEarly]

    @property
    def band_share(self) -> float | None:
        """Repetitions in band over those whose back was read."""
        return self.reps_in_band / self.reps_judged if self.reps_judged else None

    @property
    def shape_share(self) -> float | None:
        """Repetitions without a visible fault over those that were seen."""
        return self.reps_in_shape / self.reps_seen if self.reps_seen else None


def group_sessions(records: Sequence[Recorded]) -> list[TrainingSession]:
    """Group recordings by day, oldest first."""
    days = groupby(by_time(records), key=lambda record: record.when.date())
    return [_session(day, list(group)) for day, group in days]


def _session(day: date, records: list[Recorded]) -> TrainingSession:
    sets = [record.figures for record in records if record.figures is not None]
    said = [record.check_in for record in records if record.check_in is not None]
    return TrainingSession(
        day=day,
        reps_judged=sum(one.reps_judged for one in sets),
        reps_in_band=sum(one.reps_in_band for one in sets),
        reps_seen=sum(one.reps_seen or 0 for one in sets),
        reps_in_shape=sum(one.reps_in_shape or 0 for one in sets),
        spread_deg=_worst(sets, lambda one: one.spread_deg),
        drift_deg=_worst(sets, lambda one: one.drift_deg),
        said=bool(said),
        pain_before=_most(said, lambda one: one.pain_before),
        pain_worst=_most(said, _worst_pain),
        pain_next_morning=_most(said, lambda one: one.pain_next_morning),
        stopped=frozenset(one.stopped_early for one in said if one.stopped_early is not None),
    )


def _worst(sets: Iterable[SetMetrics], figure: Callable[[SetMetrics], float | None]) -> float | None:
    return max((value for one in sets if (value := figure(one)) is not None), default=None)


def _worst_pain(said: CheckIn) -> int | None:
    return None if said.pain_worst is None else max(said.pain_worst, said.pain_after or 0)


def _most(said: Iterable[CheckIn], pain: Callable[[CheckIn], int | None]) -> int | None:
    return max((value for one in said if (value := pain(one)) is not None), default=None)
