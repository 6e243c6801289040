"""The blob store: videos and results under random keys, in a folder or an S3-compatible bucket (fsspec).

One setting chooses which. Keys are made of ids, never of anything a person typed. Every failure is one of three: there
is no such blob (`BlobMissing`), no space is left (`StoreFull`), the store does not respond (`StoreUnavailable`).
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
"""Bytes read, or passed on, at a time."""
GATHER = 1024 * 1024
"""Bytes gathered from the network before they are handed to a thread that writes them."""
REMOTE_BLOCK = 8 * 2**20
"""Bytes of one part sent to a bucket; each open writer holds as much in memory."""
SCRATCH = "scratch"
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9]+)*(/[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9]+)*)*")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class StoreError(Exception):
    """Base class of the store's errors; their messages never name a key."""


class BlobMissing(StoreError):
    """No blob is stored under this key."""


class StoreFull(StoreError):
    """The store has no space left."""


class StoreUnavailable(StoreError):
    """The store does not respond, or its folder does not exist."""


@dataclass(frozen=True, slots=True)
class BlobInfo:
    """Key, size and time of one blob."""

    key: str
    bytes: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """Size and digest of a stream that was stored."""

    bytes: int
    sha256: str


class BlobStore:
    """Blobs by key.

    Parameters
    ----------
    url
        file:///folder, s3://bucket/prefix, memory://name, or whatever else fsspec opens.
    options
        Options of that file system, e.g. the endpoint of a bucket.
    """

    def __init__(self, url: str, **options: Any) -> None:
        self._fs, root = url_to_fs(url, **options)
        self._root = str(root).rstrip("/")
        self._local = Path(self._root) if isinstance(self._fs, LocalFileSystem) else None
        self._limiter: anyio.CapacityLimiter | None = None
        if self._local is not None:
            # Only here: if the folder vanishes later (a disk is not mounted), nothing must be written in its place.
            self._local.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def is_local(self) -> bool:
        """Whether blobs are files on this machine."""
        return self._local is not None

    def writer(self, key: str) -> BlobWriter:
        """Start a blob; it exists once the writer is closed.

        Raises
        ------
        StoreFull, StoreUnavailable
        """
        with self._own_errors():
            self._make_folder_for(key)
            kind = {} if self.is_local else {"block_size": REMOTE_BLOCK}
            return BlobWriter(self, key, self._fs.open(self._path(key), "wb", **kind))

    async def put_stream(self, key: str, chunks: AsyncIterable[bytes]) -> Stored:
        """Store a stream, counting and hashing it; nothing is kept when the stream or the store fails."""
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
        except BaseException:  # a cancelled request, too
            with anyio.CancelScope(shield=True):
                await self.in_thread(writer.discard)
            raise
        return Stored(writer.bytes, writer.sha256)

    def put_file(self, key: str, path: Path) -> int:
        """Store a finished file durably; it may be moved rather than copied, so do not use it afterwards.

        Returns
        -------
        int
            Bytes stored.
        """
        with self._own_errors():
            size = path.stat().st_size
            self._make_folder_for(key)
            if self._local is None:
                self._fs.put_file(str(path), self._path(key))
                return size
            target = Path(self._path(key))
            part = target.with_name(f".{uuid4().hex}")
            try:
                shutil.move(path, part)
                with part.open("rb") as file:
                    os.fsync(file.fileno())
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)
            return size

    def put_bytes(self, key: str, data: bytes) -> None:
        """Store a small blob."""
        writer = self.writer(key)
        try:
            writer.write(data)
            writer.close()
        except StoreError:
            writer.discard()
            raise

    def read(self, key: str) -> bytes:
        """Return the whole of a small blob.

        Raises
        ------
        BlobMissing, StoreUnavailable
        """
        with self._own_errors(reading=True):
            return bytes(self._fs.cat_file(self._path(key)))

    def open_range(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Return bytes `start` up to but not including `end`, in pieces.

        The blob is opened at once, so a missing one raises here and not at the first piece.
        """
        with self._own_errors(reading=True):
            kind = {} if self.is_local else {"block_size": GATHER}
            file = self._fs.open(self._path(key), "rb", **kind)
        return self._pieces(file, start, end)

    def size(self, key: str) -> int:
        """Return the size of a blob in bytes.

        Raises
        ------
        BlobMissing, StoreUnavailable
        """
        with self._own_errors(reading=True):
            return int(self._fs.info(self._path(key))["size"])

    def exists(self, key: str) -> bool:
        """Return whether a blob is stored under a key."""
        try:
            self.size(key)
        except BlobMissing:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove one blob; do nothing when there is none."""
        with contextlib.suppress(BlobMissing), self._own_errors(reading=True):
            self._fs.rm_file(self._path(key))

    def delete_prefix(self, prefix: str) -> None:
        """Remove every blob whose key begins with `prefix` followed by a slash."""
        with contextlib.suppress(BlobMissing), self._own_errors(reading=True):
            self._fs.invalidate_cache()
            self._fs.rm(self._path(prefix), recursive=True)

    def list(self, prefix: str) -> list[BlobInfo]:
        """Return every blob whose key begins with `prefix` followed by a slash."""
        with contextlib.suppress(BlobMissing), self._own_errors(reading=True):
            self._fs.invalidate_cache()
            found = self._fs.find(self._path(prefix), detail=True)
            return [
                BlobInfo(str(path)[len(self._root) + 1 :], int(info["size"]), _modified_at(info))
                for path, info in sorted(found.items())
                if not str(path).rsplit("/", 1)[-1].startswith(".")
            ]
        return []

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        """Give the path of a local file with the blob's content; read-only, and valid only inside the block."""
        if self._local is not None:
            self.size(key)
            yield Path(self._path(key))
            return
        with self.scratch() as folder:
            path = folder / "blob"
            with self._own_errors(reading=True):
                self._fs.get_file(self._path(key), str(path))
            yield path

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give an empty folder for work in progress, in the store where that is a folder, so that moving is cheap."""
        where = None
        if self._local is not None:
            with self._own_errors():
                self._require_folder()
                where = self._local / SCRATCH
                where.mkdir(exist_ok=True)
        with self._own_errors():
            folder = Path(tempfile.mkdtemp(prefix="hinge-", dir=where))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def clear_scratch(self, before: datetime) -> None:
        """Remove what killed processes left in the scratch folder before a moment."""
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
        key, written = f"check/{uuid4().hex}", b"hinge-check"
        self.put_bytes(key, written)
        try:
            read = self.read(key)
        except BlobMissing as error:
            raise StoreUnavailable("the blob just written is missing") from error
        finally:
            self.delete(key)
        if read != written:
            raise StoreUnavailable("the blob just written reads differently")

    async def in_thread(self, function: Any, *arguments: Any) -> Any:
        """Call a function in one of the store's own few threads: a slow disk must not hold up other requests."""
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(8)
        return await run_sync(function, *arguments, limiter=self._limiter)

    def _path(self, key: str) -> str:
        if len(key) > 300 or not _KEY.fullmatch(key):
            raise ValueError("not a key")
        return f"{self._root}/{key}"

    def _require_folder(self) -> None:
        if self._local is not None and not self._local.is_dir():
            raise StoreUnavailable("the store's folder is not there")

    def _make_folder_for(self, key: str) -> None:
        path = self._path(key)
        self._require_folder()
        if self._local is not None:
            Path(path).parent.mkdir(parents=True, exist_ok=True)

    def _pieces(self, file: Any, start: int, end: int) -> Iterator[bytes]:
        with file, self._own_errors(reading=True):
            file.seek(start)
            left = end - start
            while left > 0:
                piece = file.read(min(CHUNK, left))
                if not piece:
                    raise StoreUnavailable("a blob ends early")
                left -= len(piece)
                yield piece

    @contextmanager
    def _own_errors(self, *, reading: bool = False) -> Iterator[None]:
        """Raise errors of the file system, whichever it is, as the store's own."""
        try:
            yield
        except FileNotFoundError as error:
            self._require_folder()
            if reading:
                raise BlobMissing("nothing is stored here") from error
            raise StoreUnavailable("the store cannot be written") from error
        except _file_system_errors() as error:
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
        """Bytes written so far."""

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the bytes written so far."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> None:
        """Append bytes."""
        with self._store._own_errors():
            self._file.write(data)
        self._digest.update(data)
        self.bytes += len(data)

    def close(self) -> None:
        """Complete the blob."""
        with self._store._own_errors():
            self._file.close()

    def discard(self) -> None:
        """Drop the blob; never raises, even when the store is unavailable."""
        with contextlib.suppress(StoreError), self._store._own_errors():
            drop = getattr(self._file, "discard", None)
            if drop is not None and not self._store.is_local:
                drop()
            self._file.close()
        with contextlib.suppress(StoreError):
            self._store.delete(self._key)


def _file_system_errors() -> tuple[type[Exception], ...]:
    """Return what a file system may raise; the errors of buckets only where their packages are installed."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ModuleNotFoundError:
        return (OSError,)
    return (OSError, BotoCoreError, ClientError)


def _modified_at(info: dict[str, Any]) -> datetime:
    """Return when a blob was last written, whatever the file system calls it; 1970 where it does not say."""
    for name in ("mtime", "LastModified", "created"):
        value = info.get(name)
        if isinstance(value, datetime):
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
    return datetime.fromtimestamp(0, UTC)
