"""From bytes that have arrived to a recording with its analysis asked for: whole, or nothing at all."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
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
from api.settings import Settings
from api.storage.blob_store import BlobStore, StoreError
from api.storage.keys import recording_folder
from api.uploads.probe import Probed, VideoLimits, probe_in_subprocess
from hinge_check.assess.protocol import DEFAULT, LADDER
from hinge_check.errors import Refused
from hinge_check.options import SideChoice

AT_ONCE = 2
"""Videos opened at the same time by one API process: each is a process of some 100 MB."""
_opening = threading.BoundedSemaphore(AT_ONCE)


def _known(name: str) -> str:
    known = name.strip().lower().replace("-", "_")
    # Asked for by name alone: the library would also take the path of a file.
    if known not in LADDER:
        raise ValueError(f"no protocol is called this; known: {', '.join(LADDER)}")
    return known


ProtocolName = Annotated[str, Field(max_length=64), AfterValidator(_known)]
"""Name of a bundled protocol."""


class AnalysisRequest(BaseModel):
    """How a recording is to be analysed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    protocol: ProtocolName = Field(default=DEFAULT, description="Name of the exercise's protocol")
    side: SideChoice = Field(default="auto", description="Side of the body towards the camera")
    speed: float | None = Field(
        default=None, gt=0, le=16, allow_inf_nan=False, description="Playback over real speed: 0.125 for 240 at 30"
    )
    trim_start_s: float | None = Field(default=None, ge=0, le=86400, allow_inf_nan=False)
    trim_end_s: float | None = Field(default=None, gt=0, le=86400, allow_inf_nan=False)

    @model_validator(mode="after")
    def _forwards(self) -> AnalysisRequest:
        if self.trim_end_s is not None and self.trim_end_s <= (self.trim_start_s or 0.0):
            raise ValueError("the trim must end after it starts")
        return self


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
    """The recording they are."""

    recording_id: str
    is_new: bool


class Ingest:
    """Takes videos in. Every call blocks, for seconds: never call it in the event loop."""

    def __init__(
        self,
        sessions: Sessions,
        store: BlobStore,
        bell: WakeupQueue,
        settings: Settings,
        clock: Now,
        trail: Trail | None = None,
    ) -> None:
        self._sessions = sessions
        self._store = store
        self._bell = bell
        self._settings = settings
        self._clock = clock
        self._trail = trail

    def ingest(self, arrived: IncomingVideo, asked: AnalysisRequest) -> Ingested:
        """Make a recording of what has arrived, or find the one it is already; the arrived bytes are gone after.

        Raises
        ------
        Refused
            The video is none, or not one that is taken.
        Problem
            `not_found` when the client was removed meanwhile; `consent_required` and the like when it was taken back.
        StoreError, OSError, sqlalchemy.exc.DBAPIError
            Nothing was kept; trying again may help.
        """
        became = "failed"
        try:
            known = self._known(arrived)
            taken = self._examined(arrived, asked) if known is None else Ingested(known, False)
            became = "new" if taken.is_new else "known"
            return taken
        except Refused as refused:
            became = "refused"
            count_probe_refusal(refused.finding.code.value)
            raise
        finally:
            count_upload(became, arrived.bytes)
            with contextlib.suppress(StoreError):  # the sweep will find it
                self._store.delete(arrived.key)

    def _known(self, arrived: IncomingVideo) -> str | None:
        same = (Recording.client_id == arrived.client_id, Recording.sha256 == arrived.sha256)
        with self._sessions() as db:
            return db.scalar(select(Recording.id).where(*same))

    def _examined(self, arrived: IncomingVideo, asked: AnalysisRequest) -> Ingested:
        limits = VideoLimits(
            seconds=self._settings.max_video_s,
            pixels=self._settings.max_video_pixels,
            frames=self._settings.max_video_frames,
        )
        recording_id = new_id()
        try:
            with self._store.local_path(arrived.key) as source, self._store.scratch() as folder:
                with _opening:
                    found = probe_in_subprocess(source, folder, limits)
                video_key = f"{recording_folder(recording_id)}/original.{found.suffix}"
                poster_key = f"{recording_folder(recording_id)}/poster.jpg"
                size = self._store.put_file(video_key, found.video)
                self._store.put_file(poster_key, found.poster)
            row = _row(recording_id, arrived, asked, found, self._clock())
            row.original_key, row.original_bytes, row.poster_key = video_key, size, poster_key
            analysis_id = self._kept(row)
        except BaseException as error:
            with contextlib.suppress(StoreError):
                self._store.delete_prefix(recording_folder(recording_id))
            if isinstance(error, IntegrityError):
                known = self._known(arrived)  # the same video, sent twice at the same instant
                if known is not None:
                    return Ingested(known, False)
                raise not_found() from error
            raise
        self._bell.notify(analysis_id)
        return Ingested(recording_id, True)

    def _kept(self, row: Recording) -> str:
        with self._sessions.begin() as db:
            db.add(row)
            db.flush()
            # Once more, now that it is here: it may have been taken back while the video came in.
            require_upload(db, row.client_id)
            if self._trail is not None:
                self._trail.record(db, Deed.CREATED, "recording", row.id, row.client_id)
            protocol, row.plan_id = protocol_for(db, row.client_id, row.protocol)
            return request_analysis(db, row, protocol, settings=self._settings, now=row.created_at).id


def _row(recording_id: str, arrived: IncomingVideo, asked: AnalysisRequest, found: Probed, now: datetime) -> Recording:
    probe: dict[str, Any] = found.seen.model_dump(mode="json")
    return Recording(
        id=recording_id,
        clinic_id=arrived.clinic_id,
        client_id=arrived.client_id,
        sha256=arrived.sha256,
        bytes=arrived.bytes,
        media_type=found.media_type,
        state=RecordingState.RECEIVED,
        protocol=asked.protocol,
        side=asked.side,
        speed=asked.speed,
        trim_start_s=asked.trim_start_s,
        trim_end_s=asked.trim_end_s,
        probe=probe,
        created_at=now,
        updated_at=now,
    )
