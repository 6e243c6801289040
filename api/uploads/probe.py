"""Probe a video that has just arrived, in a process of its own (`api.uploads.probe_process`).

The service never decodes in its own process: a file of a few kilobytes may demand gigabytes, or hours.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from pydantic import BaseModel

from api.recordings.schemas import ProbeResult
from hinge_check.errors import Code, Refused

COMMAND = (sys.executable, "-m", "api.uploads.probe_process")
SECONDS = 120.0
MEMORY_BYTES = 1536 * 2**20
SPARE_BYTES = 64 * 2**20
ADVICE = "Export it as H.264 in 1080p (on an iPhone: Settings, Camera, Formats, Most Compatible), then send it again."


class VideoLimits(BaseModel):
    """The largest video that is accepted."""

    seconds: float
    pixels: int
    frames: int


class AcceptedVideo(BaseModel):
    """An accepted video: its properties, its clean copy and its poster."""

    probe: ProbeResult
    media_type: str
    suffix: str
    video: Path
    poster: Path


class ProbeTask(BaseModel):
    """The task of the probe process, and its limits."""

    source: Path
    folder: Path
    limits: VideoLimits
    memory_bytes: int
    file_bytes: int


def probe_in_subprocess(
    source: Path,
    folder: Path,
    limits: VideoLimits,
    *,
    seconds: float = SECONDS,
    memory_bytes: int = MEMORY_BYTES,
) -> AcceptedVideo:
    """Run `api.uploads.remux.examine` in a process of its own, with limits on time, memory and disk.

    Raises
    ------
    Refused
        As `examine`, and `unreadable` for a file that exceeds the limits or brings the process down.
    OSError
        The disk is full, or the copy cannot be written for another reason on our side.
    """
    task = ProbeTask(
        source=source,
        folder=folder,
        limits=limits,
        memory_bytes=memory_bytes,
        file_bytes=2 * source.stat().st_size + SPARE_BYTES,
    )
    process = subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(folder),
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(task.model_dump_json().encode(), timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise Refused(Code.UNREADABLE, "Opening this video takes too long.", ADVICE) from error
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return _parse(output)


def _parse(output: bytes) -> AcceptedVideo:
    """Return the result the process reports; raise its refusal or its error."""
    try:
        answer = json.loads(output.splitlines()[-1])
    except (ValueError, IndexError):
        # It died without a report: out of memory, or a decoder that crashed.
        raise Refused(Code.UNREADABLE, "This video could not be opened.", ADVICE) from None
    if "refused" in answer:
        code, message, advice = answer["refused"]
        if code == Code.DISK_FULL:
            raise OSError(errno.ENOSPC, "no space left for the copy of a video")
        raise Refused(Code(code), message, advice)
    if "error" in answer:
        raise OSError(answer["errno"] or errno.EIO, "the copy of a video could not be written")
    return AcceptedVideo.model_validate(answer["examined"])


def _environment(folder: Path) -> dict[str, str]:
    """Return our environment without the service's settings: a decoder needs no database address and no secret."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HINGE_")}
    return {**inherited, "TMPDIR": str(folder), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
