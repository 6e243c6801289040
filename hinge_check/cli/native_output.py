"""Keeps a terminal readable while native code runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEBUG_VARIABLE = "HINGE_CHECK_DEBUG"
"""Environment variable that, set to 1, shows tracebacks and the output of native code."""


@contextmanager
def native_noise_hidden() -> Iterator[None]:
    """Hide what native code writes straight to descriptor 2; `sys.stderr` still reaches the terminal.

    MediaPipe's C++ prints a dozen lines for every clip, and none of its settings stops them (checked in 1.2.2: the
    usual environment variables have no effect before its own set-up, which the Python package never runs).
    """
    if os.environ.get(DEBUG_VARIABLE) == "1" or not _is_descriptor_2():
        yield
        return
    original_stderr = sys.stderr
    original_stderr.flush()
    saved_descriptor = os.dup(2)
    try:
        with (
            Path(os.devnull).open("wb") as null_device,
            open(
                saved_descriptor, "w", encoding=original_stderr.encoding, buffering=1, closefd=False
            ) as visible_stderr,
        ):
            os.dup2(null_device.fileno(), 2)
            sys.stderr = visible_stderr
            try:
                yield
            finally:
                sys.stderr = original_stderr
                os.dup2(saved_descriptor, 2)
    finally:
        os.close(saved_descriptor)


def _is_descriptor_2() -> bool:
    """Return whether `sys.stderr` is the process's own: in tests and graphical programs it is something else."""
    try:
        return sys.stderr.fileno() == 2
    except (AttributeError, OSError, ValueError):
        return False
