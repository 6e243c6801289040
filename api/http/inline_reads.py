"""Short database reads without a thread, where that is cheapest.

SQLite answers a read by an index within a fraction of a millisecond and, in WAL mode, no reader waits for a writer. A
trip to a thread and back costs as much again, and threads that compete for the interpreter delay each other: 200
requests a second took 113 % of a core with a thread each, and waited seconds for it. So with SQLite such reads run in
the event loop. A database server may take longer to respond: with PostgreSQL they run in a thread.
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
    """Run a route in the event loop where the database answers short reads at once, else in a thread.

    For routes that only read, little and by an index; they must take `db: Db`. Never for one that writes: a writer
    waits for other writers, and every request would wait with it.
    """

    @wraps(route)
    async def run(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        db = kwargs["db"]
        assert isinstance(db, Session)
        if reads_at_once(db.get_bind()):
            return route(*args, **kwargs)
        return await run_in_threadpool(route, *args, **kwargs)

    return run
