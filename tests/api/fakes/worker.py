"""A real worker process whose analyses are done by the stand-in child beside this file."""

from __future__ import annotations

import sys
from pathlib import Path

from api.core.logs import set_up_logs
from api.db.engine import open_database, open_sessions
from api.jobs.wakeup_queue import open_queue
from api.settings import load_settings
from api.storage.blob_store import BlobStore
from api.worker.worker import run_worker

CHILD = (sys.executable, str(Path(__file__).with_name("child.py")))

if __name__ == "__main__":
    settings = load_settings()
    set_up_logs(settings.log_level)
    run_worker(
        settings,
        open_sessions(open_database(settings.database)),
        BlobStore(settings.store),
        open_queue(settings.queue, settings.key),
        command=CHILD,
        until_stdin_closes=True,
        ready=lambda: print("ready", flush=True),  # noqa: T201 - the parent process waits for this
    )
