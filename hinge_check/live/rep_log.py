"""The repetitions of a session as small results: rows of `RepValues`, judged by the same rules as a recording."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from hinge_check.arrays import FloatArray
from hinge_check.assess.assess import named_faults, rep_reports
from hinge_check.assess.protocol import Protocol
from hinge_check.assess.rep_values import RepValues
from hinge_check.capture.track import TrackInfo
from hinge_check.errors import Finding
from hinge_check.live.updates import RepDone, RepHighlight, StickFigure
from hinge_check.measure.types import View

MOST_REPS = 400
"""Of a session; after that the oldest give way in the report, never in the count."""

COLUMNS = tuple(f.name for f in fields(RepValues) if f.name != "frame_s")

_OF_THE_WAY_UP = ("top_trunk", "top_lumbar", "rise_share", "turn", "bounces", "ascent_s", "hold_s")
"""Not known at the bottom yet."""


def no_rows() -> RepValues:
    """No repetitions at all."""
    empty: FloatArray = np.zeros(0)
    columns: dict[str, Any] = dict.fromkeys(COLUMNS, empty)
    columns |= {"complete": np.zeros(0, bool), "rhythm": np.zeros((0, 3, 2))}
    return RepValues(**columns, frame_s=float("nan"))


def row_of(v: RepValues, i: int) -> RepValues:
    """One repetition alone."""
    return _sliced(v, i, i + 1)


def join_rows(parts: list[RepValues]) -> RepValues:
    """Repetitions one after the other; how often a frame comes is taken from the last."""
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
    return RepValues(**columns, frame_s=parts[-1].frame_s)


def _sliced(v: RepValues, first: int, stop: int | None = None) -> RepValues:
    columns: dict[str, Any] = {name: getattr(v, name)[first:stop] for name in COLUMNS}
    return RepValues(**columns, frame_s=v.frame_s)


def at_the_bottom(v: RepValues) -> RepValues:
    """A repetition of which nothing beyond its bottom has happened: what comes later is unknown."""
    columns: dict[str, Any] = {name: getattr(v, name) for name in COLUMNS}
    columns |= dict.fromkeys(_OF_THE_WAY_UP, np.full(len(v), np.nan))
    return RepValues(**columns, frame_s=v.frame_s)


@dataclass(slots=True)
class RepLog:
    """What is kept of a session."""

    protocol: Protocol
    rows: RepValues | None = None
    sets: list[int] | None = None
    """Set number of each row."""
    dropped: int = 0
    """Repetitions counted but no longer in `rows`."""
    findings: tuple[Finding, ...] = ()
    view: View | None = None
    best: RepHighlight | None = None
    worst: RepHighlight | None = None

    @property
    def total(self) -> int:
        """Repetitions counted in the session."""
        return self.dropped + (0 if self.rows is None else len(self.rows))

    def in_set(self, number: int) -> int:
        """Repetitions counted in a set."""
        return (self.sets or []).count(number) + (self.dropped if number == 1 else 0)

    def of_set(self, number: int) -> RepValues | None:
        """The values of a set."""
        if self.rows is None or not self.sets or number not in self.sets:
            return None
        first = self.sets.index(number)
        return _sliced(self.rows, first, first + self.sets.count(number))

    def named_in(self, number: int, info: TrackInfo) -> bool:
        """Whether any fault is named in a set."""
        rows = self.of_set(number)
        return rows is not None and bool(named_faults(info, rows, self.protocol))

    def faults_with(self, number: int, row: RepValues, info: TrackInfo) -> tuple[str, ...]:
        """Faults of one more repetition of a set, in the order in which they are to be told."""
        before = self.of_set(number)
        rows = row if before is None else join_rows([before, row])
        return tuple(fault.code for fault in named_faults(info, rows, self.protocol) if len(rows) in fault.reps)

    def add(
        self,
        number: int,
        row: RepValues,
        info: TrackInfo,
        view: View,
        findings: tuple[Finding, ...],
        figure: StickFigure,
    ) -> RepDone:
        """Count a repetition."""
        faults, (last,) = self.faults_with(number, row, info), rep_reports(info, row, self.protocol)
        self.rows = row if self.rows is None else join_rows([self.rows, row])
        self.sets = [*(self.sets or []), number]
        if len(self.rows) > MOST_REPS:
            self.rows = _sliced(self.rows, 1)
            self.sets, self.dropped = self.sets[1:], self.dropped + 1
        self.view = view
        told = {one.code for one in self.findings}
        self.findings += tuple(one for one in findings if one.code not in told)
        done = RepDone(
            set=number,
            rep=self.in_set(number),
            total=self.total,
            start_s=last.start_s,
            bottom_s=last.bottom_s,
            end_s=last.end_s,
            hip_deg=last.hip_flexion_deg,
            hip_se_deg=last.hip_flexion_se_deg,
            lumbar_deg=last.lumbar_flexion_deg,
            lumbar_se_deg=last.lumbar_flexion_se_deg,
            hip_share=last.hip_share,
            knee_deg=last.knee_flexion_deg,
            score=last.score,
            faults=faults,
        )
        self._remember(done, figure)
        return done

    def _remember(self, done: RepDone, figure: StickFigure) -> None:
        """Keep the best and the worst moment; without a score neither can be told."""
        if done.score is None:
            return
        moment = RepHighlight(
            set=done.set,
            rep=done.rep,
            total=done.total,
            time_s=done.bottom_s,
            hip_deg=done.hip_deg,
            lumbar_deg=done.lumbar_deg,
            lumbar_se_deg=done.lumbar_se_deg,
            score=done.score,
            faults=done.faults,
            figure=figure,
        )
        if self.best is None or done.score > (self.best.score or 0.0):
            self.best = moment
        if self.worst is None or done.score < (self.worst.score or 0.0):
            self.worst = moment
