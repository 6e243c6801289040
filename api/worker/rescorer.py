"""Scoring tracks again: many in a row in one kept process, their curves and charts once nobody waits for a figure."""

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
from api.worker.job_runner import JobRunner, KeptProcess
from hinge_check.results import TRACK

LANES = 2
"""Processes that score again at once for one client who is waited for."""
WORTH_A_LANE = 30
"""Jobs that make the start of a second one worth while."""

_log = get_logger("api.worker.worker")


class Rescorer:
    """Scores tracks again until none waits or the worker is to stop."""

    def __init__(
        self, attempts: JobRunner, sessions: Sessions, store: BlobStore, scratch: ScratchDir, now: Now
    ) -> None:
        self._attempts = attempts
        self._sessions = sessions
        self._store = store
        self._scratch = scratch
        self._now = now

    def rescore(self, first: Claim) -> None:
        """Score a track again, and then every other that waits for it; curves and charts come last."""
        with self._attempts.kept_process() as bench:
            self._attempts.run(first, bench)
            # A plan was changed and everything of a client's waits: somebody may be looking at the progress.
            with ThreadPoolExecutor(LANES - 1, "lane") as lanes:
                if len(due_rescorings(self._sessions, now=self._now(), most=WORTH_A_LANE)) == WORTH_A_LANE:
                    for _ in range(LANES - 1):
                        lanes.submit(self._lane)
                self._rescore_on(bench)
            self.draw_all_curves(bench)

    def _lane(self) -> None:
        """Help with those that wait."""
        try:
            with self._attempts.kept_process() as bench:
                self._rescore_on(bench)
        except OSError as error:
            _log.warning("lane_failed", error=type(error).__name__)

    def _rescore_on(self, bench: KeptProcess) -> None:
        while (held := self._next_rescoring()) is not None:
            self._attempts.run(held, bench)

    def _next_rescoring(self) -> Claim | None:
        try:
            while not self._attempts.is_stopping:
                waiting = due_rescorings(self._sessions, now=self._now(), most=4)
                for analysis_id in waiting:
                    held = self._attempts.claim(analysis_id)
                    if held is not None:
                        return held
                if not waiting:
                    return None
        except SQLAlchemyError as error:
            _log.warning("claim_failed", error=type(error).__name__)
        return None

    def draw_all_curves(self, bench: KeptProcess | None = None) -> None:
        """Write what scoring again has left for later; any number of workers may."""
        try:
            while not self._attempts.is_stopping:
                due = due_curves(self._sessions, most=1)
                if not due or due_rescorings(self._sessions, now=self._now(), most=1):
                    return  # for the latter somebody is being called
                if bench is None:
                    with self._attempts.kept_process() as bench:
                        self.draw_all_curves(bench)
                    return
                self._draw_curves(due[0], bench)
        except (SQLAlchemyError, StoreError, OSError) as error:
            _log.warning("curves_failed", error=type(error).__name__)

    def _draw_curves(self, due: CurvesDue, bench: KeptProcess) -> None:
        with self._scratch.job() as folder:
            try:
                with self._store.local_path(f"{due.track_of}/{TRACK}") as source:
                    job = self._attempts.rescoring_job(folder, source, due.protocol_text, due.side, only_curves=True)
                    bench.run(job)
                for path in sorted(job.out.iterdir()) if job.out.is_dir() else ():
                    self._store.put_file(f"{due.prefix}/{path.name}", path)
            except BlobMissing:
                _log.warning("no_track", analysis=due.analysis_id)
            # Once: a track that cannot be drawn now cannot be drawn later either.
            if not mark_curves_drawn(self._sessions, due.analysis_id):
                self._store.delete_prefix(analysis_folder(due.analysis_id))  # removed as we drew
