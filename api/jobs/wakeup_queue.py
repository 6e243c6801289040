"""The queue that wakes workers. The database row is the truth; a wake-up that is lost or sent twice does no harm.

Huey keeps no acknowledgements, so its content never decides anything. A task carries the id of an analysis and
nothing else. It is signed because Huey pickles: what anyone else writes into the queue is not unpickled.

Why a queue instead of polling the rows every half second: see "Waking workers" in docs/operations.md.
"""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from huey import Huey
from huey.api import PostgresHuey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer

from api.core.logs import get_logger

NAME = "hinge"
CONNECT_S = 3
RESPONSE_S = 5

_log = get_logger("api.jobs.wakeup_queue")


class WakeupQueue:
    """Sends and receives wake-ups for workers."""

    def __init__(self, huey: Huey, unavailable_errors: tuple[type[Exception], ...]) -> None:
        self.huey = huey
        self.unavailable_errors = unavailable_errors
        """Exceptions that its calls raise when the queue is unavailable."""
        self._listener: Callable[[str], None] | None = None

        def analyse(analysis_id: str) -> None:
            if self._listener is not None:
                self._listener(analysis_id)

        self._task = huey.task(name="analyse")(analyse)

    def notify(self, analysis_id: str) -> bool:
        """Wake a worker for an analysis; False when the queue is unavailable: the sweeper will notify again.

        Never call it before the row is committed: a worker may be faster than the commit.
        """
        try:
            self._task(analysis_id)
        except self.unavailable_errors as error:
            _log.warning("queue_away", error=type(error).__name__)
            return False
        return True

    def listen(self, listener: Callable[[str], None]) -> None:
        """Set what a worker does at a wake-up."""
        self._listener = listener

    def waiting(self) -> int:
        """Return the number of wake-ups that no worker has taken yet.

        Raises
        ------
        Exception
            One of `unavailable_errors`, when the queue is unavailable.
        """
        return int(self.huey.pending_count())

    def check(self) -> None:
        """Query the queue, to see whether it is available.

        Raises
        ------
        Exception
            As `waiting`.
        """
        self.waiting()

    def close(self) -> None:
        """Close the connections."""
        close = getattr(self.huey.storage, "close", None)
        if close is not None:
            close()


def open_queue(url: str, secret: str) -> WakeupQueue:
    """Open the queue that a URL names.

    Parameters
    ----------
    url
        sqlite:///path, redis://…, rediss://… or postgresql://…
    secret
        The service's secret; tasks are signed with a key derived from it.

    Raises
    ------
    ValueError
        A URL of another kind.
    """
    kind = urlsplit(url).scheme.split("+")[0]
    common: dict[str, Any] = {
        "results": False,
        "utc": True,
        "serializer": SignedSerializer(secret=_key(secret), salt="hinge-queue"),
    }
    if kind == "sqlite":
        path = Path(url.split("://", 1)[1].removeprefix("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return WakeupQueue(SqliteHuey(NAME, filename=str(path), **common), (sqlite3.Error, OSError))
    if kind in ("redis", "rediss"):
        from redis import ConnectionPool, RedisError

        pool = ConnectionPool.from_url(url, socket_connect_timeout=CONNECT_S, socket_timeout=RESPONSE_S)
        return WakeupQueue(RedisHuey(NAME, connection_pool=pool, **common), (RedisError, OSError))
    if kind in ("postgresql", "postgres"):
        import psycopg

        dsn = "postgresql://" + url.split("://", 1)[1]
        return WakeupQueue(PostgresHuey(NAME, dsn=dsn, connect_timeout=CONNECT_S, **common), (psycopg.Error, OSError))
    raise ValueError(f"HINGE_QUEUE_URL must begin with sqlite://, redis://, rediss:// or postgresql://, not {kind}://")


def _key(secret: str) -> str:
    return hmac.new(secret.encode(), b"queue", hashlib.sha256).hexdigest()
