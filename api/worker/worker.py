"""A worker: waits for a wake-up, claims the job on a lease, runs it, until asked to stop."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from types import FrameType

from huey.consumer import Consumer
from sqlalchemy.exc import SQLAlchemyError

from api.core.clock import Now, utc_now
from api.core.logs import get_logger
from api.db.engine import Sessions
from api.jobs.wakeup_queue import WakeupQueue
from api.settings import Settings
from api.storage.blob_store import BlobStore
from api.storage.scratch_dir import ScratchDir
from api.worker.job_runner import JobRunner
from api.worker.rescorer import Rescorer
from api.worker.subprocess_runner import CHILD, RESCORING_CHILD
from api.worker.sweeper import Sweeper

POLL_S = 0.5
"""Longest pause between two looks into a queue that cannot wake us."""

_log = get_logger("api.worker.worker")


class Worker:
    """Runs jobs until asked to stop.

    Parameters
    ----------
    scratch
        Where attempts are written until complete.
    command
        Command line of the analysis process; it follows the protocol of `api.worker.analysis_process`.
    now
        Clock of the leases; all processes on the database must agree on it within a fraction of a lease.
    """

    def __init__(
        self,
        settings: Settings,
        sessions: Sessions,
        store: BlobStore,
        wakeups: WakeupQueue,
        scratch: ScratchDir,
        *,
        command: Sequence[str] = CHILD,
        rescoring_command: Sequence[str] = RESCORING_CHILD,
        now: Now = utc_now,
    ) -> None:
        self._runner = JobRunner(
            settings,
            sessions,
            store,
            wakeups,
            scratch,
            command=command,
            rescoring_command=rescoring_command,
            now=now,
        )
        self._rescorer = Rescorer(self._runner, sessions, store, scratch, now)

    def stop(self) -> None:
        """Accept no more jobs; a running one may finish within the grace period, else it is handed back."""
        self._runner.stop()

    def self_test(self) -> None:
        """Check that this machine can analyse (`JobRunner.self_test`)."""
        self._runner.self_test()

    def work(self, analysis_id: str) -> None:
        """Run one job if it can be claimed; never raises for an unavailable store or database."""
        if self._runner.is_stopping:
            return  # the row stays queued; a sweeper wakes another worker
        try:
            claim = self._runner.claim(analysis_id)
        except SQLAlchemyError as error:
            _log.warning("claim_failed", analysis=analysis_id, error=type(error).__name__)
            return
        if claim is None:
            self._rescorer.draw_all_curves()
        elif claim.track_of is None:
            self._runner.run(claim)
        else:
            try:
                self._rescorer.rescore(claim)
            except (SQLAlchemyError, OSError) as error:  # the lease runs out; the others stay queued
                _log.warning("rescoring_failed", error=type(error).__name__)


def run_worker(
    settings: Settings,
    sessions: Sessions,
    store: BlobStore,
    wakeups: WakeupQueue,
    *,
    command: Sequence[str] = CHILD,
    until_stdin_closes: bool = False,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Run jobs until SIGTERM or SIGINT; at a second signal, do not wait for the running job.

    Parameters
    ----------
    until_stdin_closes
        Also stop when the process that started this one is gone.
    ready
        Called once jobs are accepted.

    Raises
    ------
    InstallationError
        This machine cannot analyse.
    """
    stopping = threading.Event()
    with ScratchDir(settings.data / "scratch") as scratch:
        worker = Worker(settings, sessions, store, wakeups, scratch, command=command)

        def stop(signum: int = 0, frame: FrameType | None = None) -> None:  # noqa: ARG001 - a handler's signature
            if stopping.is_set():
                raise KeyboardInterrupt
            worker.stop()
            stopping.set()

        worker.self_test()
        wakeups.listen(worker.work)
        consumer = Consumer(
            wakeups.huey, workers=settings.worker_jobs, periodic=False, initial_delay=0.05, max_delay=POLL_S
        )
        consumer.start()
        # After start, which sets its own handlers: both signals mean the same, as people and service managers expect.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        if until_stdin_closes:
            threading.Thread(target=_when_stdin_closes, args=(stop,), name="stdin", daemon=True).start()
        ready()
        sweeper = Sweeper(settings, sessions, store, wakeups)
        while not stopping.wait(sweeper.sweep()):
            consumer.check_worker_health()
        consumer.stop(graceful=True)
    _log.info("worker_stopped")


def _when_stdin_closes(stop: Callable[[], None]) -> None:
    while os.read(0, 1024):  # not sys.stdin: this thread would hold its lock, which aborts the interpreter at exit
        pass
    stop()
