"""The service's part of the command line: serve, worker, backup, restore, db, retention, clinician.

`hinge_check.cli` finds these through the entry-point group `hinge_check.commands`. Nothing of the service is imported
before a command needs it, so that `hinge-check --help` stays fast.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from hinge_check.errors import UsageError


@contextmanager
def _service_extra() -> Iterator[None]:
    """Wrap the imports of the service and say how to install what is missing.

    Raises
    ------
    UsageError
        A package of the extra 'service' is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith(("api", "hinge_check")):
            raise
        raise UsageError(
            f"The service needs packages that are not installed ({error.name}). "
            "In the checkout, install them with: pip install -e '.[service]'"
        ) from error


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    demo: Annotated[
        bool, typer.Option("--demo", help="Begin with a clinician, three clients and the sample videos.")
    ] = False,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="The API alone; start workers with: hinge-check worker")
    ] = False,
) -> None:
    """Start the service on this machine: the API and a worker beside it. Settings: HINGE_… (see docs/operations.md)."""
    _one_thread_for_algebra()
    with _service_extra():
        from api.server import serve as run

    run(host=host, port=port, demo=demo, with_worker=not no_worker, say=typer.echo)


def worker(
    jobs: Annotated[int | None, typer.Option(min=1, max=64, metavar="N", help="Analyses at once.")] = None,
    until_stdin_closes: Annotated[
        bool, typer.Option("--until-stdin-closes", hidden=True, help="Stop with whoever started this.")
    ] = False,
) -> None:
    """Analyse what is uploaded to the service; start any number, on any machine that reaches database, store and queue.

    Ctrl-C or SIGTERM: the analysis that runs may finish (HINGE_JOB_GRACE_S), else another worker does it.
    """
    _one_thread_for_algebra()
    with _service_extra():
        from api.server import work

    work(jobs=jobs, until_stdin_closes=until_stdin_closes)


def _one_thread_for_algebra() -> None:
    """Use one thread of linear algebra, in this process and its children; variables that are set already stay.

    Must run before NumPy is loaded, which reads them. With arrays of a few hundred rows, threads cost more than they
    gain, and live sessions and analyses run at the same time.
    """
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Will hold the copy; must not exist.")],
) -> None:
    """Copy the service's data (database, videos, results, secret) while it runs. Keep the copy as safe as the data."""
    with _service_extra():
        from api.recordings.backup import back_up
        from api.settings import load_settings

    typer.echo(f"{back_up(load_settings(), folder)} files and the database are in {folder}")


def restore(folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A copy made by 'backup'.")]) -> None:
    """Put a copy back into an empty data folder; stop the service first."""
    with _service_extra():
        from api.recordings.backup import restore as restore_backup
        from api.settings import Settings

    typer.echo(f"{restore_backup(Settings(), folder)} files and the database are back; start with: hinge-check serve")


retention_app = typer.Typer(help="How long the service keeps videos.", no_args_is_help=True)


@retention_app.callback()
def _retention() -> None:
    pass


@retention_app.command("run")
def run_retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
) -> None:
    """Delete videos older than HINGE_RETENTION_DAYS whose client did not say that they may be kept; figures stay.

    Workers do this every hour by themselves.
    """
    with _service_extra():
        from api.core.clock import utc_now
        from api.db.engine import open_database, open_sessions
        from api.recordings.retention import list_due, run
        from api.settings import load_settings
        from api.storage.blob_store import BlobStore

    settings = load_settings()
    engine = open_database(settings.database)
    try:
        sessions, now, days = open_sessions(engine), utc_now(), settings.retention_days
        due = list_due(sessions, now, days) if dry_run else list(run(sessions, BlobStore(settings.store), now, days))
        for each in due:
            typer.echo(f"{each.recording_id}  {each.recorded_at:%Y-%m-%d}  {each.bytes / 1e6:.1f} MB")
        typer.echo(f"{len(due)} videos {'would be deleted' if dry_run else 'deleted'}")
    finally:
        engine.dispose()


clinician_app = typer.Typer(help="The clinicians of the service.", no_args_is_help=True)


@clinician_app.callback()
def _clinician() -> None:
    pass


@clinician_app.command("reset")
def reset_clinician(email: Annotated[str, typer.Argument(metavar="EMAIL", help="What they sign in with.")]) -> None:
    """Print a link at which a clinician who forgot their password sets a new one; it works once, for a day."""
    with _service_extra():
        from api.auth.invitations import reset_password
        from api.core.clock import utc_now
        from api.db.engine import open_database, open_sessions
        from api.settings import load_settings

    settings = load_settings()
    engine = open_database(settings.database)
    try:
        with open_sessions(engine)() as db:
            link = reset_password(db, settings, utc_now(), email.strip().lower())
    finally:
        engine.dispose()
    if link is None:
        raise UsageError("No clinician signs in with this e-mail address.")
    typer.echo(link)


db_app = typer.Typer(help="The database of the service.", no_args_is_help=True)


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables to the version this program needs (the database HINGE_DATABASE_URL names)."""
    with _service_extra():
        from api.db.engine import open_database
        from api.db.migrate import upgrade
        from api.settings import Settings
    engine = open_database(Settings().database)
    try:
        typer.echo(f"at version {upgrade(engine)}")
    finally:
        engine.dispose()
