"""The process that analyses one recording: a job comes in on stdin, progress and one outcome go out on stdout.

It knows neither the database nor the store nor any secret: only a video, a protocol, a folder to write into, and limits
that it sets on itself. Whatever a video does to it ends with this process. Messages are one JSON object a line, so that
nothing a broken process writes can harm the reader.
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from pydantic import BaseModel

from api.storage.keys import PLAYABLE
from api.worker.transcode import is_web_playable, write_playable
from hinge_check.options import SideChoice

if TYPE_CHECKING:
    from hinge_check.analysis import Analysis

ANGLES_JSON = "angles.json"
PROGRESS_EVERY_S = 0.25
STAGES = {"analyse": (0.0, 0.8), "draw": (0.8, 0.2)}
"""Progress (0 to 1) at which a stage begins, and its share of the whole."""
STAGES_WITH_COPY = {"analyse": (0.0, 0.7), "draw": (0.7, 0.15), "copy": (0.85, 0.15)}
COPY_UNTIL = 0.9
"""Share of the job's time after which the copy is abandoned: the result matters more."""

ENVIRONMENT_FAULTS = frozenset({"disk_full", "output_unwritable", "model_missing"})
"""Refusal codes that are due to this machine, not to the video: another worker, or this one later, may succeed."""


class ChildJob(BaseModel):
    """The job of the process."""

    video: Path | None = None
    track: Path | None = None
    """A track to score again instead of analysing the video."""
    out: Path
    """Folder for the results; must not exist."""
    protocol: str = ""
    """The whole protocol as TOML; if empty, the process only checks that it could analyse."""
    model: str
    side: SideChoice = "auto"
    speed: float | None = None
    trim_s: tuple[float | None, float | None] | None = None
    max_duration_s: float = 600.0
    playable: bool = False
    """Write a copy that every browser plays, unless they all play the video itself."""
    seconds: float | None = None
    """Time limit of the whole job."""
    memory_bytes: int
    file_bytes: int


class ChildOutcome(BaseModel):
    """The outcome of a job, as the process reports it; one that died reports nothing."""

    outcome: str
    """done, refused, unavailable (not the video's fault), failed (never retried) or broken (an error)."""
    reason: str = ""
    video_s: float | None = None
    no_copy: str = ""
    """Why there is no playable copy, if one was wanted."""


def main() -> None:
    """Entry point of `python -m api.worker.analysis_process`."""
    with protocol_stdout() as out:
        job = ChildJob.model_validate_json(sys.stdin.readline())
        _die_with_parent()
        apply_limits(job)
        out.write(outcome_of(lambda: _work(job, out)).model_dump_json() + "\n")


def _work(job: ChildJob, out: TextIO) -> ChildOutcome:
    """Do the analysis, then the copy."""
    until = math.inf if job.seconds is None else time.monotonic() + COPY_UNTIL * job.seconds
    copies = _needs_copy(job)
    progress = _progress_to(out, STAGES_WITH_COPY if copies else STAGES)
    outcome = analyse(job, progress)
    if copies and outcome.outcome in ("done", "refused"):
        outcome.no_copy = _copy(job, progress, until)
    return outcome


def _needs_copy(job: ChildJob) -> bool:
    from hinge_check.errors import Refused

    if job.video is None or not job.playable:
        return False
    try:
        return not is_web_playable(job.video)
    except Refused:  # the analysis reports why
        return False


def _copy(job: ChildJob, progress: Any, until: float) -> str:
    """Write the copy beside the result, which stands even if this fails; return why there is no copy, or ''."""
    import av

    from hinge_check.errors import Refused

    assert job.video is not None
    try:
        written = write_playable(job.video, job.out / PLAYABLE, progress=progress, until=until)
    except Refused as refused:
        return refused.code.value
    except (av.FFmpegError, OSError, ValueError) as error:
        return type(error).__name__
    return "" if written else "no_time"


def analyse(job: ChildJob, progress: Any) -> ChildOutcome:
    """Analyse the video, or score its track again, and write every file of the result to `job.out`.

    Raises
    ------
    HingeError, UsageError, OSError
        As `hinge_check.analyze` and `hinge_check.results.write_results`.
    """
    from hinge_check.analysis import analyze, reassess
    from hinge_check.assess.protocol import protocol_from_text
    from hinge_check.capture.track import PoseTrack
    from hinge_check.errors import Code, Refused
    from hinge_check.options import CaptureOptions
    from hinge_check.results import TRACK, refusal_report, rewrite, write_refusal, write_results

    if not job.protocol:
        return _self_test(job)
    protocol = protocol_from_text(job.protocol)
    if job.track is not None:
        analysis = reassess(PoseTrack.load(job.track), protocol, side=job.side)
    else:
        assert job.video is not None
        options = CaptureOptions(job.model, trim_s=job.trim_s, speed=job.speed, max_duration_s=job.max_duration_s)
        try:
            analysis = analyze(job.video, protocol, options=options, side=job.side, progress=progress)
        except Refused as refused:
            if refused.code in (Code.DISK_FULL, Code.OUTPUT_UNWRITABLE):
                raise
            write_refusal(refusal_report(refused.finding, protocol), job.out, overwrite=False)
            return ChildOutcome(outcome="refused", reason=refused.code.value)
    seconds = analysis.track.info.duration_s
    refusal = analysis.report.refusal
    if refusal is not None:
        write_refusal(analysis.report, job.out, track=analysis.track, overwrite=False)
        return ChildOutcome(outcome="refused", reason=refusal.code.value, video_s=seconds)
    if job.video is not None:
        write_results(
            analysis, job.video, job.out, with_video=True, blur_face=False, overwrite=False, progress=progress
        )
    else:
        rewrite(analysis, job.out)
        analysis.track.save(job.out / TRACK)
    write_angles_json(analysis, job.out)
    return ChildOutcome(outcome="done", video_s=seconds)


def _self_test(job: ChildJob) -> ChildOutcome:
    """Open the model and run it on one grey picture, to see whether this machine can analyse at all."""
    import numpy as np

    from hinge_check.capture.pose import MediaPipePose
    from hinge_check.capture.pose_models import bundle

    with MediaPipePose(bundle(job.model).path) as estimator:
        estimator.estimate(0, np.full((64, 64, 3), 128, np.uint8))
    return ChildOutcome(outcome="done")


def write_angles_json(analysis: Analysis, folder: Path) -> None:
    """Write the columns of angles.csv as JSON beside it: the same figures, null where not measurable."""
    from hinge_check.present.export import angles_columns

    columns = angles_columns(analysis)
    if not columns["time_s"]:  # a table without rows has no columns either, as before
        columns = {}
    (folder / ANGLES_JSON).write_text(json.dumps(columns, separators=(",", ":")) + "\n", encoding="utf-8")


def outcome_of(work: Callable[[], ChildOutcome]) -> ChildOutcome:
    """Return the outcome of some work, whatever it raises: an error that one video causes ends here."""
    from hinge_check.errors import HingeError, UsageError

    try:
        return work()
    except UsageError as error:
        return ChildOutcome(outcome="failed", reason=str(error)[:500])
    except HingeError as error:
        kind = "unavailable" if error.code in ENVIRONMENT_FAULTS else "failed"
        return ChildOutcome(outcome=kind, reason=error.code.value)
    except MemoryError:
        return ChildOutcome(outcome="broken", reason="memory")
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno == errno.EFBIG:
            return ChildOutcome(outcome="broken", reason="disk")
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return ChildOutcome(outcome="unavailable", reason="disk_full")
        return ChildOutcome(outcome="broken", reason=type(error).__name__)
    except Exception as error:  # whatever a video provokes is reported, counted and tried once more
        return ChildOutcome(outcome="broken", reason=type(error).__name__)


def _progress_to(out: TextIO, stages: Mapping[str, tuple[float, float]]) -> Any:
    """Return a `Progress` callback that writes the share done of the whole job."""
    last = [0.0, 0.0]

    def progress(stage: str, done_s: float, total_s: float, frames: int) -> None:  # noqa: ARG001 - Progress
        start, share = stages.get(stage, (0.0, 0.0))
        now = time.monotonic()
        if now - last[0] < PROGRESS_EVERY_S or total_s <= 0:
            return
        # A video that is read twice starts again; the displayed progress must not.
        last[:] = now, max(last[1], min(1.0, start + share * done_s / total_s))
        out.write(json.dumps({"progress": round(last[1], 4)}) + "\n")
        out.flush()

    return progress


@contextlib.contextmanager
def protocol_stdout() -> Any:
    """Give our stdout to the block; descriptor 1 now leads to stderr, so native code that prints does no harm."""
    stdout = os.dup(1)
    os.dup2(2, 1)
    with os.fdopen(stdout, "w", encoding="utf-8", buffering=1) as out:
        yield out


def _die_with_parent() -> None:
    """End this process when the worker that started it is gone, even after `kill -9`: nothing would take the result."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="parent").start()


def apply_limits(job: ChildJob) -> None:
    """Set the limits that the system enforces on this process."""
    with contextlib.suppress(OSError):
        os.nice(10)  # people wait for the API; the analysis may take a moment longer
    try:
        import resource
    except ImportError:  # not a Unix: the worker still watches time, memory and disk
        return
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, job.file_bytes),
        # Private writable memory, threads' stacks included. The worker also watches resident memory, the figure that
        # counts; this limit holds between two of its checks.
        (resource.RLIMIT_DATA, 2 * job.memory_bytes),
    ):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


if __name__ == "__main__":
    main()
