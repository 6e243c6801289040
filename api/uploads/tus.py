"""Resumable uploads: the server side of the tus protocol (1.0.0), without HTTP.

A piece is a blob with a random name; the row lists the pieces that count. Of two requests that append at the same
offset, one changes the row and the other finds it changed: no lock is held while bytes arrive, so a phone that
reconnects on another network continues at once even while its first connection still hangs.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api.core.clock import Now
from api.core.problems import Problem, ServiceCode
from api.db import Upload, new_id
from api.db.engine import Sessions
from api.recordings.requests import AnalysisRequest
from api.storage.blob_store import CHUNK, BlobStore, StoreError
from api.storage.keys import incoming_key
from api.uploads.ingest import IncomingVideo, Ingest
from hinge_check.errors import Refused

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
PIECE = 8 * 2**20
"""Maximum size of a piece, bytes: at most this much is lost when a connection or the service dies without notice."""
MOST_PIECES = 4000
"""Maximum pieces of one upload: far more than the largest video needs, too few to fill a disk with empty files."""
PIECE_S = 10.0
"""Seconds after which a piece is stored, however small, so that slow connections lose little."""
FINALIZE_LEASE = timedelta(minutes=10)
"""How long one request may take to finalize an upload before another may try."""
_KEYS = {"client_id", "protocol", "side", "speed", "trim_start_s", "trim_end_s"}
_KEY = re.compile(r"[!-+\--~]+")
"""Printable ASCII without space and comma."""


def parse_metadata(header: str | None) -> dict[str, str]:
    """Return Upload-Metadata as text by key; unknown keys (file names among them) are dropped.

    Raises
    ------
    ValueError
        The header does not follow the protocol.
    """
    values: dict[str, str] = {}
    for pair in (header or "").split(","):
        if not pair.strip():
            continue
        key, _, value = pair.strip().partition(" ")
        if not _KEY.fullmatch(key):
            raise ValueError("a key of Upload-Metadata is not ASCII")
        try:
            text = base64.b64decode(value.strip(), validate=True)
            if key in _KEYS:
                values[key] = text.decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise ValueError("a value of Upload-Metadata is not Base64 of text") from None
    return values


def prefix_of(upload_id: str) -> str:
    """Return the folder in the store of an upload's pieces."""
    return f"uploads/{upload_id}"


def create(
    db: Session,
    *,
    clinic_id: str,
    client_id: str,
    length: int,
    options: AnalysisRequest,
    now: datetime,
    keep_hours: float,
) -> Upload:
    """Create an upload; adds to the caller's transaction."""
    upload_id = new_id()
    row = Upload(
        id=upload_id,
        clinic_id=clinic_id,
        client_id=client_id,
        length=length,
        offset=0,
        part_key=prefix_of(upload_id),
        parts=[],
        asked=options.model_dump(mode="json"),
        created_at=now,
        expires_at=now + timedelta(hours=keep_hours),
    )
    db.add(row)
    return row


@dataclass(frozen=True, slots=True)
class UploadState:
    """The progress and the outcome of an upload."""

    upload_id: str
    offset: int
    length: int
    expires_at: datetime
    recording_id: str | None
    refusal: Mapping[str, Any] | None

    @property
    def is_complete(self) -> bool:
        """Whether all bytes have arrived."""
        return self.offset == self.length

    @property
    def is_finalized(self) -> bool:
        """Whether its outcome is known: a recording or a refusal."""
        return self.recording_id is not None or self.refusal is not None


def state_of(row: Upload) -> UploadState:
    """Return the state of an upload, detached from its row."""
    return UploadState(row.id, row.offset, row.length, row.expires_at, row.recording_id, row.refusal)


async def append(
    sessions: Sessions, store: BlobStore, upload_id: str, offset: int, chunks: AsyncIterator[bytes]
) -> int:
    """Store the bytes from `offset` on in pieces; what has arrived is kept, however the stream ends.

    Returns
    -------
    int
        The offset reached.

    Raises
    ------
    Problem
        `upload_mismatch` when another request was faster; also whatever `chunks` raises.
    """
    ended = False
    while not ended:
        name = new_id()
        writer = await store.in_thread(store.writer, f"{prefix_of(upload_id)}/{name}")
        gathered = bytearray()
        failure: BaseException | None = None
        try:
            keep_at = time.monotonic() + PIECE_S
            while writer.bytes + len(gathered) < PIECE and time.monotonic() < keep_at:
                chunk = await anext(chunks, None)
                if chunk is None:
                    ended = True
                    break
                gathered += chunk
                if len(gathered) >= 4 * CHUNK:
                    await store.in_thread(writer.write, bytes(gathered))
                    gathered.clear()
        except StoreError:
            await store.in_thread(writer.discard)
            raise
        except Problem as error:  # the connection broke, or is too slow: what arrived can still be used
            failure = error
        except BaseException:
            await store.in_thread(writer.discard)
            raise
        size = writer.bytes + len(gathered)
        if size == 0:
            await store.in_thread(writer.discard)
        else:
            await store.in_thread(writer.write, bytes(gathered))
            await store.in_thread(writer.close)
            if not await run_in_threadpool(_record_piece, sessions, upload_id, offset, name, size):
                await store.in_thread(writer.discard)
                raise Problem(ServiceCode.UPLOAD_MISMATCH)
            offset += size
        if failure is not None:
            raise failure
    return offset


def _record_piece(sessions: Sessions, upload_id: str, offset: int, name: str, size: int) -> bool:
    """Add a piece to the row, if the upload is still at this offset; return whether it was."""
    with sessions.begin() as db:
        row = db.get(Upload, upload_id)
        if row is None or row.offset != offset:
            return False
        if len(row.parts) >= MOST_PIECES:
            raise Problem(ServiceCode.CONFLICT, "This upload came in too many pieces.", advice="Start it again.")
        done = db.execute(
            update(Upload)
            .where(Upload.id == upload_id, Upload.offset == offset)
            .values(offset=offset + size, parts=[*row.parts, name])
            .execution_options(synchronize_session=False)
        )
        assert isinstance(done, CursorResult)
        return done.rowcount == 1


def finalize(sessions: Sessions, store: BlobStore, ingest: Ingest, clock: Now, upload_id: str) -> UploadState | None:
    """Make a recording of a complete upload; safe to call again, at any time, from anywhere.

    Returns
    -------
    UploadState or None
        Its state now; not finalized while another request is finishing it. None when it is gone.

    Raises
    ------
    Exception
        As `Ingest.ingest` except for refusals: nothing is lost, calling again may help.
    """
    now = clock()
    with sessions.begin() as db:
        unleased = or_(
            Upload.lease_until.is_(None), Upload.lease_until < now, Upload.lease_until > now + 2 * FINALIZE_LEASE
        )
        lease = db.execute(
            update(Upload)
            .where(
                Upload.id == upload_id,
                Upload.offset == Upload.length,
                Upload.recording_id.is_(None),
                Upload.refusal.is_(None),
                unleased,
            )
            .values(lease_until=now + FINALIZE_LEASE)
            .execution_options(synchronize_session=False)
        )
        assert isinstance(lease, CursorResult)
        row = db.get(Upload, upload_id)
        if row is None:
            return None
        if lease.rowcount == 0:
            return state_of(row)
    outcome: dict[str, Any] = {}
    try:
        outcome = _join_and_ingest(store, ingest, row)
    finally:
        with sessions.begin() as db:
            db.execute(update(Upload).where(Upload.id == upload_id).values(lease_until=None, **outcome))
    with contextlib.suppress(StoreError):  # the sweeper will find them
        store.delete_prefix(row.part_key)
    with sessions() as db:
        finalized = db.get(Upload, upload_id)
        return None if finalized is None else state_of(finalized)


def _join_and_ingest(store: BlobStore, ingest: Ingest, row: Upload) -> dict[str, Any]:
    """Join the pieces and ingest the video; return the outcome as columns of the row."""
    key = incoming_key()
    digest = hashlib.sha256()
    writer = store.writer(key)
    try:
        for piece in _pieces(store, row):
            digest.update(piece)
            writer.write(piece)
        writer.close()
    except BaseException:
        writer.discard()
        raise
    video = IncomingVideo(key, writer.bytes, digest.hexdigest(), row.clinic_id, row.client_id)
    try:
        ingested = ingest.ingest(video, AnalysisRequest.model_validate(row.asked))
    except Refused as refused:
        finding = refused.finding
        return {"refusal": {"code": finding.code.value, "message": finding.message, "advice": finding.advice}}
    return {"recording_id": ingested.recording_id}


def _pieces(store: BlobStore, row: Upload) -> Iterator[bytes]:
    for name in row.parts:
        key = f"{row.part_key}/{name}"
        yield from store.open_range(key, 0, store.size(key))
