"""Connections to the database: SQLite by default, PostgreSQL by URL. The only module that knows which it is."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

BUSY_TIMEOUT_S = 5.0
"""How long an SQLite writer waits for another one before it fails with "database is locked"."""
MOST_CONNECTIONS = 60
"""More than the threads that run requests (40): no thread waits for a connection whose holder waits for a thread."""

Sessions = sessionmaker[Session]


def database_url(text: str) -> URL:
    """Return the URL with the driver in use: PostgreSQL always through psycopg 3."""
    url = make_url(text)
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def open_database(text: str) -> Engine:
    """Return an engine for a database URL; creates the folder of an SQLite file. Does not connect yet."""
    url = database_url(text)
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url,
            pool_size=10,
            max_overflow=MOST_CONNECTIONS - 10,
            pool_timeout=10,
            pool_pre_ping=True,
            pool_recycle=1800,
        )
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(
        url,
        pool_size=10,
        max_overflow=MOST_CONNECTIONS - 10,
        pool_timeout=10,
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
    )
    event.listen(engine, "connect", _set_up_sqlite)
    return engine


def reads_at_once(database: Engine | Connection) -> bool:
    """Return whether a short read from this database never waits."""
    return database.dialect.name == "sqlite"


def ends_at_once(session: Session) -> bool:
    """Return whether closing this session never waits: no transaction is open, or the database is a local file."""
    return not session.in_transaction() or session.get_bind().dialect.name == "sqlite"


def open_sessions(engine: Engine) -> Sessions:
    """Return a session factory. Objects stay readable after a commit, so writing a response fetches nothing."""
    return sessionmaker(engine, expire_on_commit=False)


def _set_up_sqlite(connection: sqlite3.Connection, record: Any) -> None:  # noqa: ARG001 - the event's signature
    # sqlite3 opens a transaction at the first write, not at the first read. We rely on that: a transaction that reads
    # before it writes would fail as 'locked' at once, without the time-out, if another one wrote in between.
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
