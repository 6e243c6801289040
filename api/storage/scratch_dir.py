"""A worker's folder for work in progress; what a killed worker left is removed by the next one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

_LOCK = "lock"


class ScratchDir:
    """The scratch folder of one worker process, held by a file lock that ends with the process, however it ends.

    Parameters
    ----------
    root
        Folder that holds those of every worker on this machine.
    """

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_abandoned(root)
        self.cache = root / "cache"
        """Shared by all workers, and kept."""
        self.cache.mkdir(exist_ok=True, mode=0o700)
        self.folder = root / uuid4().hex
        self.folder.mkdir(mode=0o700)
        self._lock = _lock(self.folder / _LOCK)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)

    @contextlib.contextmanager
    def job(self) -> Iterator[Path]:
        """Give an empty folder for one attempt; it is removed afterwards.

        Raises
        ------
        OSError
            No space is left.
        """
        folder = Path(tempfile.mkdtemp(prefix="job-", dir=self.folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _lock(path: Path) -> int | None:
    """Lock a file until the returned descriptor is closed; None when another process holds the lock."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _remove_abandoned(root: Path) -> None:
    for folder in root.iterdir():
        if not (folder / _LOCK).is_file():
            continue  # just being made, or not ours
        handle = _lock(folder / _LOCK)
        if handle is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(handle)
