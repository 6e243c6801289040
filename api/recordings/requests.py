"""Requests for an analysis: the options of the analysis, and the client it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from api.auth.access import get_or_404, visible_clients
from api.auth.principal import Principal
from api.care.consent import require_upload
from api.core.problems import FieldError, Problem, ServiceCode, invalid_field
from api.db import Client
from api.db.engine import Sessions
from hinge_check.assess.protocol import DEFAULT, LADDER
from hinge_check.options import SideChoice


def _check_bundled(name: str) -> str:
    known = name.strip().lower().replace("-", "_")
    # Only names are accepted: the library would also take the path of a file.
    if known not in LADDER:
        raise ValueError(f"no protocol is called this; known: {', '.join(LADDER)}")
    return known


ProtocolName = Annotated[str, Field(max_length=64), AfterValidator(_check_bundled)]
"""Name of a bundled protocol."""


class AnalysisRequest(BaseModel):
    """The options of an analysis: protocol, side, playback speed, trim."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    protocol: ProtocolName = Field(default=DEFAULT, description="Name of the exercise's protocol")
    side: SideChoice = Field(default="auto", description="Side of the body towards the camera")
    speed: float | None = Field(
        default=None, gt=0, le=16, allow_inf_nan=False, description="Playback over real speed: 0.125 for 240 at 30"
    )
    trim_start_s: float | None = Field(default=None, ge=0, le=86400, allow_inf_nan=False)
    trim_end_s: float | None = Field(default=None, gt=0, le=86400, allow_inf_nan=False)

    @model_validator(mode="after")
    def _check_trim(self) -> AnalysisRequest:
        if self.trim_end_s is not None and self.trim_end_s <= (self.trim_start_s or 0.0):
            raise ValueError("the trim must end after it starts")
        return self


class ReassessForm(BaseModel):
    """The protocol to score by: a bundled one, or a TOML text."""

    protocol: ProtocolName | None = None
    text: str | None = Field(
        default=None, max_length=65536, description='TOML; begin with extends = "NAME" to change a few figures only'
    )

    @model_validator(mode="after")
    def _require_one(self) -> ReassessForm:
        if (self.protocol is None) == (self.text is None):
            raise ValueError("give either 'protocol' or 'text'")
        return self


def parse_request(values: Mapping[str, Any], where: str) -> AnalysisRequest:
    """Validate the options of an analysis, all together.

    Parameters
    ----------
    values
        Values as received, by name.
    where
        Start of the path of a field in an error: `query`, `body`.

    Raises
    ------
    Problem
        `invalid_request`.
    """
    try:
        return AnalysisRequest.model_validate(dict(values))
    except ValidationError as error:
        errors = [
            FieldError(where=".".join([where, *map(str, each["loc"])]), message=each["msg"]) for each in error.errors()
        ]
        raise Problem(ServiceCode.INVALID_REQUEST, errors=errors[:20]) from None


def find_filmed_client(sessions: Sessions, me: Principal, client_id: str | None) -> str:
    """Return the id of the client in a video: the person who asks or, for a clinician, the client they name.

    Raises
    ------
    Problem
        `not_found` for another clinician's client; `invalid_request` when a clinician names no client; `conflict` for
        an archived client; `consent_required`, `intake_required`, `clearance_required`.
    """
    if client_id is None:
        if me.is_clinician:
            raise invalid_field("query.client_id", ["say whose video it is"])
        client_id = me.id
    with sessions() as db:
        client: Client = get_or_404(db, visible_clients(me), client_id)
        if client.archived_at is not None:
            raise Problem(ServiceCode.CONFLICT, "This client is archived.", advice="Bring the client back first.")
        require_upload(db, client_id)
    return client_id
