"""The overlay: what a page draws over the video frame by frame, and the curves beside it."""

from __future__ import annotations

import gzip
import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from api.auth.access import get_or_404, visible_recordings
from api.care.consent import may_watch
from api.core.problems import SIGNED_IN, ServiceCode, not_found, problem_responses
from api.core.text_types import AnalysisId, IdPath
from api.db import Analysis, AnalysisState
from api.http.deps import Audit, Db, Me, Store
from api.http.range_response import CACHE, etag_of, not_modified
from api.recordings.overlay_data import BLOB, PICTURED, overlay_of
from api.recordings.result_files import current_analysis

router = APIRouter(tags=["results"], responses=SIGNED_IN)

_COLUMN: dict[str, Any] = {"type": "array", "items": {"type": ["number", "null"]}}
_POINTS: dict[str, Any] = {
    "type": ["array", "null"],
    "items": {"type": ["array", "null"], "items": {"type": ["number", "null"]}},
    "description": "A frame's points, x, y, x, y in shares of the picture; null where the video is not shown",
}
_DEGREES = ("hip_deg", "hip_se_deg", "lumbar_deg", "lumbar_se_deg", "knee_deg", "trunk_deg")
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "format": {"type": "integer"},
        "analysis_id": {"type": "string"},
        "width": {"type": "integer"},
        "height": {"type": "integer"},
        "fps": {"type": "number"},
        "speed": {"type": "number", "description": "Real seconds = media seconds times speed"},
        "near_side": {"type": ["string", "null"]},
        "facing": {"type": ["string", "null"]},
        "time_s": {**_COLUMN, "description": "Media seconds of the frames"},
        "phase": {"type": "string", "description": "A letter a frame: s stand, d down, b bottom, a up, - none"},
        **{name: {**_COLUMN, "description": "Null where not measurable"} for name in _DEGREES},
        "names": {"type": "array", "items": {"type": "string"}, "description": "Of the points of the body"},
        "body": _POINTS,
        "back": _POINTS,
    },
}


@router.get(
    "/recordings/{recording_id}/overlay",
    responses={
        200: {"description": "Columns over the frames", "content": {"application/json": {"schema": _SCHEMA}}},
        304: {"description": "You have it already (If-None-Match)"},
        **problem_responses(ServiceCode.NOT_READY),
    },
    response_class=Response,
)
def read_overlay(
    recording_id: IdPath,
    request: Request,
    me: Me,
    db: Db,
    store: Store,
    audit: Audit,
    analysis: AnalysisId = None,
    accept_encoding: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Return body, back edge and angles of every frame; only the angles where the client does not share the video."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = current_analysis(db, recording.id, analysis)
    if row.state is not AnalysisState.DONE:
        raise not_found()
    base = row if row.reassess_of is None else db.get(Analysis, row.reassess_of)
    if base is None:
        raise not_found()
    shown = may_watch(db, me, recording)
    etag = etag_of(f"{row.id}/{BLOB}/{shown}")
    headers = {"ETag": etag, "Cache-Control": CACHE, "Vary": "Accept-Encoding"}
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged
    columns = overlay_of(store, row, base) | {"analysis_id": row.id}
    if not shown:
        columns |= dict.fromkeys(PICTURED)
    audit.record_view(db, "figures", recording.id, recording.client_id)
    text = json.dumps(columns, separators=(",", ":")).encode()
    if "gzip" in accept_encoding:
        headers["Content-Encoding"] = "gzip"
        text = gzip.compress(text, 5, mtime=0)
    return Response(text, media_type="application/json", headers=headers)
