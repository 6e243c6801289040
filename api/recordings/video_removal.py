"""Deletion of videos and of pictures made from them, also after consent is withdrawn; the results stay."""

from __future__ import annotations

import contextlib
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.db import Analysis, AnalysisState, Recording, RecordingState, Upload
from api.recordings import service
from api.storage.blob_store import BlobStore, StoreError
from api.storage.keys import PLAYABLE, analysis_folder, recording_folder
from hinge_check.results import VIDEO

_UNDER_WAY = (AnalysisState.QUEUED, AnalysisState.ANALYSING)


def remove_videos(db: Session, store: BlobStore, recording: Recording, now: datetime) -> None:
    """Delete a recording's video, its copy, still and annotated videos; commits.

    As with recordings, files go first, so that a failure leaves a row that says they still exist; then the row; then
    the files that a worker may have written in between.
    """
    analyses = list(db.scalars(select(Analysis.id).where(Analysis.recording_id == recording.id)))
    store.delete_prefix(recording_folder(recording.id))
    _delete_drawn_videos(store, analyses)
    # Queued and running analyses have no video any more; their workers find no row to publish to.
    pending = delete(Analysis).where(
        Analysis.recording_id == recording.id, Analysis.state.in_(_UNDER_WAY), Analysis.reassess_of.is_(None)
    )
    db.execute(pending.execution_options(synchronize_session=False))
    recording.original_key = None
    recording.poster_key = None
    recording.playable_key = None
    recording.videos_removed_at = now
    recording.updated_at = now
    db.commit()
    _delete_drawn_videos(store, analyses)


def remove_upload(db: Session, store: BlobStore, upload: Upload) -> None:
    """Discard an unfinished upload; commits."""
    db.execute(delete(Upload).where(Upload.id == upload.id))
    db.commit()
    store.delete_prefix(upload.part_key)


def remove_all_videos(db: Session, store: BlobStore, client_id: str, now: datetime) -> None:
    """Delete all videos and unfinished uploads of a client who withdrew consent to storing.

    Results stay. A recording without results is only a video, so it is removed entirely, with its job. Commits after
    each.
    """
    for upload in list(db.scalars(select(Upload).where(Upload.client_id == client_id))):
        remove_upload(db, store, upload)
    theirs = select(Recording).where(Recording.client_id == client_id, Recording.original_key.is_not(None))
    for recording in list(db.scalars(theirs.order_by(Recording.created_at))):
        if recording.state is RecordingState.DONE:
            remove_videos(db, store, recording, now)
        else:
            service.remove(db, store, recording)


def _delete_drawn_videos(store: BlobStore, analyses: list[str]) -> None:
    for analysis_id in analyses:
        for blob in store.list(analysis_folder(analysis_id)):
            if blob.key.endswith((f"/{VIDEO}", f"/{PLAYABLE}")):
                with contextlib.suppress(StoreError):
                    store.delete(blob.key)
