"""A client's past, written straight into the database: tests cannot wait for weeks."""

from __future__ import annotations

from datetime import timedelta

from api.core.clock import utc_now
from api.db import (
    CheckInRow,
    Client,
    LiveSession,
    RecordingState,
    Review,
    ReviewState,
    new_id,
)
from hinge_check.clinic.metrics import SetMetrics
from tests.api.rows import analysis_row, recording_row
from tests.pages.live_server import Site


def add_recording(
    site: Site,
    person: Client,
    *,
    days_ago: float,
    state: RecordingState = RecordingState.DONE,
    protocol: str = "bodyweight_hinge",
    share: float = 0.8,
    lumbar: float | None = 12.0,
    score: float = 75.0,
    pain: int | None = None,
) -> str:
    """Add a recording, measured where it is done, with a check-in where pain is given; return its id."""
    then = utc_now() - timedelta(days=days_ago)
    recording = recording_row(person, then, state=state, protocol=protocol)
    recording_id = recording.id
    if state is RecordingState.REFUSED:
        recording.refusal_code = "too_dark"
        recording.refusal_message = "The picture is too dark."
        recording.refusal_advice = "Film where it is bright."
    figures = _figures(protocol, share, lumbar, score)
    with site.server.sessions() as db:
        db.add(recording)
        db.flush()
        if state is RecordingState.DONE:
            db.add(analysis_row(recording, figures=figures.model_dump(mode="json")))
        if pain is not None:
            db.add(
                CheckInRow(
                    id=new_id(),
                    clinic_id=person.clinic_id,
                    client_id=person.id,
                    recording_id=recording_id,
                    step=protocol,
                    pain_worst=pain,
                    note="",
                    created_at=then,
                    updated_at=then,
                )
            )
        db.commit()
    return recording_id


def add_live_session(
    site: Site,
    person: Client,
    *,
    days_ago: float,
    plan_id: str | None = None,
    protocol: str = "bodyweight_hinge",
    share: float = 0.8,
    lumbar: float | None = 12.0,
    score: float = 75.0,
) -> str:
    """Add a live session that was saved; return its id."""
    then = utc_now() - timedelta(days=days_ago)
    session_id = new_id()
    with site.server.sessions() as db:
        db.add(
            LiveSession(
                id=session_id,
                clinic_id=person.clinic_id,
                client_id=person.id,
                plan_id=plan_id,
                protocol=protocol,
                protocol_sha256="0" * 64,
                sets=1,
                reps=5,
                report="",
                figures=_figures(protocol, share, lumbar, score).model_dump(mode="json"),
                summary={"sets": 1, "reps": 5},
                began_at=then,
                created_at=then,
            )
        )
        db.commit()
    return session_id


def _figures(protocol: str, share: float, lumbar: float | None, score: float) -> SetMetrics:
    return SetMetrics(
        protocol=protocol,
        reps=5,
        reps_judged=5,
        reps_in_band=4,
        hip_deg=58.0,
        hip_se_deg=3.0,
        lumbar_deg=lumbar,
        lumbar_se_deg=None if lumbar is None else 3.5,
        lumbar_limit_deg=20.0,
        hip_share=share,
        hip_share_se=0.03,
        score=score,
        score_se=4.0,
        drift_deg=1.0,
        spread_deg=4.0,
    )


def publish_review(site: Site, recording_id: str, summary: str) -> None:
    """Publish a review by Dana of a recording."""
    now = utc_now()
    with site.server.sessions() as db:
        db.add(
            Review(
                id=new_id(),
                clinic_id=site.clinic.id,
                recording_id=recording_id,
                number=1,
                clinician_id=site.dana.id,
                state=ReviewState.PUBLISHED,
                version=1,
                summary=summary,
                created_at=now,
                updated_at=now,
                published_at=now,
            )
        )
        db.commit()


def prescribe(site: Site, person: Client, step: str, **other: object) -> str:
    """Put an exercise on a plan as the clinician does; return the plan's id."""
    told = {"step": step, "sets": 3, "reps": 8, "days_per_week": 3} | other
    answer = site.http(site.dana).post(f"/api/v1/clients/{person.id}/plans", json=told)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found
