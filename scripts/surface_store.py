"""Records the blob layout of a running service; part of `scripts/surface.py`.

Starts `hinge-check serve --demo`, waits until it has analysed the sample videos, then lists the blobs and the database
columns that refer to them, with ids masked.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

DEMO_RECORDINGS = 5
TIMEOUT_S = 900.0
FINAL_STATES = frozenset({"done", "refused", "failed"})
ID = re.compile(r"[0-9a-f]{32}")
KEY_COLUMN = re.compile(r".*_(key|prefix)")


def collect() -> dict[str, Any]:
    """Record patterns of blob keys, the columns that hold them, and digests of the blobs' contents."""
    with tempfile.TemporaryDirectory(prefix="surface-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        serve_demo(data)
        store = data / "store"
        blobs = sorted(path for path in store.rglob("*") if path.is_file())
        contents: dict[str, list[str]] = {}
        for path in blobs:
            contents.setdefault(mask_ids(str(path.relative_to(store))), []).append(sha256(path))
        found = {
            "top": sorted(path.name for path in data.iterdir()),
            "blobs": {name: len(digests) for name, digests in sorted(contents.items())},
            "keys": count_keys(data / "hinge-check.sqlite"),
            "contents": {name: sorted(digests) for name, digests in sorted(contents.items())},
        }
    return {"portable": {}, "machine": found}


def serve_demo(data: Path) -> None:
    """Serve the demo until its videos are analysed, then stop it with SIGTERM.

    Raises
    ------
    RuntimeError
        The server stopped by itself, or took too long.
    """
    port = find_free_port()
    settings = {"HINGE_DATA": str(data), "HINGE_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    command = [sys.executable, "-m", "hinge_check", "serve", "--demo", "--port", str(port)]
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, env={**os.environ, **settings}, stdout=log, stderr=log)
        try:
            until = time.monotonic() + TIMEOUT_S
            while not all_analysed(data / "hinge-check.sqlite"):
                if server.poll() is not None or time.monotonic() > until:
                    log.seek(0)
                    raise RuntimeError(f"the demo was not analysed:\n{log.read().decode()[-3000:]}")
                time.sleep(1.0)
        finally:
            server.terminate()
            server.wait(60)


def all_analysed(database: Path) -> bool:
    """Whether all demo recordings are there and analysed."""
    if not database.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            states = [state for (state,) in db.execute("SELECT state FROM recording")]
    except sqlite3.OperationalError:  # no tables yet
        return False
    return len(states) == DEMO_RECORDINGS and set(states) <= FINAL_STATES


def count_keys(database: Path) -> dict[str, dict[str, int]]:
    """Count the key patterns in each column that refers to blobs."""
    out: dict[str, dict[str, int]] = {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in sorted(tables):
            for column in [row[1] for row in db.execute(f"PRAGMA table_info({table})")]:
                if KEY_COLUMN.fullmatch(column):
                    values = [value for (value,) in db.execute(f"SELECT {column} FROM {table}")]
                    out[f"{table}.{column}"] = dict(Counter(mask_ids(str(value)) for value in values))
    return out


def mask_ids(key: str) -> str:
    """Replace ids in a key by a placeholder."""
    return ID.sub("{id}", key)


def find_free_port() -> int:
    """Find a port that is free at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    json.dump(collect(), sys.stdout)
