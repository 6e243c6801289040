"""Run one attempt at an analysis: fetch, compute in a separate process, then publish the result or release the job."""

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

UNAVAILABLE_DELAY_S = 15.0
"""Delay of a job whose store, disk or model was unavailable."""

_CODES = {"died": "analysis_crashed", "too_slow": "too_slow", "memory": "too_much_memory", "disk": "too_much_disk"}

_log = get_logger("api.worker.worker")


@dataclass(frozen=True, slots=True)
class RescoringProcess:
    """A process that is kept for rescoring: one job after the other, each within the limits of one job."""

    process: ReusableProcess
    limits: ResourceLimits

    def run(self, job: RescoringJob, keep_going: Callable[[float], bool] | None = None) -> ProcessResult:
        """Run one job."""
        return self.process.run(job, self.limits, keep_going=_always_continue if keep_going is None else keep_going)


class JobRunner:
    """Runs claimed jobs. Parameters: as `api.worker.worker.Worker`."""

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
        self._settings = settings
        self._sessions = sessions
        self._store = store
        self._wakeups = wakeups
        self._scratch = scratch
        self._command = command
        self._rescoring_command = rescoring_command
        self._now = now
        self._stop_at: float | None = None

    @property
    def is_stopping(self) -> bool:
        """Whether no more jobs are accepted."""
        return self._stop_at is not None

    def stop(self) -> None:
        """Accept no more jobs; a running one may finish within the grace period, else it is handed back."""
        if self._stop_at is None:
            self._stop_at = time.monotonic() + self._settings.job_grace_s

    def claim(self, analysis_id: str) -> Claim | None:
        """Claim a job; None when it cannot be taken."""
        return leases.claim(self._sessions, analysis_id, now=self._now(), lease_s=self._settings.job_lease_s)

    def self_test(self) -> None:
        """Check that this machine can analyse, before clips are blamed for what it lacks.

        Raises
        ------
        InstallationError
            Model or libraries are missing or broken.
        """
        with self._scratch.job() as folder:
            result = self._run_child(self._analysis_job(folder), folder, _always_continue)
        outcome = result.outcome
        if outcome is None or outcome.outcome != "done":
            reason = outcome.reason if outcome is not None else result.how
            raise InstallationError(
                Code.MODEL_MISSING,
                f"This machine cannot analyse videos: opening the pose model '{self._settings.model}' ended in"
                f" '{reason}'. {result.noise}".rstrip(),
            )

    def run(self, claim: Claim, process: RescoringProcess | None = None) -> None:
        """Run a claimed job in a process of its own or, to score a track again, in `process`.

        Never raises for an unavailable store or database.
        """
        log = _log.bind(analysis=claim.analysis_id, attempt=claim.attempts)
        log.info("job_begun", waited_s=round(claim.waited_s, 3))
        try:
            how = self._run_with_lease(claim, process)
        except SQLAlchemyError as error:
            # The lease runs out, and the next sweep puts the job back.
            how = f"database_away ({type(error).__name__})"
        log.info("job_ended", how=how)

    def _run_with_lease(self, claim: Claim, process: RescoringProcess | None) -> str:
        """Run a job while its lease is kept; return how it ended."""
        try:
            with LeaseHeartbeat(self._sessions, claim, now=self._now, lease_s=self._settings.job_lease_s) as heartbeat:
                return self._attempt(claim, heartbeat, process)
        except BlobMissing:
            # The recording was removed meanwhile, and the row with it; or the store lost it, which cannot be repaired.
            return self._give_up(claim, "analysis_failed")
        except (StoreError, OSError) as error:
            _log.warning("away", analysis=claim.analysis_id, error=type(error).__name__)
            return self._release(claim, delay_s=UNAVAILABLE_DELAY_S)

    def _attempt(self, claim: Claim, heartbeat: LeaseHeartbeat, process: RescoringProcess | None) -> str:
        """Make one attempt, from fetching the video to publishing; return how it ended."""
        if claim.attempts > 1 or claim.asked_again:
            self._store.delete_prefix(analysis_folder(claim.analysis_id))  # left by an attempt that was killed
        key = claim.video_key if claim.track_of is None else f"{claim.track_of}/{TRACK}"
        if key is None:
            raise BlobMissing("the recording has no video")
        with self._scratch.job() as folder, self._store.local_path(key) as source:

            def keep_going(progress: float) -> bool:
                heartbeat.progress = progress
                out_of_time = self._stop_at is not None and time.monotonic() > self._stop_at
                return not heartbeat.lost and not out_of_time

            if process is None or claim.track_of is None:  # in the latter case the track is gone, the video may not be
                job = self._analysis_job(folder, claim, source)
                result = self._run_child(job, folder, keep_going)
            else:
                job = self.rescoring_job(folder, source, claim.protocol_text, claim.options.get("side", "auto"))
                result = process.run(job, keep_going)
            return self._conclude(claim, heartbeat, result, job.out)

    def _conclude(self, claim: Claim, heartbeat: LeaseHeartbeat, result: ProcessResult, out: Path) -> str:
        """Publish, release, count a crash or fail, by how the process ended; return that in a word for the log."""
        outcome = result.outcome
        if outcome is not None and outcome.outcome in ("done", "refused"):
            return self._publish(claim, heartbeat, result, out)
        if heartbeat.lost:
            return "lease_lost"
        if result.how == "stopped":
            return self._release(claim)
        if outcome is not None and outcome.outcome == "failed":
            return self._give_up(claim, "analysis_failed")
        if outcome is not None and outcome.outcome == "unavailable":
            _log.warning("unavailable", analysis=claim.analysis_id, reason=outcome.reason)
            return self._release(claim, delay_s=UNAVAILABLE_DELAY_S)
        how = {"memory": "memory", "disk": "disk"}.get(outcome.reason, "died") if outcome is not None else result.how
        code = _CODES[how]
        _log.warning(
            "crashed",
            analysis=claim.analysis_id,
            code=code,
            reason=outcome.reason if outcome is not None else "",
            exit_code=result.exit_code,
            noise=result.noise,
        )
        limit = self._settings.job_attempts
        state = leases.record_crash(self._sessions, claim, now=self._now(), code=code, limit=limit)
        if state is AnalysisState.QUEUED:
            self._wakeups.notify(claim.analysis_id)
        return f"{code}, {state.value if state is not None else 'lease_lost'}"

    def _publish(self, claim: Claim, heartbeat: LeaseHeartbeat, result: ProcessResult, out: Path) -> str:
        """Store all files first; then make them the result by one UPDATE."""
        assert result.outcome is not None
        report = (out / REPORT).read_text(encoding="utf-8")
        note = json.loads(report)["refusal"]
        refusal = None if note is None else Refusal(note["code"], note["message"], note["advice"])
        copy = PLAYABLE if (out / PLAYABLE).exists() else None
        try:
            for path in sorted(out.iterdir()):
                self._store.put_file(f"{claim.prefix}/{path.name}", path)
        except (StoreError, OSError):
            self._store.delete_prefix(claim.prefix)
            raise
        still_held = self._publish_with_retries(
            claim, heartbeat, report, refusal, result.outcome.video_s, result.seconds, copy
        )
        if not still_held:
            self._store.delete_prefix(claim.prefix)
            return "lease_lost"
        if result.outcome.no_copy:
            _log.warning("no_playable_copy", analysis=claim.analysis_id, reason=result.outcome.no_copy)
        return result.outcome.outcome

    def _publish_with_retries(
        self,
        claim: Claim,
        heartbeat: LeaseHeartbeat,
        report: str,
        refusal: Refusal | None,
        video_s: float | None,
        inference_s: float,
        playable: str | None,
    ) -> bool:
        """Publish, retrying while the lease is held: minutes of work must not be lost to a short outage."""
        uncertain = False
        while True:
            try:
                still_held = leases.publish(
                    self._sessions,
                    claim,
                    now=self._now(),
                    report=report,
                    refusal=refusal,
                    video_s=video_s,
                    inference_s=inference_s,
                    curves_due=claim.track_of is not None,
                    playable=playable,
                )
                # A commit whose response was lost may have succeeded: the row is no longer ours because it is done.
                return still_held or (uncertain and leases.is_published(self._sessions, claim))
            except DBAPIError as error:
                if heartbeat.lost:
                    raise
                uncertain = True
                _log.warning("publishing_again", analysis=claim.analysis_id, error=type(error).__name__)
                time.sleep(1.0)

    def _release(self, claim: Claim, *, delay_s: float = 0.0) -> str:
        if not leases.release(self._sessions, claim, now=self._now(), delay_s=delay_s):
            return "lease_lost"
        if not delay_s:
            self._wakeups.notify(claim.analysis_id)
        return "handed_back"

    def _give_up(self, claim: Claim, code: str) -> str:
        return "failed" if leases.fail(self._sessions, claim, now=self._now(), code=code) else "lease_lost"

    def _analysis_job(self, folder: Path, claim: Claim | None = None, source: Path | None = None) -> ChildJob:
        settings = self._settings
        job = ChildJob(
            out=folder / "result",
            model=settings.model,
            max_duration_s=settings.max_video_s,
            seconds=settings.job_time_s,
            memory_bytes=settings.job_memory_mb * 2**20,
            file_bytes=settings.job_disk_mb * 2**20,
        )
        if claim is None:
            return job
        changes = {
            "video": source,
            "protocol": claim.protocol_text,
            "playable": not claim.has_playable,
            **{name: claim.options[name] for name in ("model", "side", "speed", "trim_s") if name in claim.options},
        }
        return ChildJob.model_validate({**job.model_dump(), **changes})

    def rescoring_job(
        self, folder: Path, source: Path, protocol: str, side: str, *, only_curves: bool = False
    ) -> RescoringJob:
        """Return the job of scoring a track by a protocol, or of drawing its curves alone."""
        job = self._analysis_job(folder)
        changes = {"track": source, "protocol": protocol, "side": side, "only_curves": only_curves}
        return RescoringJob.model_validate({**job.model_dump(), **changes})

    def _limits(self) -> ResourceLimits:
        settings = self._settings
        return ResourceLimits(settings.job_time_s, settings.job_memory_mb * 2**20, settings.job_disk_mb * 2**20)

    @contextmanager
    def rescoring_process(self) -> Iterator[RescoringProcess]:
        """Start a process that scores one track after the other; it ends with the block."""
        with (
            self._scratch.job() as folder,
            ReusableProcess(folder, cache=self._scratch.cache, command=self._rescoring_command) as process,
        ):
            yield RescoringProcess(process, self._limits())

    def _run_child(self, job: ChildJob, folder: Path, keep_going: Callable[[float], bool]) -> ProcessResult:
        return run_child(
            job, self._limits(), folder, cache=self._scratch.cache, keep_going=keep_going, command=self._command
        )


def _always_continue(progress: float) -> bool:  # noqa: ARG001 - as `keep_going` is called
    return True
