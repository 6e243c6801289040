"""Export of everything about one client, streamed: at most one report is in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from api.auth.access import get_or_404, visible_clients, visible_recordings
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.care.checkin_rows import from_row
from api.care.client_history import client_history
from api.care.consent import may_watch_client
from api.care.reviews import as_json, for_report, newest_published
from api.core.problems import Problem, ServiceCode
from api.db import (
    Analysis,
    AnalysisState,
    CheckInRow,
    Client,
    ConsentRecord,
    Deed,
    IntakeRecord,
    LiveSession,
    Plan,
    Recording,
    Review,
    ReviewState,
    WordingText,
)
from api.db.clinic import clinic_timezone
from api.db.engine import Sessions
from api.recordings.result_files import current_analysis
from api.storage.blob_store import BlobMissing, BlobStore
from api.storage.keys import PLAYABLE
from hinge_check.assess.protocol import protocol_from_text
from hinge_check.assess.report import HingeReport
from hinge_check.clinic.export import README, Entry, history_csv, json_entry, recording_folder, text_entry
from hinge_check.clinic.fhir import FhirRecording, File, fhir_bundle, text_of
from hinge_check.clinic.pdf import report_pdf
from hinge_check.results import ANGLES, CHART, REPORT, REPS, VIDEO

DERIVED = (REPS, ANGLES, CHART)
PDF = "report.pdf"


@dataclass(frozen=True, slots=True)
class Inventory:
    """The files of one recording according to the database, without looking into the store."""

    recording: Recording
    analysis: Analysis | None
    """The newest finished analysis, without its report."""
    drawn: Analysis | None
    """The analysis whose annotated video is shown."""
    reviewed: bool

    @property
    def folder(self) -> str:
        """The recording's folder in the archive."""
        return recording_folder(self.recording.id, self.recording.created_at)

    @property
    def video_name(self) -> str | None:
        """Name of the original video in that folder."""
        key = self.recording.original_key
        return None if key is None else f"original.{key.rsplit('.', 1)[-1]}"


class HeldOut(BaseModel):
    """The files of one recording that an archive would hold."""

    recording_id: str
    created_at: datetime
    figures: bool = Field(description="Report, curves, chart")
    video: bool
    video_bytes: int | None
    annotated: bool
    reviewed: bool = Field(description="A review is published, so there is a report on paper in the archive")


class ExportOut(BaseModel):
    """The contents of an archive of a client."""

    recordings: list[HeldOut]
    pictures: bool = Field(description="False where the client does not show their videos to the clinician")
    video_bytes: int = Field(description="Of the videos together: most of the archive")


def list_export(db: Session, me: Principal, client_id: str) -> ExportOut:
    """Return the contents that an archive of a client would have."""
    client = get_or_404(db, visible_clients(me), client_id)
    pictures = may_watch_client(db, me, client.id)
    rows = [
        HeldOut(
            recording_id=each.recording.id,
            created_at=each.recording.created_at,
            figures=each.analysis is not None,
            video=pictures and each.recording.original_key is not None,
            video_bytes=each.recording.original_bytes if pictures and each.recording.original_key else None,
            annotated=pictures and each.drawn is not None,
            reviewed=each.reviewed,
        )
        for each in inventory(db, client.id)
    ]
    return ExportOut(recordings=rows, pictures=pictures, video_bytes=sum(row.video_bytes or 0 for row in rows))


def export_archive(
    db: Session, sessions: Sessions, store: BlobStore, me: Principal, trail: Trail, client_id: str, now: datetime
) -> tuple[str, Iterator[Entry]]:
    """Prepare an archive of everything about a client, and record the export; commits.

    Returns
    -------
    str, Iterator[Entry]
        The archive's name and its files, each made when its turn comes.
    """
    client = get_or_404(db, visible_clients(me), client_id)
    pictures = may_watch_client(db, me, client.id)
    trail.record(db, Deed.EXPORTED, "archive", client.id, client.id)
    db.commit()
    files = entries(sessions, store, client.id, now, pictures=pictures, drafts=me.is_clinician)
    return f"hinge-check-{client.id[:8]}-{now:%Y-%m-%d}.zip", files


def export_fhir(db: Session, me: Principal, trail: Trail, client_id: str, now: datetime) -> dict[str, Any]:
    """Return a client's recordings as a FHIR bundle, and record the export; commits."""
    client = get_or_404(db, visible_clients(me), client_id)
    bundle = fhir(db, inventory(db, client.id), client.id, now, pictures=may_watch_client(db, me, client.id))
    trail.record(db, Deed.EXPORTED, "fhir", client.id, client.id)
    db.commit()
    return bundle


def export_report(
    db: Session,
    store: BlobStore,
    me: Principal,
    trail: Trail,
    recording_id: str,
    analysis_id: str | None,
    now: datetime,
) -> bytes:
    """Return the PDF report of one recording, of its newest analysis unless one is named; commits.

    Raises
    ------
    Problem
        `not_found`; `not_ready` while there is no report.
    """
    recording = get_or_404(db, visible_recordings(me), recording_id)
    analysis = current_analysis(db, recording.id, analysis_id)
    if analysis.report is None:
        raise Problem(ServiceCode.NOT_READY)
    who = db.get_one(Client, recording.client_id).name
    data = pdf_of(db, store, recording, analysis, now, who=who)
    trail.record(db, Deed.EXPORTED, "report", recording.id, recording.client_id)
    db.commit()
    return data


def inventory(db: Session, client_id: str) -> list[Inventory]:
    """Return every recording of a client, oldest first."""
    rows = list(db.scalars(select(Recording).where(Recording.client_id == client_id).order_by(Recording.created_at)))
    done = (
        select(Analysis)
        .options(load_only(Analysis.recording_id, Analysis.reassess_of, Analysis.blob_prefix, raiseload=True))
        .join(Recording, Recording.id == Analysis.recording_id)
        .where(Recording.client_id == client_id, Analysis.state == AnalysisState.DONE)
        .order_by(Analysis.created_at, Analysis.id)
    )
    analyses = list(db.scalars(done))
    by_id = {row.id: row for row in analyses}
    newest = {row.recording_id: row for row in analyses}
    reviewed = set(
        db.scalars(
            select(Review.recording_id)
            .join(Recording, Recording.id == Review.recording_id)
            .where(Recording.client_id == client_id, Review.state == ReviewState.PUBLISHED)
        )
    )
    out = []
    for row in rows:
        analysis = newest.get(row.id)
        base = analysis
        if analysis is not None and analysis.reassess_of is not None:
            base = by_id.get(analysis.reassess_of)
        out.append(Inventory(row, analysis, None if row.videos_removed_at is not None else base, row.id in reviewed))
    return out


def entries(
    sessions: Sessions, store: BlobStore, client_id: str, now: datetime, *, pictures: bool, drafts: bool
) -> Iterator[Entry]:
    """Yield the files of an archive, each made when its turn comes.

    Parameters
    ----------
    pictures
        Whether to include videos and stills: not for a clinician whose client does not share them.
    drafts
        Whether to include unpublished reviews: for clinicians alone.
    """
    with sessions() as db:
        items = inventory(db, client_id)
        yield text_entry("README.txt", README)
        yield json_entry("person.json", person(db, client_id, drafts=drafts))
        yield Entry("history.csv", list(history_csv(client_history(db, client_id, live=True))))
    yield Entry("fhir.json", _fhir(sessions, items, client_id, now, pictures=pictures))
    for item in items:
        yield from _recording_entries(sessions, store, item, now, pictures=pictures)


def fhir(db: Session, items: list[Inventory], client_id: str, now: datetime, *, pictures: bool) -> dict[str, Any]:
    """Return the FHIR bundle; reads one report after the other."""
    return fhir_bundle(client_id, _fhir_recordings(db, items, client_id, pictures=pictures), created_at=now)


def pdf_of(
    db: Session, store: BlobStore, recording: Recording, analysis: Analysis, now: datetime, *, who: str
) -> bytes:
    """Return the PDF report of one recording, with its published review."""
    assert analysis.report is not None
    review = newest_published(db, recording.id)
    check_in = db.scalars(select(CheckInRow).where(CheckInRow.recording_id == recording.id)).one_or_none()
    chart: bytes | None = None
    if analysis.blob_prefix is not None and analysis.state is AnalysisState.DONE:
        try:
            chart = store.read(f"{analysis.blob_prefix}/{CHART}")
        except BlobMissing:  # not drawn yet
            chart = None
    published = None if review is None else for_report(db, review)
    zone = clinic_timezone(db, recording.clinic_id)
    return report_pdf(
        HingeReport.model_validate_json(analysis.report),
        who=who,
        recorded_at=recording.created_at.astimezone(zone),
        created_at=now.astimezone(zone),
        protocol=protocol_from_text(analysis.protocol_text) if analysis.protocol_text else None,
        chart_png=chart,
        review=published,
        check_in=None if check_in is None else from_row(check_in),
    )


def person(db: Session, client_id: str, *, drafts: bool) -> dict[str, Any]:
    """Return consents, answers, plans, check-ins, live sessions, reviews and recordings of a client as JSON."""
    client = db.get_one(Client, client_id)

    def rows(table: Any, *without: str) -> list[dict[str, Any]]:
        selected = db.scalars(select(table).where(table.client_id == client_id))
        return [_row_as_json(row, {"clinic_id", "client_id", *without}) for row in selected]

    consents = rows(ConsentRecord)
    intakes = rows(IntakeRecord, *(() if drafts else ("clearance_note",)))
    wordings = {each["wording_sha256"] for each in (*consents, *intakes)}
    reviews = (
        select(Review)
        .join(Recording, Recording.id == Review.recording_id)
        .where(Recording.client_id == client_id)
        .order_by(Review.created_at)
    )
    if not drafts:
        reviews = reviews.where(Review.state == ReviewState.PUBLISHED)
    return {
        "client": _row_as_json(client, {"clinic_id", "link_wanted_at"}),
        "consents": consents,
        "wordings": {
            row.sha256: {"version": row.version, "text": row.text}
            for row in db.scalars(select(WordingText).where(WordingText.sha256.in_(wordings)))
        },
        "health_questions": intakes,
        "plans": rows(Plan),
        "check_ins": rows(CheckInRow),
        "live_sessions": rows(LiveSession),
        "reviews": [as_json(db, row) for row in db.scalars(reviews)],
        "recordings": rows(Recording, "original_key", "poster_key", "playable_key"),
    }


def _recording_entries(
    sessions: Sessions, store: BlobStore, item: Inventory, now: datetime, *, pictures: bool
) -> Iterator[Entry]:
    recording, analysis = item.recording, item.analysis
    if analysis is not None:
        with sessions() as db:
            whole = db.get(Analysis, analysis.id)
            if whole is None or whole.report is None:  # removed meanwhile
                return
            yield text_entry(f"{item.folder}/{REPORT}", whole.report)
            if item.reviewed:
                data = pdf_of(db, store, recording, whole, now, who=recording.client_id[:8])
                yield Entry(f"{item.folder}/{PDF}", [data], packed=True)
        for name in DERIVED:
            yield from _blob_entry(store, f"{analysis.blob_prefix}/{name}", f"{item.folder}/{name}")
    if not pictures:
        return
    if item.drawn is not None and item.drawn.blob_prefix is not None:
        yield from _blob_entry(store, f"{item.drawn.blob_prefix}/{VIDEO}", f"{item.folder}/{VIDEO}")
    if recording.original_key is not None:
        yield from _blob_entry(store, recording.original_key, f"{item.folder}/{item.video_name}")
        if recording.playable_key is not None:
            yield from _blob_entry(store, recording.playable_key, f"{item.folder}/{PLAYABLE}")


def _blob_entry(store: BlobStore, key: str, name: str) -> Iterator[Entry]:
    """Yield a blob as a file of the archive, if it exists."""
    try:
        size = store.size(key)
    except BlobMissing:
        return
    yield Entry(name, _LazyChunks(lambda: store.open_range(key, 0, size)), packed=not name.endswith(".csv"))


class _LazyChunks:
    """Chunks of a blob that is opened only when it is read."""

    def __init__(self, open_blob: Callable[[], Iterator[bytes]]) -> None:
        self._open = open_blob

    def __iter__(self) -> Iterator[bytes]:
        return self._open()


def _fhir(
    sessions: Sessions, items: list[Inventory], client_id: str, now: datetime, *, pictures: bool
) -> Iterator[bytes]:
    with sessions() as db:
        yield text_of(fhir(db, items, client_id, now, pictures=pictures)).encode()


def _fhir_recordings(db: Session, items: list[Inventory], client_id: str, *, pictures: bool) -> Iterator[FhirRecording]:
    check_ins = {
        row.recording_id: from_row(row)
        for row in db.scalars(select(CheckInRow).where(CheckInRow.client_id == client_id))
    }
    for item in items:
        row = item.recording
        text = None
        if item.analysis is not None:
            text = db.scalar(select(Analysis.report).where(Analysis.id == item.analysis.id))
        video = None
        if pictures and row.original_key is not None:
            url = f"{item.folder}/{item.video_name}"
            video = File(url, row.media_type, "The video as it was sent", row.original_bytes)
        documents = (File(f"{item.folder}/{PDF}", "application/pdf", "Report of the recording"),)
        yield FhirRecording(
            row.id,
            row.created_at,
            None if text is None else HingeReport.model_validate_json(text),
            check_ins.get(row.id),
            item.reviewed,
            video,
            documents if item.reviewed and text is not None else (),
        )


def _row_as_json(row: Any, without: set[str]) -> dict[str, Any]:
    """Return the columns of a row as JSON."""
    out: dict[str, Any] = {}
    for column in row.__table__.columns:
        if column.key not in without:
            value = getattr(row, column.key)
            out[column.key] = value.isoformat() if isinstance(value, datetime) else value
    return out
