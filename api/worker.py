"""A worker: hears the bell, takes a job on a lease, has it done in a process of its own, publishes the result once."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from huey.consumer import Consumer
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from api import jobs
from api.bell import Bell
from api.blobs import BlobMissing, Store, StoreError
from api.child import ChildJob
from api.clock import Now, utc_now
from api.db import AnalysisState
from api.db.engine import Sessions
from api.heart import Heart
from api.jobs import Claim, Refusal
from api.limits import CHILD, RESCORING_CHILD, Bench, Ended, Limits, run_child
from api.logs import get_logger
from api.rescoring_child import RescoringJob
from api.scratch import Scratch
from api.settings import Settings
from api.sweeper import Sweeper
from hinge_check.errors import Code, InstallationError
from hinge_check.results import REPORT, TRACK

AWAY_S = 15.0
"""How long a job waits whose store, disk or model was away."""
LANES = 2
"""Processes that score again at once for one client who is waited for."""
WORTH_A_LANE = 30
"""Jobs that make the start of a second one worth while."""
POLL_S = 0.5
"""Longest sleep between two looks into a queue that cannot wake us."""

_CODES = {"died": "analysis_crashed", "too_slow": "too_slow", "memory": "too_much_memory", "disk": "too_much_disk"}

_log = get_logger("api.worker")


class Worker:
    """Does jobs until told to stop.

    Parameters
    ----------
    scratch
        Where attempts are written until they are complete.
    command
        What is started for an analysis; it speaks as `api.child` does.
    now
        The clock of leases; the database's readers must agree on it within a fraction of a lease.
    """

    def __init__(
        self,
        settings: Settings,
        sessions: Sessions,
        store: Store,
        bell: Bell,
        scratch: Scratch,
        *,
        command: Sequence[str] = CHILD,
        rescoring_command: Sequence[str] = RESCORING_CHILD,
        now: Now = utc_now,
    ) -> None:
        self._settings = settings
        self._sessions = sessions
        self._store = store
        self._bell = bell
        self._scratch = scratch
        self._command = command
        self._rescoring_command = rescoring_command
        self._now = now
        self._stop_at: float | None = None

    def stop(self) -> None:
        """Take no more jobs; one that runs may finish within the grace, else it is handed back."""
        if self._stop_at is None:
            self._stop_at = time.monotonic() + self._settings.job_grace_s

    def try_out(self) -> None:
        """Make sure that this machine can analyse, before clips are blamed for what it lacks.

        Raises
        ------
        InstallationError
            Model or libraries are missing or broken.
        """
        with self._scratch.job() as folder:
            ended = self._run(self._child_job(folder), folder, _always)
        said = ended.outcome
        if said is None or said.outcome != "done":
            reason = said.reason if said is not None else ended.how
            raise InstallationError(
                Code.MODEL_MISSING,
                f"This machine cannot analyse videos: opening the pose model '{self._settings.model}' ended in"
                f" '{reason}'. {ended.noise}".rstrip(),
            )

    def work(self, analysis_id: str) -> None:
        """Do one job, if it is there to be done; never raises for a store or a database that is away."""
        if self._stop_at is not None:
            return  # the row stays queued; a sweeper rings for another worker
        try:
            held = jobs.claim(self._sessions, analysis_id, now=self._now(), lease_s=self._settings.job_lease_s)
        except SQLAlchemyError as error:
            _log.warning("claim_failed", analysis=analysis_id, error=type(error).__name__)
            return
        if held is None:
            self._draw_all_curves()
        elif held.track_of is None:
            self._work_on(held, None)
        else:
            try:
                self._rescore(held)
            except (SQLAlchemyError, OSError) as error:  # the lease runs out; the others wait in their rows
                _log.warning("rescoring_failed", error=type(error).__name__)

    def _rescore(self, first: Claim) -> None:
        """Score a track again, and then every other that waits for it; curves and charts come last."""
        with self._bench() as bench:
            self._work_on(first, bench)
            # A plan was changed and everything of a client's waits: somebody may be looking at the progress.
            with ThreadPoolExecutor(LANES - 1, "lane") as lanes:
                if len(jobs.rescorings_due(self._sessions, now=self._now(), most=WORTH_A_LANE)) == WORTH_A_LANE:
                    for _ in range(LANES - 1):
                        lanes.submit(self._lane)
                self._rescore_on(bench)
            self._draw_all_curves(bench)

    def _lane(self) -> None:
        """Help with those that wait."""
        try:
            with self._bench() as bench:
                self._rescore_on(bench)
        except OSError as error:
            _log.warning("lane_failed", error=type(error).__name__)

    def _rescore_on(self, bench: _Bench) -> None:
        while (held := self._next_rescoring()) is not None:
            self._work_on(held, bench)

    def _next_rescoring(self) -> Claim | None:
        try:
            while self._stop_at is None:
                waiting = jobs.rescorings_due(self._sessions, now=self._now(), most=4)
                for analysis_id in waiting:
                    held = jobs.claim(self._sessions, analysis_id, now=self._now(), lease_s=self._settings.job_lease_s)
                    if held is not None:
                        return held
                if not waiting:
                    return None
        except SQLAlchemyError as error:
            _log.warning("claim_failed", error=type(error).__name__)
        return None

    def _draw_all_curves(self, bench: _Bench | None = None) -> None:
        """Write what scoring again has left for later; any number of workers may."""
        try:
            while self._stop_at is None:
                due = jobs.all_curves_due(self._sessions, most=1)
                if not due or jobs.rescorings_due(self._sessions, now=self._now(), most=1):
                    return  # for the latter somebody is being called
                if bench is None:
                    with self._bench() as bench:
                        self._draw_all_curves(bench)
                    return
                self._draw_curves(due[0], bench)
        except (SQLAlchemyError, StoreError, OSError) as error:
            _log.warning("curves_failed", error=type(error).__name__)

    def _draw_curves(self, due: jobs.CurvesDue, bench: _Bench) -> None:
        with self._scratch.job() as folder:
            try:
                with self._store.local_path(f"{due.track_of}/{TRACK}") as source:
                    job = self._rescoring_job(folder, source, due.protocol_text, due.side, only_curves=True)
                    bench.run(job)
                for path in sorted(job.out.iterdir()) if job.out.is_dir() else ():
                    self._store.put_file(f"{due.prefix}/{path.name}", path)
            except BlobMissing:
                _log.warning("no_track", analysis=due.analysis_id)
            # Once: a track that cannot be drawn now cannot be drawn later either.
            if not jobs.curves_drawn(self._sessions, due.analysis_id):
                self._store.delete_prefix(jobs.folder_of(due.analysis_id))  # removed as we drew

    def _work_on(self, held: Claim, bench: _Bench | None) -> None:
        log = _log.bind(analysis=held.analysis_id, attempt=held.attempts)
        log.info("job_begun", waited_s=round(held.waited_s, 3))
        try:
            how = self._do(held, bench)
        except SQLAlchemyError as error:
            # The lease runs out, and whoever sweeps then puts the job back.
            how = f"database_away ({type(error).__name__})"
        log.info("job_ended", how=how)

    def _do(self, held: Claim, bench: _Bench | None) -> str:
        try:
            with Heart(self._sessions, held, now=self._now, lease_s=self._settings.job_lease_s) as heart:
                return self._attempt(held, heart, bench)
        except BlobMissing:
            # The recording was removed meanwhile, and the row with it; or the store lost it, which nobody can mend.
            return self._give_up(held, "analysis_failed")
        except (StoreError, OSError) as error:
            _log.warning("away", analysis=held.analysis_id, error=type(error).__name__)
            return self._hand_back(held, delay_s=AWAY_S)

    def _attempt(self, held: Claim, heart: Heart, bench: _Bench | None) -> str:
        """One attempt, from fetching the video to publishing; how it ended."""
        if held.attempts > 1:
            self._store.delete_prefix(jobs.folder_of(held.analysis_id))  # what an attempt left that was killed
        key = held.video_key if held.track_of is None else f"{held.track_of}/{TRACK}"
        if key is None:
            raise BlobMissing("the recording has no video")
        with self._scratch.job() as folder, self._store.local_path(key) as source:

            def wanted(progress: float) -> bool:
                heart.progress = progress
                out_of_time = self._stop_at is not None and time.monotonic() > self._stop_at
                return not heart.lost and not out_of_time

            if bench is None or held.track_of is None:  # for the latter the track is gone, the video perhaps not
                job = self._child_job(folder, held, source)
                ended = self._run(job, folder, wanted)
            else:
                job = self._rescoring_job(folder, source, held.protocol_text, held.options.get("side", "auto"))
                ended = bench.run(job, wanted)
            return self._conclude(held, heart, ended, job.out)

    def _conclude(self, held: Claim, heart: Heart, ended: Ended, out: Path) -> str:
        said = ended.outcome
        if said is not None and said.outcome in ("done", "refused"):
            return self._publish(held, heart, ended, out)
        if heart.lost:
            return "lease_lost"
        if ended.how == "stopped":
            return self._hand_back(held)
        if said is not None and said.outcome == "failed":
            return self._give_up(held, "analysis_failed")
        if said is not None and said.outcome == "unavailable":
            _log.warning("unavailable", analysis=held.analysis_id, reason=said.reason)
            return self._hand_back(held, delay_s=AWAY_S)
        how = {"memory": "memory", "disk": "disk"}.get(said.reason, "died") if said is not None else ended.how
        code = _CODES[how]
        _log.warning(
            "crashed",
            analysis=held.analysis_id,
            code=code,
            reason=said.reason if said is not None else "",
            exit_code=ended.exit_code,
            noise=ended.noise,
        )
        limit = self._settings.job_attempts
        state = jobs.crashed(self._sessions, held, now=self._now(), code=code, limit=limit)
        if state is AnalysisState.QUEUED:
            self._bell.ring(held.analysis_id)
        return f"{code}, {state.value if state is not None else 'lease_lost'}"

    def _publish(self, held: Claim, heart: Heart, ended: Ended, out: Path) -> str:
        """Files first, all of them; then the one UPDATE that makes them the result."""
        assert ended.outcome is not None
        report = (out / REPORT).read_text(encoding="utf-8")
        note = json.loads(report)["refusal"]
        refusal = None if note is None else Refusal(note["code"], note["message"], note["advice"])
        try:
            for path in sorted(out.iterdir()):
                self._store.put_file(f"{held.prefix}/{path.name}", path)
        except (StoreError, OSError):
            self._store.delete_prefix(held.prefix)
            raise
        mine = self._finish(held, heart, report, refusal, ended.outcome.video_s, ended.seconds)
        if not mine:
            self._store.delete_prefix(held.prefix)
            return "lease_lost"
        return ended.outcome.outcome

    def _finish(
        self,
        held: Claim,
        heart: Heart,
        report: str,
        refusal: Refusal | None,
        video_s: float | None,
        inference_s: float,
    ) -> bool:
        """Publish, trying for as long as the lease is held: minutes of work are not lost to a moment's trouble."""
        doubt = False
        while True:
            try:
                mine = jobs.finish(
                    self._sessions,
                    held,
                    now=self._now(),
                    report=report,
                    refusal=refusal,
                    video_s=video_s,
                    inference_s=inference_s,
                    curves_due=held.track_of is not None,
                )
                # A commit whose answer was lost may have been made: then the row is ours no more because it is done.
                return mine or (doubt and jobs.is_published(self._sessions, held))
            except DBAPIError as error:
                if heart.lost:
                    raise
                doubt = True
                _log.warning("publishing_again", analysis=held.analysis_id, error=type(error).__name__)
                time.sleep(1.0)

    def _hand_back(self, held: Claim, *, delay_s: float = 0.0) -> str:
        if not jobs.hand_back(self._sessions, held, now=self._now(), delay_s=delay_s):
            return "lease_lost"
        if not delay_s:
            self._bell.ring(held.analysis_id)
        return "handed_back"

    def _give_up(self, held: Claim, code: str) -> str:
        return "failed" if jobs.fail(self._sessions, held, now=self._now(), code=code) else "lease_lost"

    def _child_job(self, folder: Path, held: Claim | None = None, source: Path | None = None) -> ChildJob:
        settings = self._settings
        job = ChildJob(
            out=folder / "result",
            model=settings.model,
            max_duration_s=settings.max_video_s,
            memory_bytes=settings.job_memory_mb * 2**20,
            file_bytes=settings.job_disk_mb * 2**20,
        )
        if held is None:
            return job
        changes = {
            "video": source,
            "protocol": held.protocol_text,
            **{name: held.options[name] for name in ("model", "side", "speed", "trim_s") if name in held.options},
        }
        return ChildJob.model_validate({**job.model_dump(), **changes})

    def _rescoring_job(
        self, folder: Path, source: Path, protocol: str, side: str, *, only_curves: bool = False
    ) -> RescoringJob:
        job = self._child_job(folder)
        given = {"track": source, "protocol": protocol, "side": side, "only_curves": only_curves}
        return RescoringJob.model_validate({**job.model_dump(), **given})

    def _limits(self) -> Limits:
        settings = self._settings
        return Limits(settings.job_time_s, settings.job_memory_mb * 2**20, settings.job_disk_mb * 2**20)

    @contextmanager
    def _bench(self) -> Iterator[_Bench]:
        with self._scratch.job() as folder:
            with Bench(folder, cache=self._scratch.cache, command=self._rescoring_command) as bench:
                yield _Bench(bench, self._limits())

    def _run(self, job: ChildJob, folder: Path, wanted: Callable[[float], bool]) -> Ended:
        return run_child(job, self._limits(), folder, cache=self._scratch.cache, wanted=wanted, command=self._command)


@dataclass(frozen=True, slots=True)
class _Bench:
    """A kept process with the limits of one job."""

    process: Bench
    limits: Limits

    def run(self, job: RescoringJob, wanted: Callable[[float], bool] | None = None) -> Ended:
        """Do one job."""
        return self.process.run(job, self.limits, wanted=_always if wanted is None else wanted)


def run_worker(
    settings: Settings,
    sessions: Sessions,
    store: Store,
    bell: Bell,
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
    with Scratch(settings.data / "scratch") as scratch:
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


def _always(progress: float) -> bool:  # noqa: ARG001 - as `wanted` is called
    return True
