"""Back up everything the embedded service stores, while it runs, and restore it.

The queue is left out: it only wakes workers, and sweepers notify them again of rows that wait. Analyses that were
running start again once their lease has expired.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from fsspec.core import url_to_fs
from sqlalchemy import make_url

from api.settings import SECRET_FILE, Settings
from api.storage.blob_store import SCRATCH, BlobStore
from api.storage.keys import INCOMING
from hinge_check.errors import UsageError

DATABASE = "hinge-check.sqlite"
STORE = "store"


def back_up(settings: Settings, folder: Path) -> int:
    """Copy database, store and secret into a new folder; return the number of files of the store.

    The database comes first, as a snapshot: every file it names was complete before, and files never change. What is
    removed while this runs may be missing from the copy.

    Raises
    ------
    UsageError
        The folder exists, or the service does not keep everything in files on this machine.
    """
    database, store = _local_paths(settings)
    if folder.exists():
        raise UsageError(f"{folder} exists already; name a folder that is to be made.")
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(parents=True, mode=0o700)
    with (
        closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(unfinished / DATABASE)) as copy,
    ):
        source.backup(copy)
    number = _copy_store(store, unfinished / STORE)
    secret = settings.data / SECRET_FILE
    if secret.is_file():
        shutil.copy2(secret, unfinished / SECRET_FILE)
    unfinished.rename(folder)
    return number


def restore(settings: Settings, folder: Path) -> int:
    """Restore a backup to where these settings point; return the number of files of the store.

    Raises
    ------
    UsageError
        It is not a backup, or there is a database already, or a store that is not empty.
    """
    database, store = _local_paths(settings)
    if not (folder / DATABASE).is_file():
        raise UsageError(f"{folder} is no copy that 'hinge-check backup' made.")
    if database.exists() or (store.is_dir() and any(store.iterdir())):
        raise UsageError(f"There is something in {settings.data} already; restore into an empty folder (HINGE_DATA).")
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = _copy_store(folder / STORE, store)
    if (folder / SECRET_FILE).is_file():
        shutil.copy2(folder / SECRET_FILE, settings.data / SECRET_FILE)
    database.parent.mkdir(parents=True, exist_ok=True)
    arriving = database.with_name(f".{database.name}.arriving")
    shutil.copy2(folder / DATABASE, arriving)
    arriving.rename(database)  # last, so that a partial restore is never served
    return number


def _local_paths(settings: Settings) -> tuple[Path, Path]:
    """Return the database file and the folder of the store."""
    url = make_url(settings.database)
    if url.get_backend_name() != "sqlite" or not url.database or not BlobStore(settings.store).is_local:
        raise UsageError(
            "This copies a service that keeps everything on one machine (SQLite and a folder). For PostgreSQL and a "
            "bucket use pg_dump and the bucket's own versions; see docs/operations.md."
        )
    return Path(url.database), Path(str(url_to_fs(settings.store)[1]))


def _copy_store(source: Path, target: Path) -> int:
    """Copy every file except incomplete ones; return how many."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = 0
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        inside = path.relative_to(source)
        if inside.parts[0] in (SCRATCH, INCOMING, "check") or path.name.startswith("."):
            continue
        try:
            if not path.is_file():
                continue
            (target / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target / inside)
        except FileNotFoundError:
            continue  # removed while we copied
        number += 1
    return number
