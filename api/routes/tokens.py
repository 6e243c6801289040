"""API tokens for programs: made by a clinician, limited to scopes, revocable at any time."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth import tokens
from api.auth.tokens import NewTokenOut, TokenForm, TokenOut
from api.core.problems import SIGNED_IN, ServiceCode, problem_responses
from api.core.text_types import IdPath
from api.http.deps import ClinicianInPerson, Clock, Db

router = APIRouter(prefix="/tokens", tags=["tokens"], responses=SIGNED_IN)


@router.get("")
def list_tokens(me: ClinicianInPerson, db: Db) -> list[TokenOut]:
    """List your own tokens that are not revoked."""
    return tokens.list_tokens(db, me)


@router.post("", status_code=201, responses=problem_responses(ServiceCode.CONFLICT))
def make_token(form: TokenForm, me: ClinicianInPerson, db: Db, clock: Clock) -> NewTokenOut:
    """Make a token."""
    return tokens.make_token(db, me, form, clock())


@router.delete("/{token_id}", status_code=204)
def revoke_token(token_id: IdPath, me: ClinicianInPerson, db: Db, clock: Clock) -> None:
    """Revoke a token, at once."""
    tokens.revoke_token(db, me, token_id, clock())
