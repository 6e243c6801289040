"""The blob store, as a folder and as another kind of file system behind the same code."""

from __future__ import annotations

import asyncio
import errno
import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from api.storage.blob_store import BlobMissing, BlobStore, StoreFull, StoreUnavailable


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BlobStore]:
    """Provide a store; memory stands for a bucket: no folders, no paths, nothing that can be moved into place."""
    store = BlobStore((tmp_path / "store").as_uri() if request.param == "file" else f"memory://{uuid4().hex}")
    yield store
    store.delete_prefix("a")


async def pieces(*parts: bytes, error: Exception | None = None) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
    if error is not None:
        raise error


def test_a_stream_is_counted_and_hashed(store: BlobStore) -> None:
    stored = asyncio.run(store.put_stream("a/b", pieces(b"hip", b"", b" hinge")))

    assert (stored.bytes, stored.sha256) == (9, hashlib.sha256(b"hip hinge").hexdigest())
    assert store.read("a/b") == b"hip hinge"


def test_a_stream_larger_than_one_buffer_is_written(store: BlobStore) -> None:
    asyncio.run(store.put_stream("a/b", pieces(*[bytes([k]) * 300_000 for k in range(12)])))

    assert store.size("a/b") == 3_600_000
    assert store.read("a/b") == b"".join(bytes([k]) * 300_000 for k in range(12))


def test_a_stream_that_fails_leaves_nothing(store: BlobStore) -> None:
    with pytest.raises(RuntimeError):
        asyncio.run(store.put_stream("a/b", pieces(b"x" * 2_000_000, error=RuntimeError("line"))))

    assert not store.exists("a/b")
    assert store.list("a") == []


@pytest.mark.parametrize(("start", "end"), [(0, 2), (5, 9), (0, 700_000), (699_999, 700_000), (300_000, 300_000)])
def test_ranges_are_read(store: BlobStore, start: int, end: int) -> None:
    data = bytes(range(256)) * 2735
    store.put_bytes("a/b", data[:700_000])

    assert b"".join(store.open_range("a/b", start, end)) == data[start:end]


def test_files_and_prefixes_are_listed(store: BlobStore, tmp_path: Path) -> None:
    for key in ("a/1/x.mp4", "a/1/y.jpg", "a/10/x.mp4"):
        (tmp_path / "made").write_bytes(key.encode())
        store.put_file(key, tmp_path / "made")

    assert [blob.key for blob in store.list("a")] == ["a/1/x.mp4", "a/1/y.jpg", "a/10/x.mp4"]
    assert abs(store.list("a")[0].modified - datetime.now(UTC)) < timedelta(minutes=1)
    store.delete_prefix("a/1")
    store.delete_prefix("a/1")
    assert [blob.key for blob in store.list("a")] == ["a/10/x.mp4"]
    with store.local_path("a/10/x.mp4") as path:
        assert path.read_bytes() == b"a/10/x.mp4"
    store.delete("a/10/x.mp4")
    store.delete("a/10/x.mp4")
    assert store.list("a") == []


def test_a_missing_key_is_reported(store: BlobStore) -> None:
    with pytest.raises(BlobMissing):
        store.read("a/b")
    with pytest.raises(BlobMissing):
        store.size("a/b")
    with pytest.raises(BlobMissing):
        store.open_range("a/b", 0, 1)
    with pytest.raises(BlobMissing), store.local_path("a/b"):
        pass


@pytest.mark.parametrize(
    "key", ["../x", "a/../../x", "/etc/passwd", "a//b", "a/.b", "", "a/", "a\0b", "a/ä", "x" * 301, "a/b c", "a\\b"]
)
def test_invalid_keys_are_refused(store: BlobStore, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        store.put_bytes(key, b"x")


def test_the_store_can_be_checked(store: BlobStore) -> None:
    store.check()

    assert store.list("check") == []


def test_a_folder_that_disappeared_is_not_recreated(tmp_path: Path) -> None:
    store = BlobStore((tmp_path / "store").as_uri())
    store.put_bytes("a/b", b"x")
    (tmp_path / "store").rename(tmp_path / "away")

    for attempt in (store.check, lambda: store.read("a/b"), lambda: store.put_bytes("a/c", b"x")):
        with pytest.raises(StoreUnavailable):
            attempt()
    with pytest.raises(StoreUnavailable), store.scratch():
        pass
    assert not (tmp_path / "store").exists()

    (tmp_path / "away").rename(tmp_path / "store")
    assert store.read("a/b") == b"x"
    store.check()


def test_a_full_disk_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = BlobStore((tmp_path / "store").as_uri())
    writer = store.writer("a/b")

    def no_room(data: bytes) -> None:  # noqa: ARG001
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(writer, "_file", _Full(writer._file, no_room))
    with pytest.raises(StoreFull):
        writer.write(b"x")
    writer.discard()
    assert not store.exists("a/b")


class _Full:
    def __init__(self, file: Any, write: Any) -> None:
        self.write = write
        self.close = file.close


def test_scratch_files_of_a_killed_process_are_deleted_later(tmp_path: Path) -> None:
    store = BlobStore((tmp_path / "store").as_uri())
    with store.scratch() as folder:
        store.clear_scratch(datetime.now(UTC) - timedelta(hours=1))
        assert folder.is_dir()
        store.clear_scratch(datetime.now(UTC) + timedelta(hours=1))
        assert not folder.exists()
