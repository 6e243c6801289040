"""What a client agrees to: read, agree, take back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select

from api.auth.access import get_or_404, visible_clients
from api.care.clinic_content import Language, consent_of, consent_read
from api.care.consent import consents_of, grant, revoke
from api.core.problems import SIGNED_IN, Problem, ServiceCode, problem_responses
from api.core.text_types import IdPath
from api.db import Client, ConsentKind, ConsentRecord, Deed
from api.http.deps import AsClient, Audit, Clock, Db, Me, Store
from api.recordings.video_removal import remove_all_videos

router = APIRouter(prefix="/clients/{client_id}/consents", tags=["consent and intake"], responses=SIGNED_IN)

Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class AgreementOut(BaseModel):
    """One of the three, and whether it is agreed to."""

    kind: ConsentKind
    title: str
    text: str
    withdrawal: str = Field(description="What taking it back does")
    needed_to_upload: bool
    agreed: bool
    agreed_at: datetime | None
    wording_version: str | None = Field(description="Of the words that were agreed to; those shown may be newer")


class ConsentOut(BaseModel):
    """The words of today and what was agreed."""

    title: str
    intro: str
    wording_version: str
    wording_sha256: str = Field(description="Give it back when agreeing: it says which words were read")
    agreements: list[AgreementOut]


class AgreeForm(BaseModel):
    """Agreeing, to words that were shown."""

    wording_sha256: Sha256


class PastConsentOut(BaseModel):
    """One agreement, as it stands in the records."""

    kind: ConsentKind
    wording_version: str
    wording_sha256: str
    agreed_at: datetime
    withdrawn_at: datetime | None


@router.get("")
def read_consents(client_id: IdPath, me: Me, db: Db, language: Language = "en") -> ConsentOut:
    """The three questions in today's words, and the answers that hold."""
    client: Client = get_or_404(db, visible_clients(me), client_id)
    return _told(db, client, language)


@router.get("/history")
def read_past_consents(client_id: IdPath, me: Me, db: Db) -> list[PastConsentOut]:
    """Every agreement ever given, newest first: which words, when, and when it was taken back."""
    client = get_or_404(db, visible_clients(me), client_id)
    ever = select(ConsentRecord).where(ConsentRecord.client_id == client.id)
    rows = db.scalars(ever.order_by(ConsentRecord.agreed_at.desc(), ConsentRecord.id))
    return [PastConsentOut.model_validate(row, from_attributes=True) for row in rows]


@router.put("/{kind}", responses=problem_responses(ServiceCode.CONFLICT))
def give_consent(
    client_id: IdPath, kind: ConsentKind, form: AgreeForm, me: AsClient, db: Db, clock: Clock, audit: Audit
) -> ConsentOut:
    """Agree to one of the three; the client alone can."""
    client: Client = get_or_404(db, visible_clients(me), client_id)
    read = consent_read(db, client.clinic_id, form.wording_sha256)
    if read is None:
        raise Problem(ServiceCode.CONFLICT, "The words have changed since.", advice="Read them again, then answer.")
    grant(db, client, kind, read.wording, clock())
    audit.record(db, Deed.AGREED, str(kind), client.id, client.id)
    db.commit()
    return _told(db, client)


@router.delete("/{kind}")
def take_consent_back(
    client_id: IdPath, kind: ConsentKind, me: AsClient, db: Db, store: Store, clock: Clock, audit: Audit
) -> ConsentOut:
    """Take one back; it works at once. What it does is what its words say ('withdrawal')."""
    client: Client = get_or_404(db, visible_clients(me), client_id)
    if revoke(db, client.id, kind, clock()):
        audit.record(db, Deed.WITHDREW, str(kind), client.id, client.id)
    db.commit()  # from now on nothing comes in and nothing is shown
    if kind is ConsentKind.STORE:
        # Also when it was withdrawn before: the store may have been away in the middle of it.
        remove_all_videos(db, store, client.id, clock())
    return _told(db, client)


def _told(db: Db, client: Client, language: Language = "en") -> ConsentOut:
    consent = consent_of(db, client.clinic_id, language)
    now = consents_of(db, client.id)
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
                agreed=now[each.name],
                agreed_at=rows[each.name].agreed_at if each.name in rows else None,
                wording_version=rows[each.name].wording_version if each.name in rows else None,
            )
            for each in consent.agreements
        ],
    )
