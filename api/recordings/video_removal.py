"""Deleting videos and what was drawn from them, while the figures stay; and what a withdrawal takes away."""

from __future__ import annotations

import contextlib
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.db import Analysis, AnalysisState, Recording, RecordingState, Upload
from api.recordings import service as telling
from api.storage.blob_store import BlobStore, StoreError
from api.storage.keys import PLAYABLE, analysis_folder, recording_folder
from hinge_check.results import VIDEO

_UNDER_WAY = (AnalysisState.QUEUED, AnalysisState.ANALYSING)


def remove_videos(db: Session, store: BlobStore, recording: Recording, now: datetime) -> None:
    """Delete a recording's video, its copy, still and annotated videos; commits.

    As with recordings: files first, so that a failure leaves a row that says they are still there; then the row; then
    what a worker may have written in between.
    """
    analyses = list(db.scalars(select(Analysis.id).where(Analysis.recording_id == recording.id)))
    store.delete_prefix(recording_folder(recording.id))
    _drop_drawn(store, analyses)
    # Those that look at the video have none any more. Their workers find no row to publish to.
    looking = delete(Analysis).where(
        Analysis.recording_id == recording.id, Analysis.state.in_(_UNDER_WAY), Analysis.reassess_of.is_(None)
    )
    db.execute(looking.execution_options(synchronize_session=False))
    recording.original_key = None
    recording.poster_key = None
    recording.playable_key = None
    recording.videos_removed_at = now
    recording.updated_at = now
    db.commit()
    _drop_drawn(store, analyses)


def remove_upload(db: Session, store: BlobStore, upload: Upload) -> None:
    """Give up a video that has not arrived whole; commits."""
    db.execute(delete(Upload).where(Upload.id == upload.id))
    db.commit()
    store.delete_prefix(upload.part_key)


def remove_all_videos(db: Session, store: BlobStore, client_id: str, now: datetime) -> None:
    """What taking back the storing does: videos go at once, half-sent ones too; figures stay. Commits as it goes.

    A recording without figures yet is nothing but its video, and goes whole, its job with it.
    """
    for upload in list(db.scalars(select(Upload).where(Upload.client_id == client_id))):
        remove_upload(db, store, upload)
    theirs = select(Recording).where(Recording.client_id == client_id, Recording.original_key.is_not(None))
    for recording in list(db.scalars(theirs.order_by(Recording.created_at))):
        if recording.state is RecordingState.DONE:
            remove_videos(db, store, recording, now)
        else:
            telling.remove(db, store, recording)


def _drop_drawn(store: BlobStore, analyses: list[str]) -> None:
    for analysis_id in analyses:
        for blob in store.list(analysis_folder(analysis_id)):
            if blob.key.endswith((f"/{VIDEO}", f"/{PLAYABLE}")):
                with contextlib.suppress(StoreError):
                    store.delete(blob.key)
