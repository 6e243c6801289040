"""Taking an agreement back, with what that does to videos."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_clients
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.care.consent import ConsentOut, consent_out, revoke
from api.db import ConsentKind, Deed
from api.recordings.video_removal import remove_all_videos
from api.storage.blob_store import BlobStore


def withdraw_consent(
    db: Session, store: BlobStore, me: Principal, trail: Trail, client_id: str, kind: ConsentKind, now: datetime
) -> ConsentOut:
    """Take one of the three back; it works at once. Commits. What it does is what its words say ('withdrawal')."""
    client = get_or_404(db, visible_clients(me), client_id)
    if revoke(db, client.id, kind, now):
        trail.record(db, Deed.WITHDREW, str(kind), client.id, client.id)
    db.commit()  # from now on nothing comes in and nothing is shown
    if kind is ConsentKind.STORE:
        # Also when it was withdrawn before: the store may have failed in the middle of it.
        remove_all_videos(db, store, client.id, now)
    return consent_out(db, client)
