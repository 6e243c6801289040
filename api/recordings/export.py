"""Everything about one client, piece by piece: nothing of it is ever whole in memory but the text of one recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from api.care.checkins import from_row
from api.care.client_history import client_history
from api.care.reviews import as_json, for_report, newest_published
from api.db import (
    Analysis,
    AnalysisState,
    CheckInRow,
    Client,
    ConsentRecord,
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
    """What is there of one recording, without looking into the store."""

    recording: Recording
    analysis: Analysis | None
    """The newest that is done, without its report."""
    drawn: Analysis | None
    """The one whose annotated video shows."""
    reviewed: bool

    @property
    def folder(self) -> str:
        """Of an archive."""
        return recording_folder(self.recording.id, self.recording.created_at)

    @property
    def video_name(self) -> str | None:
        """Of the video as it was sent, in its folder."""
        key = self.recording.original_key
        return None if key is None else f"original.{key.rsplit('.', 1)[-1]}"


def inventory(db: Session, client_id: str) -> list[Inventory]:
    """Every recording of a client, oldest first."""
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
    """The files of an archive, each made when its turn comes.

    Parameters
    ----------
    pictures
        Whether videos and stills are in it: not in what a clinician gets of a client who does not show them.
    drafts
        Whether reviews that are not published are in it: the clinicians' alone.
    """
    with sessions() as db:
        things = inventory(db, client_id)
        yield text_entry("README.txt", README)
        yield json_entry("person.json", person(db, client_id, drafts=drafts))
        yield Entry("history.csv", list(history_csv(client_history(db, client_id, live=True))))
    yield Entry("fhir.json", _fhir(sessions, things, client_id, now, pictures=pictures))
    for thing in things:
        yield from _of(sessions, store, thing, now, pictures=pictures)


def fhir(db: Session, things: list[Inventory], client_id: str, now: datetime, *, pictures: bool) -> dict[str, Any]:
    """The FHIR bundle; of one report after the other."""
    return fhir_bundle(client_id, _fhir_recordings(db, things, client_id, pictures=pictures), created_at=now)


def pdf_of(
    db: Session, store: BlobStore, recording: Recording, analysis: Analysis, now: datetime, *, who: str
) -> bytes:
    """The report of one recording on paper, with the review that is published."""
    assert analysis.report is not None
    review = newest_published(db, recording.id)
    check_in = db.scalars(select(CheckInRow).where(CheckInRow.recording_id == recording.id)).one_or_none()
    chart: bytes | None = None
    if analysis.blob_prefix is not None and analysis.state is AnalysisState.DONE:
        try:
            chart = store.read(f"{analysis.blob_prefix}/{CHART}")
        except BlobMissing:  # not drawn yet
            chart = None
    told = None if review is None else for_report(db, review)
    zone = clinic_timezone(db, recording.clinic_id)
    return report_pdf(
        HingeReport.model_validate_json(analysis.report),
        who=who,
        recorded_at=recording.created_at.astimezone(zone),
        created_at=now.astimezone(zone),
        protocol=protocol_from_text(analysis.protocol_text) if analysis.protocol_text else None,
        chart_png=chart,
        review=told,
        check_in=None if check_in is None else from_row(check_in),
    )


def person(db: Session, client_id: str, *, drafts: bool) -> dict[str, Any]:
    """What was agreed, answered, prescribed and said."""
    client = db.get_one(Client, client_id)

    def rows(table: Any, *but: str) -> list[dict[str, Any]]:
        found = db.scalars(select(table).where(table.client_id == client_id))
        return [_plain(row, {"clinic_id", "client_id", *but}) for row in found]

    consents = rows(ConsentRecord)
    intakes = rows(IntakeRecord, *(() if drafts else ("clearance_note",)))
    words = {each["wording_sha256"] for each in (*consents, *intakes)}
    reviews = (
        select(Review)
        .join(Recording, Recording.id == Review.recording_id)
        .where(Recording.client_id == client_id)
        .order_by(Review.created_at)
    )
    if not drafts:
        reviews = reviews.where(Review.state == ReviewState.PUBLISHED)
    return {
        "client": _plain(client, {"clinic_id", "link_wanted_at"}),
        "consents": consents,
        "wordings": {
            row.sha256: {"version": row.version, "text": row.text}
            for row in db.scalars(select(WordingText).where(WordingText.sha256.in_(words)))
        },
        "health_questions": intakes,
        "plans": rows(Plan),
        "check_ins": rows(CheckInRow),
        "live_sessions": rows(LiveSession),
        "reviews": [as_json(db, row) for row in db.scalars(reviews)],
        "recordings": rows(Recording, "original_key", "poster_key", "playable_key"),
    }


def _of(sessions: Sessions, store: BlobStore, thing: Inventory, now: datetime, *, pictures: bool) -> Iterator[Entry]:
    recording, analysis = thing.recording, thing.analysis
    if analysis is not None:
        with sessions() as db:
            whole = db.get(Analysis, analysis.id)
            if whole is None or whole.report is None:  # removed while we send
                return
            yield text_entry(f"{thing.folder}/{REPORT}", whole.report)
            if thing.reviewed:
                data = pdf_of(db, store, recording, whole, now, who=recording.client_id[:8])
                yield Entry(f"{thing.folder}/{PDF}", [data], packed=True)
        for name in DERIVED:
            yield from _blob(store, f"{analysis.blob_prefix}/{name}", f"{thing.folder}/{name}")
    if not pictures:
        return
    if thing.drawn is not None and thing.drawn.blob_prefix is not None:
        yield from _blob(store, f"{thing.drawn.blob_prefix}/{VIDEO}", f"{thing.folder}/{VIDEO}")
    if recording.original_key is not None:
        yield from _blob(store, recording.original_key, f"{thing.folder}/{thing.video_name}")
        if recording.playable_key is not None:
            yield from _blob(store, recording.playable_key, f"{thing.folder}/{PLAYABLE}")


def _blob(store: BlobStore, key: str, name: str) -> Iterator[Entry]:
    try:
        size = store.size(key)
    except BlobMissing:
        return
    yield Entry(name, _Later(lambda: store.open_range(key, 0, size)), packed=not name.endswith(".csv"))


class _Later:
    """Chunks of a blob that is opened when it is read."""

    def __init__(self, opened: Callable[[], Iterator[bytes]]) -> None:
        self._opened = opened

    def __iter__(self) -> Iterator[bytes]:
        return self._opened()


def _fhir(
    sessions: Sessions, things: list[Inventory], client_id: str, now: datetime, *, pictures: bool
) -> Iterator[bytes]:
    with sessions() as db:
        yield text_of(fhir(db, things, client_id, now, pictures=pictures)).encode()


def _fhir_recordings(
    db: Session, things: list[Inventory], client_id: str, *, pictures: bool
) -> Iterator[FhirRecording]:
    check_ins = {
        row.recording_id: from_row(row)
        for row in db.scalars(select(CheckInRow).where(CheckInRow.client_id == client_id))
    }
    for thing in things:
        row = thing.recording
        text = None
        if thing.analysis is not None:
            text = db.scalar(select(Analysis.report).where(Analysis.id == thing.analysis.id))
        video = None
        if pictures and row.original_key is not None:
            url = f"{thing.folder}/{thing.video_name}"
            video = File(url, row.media_type, "The video as it was sent", row.original_bytes)
        documents = (File(f"{thing.folder}/{PDF}", "application/pdf", "Report of the recording"),)
        yield FhirRecording(
            row.id,
            row.created_at,
            None if text is None else HingeReport.model_validate_json(text),
            check_ins.get(row.id),
            thing.reviewed,
            video,
            documents if thing.reviewed and text is not None else (),
        )


def _plain(row: Any, but: set[str]) -> dict[str, Any]:
    """A row as JSON."""
    out: dict[str, Any] = {}
    for column in row.__table__.columns:
        if column.key not in but:
            value = getattr(row, column.key)
            out[column.key] = value.isoformat() if isinstance(value, datetime) else value
    return out
