"""Exports: one recording as a PDF report, all of a client as an archive, or as FHIR for other systems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from api.core.problems import SIGNED_IN, ServiceCode, problem_responses
from api.core.text_types import AnalysisId, IdPath
from api.http.deps import Audit, Clock, Db, Me, OpenSessions, Store
from api.recordings import export
from api.recordings.export import ExportOut
from hinge_check.clinic.export import zip_stream
from hinge_check.clinic.fhir import text_of

router = APIRouter(tags=["exports"], responses=SIGNED_IN)

_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_PRIVATE = {"Cache-Control": "no-store"}


@router.get("/clients/{client_id}/export")
def list_export(client_id: IdPath, me: Me, db: Db) -> ExportOut:
    """List what an archive of this client would hold."""
    return export.list_export(db, me, client_id)


@router.get(
    "/clients/{client_id}/export.zip",
    response_class=StreamingResponse,
    responses={200: {"description": "The archive", "content": {"application/zip": _BINARY}}},
)
def export_client(
    client_id: IdPath, me: Me, db: Db, sessions: OpenSessions, store: Store, clock: Clock, audit: Audit
) -> StreamingResponse:
    """Stream an archive of everything about a client: JSON, CSV, FHIR, videos."""
    name, files = export.export_archive(db, sessions, store, me, audit, client_id, clock())
    headers = {**_PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_gather(zip_stream(files)), media_type="application/zip", headers=headers)


@router.get(
    "/clients/{client_id}/fhir",
    response_class=Response,
    responses={
        200: {"description": "A Bundle, FHIR R4", "content": {"application/fhir+json": {"schema": {"type": "object"}}}}
    },
)
def export_fhir(client_id: IdPath, me: Me, db: Db, clock: Clock, audit: Audit) -> Response:
    """Return a client's recordings as FHIR: Patient (an id, no name), Observation, Media, DocumentReference."""
    bundle = export.export_fhir(db, me, audit, client_id, clock())
    return Response(text_of(bundle), media_type="application/fhir+json", headers=_PRIVATE)


@router.get(
    "/recordings/{recording_id}/report.pdf",
    response_class=Response,
    responses={
        200: {"description": "The report", "content": {"application/pdf": _BINARY}},
        **problem_responses(ServiceCode.NOT_READY),
    },
)
def read_pdf(
    recording_id: IdPath, me: Me, db: Db, store: Store, clock: Clock, audit: Audit, analysis: AnalysisId = None
) -> Response:
    """Return the PDF report of one recording with its published review, for readers who do not know this service."""
    data = export.export_report(db, store, me, audit, recording_id, analysis, clock())
    headers = {**_PRIVATE, "Content-Disposition": f'inline; filename="report-{recording_id[:8]}.pdf"'}
    return Response(data, media_type="application/pdf", headers=headers)


def _gather(pieces: Iterator[bytes], least: int = 256 * 1024) -> Iterator[bytes]:
    """Join small pieces into larger ones: each piece sent costs a switch to a thread and back."""
    gathered = bytearray()
    for piece in pieces:
        gathered += piece
        if len(gathered) >= least:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)
