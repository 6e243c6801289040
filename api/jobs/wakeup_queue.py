"""The queue: a bell that wakes a worker. The database row is the truth; a bell lost or rung twice does no harm.

Huey keeps no acknowledgement, so nothing is ever decided by what is in it. A task carries the id of an analysis and
nothing else, signed, because Huey pickles: what somebody else writes into the queue is not unpickled.
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
ANSWER_S = 5

_log = get_logger("api.jobs.wakeup_queue")


class WakeupQueue:
    """Wakes workers."""

    def __init__(self, huey: Huey, gone: tuple[type[Exception], ...]) -> None:
        self.huey = huey
        self.gone = gone
        """What its calls raise when the queue is away."""
        self._listener: Callable[[str], None] | None = None

        def analyse(analysis_id: str) -> None:
            if self._listener is not None:
                self._listener(analysis_id)

        self._task = huey.task(name="analyse")(analyse)

    def notify(self, analysis_id: str) -> bool:
        """Wake a worker for an analysis; False where the queue is away: the sweeper will ring again.

        Never call it before the row is committed: a worker may be quicker than the commit.
        """
        try:
            self._task(analysis_id)
        except self.gone as error:
            _log.warning("queue_away", error=type(error).__name__)
            return False
        return True

    def listen(self, listener: Callable[[str], None]) -> None:
        """What a worker does when the bell rings."""
        self._listener = listener

    def waiting(self) -> int:
        """Bells nobody has heard yet.

        Raises
        ------
        Exception
            One of `gone`, when the queue is away.
        """
        return int(self.huey.pending_count())

    def check(self) -> None:
        """Really ask the queue.

        Raises
        ------
        Exception
            As `waiting`.
        """
        self.waiting()

    def close(self) -> None:
        """Let go of connections."""
        close = getattr(self.huey.storage, "close", None)
        if close is not None:
            close()


def open_queue(url: str, secret: str) -> WakeupQueue:
    """The bell a queue's address names.

    Parameters
    ----------
    url
        sqlite:///path, redis://…, rediss://… or postgresql://…
    secret
        The service's secret; tasks are signed with a key made from it.

    Raises
    ------
    ValueError
        An address of another kind.
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

        pool = ConnectionPool.from_url(url, socket_connect_timeout=CONNECT_S, socket_timeout=ANSWER_S)
        return WakeupQueue(RedisHuey(NAME, connection_pool=pool, **common), (RedisError, OSError))
    if kind in ("postgresql", "postgres"):
        import psycopg

        dsn = "postgresql://" + url.split("://", 1)[1]
        return WakeupQueue(PostgresHuey(NAME, dsn=dsn, connect_timeout=CONNECT_S, **common), (psycopg.Error, OSError))
    raise ValueError(f"HINGE_QUEUE_URL must begin with sqlite://, redis://, rediss:// or postgresql://, not {kind}://")


def _key(secret: str) -> str:
    return hmac.new(secret.encode(), b"queue", hashlib.sha256).hexdigest()
