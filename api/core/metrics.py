"""What this process counts for Prometheus; the rest is read from the rows (`api.jobs.queue_metrics`)."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

PROCESS = CollectorRegistry()
"""What this process has counted since it started."""

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
    """A video has arrived: new, known (the same bytes were here already), refused or failed."""
    UPLOADS.labels(outcome).inc()
    UPLOADED_BYTES.inc(size)


def count_probe_refusal(code: str) -> None:
    """A video was refused on arrival; no row tells of it."""
    PROBE_REFUSALS.labels(code).inc()
