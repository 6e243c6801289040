"""Rescoring of tracks: many in a row in one kept process; curves and charts follow once no score is awaited."""

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
"""Processes that rescore at once."""
WORTH_A_LANE = 30
"""Waiting jobs that make the start of a second process worth while."""

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
        with self._runner.kept_process() as process:
            self._runner.run(first, process)
            # A plan was changed and all of a client's recordings wait: someone may be watching the progress.
            with ThreadPoolExecutor(LANES - 1, "lane") as lanes:
                if len(due_rescorings(self._sessions, now=self._now(), most=WORTH_A_LANE)) == WORTH_A_LANE:
                    for _ in range(LANES - 1):
                        lanes.submit(self._lane)
                self._rescore_on(process)
            self.draw_all_curves(process)

    def _lane(self) -> None:
        """Rescore beside the first process, in another one."""
        try:
            with self._runner.kept_process() as process:
                self._rescore_on(process)
        except OSError as error:
            _log.warning("lane_failed", error=type(error).__name__)

    def _rescore_on(self, process: KeptProcess) -> None:
        while (held := self._next_rescoring()) is not None:
            self._runner.run(held, process)

    def _next_rescoring(self) -> Claim | None:
        try:
            while not self._runner.is_stopping:
                waiting = due_rescorings(self._sessions, now=self._now(), most=4)
                for analysis_id in waiting:
                    held = self._runner.claim(analysis_id)
                    if held is not None:
                        return held
                if not waiting:
                    return None
        except SQLAlchemyError as error:
            _log.warning("claim_failed", error=type(error).__name__)
        return None

    def draw_all_curves(self, process: KeptProcess | None = None) -> None:
        """Draw the curves that rescoring has left for later; any number of workers may do it at once."""
        try:
            while not self._runner.is_stopping:
                due = due_curves(self._sessions, most=1)
                if not due or due_rescorings(self._sessions, now=self._now(), most=1):
                    return  # the latter have their own wake-up
                if process is None:
                    with self._runner.kept_process() as process:
                        self.draw_all_curves(process)
                    return
                self._draw_curves(due[0], process)
        except (SQLAlchemyError, StoreError, OSError) as error:
            _log.warning("curves_failed", error=type(error).__name__)

    def _draw_curves(self, due: CurvesDue, process: KeptProcess) -> None:
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
