"""Erasure of a client: rows, videos, everything derived from them, unfinished uploads, queued analyses."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.auth import audit_trail
from api.db import Analysis, Client, Deed, Recording, Upload
from api.storage.blob_store import BlobStore
from api.storage.keys import analysis_folder, recording_folder


def erase(db: Session, store: BlobStore, client: Client, trail: audit_trail.Trail) -> None:
    """Erase a client for good; commits.

    Files go first, so that a failure leaves a client who can be erased again, never files without an owner. They are
    deleted a second time, because a worker or an upload may have written some in between; by then no row accepts any.
    """
    recordings = list(db.scalars(select(Recording.id).where(Recording.client_id == client.id)))
    analyses = list(db.scalars(select(Analysis.id).join(Recording).where(Recording.client_id == client.id)))
    uploads = list(db.scalars(select(Upload.part_key).where(Upload.client_id == client.id)))
    folders = [*map(recording_folder, recordings), *map(analysis_folder, analyses), *uploads]
    for folder in folders:
        store.delete_prefix(folder)
    stranger = audit_trail.anonymise(db, client.id)
    trail.record(db, Deed.ERASED, "client", stranger, stranger)
    # Everything else of theirs depends on this row; wake-ups in the queue find no row to claim.
    db.execute(delete(Client).where(Client.id == client.id))
    db.commit()
    for folder in folders:
        store.delete_prefix(folder)
