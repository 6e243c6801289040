"""A worker: hears the bell, takes a job on a lease, has it done, until it is told to stop."""

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
"""Longest sleep between two looks into a queue that cannot wake us."""

_log = get_logger("api.worker.worker")


class Worker:
    """Does jobs until told to stop.

    Parameters
    ----------
    scratch
        Where attempts are written until they are complete.
    command
        What is started for an analysis; it speaks as `api.worker.analysis_process` does.
    now
        The clock of leases; the database's readers must agree on it within a fraction of a lease.
    """

    def __init__(
        self,
        settings: Settings,
        sessions: Sessions,
        store: BlobStore,
        bell: WakeupQueue,
        scratch: ScratchDir,
        *,
        command: Sequence[str] = CHILD,
        rescoring_command: Sequence[str] = RESCORING_CHILD,
        now: Now = utc_now,
    ) -> None:
        self._attempts = JobRunner(
            settings,
            sessions,
            store,
            bell,
            scratch,
            command=command,
            rescoring_command=rescoring_command,
            now=now,
        )
        self._rescorer = Rescorer(self._attempts, sessions, store, scratch, now)

    def stop(self) -> None:
        """Take no more jobs; one that runs may finish within the grace, else it is handed back."""
        self._attempts.stop()

    def try_out(self) -> None:
        """Make sure that this machine can analyse (`Attempts.try_out`)."""
        self._attempts.self_test()

    def work(self, analysis_id: str) -> None:
        """Do one job, if it is there to be done; never raises for a store or a database that is away."""
        if self._attempts.is_stopping:
            return  # the row stays queued; a sweeper rings for another worker
        try:
            held = self._attempts.claim(analysis_id)
        except SQLAlchemyError as error:
            _log.warning("claim_failed", analysis=analysis_id, error=type(error).__name__)
            return
        if held is None:
            self._rescorer.draw_all_curves()
        elif held.track_of is None:
            self._attempts.run(held)
        else:
            try:
                self._rescorer.rescore(held)
            except (SQLAlchemyError, OSError) as error:  # the lease runs out; the others wait in their rows
                _log.warning("rescoring_failed", error=type(error).__name__)


def run_worker(
    settings: Settings,
    sessions: Sessions,
    store: BlobStore,
    bell: WakeupQueue,
    *,
    command: Sequence[str] = CHILD,
    until_stdin_closes: bool = False,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Work until SIGTERM or SIGINT; a second one does not wait for the job that runs.

    Parameters
    ----------
    until_stdin_closes
        Also stop when whoever started this process is gone.
    ready
        Called once jobs are taken.

    Raises
    ------
    InstallationError
        This machine cannot analyse.
    """
    stopping = threading.Event()
    with ScratchDir(settings.data / "scratch") as scratch:
        worker = Worker(settings, sessions, store, bell, scratch, command=command)

        def stop(signum: int = 0, frame: FrameType | None = None) -> None:  # noqa: ARG001 - a handler's signature
            if stopping.is_set():
                raise KeyboardInterrupt
            worker.stop()
            stopping.set()

        worker.try_out()
        bell.listen(worker.work)
        consumer = Consumer(
            bell.huey, workers=settings.worker_jobs, periodic=False, initial_delay=0.05, max_delay=POLL_S
        )
        consumer.start()
        # After start, which sets its own: here both signals mean the same, as people and service managers expect.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        if until_stdin_closes:
            threading.Thread(target=_when_stdin_closes, args=(stop,), name="stdin", daemon=True).start()
        ready()
        sweeper = Sweeper(settings, sessions, store, bell)
        while not stopping.wait(sweeper.sweep()):
            consumer.check_worker_health()
        consumer.stop(graceful=True)
    _log.info("worker_stopped")


def _when_stdin_closes(stop: Callable[[], None]) -> None:
    while os.read(0, 1024):  # not sys.stdin: its lock, held by this thread, would abort the interpreter's end
        pass
    stop()
