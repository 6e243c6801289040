"""The files of a recording: for signed-in callers, and by signed links for players and images in pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session
from starlette.responses import StreamingResponse

from api.auth.access import get_or_404, visible_recordings
from api.auth.audit_trail import trail_of_link
from api.auth.crypto import check_media
from api.care.consent import require_watch, show_mark
from api.core.problems import SIGNED_IN, ServiceCode, not_found, problem_responses
from api.core.text_types import AnalysisId, IdPath
from api.db import Recording
from api.http.deps import Audit, Clock, Config, Db, Me, Store
from api.http.range_response import blob_response
from api.recordings.media_links import media_resource
from api.recordings.result_files import PICTURES, FileName, file_of
from api.storage.blob_store import BlobStore

router = APIRouter(tags=["media"])

_VIDEOS = ("video/mp4", "video/webm", "video/x-matroska")
_PATHS = {
    FileName.ORIGINAL: ("original", "The video as it was sent, without its metadata", _VIDEOS),
    FileName.PLAYABLE: ("playable", "The video as every browser plays it: as it was sent, or a copy", _VIDEOS),
    FileName.POSTER: ("poster.jpg", "A still from its start", ("image/jpeg",)),
    FileName.ANNOTATED: ("annotated.mp4", "The video with what was measured drawn on it", ("video/mp4",)),
    FileName.CHART: ("chart.png", "Hip and lower back over time, and the rhythm of each rep", ("image/png",)),
    FileName.CHAPTERS: ("chapters.vtt", "The reps as WebVTT chapters of the annotated video", ("text/vtt",)),
    FileName.ANGLES: ("angles", "Angles of every frame as columns; null where not measurable", ("application/json",)),
    FileName.ANGLES_CSV: ("angles.csv", "Angles of every frame; empty where not measurable", ("text/csv",)),
    FileName.REPS_CSV: ("reps.csv", "One row a rep", ("text/csv",)),
}
_BYTES: dict[str, Any] = {"type": "string", "format": "binary"}
_COLUMNS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": {"type": ["number", "string", "null"]}},
}
_SIGNED_IN = SIGNED_IN | problem_responses(ServiceCode.FORBIDDEN, ServiceCode.CSRF, ServiceCode.NOT_SHOWN)
_ANSWERS: dict[int | str, dict[str, Any]] = {
    206: {"description": "The requested range"},
    304: {"description": "You have it already (If-None-Match)"},
    **problem_responses(ServiceCode.NOT_READY, ServiceCode.RANGE_NOT_SATISFIABLE),
}


def _show(
    request: Request, db: Session, store: BlobStore, recording: Recording, name: FileName, analysis: str | None
) -> Response:
    file = file_of(db, recording, name, analysis)
    return blob_response(request, store, file.key, file.media_type, name=file.name)


def _make_route(name: FileName, description: str) -> Callable[..., Response]:
    def read(
        recording_id: IdPath, request: Request, me: Me, db: Db, store: Store, audit: Audit, analysis: AnalysisId = None
    ) -> Response:
        recording = get_or_404(db, visible_recordings(me), recording_id)
        if name in PICTURES:
            require_watch(db, me, recording)
        answer = _show(request, db, store, recording, name, analysis)
        audit.record_view(db, "media" if name in PICTURES else "figures", recording.id, recording.client_id)
        return answer

    read.__name__ = f"read_{name}"
    read.__doc__ = f"{description}."
    return read


for _name, (_path, _description, _types) in _PATHS.items():
    _content = {kind: {"schema": _COLUMNS if kind == "application/json" else _BYTES} for kind in _types}
    for _method in ("GET", "HEAD"):
        router.add_api_route(
            f"/recordings/{{recording_id}}/{_path}",
            _make_route(_name, _description),
            methods=[_method],
            name=f"{'read' if _method == 'GET' else 'look_at'}_{_name}",
            include_in_schema=_method == "GET",
            response_class=StreamingResponse,
            responses={200: {"description": _description, "content": _content}, **_SIGNED_IN, **_ANSWERS},
        )


def read_media(
    recording_id: IdPath,
    name: FileName,
    request: Request,
    db: Db,
    store: Store,
    config: Config,
    clock: Clock,
    token: Annotated[str, Query(min_length=1, max_length=400)],
    analysis: AnalysisId = None,
    made_for: Annotated[str, Query(alias="for", max_length=32, description="As in the link")] = "",
) -> Response:
    """Return a file, or a range of it, by a signed link: players and images in pages cannot sign in."""
    recording = db.get(Recording, recording_id)
    mark = "" if recording is None else show_mark(db, recording.client_id)
    check_media(
        config.key, token, media_resource(recording_id, name, analysis, mark, made_for), config.media_link_minutes * 60
    )
    if recording is None:
        raise not_found()
    answer = _show(request, db, store, recording, name, analysis)
    trail = trail_of_link(made_for, recording.clinic_id, request.scope, clock())
    trail.record_view(db, "media" if name in PICTURES else "figures", recording.id, recording.client_id)
    return answer


for _method in ("GET", "HEAD"):
    router.add_api_route(
        "/media/{recording_id}/{name}",
        read_media,
        methods=[_method],
        name="read_media" if _method == "GET" else "look_at_media",
        include_in_schema=_method == "GET",
        response_class=StreamingResponse,
        responses={
            200: {
                "description": "The file",
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            },
            **problem_responses(ServiceCode.NOT_FOUND, ServiceCode.LINK_INVALID, ServiceCode.LINK_EXPIRED),
            **_ANSWERS,
        },
    )
