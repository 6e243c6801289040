"""Consent: what a client agreed to, and hence whether videos may be sent, who may see them, how long they stay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_clients
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.care.clinic_content import Language, consent_of, consent_read
from api.care.intake import needs_clearance, newest_intake
from api.care.wordings import Sha256, keep_words
from api.core.problems import Problem, ServiceCode
from api.db import Client, ConsentKind, ConsentRecord, Deed, Recording, new_id
from hinge_check.clinic.consent import AgreementName, clinician_may_watch, may_upload
from hinge_check.clinic.content import Wording


class AgreementOut(BaseModel):
    """One of the three consents, and whether it is given."""

    kind: ConsentKind
    title: str
    text: str
    withdrawal: str = Field(description="What taking it back does")
    needed_to_upload: bool
    agreed: bool
    agreed_at: datetime | None
    wording_version: str | None = Field(description="Of the words that were agreed to; those shown may be newer")


class ConsentOut(BaseModel):
    """The current wording, and which consents are given."""

    title: str
    intro: str
    wording_version: str
    wording_sha256: str = Field(description="Give it back when agreeing: it says which words were read")
    agreements: list[AgreementOut]


class AgreeForm(BaseModel):
    """Consent to a wording that was shown."""

    wording_sha256: Sha256


class PastConsentOut(BaseModel):
    """One consent of the past, as it is recorded."""

    kind: ConsentKind
    wording_version: str
    wording_sha256: str
    agreed_at: datetime
    withdrawn_at: datetime | None


def read_consents(db: Session, me: Principal, client_id: str, language: Language = "en") -> ConsentOut:
    """Return the three consents in their current wording, and whether each is given."""
    return consent_out(db, get_or_404(db, visible_clients(me), client_id), language)


def list_past_consents(db: Session, me: Principal, client_id: str) -> list[PastConsentOut]:
    """Return every consent ever given, newest first: its wording, when it was given, and when it was withdrawn."""
    client = get_or_404(db, visible_clients(me), client_id)
    query = select(ConsentRecord).where(ConsentRecord.client_id == client.id)
    rows = db.scalars(query.order_by(ConsentRecord.agreed_at.desc(), ConsentRecord.id))
    return [PastConsentOut.model_validate(row, from_attributes=True) for row in rows]


def give_consent(
    db: Session, me: Principal, trail: Trail, client_id: str, kind: ConsentKind, form: AgreeForm, now: datetime
) -> ConsentOut:
    """Record that a client gives one of the three consents; commits.

    Raises
    ------
    Problem
        `not_found`; `conflict` when the wording has changed since it was read.
    """
    client = get_or_404(db, visible_clients(me), client_id)
    consent = consent_read(db, client.clinic_id, form.wording_sha256)
    if consent is None:
        raise Problem(ServiceCode.CONFLICT, "The words have changed since.", advice="Read them again, then answer.")
    grant(db, client, kind, consent.wording, now)
    trail.record(db, Deed.AGREED, str(kind), client.id, client.id)
    db.commit()
    return consent_out(db, client)


def consent_out(db: Session, client: Client, language: Language = "en") -> ConsentOut:
    """Return the current wording and which consents a client has given."""
    consent = consent_of(db, client.clinic_id, language)
    agreed = consents_of(db, client.id)
    in_force = select(ConsentRecord).where(ConsentRecord.client_id == client.id, ConsentRecord.withdrawn_at.is_(None))
    rows = {str(row.kind): row for row in db.scalars(in_force.order_by(ConsentRecord.agreed_at))}
    return ConsentOut(
        title=consent.title,
        intro=consent.intro,
        wording_version=consent.wording.version,
        wording_sha256=consent.wording.sha256,
        agreements=[
            AgreementOut(
                kind=ConsentKind(each.name),
                title=each.title,
                text=each.text,
                withdrawal=each.withdrawal,
                needed_to_upload=each.needed_to_upload,
                agreed=agreed[each.name],
                agreed_at=rows[each.name].agreed_at if each.name in rows else None,
                wording_version=rows[each.name].wording_version if each.name in rows else None,
            )
            for each in consent.agreements
        ],
    )


def consents_of(db: Session, client_id: str) -> dict[AgreementName, bool]:
    """Return the consents now in force, by name."""
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
    """Record a consent with its wording, unless consent to this wording is in force; adds to the transaction."""
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
    """Withdraw a consent; return False when there was none. The caller deals with the videos."""
    open_ones = update(ConsentRecord).where(
        ConsentRecord.client_id == client_id, ConsentRecord.kind == kind, ConsentRecord.withdrawn_at.is_(None)
    )
    done = db.execute(open_ones.values(withdrawn_at=now).execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount > 0


def require_upload(db: Session, client_id: str) -> None:
    """Refuse a video of a client without consent to storing, or with health answers that the clinician must see first.

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
    if needs_clearance(intake):
        raise Problem(ServiceCode.CLEARANCE_REQUIRED)


def may_watch_client(db: Session, me: Principal, client_id: str) -> bool:
    """Return whether a person who may see a client's figures may also see the client's pictures."""
    return not me.is_clinician or clinician_may_watch(consents_of(db, client_id))


def may_watch(db: Session, me: Principal, recording: Recording) -> bool:
    """Return whether a person who may see the figures of a recording may also see its pictures."""
    return may_watch_client(db, me, recording.client_id)


def require_watch(db: Session, me: Principal, recording: Recording) -> None:
    """Refuse pictures that the client does not share.

    Raises
    ------
    Problem
        `not_shown`.
    """
    if not may_watch(db, me, recording):
        raise Problem(ServiceCode.NOT_SHOWN)


def show_mark(db: Session, client_id: str) -> str:
    """Return a mark that changes when consent to sharing is given or withdrawn; links to pictures are signed for it."""
    kinds: Mapping[ConsentKind, list[str]] = {ConsentKind.STORE: [], ConsentKind.SHOW: []}
    in_force = select(ConsentRecord.kind, ConsentRecord.id).where(
        ConsentRecord.client_id == client_id,
        ConsentRecord.kind.in_(list(kinds)),
        ConsentRecord.withdrawn_at.is_(None),
    )
    for kind, row_id in db.execute(in_force.order_by(ConsentRecord.id)):
        kinds[kind].append(row_id)
    return "-".join(ids[0][:8] for ids in kinds.values() if ids) or "none"
