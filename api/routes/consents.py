"""A client's consents: read, given, withdrawn."""

from __future__ import annotations

from fastapi import APIRouter

from api.care import consent
from api.care.clinic_content import Language
from api.care.consent import AgreeForm, ConsentOut, PastConsentOut
from api.core.problems import SIGNED_IN, ServiceCode, problem_responses
from api.core.text_types import IdPath
from api.db import ConsentKind
from api.http.deps import AsClient, Audit, Clock, Db, Me, Store
from api.recordings.withdrawal import withdraw_consent

router = APIRouter(prefix="/clients/{client_id}/consents", tags=["consent and intake"], responses=SIGNED_IN)


@router.get("")
def read_consents(client_id: IdPath, me: Me, db: Db, language: Language = "en") -> ConsentOut:
    """Return the three consents in their current wording, and whether each is given."""
    return consent.read_consents(db, me, client_id, language)


@router.get("/history")
def read_past_consents(client_id: IdPath, me: Me, db: Db) -> list[PastConsentOut]:
    """List every consent ever given, newest first: its wording, when it was given, and when it was withdrawn."""
    return consent.list_past_consents(db, me, client_id)


@router.put("/{kind}", responses=problem_responses(ServiceCode.CONFLICT))
def give_consent(
    client_id: IdPath, kind: ConsentKind, form: AgreeForm, me: AsClient, db: Db, clock: Clock, audit: Audit
) -> ConsentOut:
    """Give one of the three consents; only the client can."""
    return consent.give_consent(db, me, audit, client_id, kind, form, clock())


@router.delete("/{kind}")
def take_consent_back(
    client_id: IdPath, kind: ConsentKind, me: AsClient, db: Db, store: Store, clock: Clock, audit: Audit
) -> ConsentOut:
    """Withdraw a consent, at once. Its wording states what that does ('withdrawal')."""
    return withdraw_consent(db, store, me, audit, client_id, kind, clock())
