"""Fresh databases with all tables, quickly: SQLite files, or databases of the server `TEST_DATABASE_URL` names."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

from sqlalchemy import create_engine, text

from api.db.engine import database_url, open_database
from api.db.migrate import upgrade

SERVER = os.environ.get("TEST_DATABASE_URL", "")


@contextmanager
def fresh_database(folder: Path) -> Iterator[str]:
    """Yield the URL of a database with empty tables; a server's is dropped afterwards."""
    if not SERVER:
        path = folder / "hinge-check.sqlite"
        shutil.copy(_sqlite_template(), path)
        yield f"sqlite:///{path}"
        return
    name = f"hinge_test_{uuid4().hex[:12]}"
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{_server_template()}"')
    try:
        yield database_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@cache
def _sqlite_template() -> Path:
    folder = Path(mkdtemp(prefix="hinge-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "template.sqlite"
    _upgrade(f"sqlite:///{path}")
    return path


@cache
def _server_template() -> str:
    name = f"hinge_test_template_{os.getpid()}"  # several run at once
    _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    atexit.register(_on_server, f'DROP DATABASE "{name}" WITH (FORCE)')
    _upgrade(database_url(SERVER).set(database=name).render_as_string(hide_password=False))
    return name


def _upgrade(url: str) -> None:
    engine = open_database(url)
    upgrade(engine)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def _on_server(*statements: str) -> None:
    engine = create_engine(database_url(SERVER), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
