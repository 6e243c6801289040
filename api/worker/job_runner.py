"""One attempt at one analysis: fetched, computed in a process of its own, published once, or handed back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from api.core.clock import Now, utc_now
from api.core.logs import get_logger
from api.db import AnalysisState
from api.db.engine import Sessions
from api.jobs import leases
from api.jobs.leases import Claim, Refusal
from api.jobs.wakeup_queue import WakeupQueue
from api.settings import Settings
from api.storage.blob_store import BlobMissing, BlobStore, StoreError
from api.storage.keys import PLAYABLE, analysis_folder
from api.storage.scratch_dir import ScratchDir
from api.worker.analysis_process import ChildJob
from api.worker.lease_heartbeat import LeaseHeartbeat
from api.worker.rescoring_process import RescoringJob
from api.worker.subprocess_runner import (
    CHILD,
    RESCORING_CHILD,
    ProcessResult,
    ResourceLimits,
    ReusableProcess,
    run_child,
)
from hinge_check.errors import Code, InstallationError
from hinge_check.results import REPORT, TRACK

AWAY_S = 15.0
"""How long a job waits whose store, disk or model was away."""

_CODES = {"died": "analysis_crashed", "too_slow": "too_slow", "memory": "too_much_memory", "disk": "too_much_disk"}

_log = get_logger("api.worker.worker")


@dataclass(frozen=True, slots=True)
class KeptProcess:
    """A process that does one job after the other, with the limits of one job."""

    process: ReusableProcess
    limits: ResourceLimits

    def run(self, job: RescoringJob, wanted: Callable[[float], bool] | None = None) -> ProcessResult:
        """Do one job."""
        return self.process.run(job, self.limits, wanted=_always if wanted is None else wanted)


class JobRunner:
    """Does jobs that are held. Parameters: as `api.worker.worker.Worker`."""

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
        self._settings = settings
        self._sessions = sessions
        self._store = store
        self._bell = bell
        self._scratch = scratch
        self._command = command
        self._rescoring_command = rescoring_command
        self._now = now
        self._stop_at: float | None = None

    @property
    def is_stopping(self) -> bool:
        """Whether no more jobs are taken."""
        return self._stop_at is not None

    def stop(self) -> None:
        """Take no more jobs; one that runs may finish within the grace, else it is handed back."""
        if self._stop_at is None:
            self._stop_at = time.monotonic() + self._settings.job_grace_s

    def claim(self, analysis_id: str) -> Claim | None:
        """Take a job, if it is there to be taken."""
        return leases.claim(self._sessions, analysis_id, now=self._now(), lease_s=self._settings.job_lease_s)

    def self_test(self) -> None:
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

    def run(self, held: Claim, bench: KeptProcess | None = None) -> None:
        """Do a job that is held, in a process of its own or in one that is kept; never raises for what is away."""
        log = _log.bind(analysis=held.analysis_id, attempt=held.attempts)
        log.info("job_begun", waited_s=round(held.waited_s, 3))
        try:
            how = self._do(held, bench)
        except SQLAlchemyError as error:
            # The lease runs out, and whoever sweeps then puts the job back.
            how = f"database_away ({type(error).__name__})"
        log.info("job_ended", how=how)

    def _do(self, held: Claim, bench: KeptProcess | None) -> str:
        try:
            with LeaseHeartbeat(self._sessions, held, now=self._now, lease_s=self._settings.job_lease_s) as heart:
                return self._attempt(held, heart, bench)
        except BlobMissing:
            # The recording was removed meanwhile, and the row with it; or the store lost it, which nobody can mend.
            return self._give_up(held, "analysis_failed")
        except (StoreError, OSError) as error:
            _log.warning("away", analysis=held.analysis_id, error=type(error).__name__)
            return self._hand_back(held, delay_s=AWAY_S)

    def _attempt(self, held: Claim, heart: LeaseHeartbeat, bench: KeptProcess | None) -> str:
        """One attempt, from fetching the video to publishing; how it ended."""
        if held.attempts > 1 or held.asked_again:
            self._store.delete_prefix(analysis_folder(held.analysis_id))  # what an attempt left that was killed
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
                job = self.rescoring_job(folder, source, held.protocol_text, held.options.get("side", "auto"))
                ended = bench.run(job, wanted)
            return self._conclude(held, heart, ended, job.out)

    def _conclude(self, held: Claim, heart: LeaseHeartbeat, ended: ProcessResult, out: Path) -> str:
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
        state = leases.record_crash(self._sessions, held, now=self._now(), code=code, limit=limit)
        if state is AnalysisState.QUEUED:
            self._bell.notify(held.analysis_id)
        return f"{code}, {state.value if state is not None else 'lease_lost'}"

    def _publish(self, held: Claim, heart: LeaseHeartbeat, ended: ProcessResult, out: Path) -> str:
        """Files first, all of them; then the one UPDATE that makes them the result."""
        assert ended.outcome is not None
        report = (out / REPORT).read_text(encoding="utf-8")
        note = json.loads(report)["refusal"]
        refusal = None if note is None else Refusal(note["code"], note["message"], note["advice"])
        copy = PLAYABLE if (out / PLAYABLE).exists() else None
        try:
            for path in sorted(out.iterdir()):
                self._store.put_file(f"{held.prefix}/{path.name}", path)
        except (StoreError, OSError):
            self._store.delete_prefix(held.prefix)
            raise
        mine = self._finish(held, heart, report, refusal, ended.outcome.video_s, ended.seconds, copy)
        if not mine:
            self._store.delete_prefix(held.prefix)
            return "lease_lost"
        if ended.outcome.no_copy:
            _log.warning("no_playable_copy", analysis=held.analysis_id, reason=ended.outcome.no_copy)
        return ended.outcome.outcome

    def _finish(
        self,
        held: Claim,
        heart: LeaseHeartbeat,
        report: str,
        refusal: Refusal | None,
        video_s: float | None,
        inference_s: float,
        playable: str | None,
    ) -> bool:
        """Publish, trying for as long as the lease is held: minutes of work are not lost to a moment's trouble."""
        doubt = False
        while True:
            try:
                mine = leases.finish(
                    self._sessions,
                    held,
                    now=self._now(),
                    report=report,
                    refusal=refusal,
                    video_s=video_s,
                    inference_s=inference_s,
                    curves_due=held.track_of is not None,
                    playable=playable,
                )
                # A commit whose answer was lost may have been made: then the row is ours no more because it is done.
                return mine or (doubt and leases.is_published(self._sessions, held))
            except DBAPIError as error:
                if heart.lost:
                    raise
                doubt = True
                _log.warning("publishing_again", analysis=held.analysis_id, error=type(error).__name__)
                time.sleep(1.0)

    def _hand_back(self, held: Claim, *, delay_s: float = 0.0) -> str:
        if not leases.release(self._sessions, held, now=self._now(), delay_s=delay_s):
            return "lease_lost"
        if not delay_s:
            self._bell.notify(held.analysis_id)
        return "handed_back"

    def _give_up(self, held: Claim, code: str) -> str:
        return "failed" if leases.fail(self._sessions, held, now=self._now(), code=code) else "lease_lost"

    def _child_job(self, folder: Path, held: Claim | None = None, source: Path | None = None) -> ChildJob:
        settings = self._settings
        job = ChildJob(
            out=folder / "result",
            model=settings.model,
            max_duration_s=settings.max_video_s,
            seconds=settings.job_time_s,
            memory_bytes=settings.job_memory_mb * 2**20,
            file_bytes=settings.job_disk_mb * 2**20,
        )
        if held is None:
            return job
        changes = {
            "video": source,
            "protocol": held.protocol_text,
            "playable": not held.copied,
            **{name: held.options[name] for name in ("model", "side", "speed", "trim_s") if name in held.options},
        }
        return ChildJob.model_validate({**job.model_dump(), **changes})

    def rescoring_job(
        self, folder: Path, source: Path, protocol: str, side: str, *, only_curves: bool = False
    ) -> RescoringJob:
        """A track to score by a protocol, or its curves alone."""
        job = self._child_job(folder)
        given = {"track": source, "protocol": protocol, "side": side, "only_curves": only_curves}
        return RescoringJob.model_validate({**job.model_dump(), **given})

    def _limits(self) -> ResourceLimits:
        settings = self._settings
        return ResourceLimits(settings.job_time_s, settings.job_memory_mb * 2**20, settings.job_disk_mb * 2**20)

    @contextmanager
    def kept_process(self) -> Iterator[KeptProcess]:
        """A process that scores one track after the other."""
        with (
            self._scratch.job() as folder,
            ReusableProcess(folder, cache=self._scratch.cache, command=self._rescoring_command) as bench,
        ):
            yield KeptProcess(bench, self._limits())

    def _run(self, job: ChildJob, folder: Path, wanted: Callable[[float], bool]) -> ProcessResult:
        return run_child(job, self._limits(), folder, cache=self._scratch.cache, wanted=wanted, command=self._command)


def _always(progress: float) -> bool:  # noqa: ARG001 - as `wanted` is called
    return True
