"""API tokens for programs: made by a clinician, limited to scopes, revocable at any time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.auth.crypto import TOKEN_PREFIX, digest, new_token
from api.auth.principal import Principal, Scope
from api.core.problems import Problem, ServiceCode, not_found
from api.core.text_types import PersonName
from api.db import ApiToken

MOST = 50
"""Tokens of one clinician at a time."""


class TokenForm(BaseModel):
    """A token to make."""

    name: PersonName
    scopes: Annotated[set[Scope], Field(min_length=1)]
    days: Annotated[int | None, Field(ge=1, le=3650)] = Field(default=None, description="Without it, until revoked")


class TokenOut(BaseModel):
    """A token; its text is shown once, when it is made."""

    id: str
    name: str
    hint: str = Field(description="How it begins")
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None = Field(description="To within minutes")


class NewTokenOut(TokenOut):
    """A new token."""

    token: str = Field(description="Keep it now; it is not shown again")


def list_tokens(db: Session, me: Principal) -> list[TokenOut]:
    """Return a clinician's own tokens that are not revoked, oldest first."""
    query = select(ApiToken).where(ApiToken.clinician_id == me.id, ApiToken.revoked_at.is_(None))
    return [_token_out(row) for row in db.scalars(query.order_by(ApiToken.created_at))]


def make_token(db: Session, me: Principal, form: TokenForm, now: datetime) -> NewTokenOut:
    """Make a token for a clinician; commits.

    Raises
    ------
    Problem
        `conflict` when there are `MOST` already.
    """
    count = select(func.count()).where(ApiToken.clinician_id == me.id, ApiToken.revoked_at.is_(None))
    if (db.scalar(count) or 0) >= MOST:
        raise Problem(ServiceCode.CONFLICT, f"There are {MOST} tokens already.", advice="Revoke some first.")
    token = TOKEN_PREFIX + new_token()
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
    return NewTokenOut(**_token_out(row).model_dump(), token=token)


def revoke_token(db: Session, me: Principal, token_id: str, now: datetime) -> None:
    """Revoke one of a clinician's own tokens, at once. Commits.

    Raises
    ------
    Problem
        `not_found`.
    """
    row = db.scalars(select(ApiToken).where(ApiToken.id == token_id, ApiToken.clinician_id == me.id)).one_or_none()
    if row is None:
        raise not_found()
    if row.revoked_at is None:
        row.revoked_at = now
        db.commit()


def _token_out(row: ApiToken) -> TokenOut:
    return TokenOut.model_validate(row, from_attributes=True)
