"""The wakeup queue on every kind of queue available here."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.jobs.wakeup_queue import WakeupQueue, open_queue
from tests.api.databases import fresh_database
from tests.api.queues import fresh_queue

KEY = "a key for tests only, 0123456789 abcdef"


@pytest.fixture(params=["sqlite", "redis", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield f"sqlite:///{tmp_path / 'queue.sqlite'}"
        elif request.param == "redis":
            if not os.environ.get("TEST_QUEUE_URL"):
                pytest.skip("needs Redis: make test-services")
            yield fresh_queue()
        else:
            if not os.environ.get("TEST_DATABASE_URL"):
                pytest.skip("needs PostgreSQL: make test-services")
            yield stack.enter_context(fresh_database(tmp_path))


@pytest.fixture
def wakeups(url: str) -> Iterator[WakeupQueue]:
    made = open_queue(url, KEY)
    yield made
    made.close()


def hear(wakeups: WakeupQueue) -> list[str]:
    """Return what a worker would receive now."""
    heard: list[str] = []
    wakeups.listen(heard.append)
    while wakeups.waiting():
        task = wakeups.huey.dequeue()
        assert task is not None
        wakeups.huey.execute(task)
    return heard


def test_another_process_receives_wakeups_in_order(wakeups: WakeupQueue, url: str) -> None:
    assert wakeups.notify("one")
    assert wakeups.notify("two")
    other = open_queue(url, KEY)
    assert other.waiting() == 2
    assert hear(other) == ["one", "two"]
    assert wakeups.waiting() == 0
    other.close()


def test_a_message_signed_with_another_key_is_not_unpickled(wakeups: WakeupQueue, url: str, tmp_path: Path) -> None:
    class Burglar:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "broken-in"),)

    stranger = open_queue(url, KEY[::-1])
    stranger.huey.storage.enqueue(stranger.huey.serializer.serialize(Burglar()))
    wakeups.huey.storage.enqueue(pickle.dumps(Burglar()))
    for _ in range(2):
        with pytest.raises(ValueError, match=r"(?i)signature|separator"):
            wakeups.huey.dequeue()
    assert not (tmp_path / "broken-in").exists()
    stranger.close()


@pytest.mark.parametrize("gone", ["redis://127.0.0.1:9", "sqlite"])
def test_an_unreachable_queue_is_reported_and_notify_never_raises(gone: str, tmp_path: Path) -> None:
    if gone == "sqlite":
        folder = tmp_path / "there"
        wakeups = open_queue(f"sqlite:///{folder / 'queue.sqlite'}", KEY)
        (folder / "queue.sqlite").write_bytes(b"no database" * 1000)
        for name in ("queue.sqlite-wal", "queue.sqlite-shm"):
            (folder / name).unlink(missing_ok=True)
        wakeups.close()
    else:
        wakeups = open_queue(gone, KEY)
    assert wakeups.notify("one") is False
    with pytest.raises(wakeups.unavailable_errors):
        wakeups.check()
    wakeups.close()


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="HINGE_QUEUE_URL"):
        open_queue("amqp://127.0.0.1", KEY)
