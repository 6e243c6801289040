"""Periodic clean-up: jobs of dead workers, lost wake-ups, leftovers in the store, videos past their retention."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from api.core.clock import Now, utc_now
from api.core.logs import get_logger
from api.db.engine import Sessions
from api.jobs import leases
from api.jobs.rescoring_queue import due_curves
from api.jobs.wakeup_queue import WakeupQueue
from api.recordings.retention import run as run_retention
from api.settings import Settings
from api.storage.blob_store import BlobStore, StoreError
from api.uploads.cleanup import sweep as sweep_uploads

MOST_WAKEUPS = 100
"""Wake-ups sent in one sweep of an empty queue."""
TIDY_EVERY_S = 60.0
RETENTION_EVERY_S = 3600.0
_JUMP_S = 5.0

_log = get_logger("api.worker.sweeper")


class Sweeper:
    """Sweeps now and then. Any number may do so at once: every change is guarded by the row.

    Parameters
    ----------
    monotonic
        A clock that cannot be set. If the clock of the leases deviates from it, that clock was set.
    """

    def __init__(
        self,
        settings: Settings,
        sessions: Sessions,
        store: BlobStore,
        wakeups: WakeupQueue,
        *,
        now: Now = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._sessions = sessions
        self._store = store
        self._wakeups = wakeups
        self._now = now
        self._monotonic = monotonic
        self._offset_s = now().timestamp() - monotonic()
        self._patient_until = monotonic()
        self._tidy_due = monotonic()
        self._retention_due = monotonic()

    def sweep(self) -> float:
        """Sweep once; never raises for an unavailable database, store or queue.

        Returns
        -------
        float
            Seconds until the next sweep.
        """
        try:
            self._rescue()
            self._notify_waiting()
        except SQLAlchemyError as error:
            _log.warning("database_away", error=type(error).__name__)
        if self._monotonic() >= self._tidy_due:
            self._tidy_due = self._monotonic() + TIDY_EVERY_S
            self._tidy()
        if self._monotonic() >= self._retention_due:
            self._retention_due = self._monotonic() + RETENTION_EVERY_S
            self._delete_due_videos()
        return self._settings.job_sweep_s

    def _rescue(self) -> None:
        """Requeue the jobs of dead workers."""
        if self._clock_was_set():
            # Every lease looks wrong now. Live workers renew theirs within one lease time; only after that does silence
            # mean that a worker is dead.
            self._patient_until = self._monotonic() + self._settings.job_lease_s
            _log.warning("clock_was_set")
        if self._monotonic() < self._patient_until:
            return
        swept = leases.sweep(
            self._sessions, now=self._now(), lease_s=self._settings.job_lease_s, losses=self._settings.job_losses
        )
        for analysis_id in swept.requeued:
            _log.warning("worker_lost", analysis=analysis_id)
            self._wakeups.notify(analysis_id)
        for analysis_id in swept.failed:
            _log.warning("given_up", analysis=analysis_id)

    def _notify_waiting(self) -> None:
        """Send wake-ups for waiting jobs if the queue is empty, else only for the one that has waited longest."""
        try:
            waiting = self._wakeups.waiting()
        except self._wakeups.unavailable_errors as error:
            _log.warning("queue_away", error=type(error).__name__)
            return
        for analysis_id in leases.due(self._sessions, now=self._now(), most=1 if waiting else MOST_WAKEUPS):
            self._wakeups.notify(analysis_id)
        for chart in due_curves(self._sessions, most=1):
            self._wakeups.notify(chart.analysis_id)

    def _tidy(self) -> None:
        """Remove unfinished uploads and what killed processes left."""
        try:
            sweep_uploads(self._sessions, self._store, self._now())
        except (SQLAlchemyError, StoreError, OSError) as error:
            _log.warning("tidying_failed", error=type(error).__name__)

    def _delete_due_videos(self) -> None:
        """Delete videos past their retention that the client did not agree to keep longer."""
        try:
            count = sum(
                1 for _ in run_retention(self._sessions, self._store, self._now(), self._settings.retention_days)
            )
        except (SQLAlchemyError, StoreError, OSError) as error:
            _log.warning("retention_failed", error=type(error).__name__)
            return
        if count:
            _log.info("videos_deleted", count=count)

    def _clock_was_set(self) -> bool:
        """Return whether the clock of the leases was set since the last call."""
        offset_s = self._now().timestamp() - self._monotonic()
        moved_s = abs(offset_s - self._offset_s)
        self._offset_s = offset_s
        return moved_s > _JUMP_S
