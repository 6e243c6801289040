"""Tokens for programs: made by a clinician, scoped, revoked any time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import func, select

from api.auth.crypto import TOKEN_PREFIX, digest, new_token
from api.core.problems import SIGNED_IN, Problem, ServiceCode, not_found, problem_responses
from api.core.text_types import IdPath, PersonName
from api.db import ApiToken
from api.http.deps import ClinicianInPerson, Clock, Db, Scope

router = APIRouter(prefix="/tokens", tags=["tokens"], responses=SIGNED_IN)
MOST = 50


class TokenForm(BaseModel):
    """A token to make."""

    name: PersonName
    scopes: Annotated[set[Scope], Field(min_length=1)]
    days: Annotated[int | None, Field(ge=1, le=3650)] = Field(default=None, description="Without it, until revoked")


class TokenOut(BaseModel):
    """A token; its text is told once, when it is made."""

    id: str
    name: str
    hint: str = Field(description="How it begins")
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None = Field(description="To within minutes")


class NewTokenOut(TokenOut):
    """A fresh token."""

    token: str = Field(description="Keep it now; it is not shown again")


@router.get("")
def list_tokens(me: ClinicianInPerson, db: Db) -> list[TokenOut]:
    """One's own tokens that are not revoked."""
    query = select(ApiToken).where(ApiToken.clinician_id == me.id, ApiToken.revoked_at.is_(None))
    return [_token(row) for row in db.scalars(query.order_by(ApiToken.created_at))]


@router.post("", status_code=201, responses=problem_responses(ServiceCode.CONFLICT))
def make_token(form: TokenForm, me: ClinicianInPerson, db: Db, clock: Clock) -> NewTokenOut:
    """A fresh token."""
    mine = select(func.count()).where(ApiToken.clinician_id == me.id, ApiToken.revoked_at.is_(None))
    if (db.scalar(mine) or 0) >= MOST:
        raise Problem(ServiceCode.CONFLICT, f"There are {MOST} tokens already.", advice="Revoke some first.")
    token = TOKEN_PREFIX + new_token()
    now = clock()
    row = ApiToken(
        clinic_id=me.clinic_id,
        clinician_id=me.id,
        name=form.name,
        hint=token[: len(TOKEN_PREFIX) + 4],
        token_hash=digest(token),
        scopes=sorted(form.scopes),
        created_at=now,
        expires_at=None if form.days is None else now + timedelta(days=form.days),
    )
    db.add(row)
    db.commit()
    return NewTokenOut(**_token(row).model_dump(), token=token)


@router.delete("/{token_id}", status_code=204)
def revoke_token(token_id: IdPath, me: ClinicianInPerson, db: Db, clock: Clock) -> None:
    """Revoke a token; works at once."""
    row = db.scalars(select(ApiToken).where(ApiToken.id == token_id, ApiToken.clinician_id == me.id)).one_or_none()
    if row is None:
        raise not_found()
    if row.revoked_at is None:
        row.revoked_at = clock()
        db.commit()


def _token(row: ApiToken) -> TokenOut:
    return TokenOut.model_validate(row, from_attributes=True)
