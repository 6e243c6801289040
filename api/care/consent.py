"""What a client agreed to, and what follows from it: may a video come in, who may see it, how long it stays."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.auth.principal import Principal
from api.core.problems import Problem, ServiceCode
from api.db import Client, ConsentKind, ConsentRecord, IntakeOutcome, IntakeRecord, Recording, WordingText, new_id
from hinge_check.clinic.consent import AgreementName, clinician_may_watch, may_upload
from hinge_check.clinic.content import Wording


def consents_of(db: Session, client_id: str) -> dict[AgreementName, bool]:
    """What is agreed to now, by name."""
    in_force = select(ConsentRecord.kind).where(
        ConsentRecord.client_id == client_id, ConsentRecord.withdrawn_at.is_(None)
    )
    kinds = set(db.scalars(in_force))
    return {
        "store_video": ConsentKind.STORE in kinds,
        "show_to_clinician": ConsentKind.SHOW in kinds,
        "keep_beyond_30_days": ConsentKind.KEEP in kinds,
    }


def grant(db: Session, client: Client, kind: ConsentKind, wording: Wording, now: datetime) -> None:
    """Note an agreement with its words, unless these very words are agreed to already; adds to the transaction."""
    keep_words(db, wording, now)
    same = select(ConsentRecord.id).where(
        ConsentRecord.client_id == client.id,
        ConsentRecord.kind == kind,
        ConsentRecord.withdrawn_at.is_(None),
        ConsentRecord.wording_sha256 == wording.sha256,
    )
    if db.scalar(same.limit(1)) is None:
        db.add(
            ConsentRecord(
                id=new_id(),
                clinic_id=client.clinic_id,
                client_id=client.id,
                kind=kind,
                wording_version=wording.version,
                wording_sha256=wording.sha256,
                agreed_at=now,
            )
        )


def revoke(db: Session, client_id: str, kind: ConsentKind, now: datetime) -> bool:
    """Take an agreement back; False when there was none. What it does to videos is the caller's to do."""
    open_ones = update(ConsentRecord).where(
        ConsentRecord.client_id == client_id, ConsentRecord.kind == kind, ConsentRecord.withdrawn_at.is_(None)
    )
    done = db.execute(open_ones.values(withdrawn_at=now).execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount > 0


def keep_words(db: Session, wording: Wording, now: datetime) -> None:
    """Keep the words that were shown, once."""
    if db.get(WordingText, wording.sha256) is None:
        # Another request may be keeping them at the same instant.
        with contextlib.suppress(IntegrityError), db.begin_nested():
            db.add(
                WordingText(sha256=wording.sha256, version=wording.version[:64], text=wording.text, first_shown_at=now)
            )


def newest_intake(db: Session, client_id: str) -> IntakeRecord | None:
    """The answers that count."""
    newest = select(IntakeRecord).where(IntakeRecord.client_id == client_id)
    return db.scalars(newest.order_by(IntakeRecord.created_at.desc(), IntakeRecord.id.desc()).limit(1)).one_or_none()


def require_upload(db: Session, client_id: str) -> None:
    """Refuse a video of somebody who has not agreed to its storing, or whom the clinician should look at first.

    Raises
    ------
    Problem
        `consent_required`, `intake_required`, `clearance_required`.
    """
    if not may_upload(consents_of(db, client_id)):
        raise Problem(ServiceCode.CONSENT_REQUIRED)
    intake = newest_intake(db, client_id)
    if intake is None:
        raise Problem(ServiceCode.INTAKE_REQUIRED)
    if intake.outcome is not IntakeOutcome.CLEAR and intake.cleared_at is None:
        raise Problem(ServiceCode.CLEARANCE_REQUIRED)


def may_watch(db: Session, me: Principal, recording: Recording) -> bool:
    """Whether somebody who may see the figures of a recording may see its pictures, too."""
    return not me.is_clinician or clinician_may_watch(consents_of(db, recording.client_id))


def require_watch(db: Session, me: Principal, recording: Recording) -> None:
    """Refuse pictures that the client does not show.

    Raises
    ------
    Problem
        `not_shown`.
    """
    if not may_watch(db, me, recording):
        raise Problem(ServiceCode.NOT_SHOWN)


def show_mark(db: Session, client_id: str) -> str:
    """Changes whenever showing is agreed to or taken back: links to pictures are signed for it."""
    kinds: Mapping[ConsentKind, list[str]] = {ConsentKind.STORE: [], ConsentKind.SHOW: []}
    in_force = select(ConsentRecord.kind, ConsentRecord.id).where(
        ConsentRecord.client_id == client_id,
        ConsentRecord.kind.in_(list(kinds)),
        ConsentRecord.withdrawn_at.is_(None),
    )
    for kind, row_id in db.execute(in_force.order_by(ConsentRecord.id)):
        kinds[kind].append(row_id)
    return "-".join(ids[0][:8] for ids in kinds.values() if ids) or "none"
