"""Withdrawal of a consent, with its effect on videos."""

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
    """Withdraw one of the three consents, at once. Its wording states what that does ('withdrawal'). Commits."""
    client = get_or_404(db, visible_clients(me), client_id)
    if revoke(db, client.id, kind, now):
        trail.record(db, Deed.WITHDREW, str(kind), client.id, client.id)
    db.commit()  # from now on no video is accepted and none is shown
    if kind is ConsentKind.STORE:
        # Also if it was withdrawn before: the store may have failed midway.
        remove_all_videos(db, store, client.id, now)
    return consent_out(db, client)
