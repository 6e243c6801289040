"""Signed links to the files of a recording, for players and images in pages, which send no headers of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_recordings
from api.auth.audit_trail import Trail
from api.auth.crypto import sign_media
from api.auth.principal import Principal
from api.care.consent import may_watch, show_mark
from api.recordings.result_files import PICTURES, FileName, files_of
from api.settings import Settings


class FileLink(BaseModel):
    """A link to a file: anyone who has it can read the file until it expires."""

    name: FileName
    media_type: str
    href: str = Field(description="Relative to this service")


class LinksOut(BaseModel):
    """Links for players and images in pages, which send no headers of their own."""

    expires_at: datetime
    links: list[FileLink]


def read_links(
    db: Session,
    me: Principal,
    trail: Trail,
    recording_id: str,
    *,
    settings: Settings,
    now: datetime,
    analysis_id: str | None = None,
) -> LinksOut:
    """Return fresh links to the files of a recording; each works for a short while, for anyone who has it.

    Links to pictures are left out if the client does not share their videos.

    Raises
    ------
    Problem
        `not_found` for the recording of another clinician's client; `not_ready` for an analysis that is not done.
    """
    recording = get_or_404(db, visible_recordings(me), recording_id)
    mark, may_see = show_mark(db, recording.client_id), may_watch(db, me, recording)
    links = [
        FileLink(
            name=name,
            media_type=file.media_type,
            href=_href(settings.key, recording_id, name, analysis_id, mark, me.id),
        )
        for name, file in files_of(db, recording, analysis_id).items()
        if may_see or name not in PICTURES
    ]
    trail.record_view(db, "links", recording.id, recording.client_id)  # opening one is recorded separately
    return LinksOut(expires_at=now + timedelta(minutes=settings.media_link_minutes), links=links)


def media_resource(recording_id: str, name: FileName, analysis_id: str | None, mark: str, principal_id: str) -> str:
    """Return the text that a link's token signs: the file, and for whom the link was made.

    `mark` changes when the client stops sharing their videos, which invalidates every link.
    """
    return f"recording/{recording_id}/{analysis_id or 'newest'}/{name}/{mark}/{principal_id}"


def _href(key: str, recording_id: str, name: FileName, analysis_id: str | None, mark: str, principal_id: str) -> str:
    resource = media_resource(recording_id, name, analysis_id, mark, principal_id)
    query = {"token": sign_media(key, resource), "for": principal_id}
    if analysis_id is not None:
        query["analysis"] = analysis_id
    return f"/api/v1/media/{recording_id}/{name}?{urlencode(query)}"
