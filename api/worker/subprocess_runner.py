"""Run the analysis process and watch it: time, memory, disk, and whether its result is still wanted."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, Self

import psutil
from pydantic import ValidationError

from api.worker.analysis_process import ChildJob, ChildOutcome

CHILD: tuple[str, ...] = (sys.executable, "-m", "api.worker.analysis_process")
RESCORING_CHILD: tuple[str, ...] = (sys.executable, "-m", "api.worker.rescoring_process")
CHECK_EVERY_S = 0.2
DISK_CHECK_EVERY_S = 1.0
LINE_BYTES = 64 * 1024
"""Longest line accepted; no healthy process comes near it."""

_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Arrays of a few hundred rows: threads of linear algebra cost more than they gain, above all with several at once."""

How = Literal["outcome", "died", "too_slow", "memory", "disk", "stopped"]


@dataclass(frozen=True, slots=True)
class ResourceLimits:
    """The time, memory and disk that one analysis may use."""

    seconds: float
    memory_bytes: int
    disk_bytes: int


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """The end of a process: it reported an outcome, it died, or we killed it."""

    how: How
    outcome: ChildOutcome | None
    seconds: float
    exit_code: int | None = None
    noise: str = ""
    """Last line the process wrote to stderr, for the log."""


def run_child(
    job: ChildJob,
    limits: ResourceLimits,
    scratch: Path,
    *,
    cache: Path,
    keep_going: Callable[[float], bool],
    command: Sequence[str] = CHILD,
) -> ProcessResult:
    """Run one analysis in a process of its own.

    Parameters
    ----------
    job
        What to analyse; `job.out` lies in `scratch`.
    scratch
        The only folder the process writes to; its temporary files go there too.
    cache
        Folder for what libraries keep between runs (such as the fonts found on this machine).
    keep_going
        Called with the progress (0 to 1) several times a second; once it returns False, the process is killed.
    command
        Command line of the process.
    """
    noise_file = scratch / "stderr"
    with noise_file.open("wb") as noise:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=noise,
            env=_environment(scratch, cache),
            start_new_session=True,  # Ctrl-C in a terminal is for the worker to handle
            close_fds=True,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    started = time.monotonic()
    try:
        _send(process.stdin, job)
        how, outcome = _follow(process, process.stdout, limits, scratch, keep_going, started)
    finally:
        _kill(process)
        process.stdout.close()
        # Open until now: the process ends itself when this end closes, as it does when a worker is killed.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
    return ProcessResult(how, outcome, time.monotonic() - started, process.returncode, _last_line(noise_file))


class ReusableProcess:
    """A process kept for many jobs, one after the other; started at the first job, and again if it dies.

    Parameters
    ----------
    scratch
        The only folder the process writes to.
    """

    def __init__(self, scratch: Path, *, cache: Path, command: Sequence[str]) -> None:
        self._scratch = scratch
        self._cache = cache
        self._command = command
        self._noise = scratch / "stderr"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._stop()

    def run(self, job: ChildJob, limits: ResourceLimits, *, keep_going: Callable[[float], bool]) -> ProcessResult:
        """Run one job like `run_child`, but keep the process if it reports an outcome."""
        started = time.monotonic()
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        _send(process.stdin, job)
        how, outcome = _follow(process, process.stdout, limits, self._scratch, keep_going, started)
        seconds = time.monotonic() - started
        if how == "outcome":
            return ProcessResult(how, outcome, seconds)
        self._stop()
        return ProcessResult(how, outcome, seconds, process.returncode, _last_line(self._noise))

    def _start(self) -> subprocess.Popen[bytes]:
        with self._noise.open("wb") as noise:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=noise,
                env={**_environment(self._scratch, self._cache), **_ONE_THREAD},
                start_new_session=True,
                close_fds=True,
            )
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        _kill(process)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


def _send(stdin: IO[bytes], job: ChildJob) -> None:
    with contextlib.suppress(BrokenPipeError):  # it died before it read; noticed right after
        stdin.write(job.model_dump_json().encode() + b"\n")
        stdin.flush()


def _follow(
    process: subprocess.Popen[bytes],
    stdout: IO[bytes],
    limits: ResourceLimits,
    scratch: Path,
    keep_going: Callable[[float], bool],
    started: float,
) -> tuple[How, ChildOutcome | None]:
    """Follow the process until it reports its outcome, dies, or has to be killed."""
    progress = 0.0
    buffer = b""
    disk_due = started
    os.set_blocking(stdout.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(stdout, selectors.EVENT_READ)
        while True:
            ready = selector.select(CHECK_EVERY_S)
            if ready:
                data = os.read(stdout.fileno(), LINE_BYTES)
                if not data:
                    process.wait()
                    return "died", None
                *lines, buffer = (buffer + data).split(b"\n")
                for line in lines:
                    message = _parse(line)
                    if isinstance(message, ChildOutcome):
                        return "outcome", message
                    progress = max(progress, min(message, 1.0))
                if len(buffer) > LINE_BYTES:
                    return "died", None
            now = time.monotonic()
            if now - started > limits.seconds:
                return "too_slow", None
            if memory_bytes(process.pid) > limits.memory_bytes:
                return "memory", None
            if now >= disk_due:
                disk_due = now + DISK_CHECK_EVERY_S
                if _folder_bytes(scratch) > limits.disk_bytes:
                    return "disk", None
            if not keep_going(progress):
                return "stopped", None


def _parse(line: bytes) -> ChildOutcome | float:
    """Return the outcome or the progress a line reports; anything else counts as no progress."""
    try:
        message = json.loads(line)
        if isinstance(message, Mapping) and "outcome" in message:
            return ChildOutcome.model_validate(message)
        return float(message["progress"])
    except (ValueError, KeyError, TypeError, ValidationError):
        return 0.0


def _environment(scratch: Path, cache: Path) -> dict[str, str]:
    """Return our environment without the service's settings: a decoder needs no database address and no secret."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HINGE_") or name.startswith("HINGE_CHECK_")
    }
    return {**inherited, "TMPDIR": str(scratch), "MPLCONFIGDIR": str(cache), "MPLBACKEND": "Agg"}


def memory_bytes(pid: int) -> int:
    """Return the resident memory of a process, on Linux with what is swapped out; 0 when the process has ended."""
    try:
        process = psutil.Process(pid)
        if not psutil.LINUX:  # elsewhere the full figures need rights over the process, or leave out swap
            return int(process.memory_info().rss)
        memory = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(memory.rss) + int(memory.swap)


def _folder_bytes(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # renamed or removed meanwhile
            total += path.lstat().st_size
    return total


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its children; nothing of it is kept, so it need not clean up."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, 9)
        process.wait()


def _last_line(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 2000))
            lines = file.read().decode(errors="replace").split("\n")
    except FileNotFoundError:
        return ""
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "")
