"""Keep a worker process running beside the API, and stop it with the API."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from types import TracebackType

from api.core.logs import get_logger
from hinge_check.background import BackgroundThread

COMMAND: tuple[str, ...] = (sys.executable, "-m", "hinge_check", "worker", "--until-stdin-closes")
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0
"""A worker that ran at least this long did not fail at its start."""

_log = get_logger("api.worker.supervisor")


class WorkerSupervisor(BackgroundThread):
    """Starts a worker, and starts another when it ends unexpectedly.

    Parameters
    ----------
    environment
        Settings (`HINGE_…`) beyond those of this process.
    grace_s
        How long a worker may take to stop before it is killed.
    """

    def __init__(self, environment: Mapping[str, str], *, grace_s: float) -> None:
        super().__init__("worker-supervisor", join_s=grace_s)
        self._environment = {**os.environ, **environment}
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            super().__exit__(kind, error, trace)
        finally:
            process = self._process
            if process is not None and process.poll() is None:
                process.kill()

    def request_stop(self) -> None:
        """Ask the worker to stop; does not wait for it."""
        self._stopping.set()
        with self._lock:
            if self._process is not None:
                with contextlib.suppress(ProcessLookupError):
                    self._process.terminate()

    def run(self) -> None:
        """Start workers one after another until asked to stop."""
        pause_s = 1.0
        while True:
            with self._lock:
                if self._stopping.is_set():
                    return
                self._process = self._start()
            began = time.monotonic()
            code = self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()
            if self._stopping.is_set():
                return
            pause_s = 1.0 if time.monotonic() - began > STEADY_S else min(2 * pause_s, LONGEST_PAUSE_S)
            _log.error("worker_ended", exit_code=code, again_in_s=pause_s)
            self._stopping.wait(pause_s)

    def _start(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C in a terminal is for us, and we signal the worker once. It stops when its
        # standard input closes, so it does not outlive us.
        return subprocess.Popen(COMMAND, env=self._environment, stdin=subprocess.PIPE, start_new_session=True)
