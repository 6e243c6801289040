"""The store: videos and results under random keys, in a folder or an S3-compatible bucket by one setting (fsspec).

Keys are made of ids, never of anything a person typed. What goes wrong is one of three things: nothing is there
(`BlobMissing`), no room is left (`StoreFull`), the store does not answer (`StoreUnavailable`).
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import anyio
from anyio.to_thread import run_sync
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

CHUNK = 256 * 1024
"""Bytes read or handed on at a time."""
GATHER = 1024 * 1024
"""Bytes gathered from the network before a thread is troubled with writing them."""
REMOTE_BLOCK = 8 * 2**20
"""Bytes of one part sent to a bucket; each open writer holds as much in memory."""
SCRATCH = "scratch"
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9]+)*(/[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9]+)*)*")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class StoreError(Exception):
    """Base of what the store raises; its text never names a key."""


class BlobMissing(StoreError):
    """Nothing is stored under this key."""


class StoreFull(StoreError):
    """There is no room left."""


class StoreUnavailable(StoreError):
    """The store does not answer, or its folder is not there."""


@dataclass(frozen=True, slots=True)
class BlobInfo:
    """One stored thing."""

    key: str
    bytes: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """What a stream came to."""

    bytes: int
    sha256: str


class BlobStore:
    """Blobs by key.

    Parameters
    ----------
    url
        file:///folder, s3://bucket/prefix, memory://name, or whatever else fsspec opens.
    options
        Of that file system, e.g. the endpoint of a bucket.
    """

    def __init__(self, url: str, **options: Any) -> None:
        self._fs, root = url_to_fs(url, **options)
        self._root = str(root).rstrip("/")
        self._local = Path(self._root) if isinstance(self._fs, LocalFileSystem) else None
        self._limiter: anyio.CapacityLimiter | None = None
        if self._local is not None:
            # Once, now: should the folder vanish later (a disk not mounted), nothing must be written in its place.
            self._local.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def is_local(self) -> bool:
        """Whether blobs are files of this machine."""
        return self._local is not None

    def writer(self, key: str) -> BlobWriter:
        """Begin a blob; what is written is there once it is closed.

        Raises
        ------
        StoreFull, StoreUnavailable
        """
        with self._told():
            self._make_room_for(key)
            kind = {} if self.is_local else {"block_size": REMOTE_BLOCK}
            return BlobWriter(self, key, self._fs.open(self._path(key), "wb", **kind))

    async def put_stream(self, key: str, chunks: AsyncIterable[bytes]) -> Stored:
        """Store what comes, counted and hashed; nothing is kept when the stream or the store breaks."""
        writer = await self.in_thread(self.writer, key)
        gathered = bytearray()
        try:
            async for chunk in chunks:
                gathered += chunk
                if len(gathered) >= GATHER:
                    await self.in_thread(writer.write, bytes(gathered))
                    gathered.clear()
            await self.in_thread(writer.write, bytes(gathered))
            await self.in_thread(writer.close)
        except BaseException:  # also a request that was cancelled
            with anyio.CancelScope(shield=True):
                await self.in_thread(writer.discard)
            raise
        return Stored(writer.bytes, writer.sha256)

    def put_file(self, key: str, path: Path) -> int:
        """Store a finished file, durably; it may be moved rather than copied, so do not count on it afterwards.

        Returns
        -------
        int
            Bytes stored.
        """
        with self._told():
            size = path.stat().st_size
            self._make_room_for(key)
            if self._local is None:
                self._fs.put_file(str(path), self._path(key))
                return size
            place = Path(self._path(key))
            part = place.with_name(f".{uuid4().hex}")
            try:
                shutil.move(path, part)
                with part.open("rb") as file:
                    os.fsync(file.fileno())
                part.replace(place)
            finally:
                part.unlink(missing_ok=True)
            return size

    def put_bytes(self, key: str, data: bytes) -> None:
        """Store something small."""
        writer = self.writer(key)
        try:
            writer.write(data)
            writer.close()
        except StoreError:
            writer.discard()
            raise

    def read(self, key: str) -> bytes:
        """All of something small.

        Raises
        ------
        BlobMissing, StoreUnavailable
        """
        with self._told(reading=True):
            return bytes(self._fs.cat_file(self._path(key)))

    def open_range(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Bytes `start` up to but not including `end`, in pieces; opened at once, so what is missing is told now."""
        with self._told(reading=True):
            kind = {} if self.is_local else {"block_size": GATHER}
            file = self._fs.open(self._path(key), "rb", **kind)
        return self._pieces(file, start, end)

    def size(self, key: str) -> int:
        """Bytes stored under a key.

        Raises
        ------
        BlobMissing, StoreUnavailable
        """
        with self._told(reading=True):
            return int(self._fs.info(self._path(key))["size"])

    def exists(self, key: str) -> bool:
        """Whether something is stored under a key."""
        try:
            self.size(key)
        except BlobMissing:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove one blob; does nothing when it is not there."""
        with contextlib.suppress(BlobMissing), self._told(reading=True):
            self._fs.rm_file(self._path(key))

    def delete_prefix(self, prefix: str) -> None:
        """Remove everything whose key begins with `prefix` followed by a slash."""
        with contextlib.suppress(BlobMissing), self._told(reading=True):
            self._fs.invalidate_cache()
            self._fs.rm(self._path(prefix), recursive=True)

    def list(self, prefix: str) -> list[BlobInfo]:
        """Everything whose key begins with `prefix` followed by a slash."""
        with contextlib.suppress(BlobMissing), self._told(reading=True):
            self._fs.invalidate_cache()
            found = self._fs.find(self._path(prefix), detail=True)
            return [
                BlobInfo(str(path)[len(self._root) + 1 :], int(info["size"]), _modified(info))
                for path, info in sorted(found.items())
                if not str(path).rsplit("/", 1)[-1].startswith(".")
            ]
        return []

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        """A file of this machine with the blob's content, only to be read, and only inside the block."""
        if self._local is not None:
            self.size(key)
            yield Path(self._path(key))
            return
        with self.scratch() as folder:
            path = folder / "blob"
            with self._told(reading=True):
                self._fs.get_file(self._path(key), str(path))
            yield path

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """An empty folder for work in progress, beside the store where that is a folder, so that moving is cheap."""
        where = None
        if self._local is not None:
            with self._told():
                self._present()
                where = self._local / SCRATCH
                where.mkdir(exist_ok=True)
        with self._told():
            folder = Path(tempfile.mkdtemp(prefix="hinge-", dir=where))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def clear_scratch(self, before: datetime) -> None:
        """Remove what processes that were killed left in `scratch`."""
        if self._local is None or not (self._local / SCRATCH).is_dir():
            return
        for path in (self._local / SCRATCH).iterdir():
            with contextlib.suppress(FileNotFoundError):
                if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                    shutil.rmtree(path, ignore_errors=True)

    def check(self) -> None:
        """Write, read and remove a small blob.

        Raises
        ------
        StoreFull, StoreUnavailable
        """
        key, said = f"check/{uuid4().hex}", b"hinge-check"
        self.put_bytes(key, said)
        try:
            heard = self.read(key)
        except BlobMissing as error:
            raise StoreUnavailable("what was written is not there") from error
        finally:
            self.delete(key)
        if heard != said:
            raise StoreUnavailable("what was written reads otherwise")

    async def in_thread(self, function: Any, *given: Any) -> Any:
        """Call in one of a few threads kept for the store, so that slow disks do not hold up other requests."""
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(8)
        return await run_sync(function, *given, limiter=self._limiter)

    def _path(self, key: str) -> str:
        if len(key) > 300 or not _KEY.fullmatch(key):
            raise ValueError("not a key")
        return f"{self._root}/{key}"

    def _present(self) -> None:
        if self._local is not None and not self._local.is_dir():
            raise StoreUnavailable("the store's folder is not there")

    def _make_room_for(self, key: str) -> None:
        path = self._path(key)
        self._present()
        if self._local is not None:
            Path(path).parent.mkdir(parents=True, exist_ok=True)

    def _pieces(self, file: Any, start: int, end: int) -> Iterator[bytes]:
        with file, self._told(reading=True):
            file.seek(start)
            left = end - start
            while left > 0:
                piece = file.read(min(CHUNK, left))
                if not piece:
                    raise StoreUnavailable("a blob ends early")
                left -= len(piece)
                yield piece

    @contextmanager
    def _told(self, *, reading: bool = False) -> Iterator[None]:
        """Errors of whatever file system it is, as the store's own."""
        try:
            yield
        except FileNotFoundError as error:
            self._present()
            if reading:
                raise BlobMissing("nothing is stored here") from error
            raise StoreUnavailable("the store cannot be written") from error
        except _troubles() as error:
            if getattr(error, "errno", None) in _FULL:
                raise StoreFull("no room is left in the store") from error
            raise StoreUnavailable(f"the store does not answer ({type(error).__name__})") from error


class BlobWriter:
    """A blob being written."""

    def __init__(self, store: BlobStore, key: str, file: Any) -> None:
        self._store = store
        self._key = key
        self._file = file
        self._digest = hashlib.sha256()
        self.bytes = 0
        """Written so far."""

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of what was written so far."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> None:
        """Add to it."""
        with self._store._told():
            self._file.write(data)
        self._digest.update(data)
        self.bytes += len(data)

    def close(self) -> None:
        """It is complete."""
        with self._store._told():
            self._file.close()

    def discard(self) -> None:
        """It is not wanted; never raises for a store that is gone."""
        with contextlib.suppress(StoreError), self._store._told():
            drop = getattr(self._file, "discard", None)
            if drop is not None and not self._store.is_local:
                drop()
            self._file.close()
        with contextlib.suppress(StoreError):
            self._store.delete(self._key)


def _troubles() -> tuple[type[Exception], ...]:
    """What a file system may raise; those of buckets only where their packages are installed."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ModuleNotFoundError:
        return (OSError,)
    return (OSError, BotoCoreError, ClientError)


def _modified(info: dict[str, Any]) -> datetime:
    """When a blob was last written, whatever its file system calls that; long ago where it does not tell."""
    for name in ("mtime", "LastModified", "created"):
        value = info.get(name)
        if isinstance(value, datetime):
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
    return datetime.fromtimestamp(0, UTC)
