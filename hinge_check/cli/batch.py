"""Analyses videos one after another, or several at once, each in its own process, so that a bad file stops no other."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from hinge_check.analysis import Analysis, analyze
from hinge_check.assess.protocol import Protocol
from hinge_check.assess.report import HingeReport
from hinge_check.cli.native_output import DEBUG_VARIABLE, native_noise_hidden
from hinge_check.cli.signals import stop
from hinge_check.errors import Code, Finding, HingeError, InstallationError, Refused, UsageError, finding
from hinge_check.options import CaptureOptions, Progress, SideChoice
from hinge_check.results import check_writable, refusal_report, write_refusal, write_results

UNEXPECTED = 4
"""Exit code of an unexpected error: the installation or this program is broken."""

_CRASHED = "The analysis stopped without a word: a crash, or too little memory."

_STOP_S = 10.0
"""Seconds that a process gets to clean up after it was asked to stop."""


@dataclass(frozen=True, slots=True)
class Job:
    """One video to analyse, and where its results go."""

    video: Path
    out_dir: Path
    protocol: Protocol
    options: CaptureOptions
    side: SideChoice = "auto"
    with_video: bool = True
    blur_face: bool = False
    overwrite: bool = False
    calibrate: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one job ended."""

    exit_code: int
    report: HingeReport | None = None
    """None only where the fault is not the video's."""
    problem: Finding | None = None
    """Why it was refused or failed."""
    failure: str = ""
    """An error other than a refusal, in one line."""
    written: bool = False
    """Whether the results folder holds the report."""


Work = Callable[[Job, Progress], Outcome]


def run_job(job: Job, progress: Progress) -> Outcome:
    """Analyse one video and write its results; a refusal is an outcome, not an error.

    Raises
    ------
    UsageError
        When the results folder exists already, or the options do not fit the clip.
    """
    try:
        if not job.video.exists():
            raise Refused(Code.UNREADABLE, "There is no file under this name.")
        check_writable(job.out_dir)
        analysis = analyze(
            job.video,
            job.protocol,
            options=job.options,
            side=job.side,
            calibrate=job.calibrate,
            progress=progress,
        )
        return _write(job, analysis, progress)
    except InstallationError as error:
        return Outcome(error.exit_code, problem=error.finding)
    except Refused as refused:
        report = refusal_report(refused.finding, job.protocol, calibrate=job.calibrate)
        written = refused.code not in (Code.DISK_FULL, Code.OUTPUT_UNWRITABLE) and _write_refusal(job, report)
        return Outcome(refused.exit_code, report, refused.finding, written=written)


def _write(job: Job, analysis: Analysis, progress: Progress) -> Outcome:
    report = analysis.report
    if report.refusal is not None:
        write_refusal(report, job.out_dir, track=analysis.track, overwrite=job.overwrite)
        problem = finding(report.refusal.code, report.refusal.message, report.refusal.advice)
        return Outcome(Refused.exit_code, report, problem, written=True)
    write_results(
        analysis,
        job.video,
        job.out_dir,
        with_video=job.with_video,
        blur_face=job.blur_face,
        overwrite=job.overwrite,
        progress=progress,
    )
    return Outcome(0, report, written=True)


def _write_refusal(job: Job, report: HingeReport) -> bool:
    """Write the report of a refused video; return False where it cannot be written."""
    if job.out_dir.parent == job.video.parent and not job.video.parent.exists():
        return False  # a mistyped folder must not be created
    try:
        write_refusal(report, job.out_dir, overwrite=job.overwrite)
    except Refused:
        return False  # report the reason of the video; its folder was writable a moment ago
    return True


def run_batch(
    jobs: Sequence[Job],
    *,
    parallel: int,
    on_progress: Callable[[int, str, float, float, int], None],
    on_outcome: Callable[[int, Outcome], None],
    work: Work = run_job,
) -> list[Outcome]:
    """Run jobs, `parallel` at once, each in a fresh process; return outcomes in the order of the jobs.

    A crash of the decoder or the pose model in one clip is that clip's outcome. When this call is interrupted every
    process is asked to stop and gets time to remove what it had half written.

    Parameters
    ----------
    on_progress
        Called with the job's index and the arguments of `Progress`.
    on_outcome
        Called with the job's index when it has ended.
    """
    outcomes: dict[int, Outcome] = {}
    running: dict[Connection, tuple[int, SpawnProcess]] = {}
    queue = list(enumerate(jobs))[::-1]
    try:
        while queue or running:
            while queue and len(running) < parallel:
                index, job = queue.pop()
                connection, process = _start(work, job)
                running[connection] = (index, process)
            for ready in wait(list(running)):
                assert isinstance(ready, Connection)
                index, process = running[ready]
                try:
                    message = ready.recv()
                except EOFError:
                    message = Outcome(UNEXPECTED, failure=_CRASHED)
                if not isinstance(message, Outcome):
                    on_progress(index, *message)
                    continue
                del running[ready]
                ready.close()
                process.join()
                outcomes[index] = message
                on_outcome(index, message)
    finally:
        _stop_all([process for _, process in running.values()])
    return [outcomes[index] for index in range(len(jobs))]


def _start(work: Work, job: Job) -> tuple[Connection, SpawnProcess]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run_in_child, args=(theirs, work, job), daemon=True)
    with _children_ignoring_ctrl_c():
        process.start()
    theirs.close()
    return ours, process


@contextlib.contextmanager
def _children_ignoring_ctrl_c() -> Iterator[None]:
    """Start children that ignore Ctrl-C: it reaches the whole group, and we stop them ourselves, once and in order."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # starting it later would unblock the signal again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stop_all(processes: Sequence[SpawnProcess]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(_STOP_S)
        if process.is_alive():
            process.kill()
            process.join()


def _run_in_child(connection: Connection, work: Work, job: Job) -> None:
    signal.signal(signal.SIGTERM, stop)

    def progress(stage: str, done_s: float, total_s: float, frames: int) -> None:
        connection.send((stage, done_s, total_s, frames))

    try:
        with native_noise_hidden():
            connection.send(_run_guarded(work, job, progress))
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(130)  # asked to stop, or the parent no longer reads; all `finally` blocks have run


def _run_guarded(work: Work, job: Job, progress: Progress) -> Outcome:
    """Return the outcome of a job, whatever happens in it: an error of one file ends here."""
    try:
        return work(job, progress)
    except UsageError as error:
        return Outcome(error.exit_code, failure=str(error))
    except HingeError as error:
        return Outcome(error.exit_code, problem=error.finding)
    except BrokenPipeError:
        raise
    except Exception as error:
        if os.environ.get(DEBUG_VARIABLE) == "1":
            traceback.print_exc()
        return Outcome(UNEXPECTED, failure=unexpected(error))


def unexpected(error: Exception) -> str:
    """Return one line about an unexpected error."""
    return f"Something unexpected went wrong ({type(error).__name__}: {error}). Set {DEBUG_VARIABLE}=1 to see where."
