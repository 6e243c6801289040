"""The tests' queue: in the test's folder, or on the Redis server that `make test-services` starts.

TEST_QUEUE_URL names the server; every caller gets one of its numbered databases, emptied. Of those who run at once each
has fifteen of its own.
"""

from __future__ import annotations

import itertools
import os

EACH = 15
_first = 1 + EACH * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_numbers = itertools.cycle(range(_first, _first + EACH))


def fresh_queue() -> str:
    """Return the URL of an empty queue; '' for the default, a file in the data folder."""
    server = os.environ.get("TEST_QUEUE_URL", "")
    if not server:
        return ""
    import redis

    url = f"{server.rstrip('/')}/{next(_numbers)}"
    with redis.Redis.from_url(url) as connection:
        connection.flushdb()
    return url
