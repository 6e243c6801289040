"""Ingest: turn an uploaded video into a recording with a requested analysis, completely or not at all."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from api.auth.audit_trail import Trail
from api.care.consent import require_upload
from api.care.plans import protocol_for
from api.core.clock import Now
from api.core.metrics import count_probe_refusal, count_upload
from api.core.problems import not_found
from api.db import Deed, Recording, RecordingState, new_id
from api.db.engine import Sessions
from api.jobs.enqueue import request_analysis
from api.jobs.wakeup_queue import WakeupQueue
from api.recordings.requests import AnalysisRequest
from api.settings import Settings
from api.storage.blob_store import BlobStore, StoreError
from api.storage.keys import recording_folder
from api.uploads.probe import AcceptedVideo, VideoLimits, probe_in_subprocess
from hinge_check.errors import Refused

PROBES_AT_ONCE = 2
"""Videos that one API process probes at the same time: each is a process of some 100 MB."""
_probing = threading.BoundedSemaphore(PROBES_AT_ONCE)


@dataclass(frozen=True, slots=True)
class IncomingVideo:
    """Bytes in the store that may become a recording."""

    key: str
    bytes: int
    sha256: str
    clinic_id: str
    client_id: str


@dataclass(frozen=True, slots=True)
class Ingested:
    """The recording that a video became."""

    recording_id: str
    is_new: bool


class Ingest:
    """Turns uploaded videos into recordings. Every call blocks for seconds: never call it in the event loop."""

    def __init__(
        self,
        sessions: Sessions,
        store: BlobStore,
        wakeups: WakeupQueue,
        settings: Settings,
        clock: Now,
        trail: Trail | None = None,
    ) -> None:
        self._sessions = sessions
        self._store = store
        self._wakeups = wakeups
        self._settings = settings
        self._clock = clock
        self._trail = trail

    def ingest(self, video: IncomingVideo, options: AnalysisRequest) -> Ingested:
        """Make a recording of an uploaded video, or find the one it is already; the uploaded bytes are deleted.

        Raises
        ------
        Refused
            The file is not a video, or not one that is accepted.
        Problem
            `not_found` when the client was removed meanwhile; `consent_required` and the like after a withdrawal.
        StoreError, OSError, sqlalchemy.exc.DBAPIError
            Nothing was stored; trying again may help.
        """
        outcome = "failed"
        try:
            existing = self._find_same(video)
            ingested = self._probe_and_store(video, options) if existing is None else Ingested(existing, False)
            outcome = "new" if ingested.is_new else "known"
            return ingested
        except Refused as refused:
            outcome = "refused"
            count_probe_refusal(refused.finding.code.value)
            raise
        finally:
            count_upload(outcome, video.bytes)
            with contextlib.suppress(StoreError):  # the sweeper will find it
                self._store.delete(video.key)

    def _find_same(self, video: IncomingVideo) -> str | None:
        """Return the recording of the same client with the same content, if there is one."""
        same = (Recording.client_id == video.client_id, Recording.sha256 == video.sha256)
        with self._sessions() as db:
            return db.scalar(select(Recording.id).where(*same))

    def _probe_and_store(self, video: IncomingVideo, options: AnalysisRequest) -> Ingested:
        """Probe the video, store its copy and poster, and make the recording."""
        limits = VideoLimits(
            seconds=self._settings.max_video_s,
            pixels=self._settings.max_video_pixels,
            frames=self._settings.max_video_frames,
        )
        recording_id = new_id()
        try:
            with self._store.local_path(video.key) as source, self._store.scratch() as folder:
                with _probing:
                    accepted = probe_in_subprocess(source, folder, limits)
                video_key = f"{recording_folder(recording_id)}/original.{accepted.suffix}"
                poster_key = f"{recording_folder(recording_id)}/poster.jpg"
                size = self._store.put_file(video_key, accepted.video)
                self._store.put_file(poster_key, accepted.poster)
            row = _row(recording_id, video, options, accepted, self._clock())
            row.original_key, row.original_bytes, row.poster_key = video_key, size, poster_key
            analysis_id = self._insert(row)
        except BaseException as error:
            with contextlib.suppress(StoreError):
                self._store.delete_prefix(recording_folder(recording_id))
            if isinstance(error, IntegrityError):
                existing = self._find_same(video)  # the same video, sent twice at the same instant
                if existing is not None:
                    return Ingested(existing, False)
                raise not_found() from error
            raise
        self._wakeups.notify(analysis_id)
        return Ingested(recording_id, True)

    def _insert(self, row: Recording) -> str:
        """Insert the recording and request its analysis; return the id of the analysis."""
        with self._sessions.begin() as db:
            db.add(row)
            db.flush()
            # Checked again: consent may have been withdrawn during the upload.
            require_upload(db, row.client_id)
            if self._trail is not None:
                self._trail.record(db, Deed.CREATED, "recording", row.id, row.client_id)
            protocol, row.plan_id = protocol_for(db, row.client_id, row.protocol)
            return request_analysis(db, row, protocol, settings=self._settings, now=row.created_at).id


def _row(
    recording_id: str, video: IncomingVideo, options: AnalysisRequest, accepted: AcceptedVideo, now: datetime
) -> Recording:
    probe: dict[str, Any] = accepted.probe.model_dump(mode="json")
    return Recording(
        id=recording_id,
        clinic_id=video.clinic_id,
        client_id=video.client_id,
        sha256=video.sha256,
        bytes=video.bytes,
        media_type=accepted.media_type,
        state=RecordingState.RECEIVED,
        protocol=options.protocol,
        side=options.side,
        speed=options.speed,
        trim_start_s=options.trim_start_s,
        trim_end_s=options.trim_end_s,
        probe=probe,
        created_at=now,
        updated_at=now,
    )
