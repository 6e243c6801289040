"""Where tests keep their queue: in the test's folder, or on the Redis server that `make test-services` starts.

TEST_QUEUE_URL names the server; every caller gets one of its numbered databases, emptied.
"""

from __future__ import annotations

import itertools
import os

_numbers = itertools.count(os.getpid())


def fresh_queue() -> str:
    """The URL of an empty queue; '' for the default, a file in the data folder."""
    server = os.environ.get("TEST_QUEUE_URL", "")
    if not server:
        return ""
    import redis

    url = f"{server.rstrip('/')}/{1 + next(_numbers) % 15}"
    with redis.Redis.from_url(url) as connection:
        connection.flushdb()
    return url
