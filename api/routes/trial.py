"""Limits tried out on a recording. Nothing is stored: neither the client nor the history sees a trial."""

from __future__ import annotations

from fastapi import APIRouter

from api.core.problems import SIGNED_IN, ServiceCode, problem_responses
from api.core.text_types import AnalysisId, IdPath
from api.http.deps import AsClinician, Db, Store
from api.recordings import limit_trial
from api.recordings.limit_trial import TrialForm, TrialOut

router = APIRouter(tags=["results"], responses=SIGNED_IN)


@router.post("/recordings/{recording_id}/trial", responses=problem_responses(ServiceCode.NOT_READY))
def try_limits(
    recording_id: IdPath, form: TrialForm, me: AsClinician, db: Db, store: Store, analysis: AnalysisId = None
) -> TrialOut:
    """Score a recording by changed limits, at once and without storing anything."""
    return limit_trial.try_limits(db, store, me, recording_id, form, analysis_id=analysis)
