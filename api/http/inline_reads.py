"""Short reads, where they cost least.

SQLite answers a read by an index within a fraction of a millisecond and, writing ahead (WAL), lets no reader wait for
a writer. A trip to a thread and back costs as much again, and threads that all want the interpreter make each other
late: 200 requests a second took 113 % of a core with a thread each, and waited seconds for it. So with SQLite such
reads run where they are. A server's answer may take its time: with PostgreSQL they run in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api.db.engine import reads_at_once

_P = ParamSpec("_P")
_T = TypeVar("_T")


def inline_read(route: Callable[_P, _T]) -> Callable[_P, Coroutine[Any, Any, _T]]:
    """For routes that only read, by an index, and little; they ask for `db: Db`. Never for one that writes: a writer
    waits for other writers, and everybody would wait with it.
    """

    @wraps(route)
    async def answer(*args: _P.args, **asked: _P.kwargs) -> _T:
        db = asked["db"]
        assert isinstance(db, Session)
        if reads_at_once(db.get_bind()):
            return route(*args, **asked)
        return await run_in_threadpool(route, *args, **asked)

    return answer
