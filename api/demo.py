"""Demo data: a clinician, three clients and the sample videos. Only for trying the service on one machine."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.auth.crypto import Passwords
from api.auth.invitations import invite_client
from api.care.consent import grant
from api.care.wordings import keep_words
from api.core.clock import utc_now
from api.db import Client, Clinic, Clinician, ConsentKind, IntakeOutcome, IntakeRecord, Recording, new_id
from api.db.engine import Sessions
from api.jobs.wakeup_queue import WakeupQueue
from api.recordings.requests import AnalysisRequest
from api.settings import Settings
from api.storage.blob_store import BlobStore
from api.storage.keys import incoming_key
from api.uploads.ingest import IncomingVideo, Ingest
from hinge_check.clinic.consent import load_consent
from hinge_check.clinic.red_flags import load_questions
from hinge_check.errors import UsageError

EMAIL = "demo@example.org"
PASSWORD = "try hinge-check"
CLIENTS = {
    "Alex Sample": ("neutral_good", "rounded"),
    "Kim Sample": ("squatty", "shallow"),
    "Robin Sample": ("oblique_30",),
}
"""Made-up clients and their sample videos."""


def fill(settings: Settings, sessions: Sessions, store: BlobStore, wakeups: WakeupQueue) -> str:
    """Create what does not exist yet; return instructions for signing in.

    Raises
    ------
    UsageError
        The database holds other people, or the sample videos are missing.
    """
    with sessions() as db:
        clinician = db.scalars(select(Clinician).where(Clinician.email == EMAIL)).one_or_none()
        if clinician is None and db.scalar(select(func.count()).select_from(Clinician)):
            raise UsageError("This data folder holds real people; --demo needs one of its own (HINGE_DATA).")
        empty = db.scalar(select(func.count()).select_from(Recording)) == 0
    if clinician is None:
        _create_people(sessions)
    if empty:
        _create_recordings(settings, sessions, store, wakeups)
    return _instructions(settings, sessions)


def samples() -> Path:
    """Return the folder of the sample videos.

    Raises
    ------
    UsageError
        This installation came without them.
    """
    folder = Path(__file__).resolve().parents[1] / "sample_videos"
    if not (folder / "neutral_good.mp4").is_file():
        raise UsageError("The sample videos are not part of this installation; run --demo from a checkout.")
    return folder


def _create_people(sessions: Sessions) -> None:
    samples()  # fails before anything is created
    now = utc_now()
    clinic = Clinic(id=new_id(), name="Demo clinic", created_at=now)
    clinician = Clinician(
        id=new_id(),
        clinic_id=clinic.id,
        name="Dana Demo",
        email=EMAIL,
        password_hash=Passwords().hash(PASSWORD),
        created_at=now,
    )
    clients = [
        Client(id=new_id(), clinic_id=clinic.id, clinician_id=clinician.id, name=name, created_at=now)
        for name in CLIENTS
    ]
    with sessions.begin() as db:
        db.add(clinic)
        db.flush()
        db.add(clinician)
        db.flush()
        db.add_all(clients)
        db.flush()
        for client in clients:
            grant_everything(db, client)


def grant_everything(db: Session, client: Client) -> None:
    """Give every consent for a client and answer every health question with no; the caller commits."""
    for kind in ConsentKind:
        grant(db, client, kind, load_consent().wording, client.created_at)
    questions = load_questions()
    keep_words(db, questions.wording, client.created_at)
    db.add(
        IntakeRecord(
            clinic_id=client.clinic_id,
            client_id=client.id,
            answers={question.name: "no" for question in questions.questions},
            wording_version=questions.wording.version,
            wording_sha256=questions.wording.sha256,
            outcome=IntakeOutcome.CLEAR,
            created_at=client.created_at,
        )
    )


def _create_recordings(settings: Settings, sessions: Sessions, store: BlobStore, wakeups: WakeupQueue) -> None:
    ingest = Ingest(sessions, store, wakeups, settings, utc_now)
    with sessions() as db:
        clients = {client.name: client for client in db.scalars(select(Client))}
    for name, videos in CLIENTS.items():
        for video in videos:
            data = (samples() / f"{video}.mp4").read_bytes()
            key = incoming_key()
            store.put_bytes(key, data)
            client = clients[name]
            digest = hashlib.sha256(data).hexdigest()
            ingest.ingest(IncomingVideo(key, len(data), digest, client.clinic_id, client.id), AnalysisRequest())


def _instructions(settings: Settings, sessions: Sessions) -> str:
    """Return how to sign in; a client's link is renewed each time, since it works once."""
    with sessions() as db:
        clinician = db.scalars(select(Clinician).where(Clinician.email == EMAIL)).one()
        name = next(iter(CLIENTS))
        client = db.scalars(select(Client).where(Client.clinician_id == clinician.id, Client.name == name)).one()
        _, link = invite_client(db, settings, utc_now(), client, invited_by=clinician.id)
        db.commit()
    return (
        f"hinge-check serves a demo at {settings.public_url}\n\n"
        f"As a clinician: {EMAIL}, password '{PASSWORD}'\n"
        f"As a client ({name}), once: {link}\n\n"
        "The sample videos are analysed in about a minute, the first time.\n"
        "Everybody in it is made up; the data lies in "
        f"{settings.data}, delete it to begin anew."
    )
