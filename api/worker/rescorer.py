"""Rescoring of tracks: many in a row in one process; curves and charts follow once nothing waits to be scored."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.exc import SQLAlchemyError

from api.core.clock import Now
from api.core.logs import get_logger
from api.db.engine import Sessions
from api.jobs.leases import Claim
from api.jobs.rescoring_queue import CurvesDue, due_curves, due_rescorings, mark_curves_drawn
from api.storage.blob_store import BlobMissing, BlobStore, StoreError
from api.storage.keys import analysis_folder
from api.storage.scratch_dir import ScratchDir
from api.worker.job_runner import JobRunner, RescoringProcess
from hinge_check.results import TRACK

PROCESSES = 2
"""Processes that rescore at once."""
SECOND_PROCESS_FROM = 30
"""Number of waiting jobs from which starting a second process pays off."""

_log = get_logger("api.worker.worker")


class Rescorer:
    """Scores tracks again until none waits or the worker has to stop."""

    def __init__(self, runner: JobRunner, sessions: Sessions, store: BlobStore, scratch: ScratchDir, now: Now) -> None:
        self._runner = runner
        self._sessions = sessions
        self._store = store
        self._scratch = scratch
        self._now = now

    def rescore(self, first: Claim) -> None:
        """Score a track again, then every other that waits; curves and charts come last."""
        with self._runner.rescoring_process() as process:
            self._runner.run(first, process)
            # A plan was changed and all of a client's recordings wait: someone may be watching the progress.
            with ThreadPoolExecutor(PROCESSES - 1, "rescoring") as threads:
                waiting = due_rescorings(self._sessions, now=self._now(), most=SECOND_PROCESS_FROM)
                if len(waiting) == SECOND_PROCESS_FROM:
                    for _ in range(PROCESSES - 1):
                        threads.submit(self._rescore_in_another_process)
                self._rescore_waiting(process)
            self.draw_all_curves(process)

    def _rescore_in_another_process(self) -> None:
        """Rescore in another process beside the first one."""
        try:
            with self._runner.rescoring_process() as process:
                self._rescore_waiting(process)
        except OSError as error:
            _log.warning("lane_failed", error=type(error).__name__)

    def _rescore_waiting(self, process: RescoringProcess) -> None:
        while (claim := self._next_rescoring()) is not None:
            self._runner.run(claim, process)

    def _next_rescoring(self) -> Claim | None:
        try:
            while not self._runner.is_stopping:
                waiting = due_rescorings(self._sessions, now=self._now(), most=4)
                for analysis_id in waiting:
                    claim = self._runner.claim(analysis_id)
                    if claim is not None:
                        return claim
                if not waiting:
                    return None
        except SQLAlchemyError as error:
            _log.warning("claim_failed", error=type(error).__name__)
        return None

    def draw_all_curves(self, process: RescoringProcess | None = None) -> None:
        """Draw the curves that rescoring has left for later; any number of workers may do it at once."""
        try:
            while not self._runner.is_stopping:
                due = due_curves(self._sessions, most=1)
                if not due or due_rescorings(self._sessions, now=self._now(), most=1):
                    return  # the latter have their own wake-up
                if process is None:
                    with self._runner.rescoring_process() as process:
                        self.draw_all_curves(process)
                    return
                self._draw_curves(due[0], process)
        except (SQLAlchemyError, StoreError, OSError) as error:
            _log.warning("curves_failed", error=type(error).__name__)

    def _draw_curves(self, due: CurvesDue, process: RescoringProcess) -> None:
        with self._scratch.job() as folder:
            try:
                with self._store.local_path(f"{due.track_of}/{TRACK}") as source:
                    job = self._runner.rescoring_job(folder, source, due.protocol_text, due.side, only_curves=True)
                    process.run(job)
                for path in sorted(job.out.iterdir()) if job.out.is_dir() else ():
                    self._store.put_file(f"{due.prefix}/{path.name}", path)
            except BlobMissing:
                _log.warning("no_track", analysis=due.analysis_id)
            # Only once: a track that cannot be drawn now cannot be drawn later either.
            if not mark_curves_drawn(self._sessions, due.analysis_id):
                self._store.delete_prefix(analysis_folder(due.analysis_id))  # removed while we drew
