"""Prometheus counters of this process; all other metrics are read from the database (`api.jobs.queue_metrics`)."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

PROCESS = CollectorRegistry()
"""Registry of the counters of this process, which start at 0 with it."""

UPLOADS = Counter("hinge_uploads", "Videos that arrived whole, by what became of them", ["outcome"], registry=PROCESS)
UPLOADED_BYTES = Counter("hinge_uploaded_bytes", "Bytes of videos that arrived whole", registry=PROCESS)
PROBE_REFUSALS = Counter("hinge_probe_refusals", "Videos refused on arrival, by code", ["code"], registry=PROCESS)
REQUESTS = Histogram(
    "hinge_request_seconds",
    "Time to answer, by route (its template) and status",
    ["method", "route", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
    registry=PROCESS,
)


def count_upload(outcome: str, size: int) -> None:
    """Count a video that arrived whole: new, known (the same bytes are stored already), refused or failed."""
    UPLOADS.labels(outcome).inc()
    UPLOADED_BYTES.inc(size)


def count_probe_refusal(code: str) -> None:
    """Count a video that was refused on arrival; it leaves no row that could be counted."""
    PROBE_REFUSALS.labels(code).inc()
