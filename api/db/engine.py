"""How to reach the database: SQLite by default, PostgreSQL by URL. The only file that knows which."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

BUSY_TIMEOUT_S = 5.0
"""How long a writer waits for another one (SQLite) before it is told that the database is busy."""
MOST_CONNECTIONS = 60
"""More than the threads that run requests (40): a thread never waits for a connection that waits for a thread."""

Sessions = sessionmaker[Session]


def database_url(text: str) -> URL:
    """The URL with the driver that is used: PostgreSQL always through psycopg 3."""
    url = make_url(text)
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def open_database(text: str) -> Engine:
    """An engine for a database URL; makes the folder of an SQLite file. Connects to nothing yet."""
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
    """Whether a short read from this database waits for nobody."""
    return database.dialect.name == "sqlite"


def ends_at_once(session: Session) -> bool:
    """Whether closing this session waits for nobody: nothing was begun, or the database is a file of ours."""
    return not session.in_transaction() or session.get_bind().dialect.name == "sqlite"


def open_sessions(engine: Engine) -> Sessions:
    """Sessions whose objects stay readable after a commit, so that nothing is fetched while an answer is written."""
    return sessionmaker(engine, expire_on_commit=False)


def _set_up_sqlite(connection: sqlite3.Connection, record: Any) -> None:  # noqa: ARG001 - the event's signature
    # sqlite3 opens a transaction at the first write, not at the first read. We rely on that: a transaction that had
    # read before it writes would be told 'locked' at once, without the time-out, when another wrote in between.
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
