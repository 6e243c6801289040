"""Clean-up of uploads: expired ones, and pieces left by interrupted requests."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from api.db import Upload
from api.db.engine import Sessions
from api.recordings.video_removal import remove_upload
from api.storage.blob_store import BlobStore
from api.storage.keys import INCOMING

KEEP = timedelta(hours=24)


def sweep(sessions: Sessions, store: BlobStore, now: datetime, *, keep: timedelta = KEEP) -> int:
    """Remove expired uploads, and what interrupted requests left in the store.

    Returns
    -------
    int
        Number of uploads removed.
    """
    with sessions() as db:
        expired = list(db.scalars(select(Upload).where(Upload.expires_at <= now).limit(500)))
        for row in expired:
            remove_upload(db, store, row)
        current = set(db.scalars(select(Upload.id)))
    before = now - keep
    for blob in store.list(INCOMING):
        if blob.modified < before:
            store.delete(blob.key)
    for blob in store.list("uploads"):
        if blob.modified < before and blob.key.split("/")[1] not in current:
            store.delete(blob.key)
    store.clear_scratch(before)
    return len(expired)
