"""Keep a terminal readable while native code runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEBUG_VARIABLE = "HINGE_CHECK_DEBUG"
"""Environment variable that, set to 1, shows tracebacks and what native code says."""


@contextmanager
def native_noise_hidden() -> Iterator[None]:
    """Hide what native code writes straight to descriptor 2; `sys.stderr` goes on reaching the terminal.

    MediaPipe's C++ prints a dozen lines for every clip, and none of its settings stops them (looked for in 1.2.2: the
    usual environment variables have no effect before its own set-up, which the Python package never runs).
    """
    if os.environ.get(DEBUG_VARIABLE) == "1" or not _is_descriptor_2():
        yield
        return
    ours = sys.stderr
    ours.flush()
    kept = os.dup(2)
    try:
        with (
            Path(os.devnull).open("wb") as nowhere,
            open(kept, "w", encoding=ours.encoding, buffering=1, closefd=False) as own,
        ):
            os.dup2(nowhere.fileno(), 2)
            sys.stderr = own
            try:
                yield
            finally:
                sys.stderr = ours
                os.dup2(kept, 2)
    finally:
        os.close(kept)


def _is_descriptor_2() -> bool:
    """Whether `sys.stderr` is the process's own: in tests and in graphical programs it is something else."""
    try:
        return sys.stderr.fileno() == 2
    except (AttributeError, OSError, ValueError):
        return False
