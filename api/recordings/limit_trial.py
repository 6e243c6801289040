"""Limits tried out on a recording. Nothing is stored: neither the client nor the history sees a trial."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_recordings
from api.auth.principal import Principal
from api.care.clinic_protocols import protocol_in
from api.care.limit_preview import trial_limits_text
from api.care.plans import current_plans
from api.core.problems import Problem, ServiceCode, invalid_field
from api.db import Analysis, AnalysisState, Plan
from api.recordings.overlay_data import read_track
from api.recordings.result_files import current_analysis
from api.storage.blob_store import BlobStore
from hinge_check.analysis import reassess
from hinge_check.assess.report import HingeReport
from hinge_check.errors import UsageError

Name = Annotated[str, Field(min_length=1, max_length=64)]
Value = Annotated[float, Field(allow_inf_nan=False)]


class TrialForm(BaseModel):
    """The limits to try; all others stay as they are for the person."""

    model_config = ConfigDict(extra="forbid")

    limits: Annotated[dict[Name, Value], Field(max_length=40)]


class TrialOut(BaseModel):
    """The result of the trial."""

    text: str = Field(description="TOML that gives these limits: for the plan, or to score the recording by for good")
    plan_id: str | None = Field(description="The plan these limits may be kept in; null where none names the exercise")
    report: HingeReport


def try_limits(
    db: Session,
    store: BlobStore,
    me: Principal,
    recording_id: str,
    form: TrialForm,
    *,
    analysis_id: str | None = None,
) -> TrialOut:
    """Score a recording by changed limits, at once and without storing anything.

    Raises
    ------
    Problem
        `not_found`; `not_ready` where nothing was measured; `invalid_request` for invalid limits.
    """
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = current_analysis(db, recording.id, analysis_id)
    base = row if row.reassess_of is None else db.get(Analysis, row.reassess_of)
    if row.state is not AnalysisState.DONE or base is None or base.blob_prefix is None:
        raise Problem(ServiceCode.NOT_READY, "Nothing was measured in this recording.", advice="Film again.")
    query = current_plans(recording.client_id).where(Plan.protocol == recording.protocol)
    plan = db.scalars(query.limit(1)).one_or_none()
    try:
        text = trial_limits_text(recording.protocol, None if plan is None else plan.limits, form.limits)
        protocol = protocol_in(db, recording.clinic_id, text)
    except UsageError as error:
        raise invalid_field("body.limits", str(error).splitlines(), "These limits are not right.") from None
    track = read_track(store, base.blob_prefix)
    report = reassess(track, protocol, side=row.options.get("side", "auto")).report
    return TrialOut(text=text, plan_id=None if plan is None else plan.id, report=report)
