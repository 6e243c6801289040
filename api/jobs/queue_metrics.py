"""Prometheus metrics that are the same for all processes, read from the database on request.

Workers therefore need no port of their own, and two API processes report the same about jobs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.core.metrics import PROCESS
from api.db import Analysis, AnalysisState, Recording, RecordingState


def exposition(db: Session, now: datetime) -> bytes:
    """Return all metrics in Prometheus's text format."""
    shared = CollectorRegistry()
    shared.register(_RowMetrics(db, now))
    return generate_latest(shared) + generate_latest(PROCESS)


class _RowMetrics(Collector):
    """Collector of the metrics that all processes share."""

    def __init__(self, db: Session, now: datetime) -> None:
        self._db = db
        self._now = now

    def describe(self) -> Iterable[Metric]:
        """Return nothing, so that registering does not query the database."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield the current values."""
        recordings = GaugeMetricFamily("hinge_recordings", "Recordings by state", labels=["state"])
        for state, number in _count_by(self._db, Recording.state):
            recordings.add_metric([RecordingState(state).value], number)
        yield recordings
        analyses = GaugeMetricFamily("hinge_analyses", "Analyses by state", labels=["state"])
        counted = dict(_count_by(self._db, Analysis.state))
        for each in AnalysisState:
            analyses.add_metric([each.value], counted.get(each, 0))
        yield analyses
        yield GaugeMetricFamily("hinge_queue_depth", "Analyses that wait", counted.get(AnalysisState.QUEUED, 0))
        oldest = self._db.scalar(select(func.min(Analysis.queued_at)).where(Analysis.state == AnalysisState.QUEUED))
        age_s = 0.0 if oldest is None else max(0.0, (self._now - oldest).total_seconds())
        yield GaugeMetricFamily("hinge_queue_age_seconds", "How long the first of them has waited", age_s)
        yield from self._cost()
        refused = (Recording.state == RecordingState.REFUSED) | (Recording.state == RecordingState.FAILED)
        refusals = GaugeMetricFamily("hinge_refusals", "Recordings refused or failed, by code", labels=["code"])
        for code, number in _count_by(self._db, Recording.refusal_code, refused):
            refusals.add_metric([code or "unknown"], number)
        yield refusals

    def _cost(self) -> Iterable[Metric]:
        """Yield what analysing costs: seconds of computation over seconds of video."""
        inference_s, video_s = self._db.execute(
            select(func.sum(Analysis.inference_s), func.sum(Analysis.video_s)).where(Analysis.video_s.is_not(None))
        ).one()
        yield GaugeMetricFamily("hinge_inference_seconds", "Seconds all analyses took", inference_s or 0.0)
        yield GaugeMetricFamily("hinge_video_seconds", "Seconds of video they looked at", video_s or 0.0)
        ratio = (inference_s or 0.0) / video_s if video_s else 0.0
        yield GaugeMetricFamily("hinge_inference_seconds_per_video_second", "The one over the other", ratio)


def _count_by(db: Session, column: object, *where: object) -> Iterable[tuple[str, int]]:
    """Return how many rows there are of each value of a column."""
    query = select(column, func.count()).where(*where).group_by(column)  # type: ignore[call-overload]
    return [(value, number) for value, number in db.execute(query)]
