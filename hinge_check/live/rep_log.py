"""Repetitions of a session as small results: rows of `RepValues`, judged by the same rules as a recording."""

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
"""Most repetitions in the report of a session; beyond it the oldest are dropped, but still counted."""

COLUMNS = tuple(f.name for f in fields(RepValues) if f.name != "frame_s")

_UNKNOWN_AT_BOTTOM = ("top_trunk", "top_lumbar", "rise_share", "turn", "bounces", "ascent_s", "hold_s")
"""Values that are not known yet at the bottom."""


def no_rows() -> RepValues:
    """Return values without any repetition."""
    empty: FloatArray = np.zeros(0)
    columns: dict[str, Any] = dict.fromkeys(COLUMNS, empty)
    columns |= {"complete": np.zeros(0, bool), "rhythm": np.zeros((0, 3, 2))}
    return RepValues(**columns, frame_s=float("nan"))


def row_of(v: RepValues, i: int) -> RepValues:
    """Return the values of one repetition."""
    return _slice(v, i, i + 1)


def join_rows(parts: list[RepValues]) -> RepValues:
    """Concatenate repetitions; the frame interval is that of the last part."""
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
    return RepValues(**columns, frame_s=parts[-1].frame_s)


def _slice(v: RepValues, first: int, stop: int | None = None) -> RepValues:
    columns: dict[str, Any] = {name: getattr(v, name)[first:stop] for name in COLUMNS}
    return RepValues(**columns, frame_s=v.frame_s)


def truncate_at_bottom(v: RepValues) -> RepValues:
    """Return a repetition as known at its bottom, with the values of what follows set to unknown."""
    columns: dict[str, Any] = {name: getattr(v, name) for name in COLUMNS}
    columns |= dict.fromkeys(_UNKNOWN_AT_BOTTOM, np.full(len(v), np.nan))
    return RepValues(**columns, frame_s=v.frame_s)


@dataclass(slots=True)
class RepLog:
    """Repetitions and findings of a session."""

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

    def count_in_set(self, set_number: int) -> int:
        """Return the number of repetitions counted in a set."""
        return (self.sets or []).count(set_number) + (self.dropped if set_number == 1 else 0)

    def set_values(self, set_number: int) -> RepValues | None:
        """Return the values of a set."""
        if self.rows is None or not self.sets or set_number not in self.sets:
            return None
        first = self.sets.index(set_number)
        return _slice(self.rows, first, first + self.sets.count(set_number))

    def has_fault(self, set_number: int, info: TrackInfo) -> bool:
        """Return whether a set has any fault."""
        rows = self.set_values(set_number)
        return rows is not None and bool(named_faults(info, rows, self.protocol))

    def faults_with(self, set_number: int, row: RepValues, info: TrackInfo) -> tuple[str, ...]:
        """Return the faults of one more repetition of a set, in the order in which to say them."""
        before = self.set_values(set_number)
        rows = row if before is None else join_rows([before, row])
        return tuple(fault.code for fault in named_faults(info, rows, self.protocol) if len(rows) in fault.reps)

    def add(
        self,
        set_number: int,
        row: RepValues,
        info: TrackInfo,
        view: View,
        findings: tuple[Finding, ...],
        figure: StickFigure,
    ) -> RepDone:
        """Count a repetition."""
        faults, (last,) = self.faults_with(set_number, row, info), rep_reports(info, row, self.protocol)
        self.rows = row if self.rows is None else join_rows([self.rows, row])
        self.sets = [*(self.sets or []), set_number]
        if len(self.rows) > MOST_REPS:
            self.rows = _slice(self.rows, 1)
            self.sets, self.dropped = self.sets[1:], self.dropped + 1
        self.view = view
        known = {finding.code for finding in self.findings}
        self.findings += tuple(finding for finding in findings if finding.code not in known)
        done = RepDone(
            set=set_number,
            rep=self.count_in_set(set_number),
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
        self._update_highlights(done, figure)
        return done

    def _update_highlights(self, done: RepDone, figure: StickFigure) -> None:
        """Update the best and the worst repetition; without a score a repetition is neither."""
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
