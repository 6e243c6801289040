"""Leases on analyses: claim, renew, publish once, release or fail.

Every change is one guarded UPDATE, so two workers, a sweeper and a deletion may act at the same instant: the row
decides who was first. Each attempt has its own token; an attempt that lost its lease can no longer change anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from api.db import Analysis, AnalysisState, Recording, RecordingState
from api.db.engine import Sessions
from api.storage.keys import analysis_folder
from hinge_check.clinic.metrics import metrics_json

FAILURES: Mapping[str, str] = {
    "analysis_crashed": "The analysis of this video stopped before its end, twice.",
    "too_slow": "The analysis of this video took longer than allowed.",
    "too_much_memory": "The analysis of this video needed more memory than allowed.",
    "too_much_disk": "The analysis of this video needed more room than allowed.",
    "worker_lost": "The analysis of this video was begun several times and never came to its end.",
    "analysis_failed": "This video could not be analysed.",
}
"""Why an analysis failed, by code; the code is for programs, the text for people."""

FAILED_ADVICE = "Film again, or send another copy of the video; nothing else waits for this one."


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at one analysis."""

    analysis_id: str
    recording_id: str
    owner: str
    """Token of the attempt; only its holder may change the row."""
    video_key: str | None
    track_of: str | None
    """Folder in the store of the track to score again; None when the video is analysed."""
    protocol_text: str
    options: Mapping[str, Any]
    attempts: int
    crashes: int
    asked_again: int
    has_playable: bool
    """Whether a playable copy of the video exists already."""
    waited_s: float

    @property
    def prefix(self) -> str:
        """The folder in the store for this attempt's files."""
        return f"{analysis_folder(self.analysis_id)}/{self.owner}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a recording was refused or failed."""

    code: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True)
class Swept:
    """Analyses that a sweep changed."""

    requeued: tuple[str, ...]
    failed: tuple[str, ...]


def claim(sessions: Sessions, analysis_id: str, *, now: datetime, lease_s: float) -> Claim | None:
    """Take a lease on a queued analysis; None when it cannot be taken."""
    owner = uuid4().hex
    unleased = or_(Analysis.lease_until.is_(None), Analysis.lease_until <= now)
    with sessions.begin() as db:
        is_claimed = change(
            db,
            [Analysis.id == analysis_id, Analysis.state == AnalysisState.QUEUED, unleased],
            state=AnalysisState.ANALYSING,
            attempts=Analysis.attempts + 1,
            lease_owner=owner,
            lease_until=now + timedelta(seconds=lease_s),
            heartbeat_at=now,
            progress=0.0,
        )
        if not is_claimed:
            return None
        row = db.get_one(Analysis, analysis_id)
        recording = db.get_one(Recording, row.recording_id)
        track_of = None
        if row.reassess_of is not None:
            track_of = db.scalar(
                select(Analysis.blob_prefix).where(
                    Analysis.id == row.reassess_of,
                    Analysis.recording_id == row.recording_id,
                    Analysis.state == AnalysisState.DONE,
                )
            )
        sync_recording_state(db, row.recording_id, RecordingState.ANALYSING, now)
        return Claim(
            analysis_id=row.id,
            recording_id=row.recording_id,
            owner=owner,
            video_key=recording.original_key,
            track_of=track_of,
            protocol_text=row.protocol_text,
            options=dict(row.options),
            attempts=row.attempts,
            crashes=row.crashes,
            asked_again=row.asked_again,
            has_playable=recording.playable_key is not None,
            waited_s=max(0.0, (now - row.queued_at).total_seconds()),
        )


def renew(sessions: Sessions, claim: Claim, *, now: datetime, lease_s: float, progress: float) -> bool:
    """Extend the lease and store the progress; False when the lease was lost."""
    with sessions.begin() as db:
        return change(
            db,
            _held_by(claim),
            lease_until=now + timedelta(seconds=lease_s),
            heartbeat_at=now,
            progress=progress,
        )


def publish(
    sessions: Sessions,
    claim: Claim,
    *,
    now: datetime,
    report: str,
    refusal: Refusal | None,
    video_s: float | None,
    inference_s: float,
    curves_due: bool = False,
    playable: str | None = None,
) -> bool:
    """Publish the result, done or refused; False when the lease was lost, and nothing has changed.

    `playable` is the name of the playable copy among its files, if one was made.
    """
    state = AnalysisState.DONE if refusal is None else AnalysisState.REFUSED
    figures = metrics_json(report) if refusal is None else None
    with sessions.begin() as db:
        still_held = change(
            db,
            _held_by(claim),
            state=state,
            progress=1.0,
            lease_owner=None,
            lease_until=None,
            blob_prefix=claim.prefix,
            report=report,
            figures=figures,
            curves_due=curves_due and refusal is None,
            error=None,
            error_code=None,
            video_s=video_s,
            inference_s=inference_s,
            finished_at=now,
        )
        if still_held:
            sync_recording_state(db, claim.recording_id, RecordingState(state.value), now, refusal)
        if still_held and playable is not None:
            # Unless the video was deleted meanwhile: its copies go with it.
            unless_deleted = update(Recording).where(
                Recording.id == claim.recording_id, Recording.original_key.is_not(None)
            )
            key = {"playable_key": f"{claim.prefix}/{playable}"}
            db.execute(unless_deleted.values(key).execution_options(synchronize_session=False))
        return still_held


def is_published(sessions: Sessions, claim: Claim) -> bool:
    """Return whether the files of this very attempt are the published result."""
    with sessions() as db:
        return db.scalar(select(Analysis.blob_prefix).where(Analysis.id == claim.analysis_id)) == claim.prefix


def fail(sessions: Sessions, claim: Claim, *, now: datetime, code: str) -> bool:
    """Fail an analysis for good; False when the lease was lost."""
    with sessions.begin() as db:
        return _fail(db, _held_by(claim), claim.recording_id, now, code, crashes=Analysis.crashes)


def record_crash(sessions: Sessions, claim: Claim, *, now: datetime, code: str, limit: int) -> AnalysisState | None:
    """Count a crash of the analysis process: queue the analysis again, or fail it at the limit.

    Returns
    -------
    AnalysisState or None
        The new state; None when the lease was lost.
    """
    crashes = claim.crashes + 1
    if crashes >= limit:
        with sessions.begin() as db:
            still_held = _fail(db, _held_by(claim), claim.recording_id, now, code, crashes=crashes)
        return AnalysisState.FAILED if still_held else None
    with sessions.begin() as db:
        return AnalysisState.QUEUED if _requeue(db, _held_by(claim), crashes=crashes) else None


def release(sessions: Sessions, claim: Claim, *, now: datetime, delay_s: float = 0.0) -> bool:
    """Put an analysis back into the queue as if it had never begun; it cannot be claimed for `delay_s` seconds."""
    until = now + timedelta(seconds=delay_s) if delay_s else None
    with sessions.begin() as db:
        return _requeue(db, _held_by(claim), attempts=Analysis.attempts - 1, lease_until=until)


def sweep(sessions: Sessions, *, now: datetime, lease_s: float, losses: int) -> Swept:
    """Find analyses whose worker has gone silent; queue them again, or fail them after `losses` lost workers.

    A lease that ends later than any heartbeat could have set it comes from a clock that ran ahead: lost as well.
    """
    ahead = now + timedelta(seconds=2 * lease_s)
    silent = and_(
        Analysis.state == AnalysisState.ANALYSING,
        or_(Analysis.lease_until.is_(None), Analysis.lease_until < now, Analysis.lease_until > ahead),
    )
    columns = (Analysis.id, Analysis.recording_id, Analysis.lease_owner, Analysis.attempts, Analysis.crashes)
    with sessions() as db:
        rows = db.execute(select(*columns).where(silent).limit(200)).all()
    requeued: list[str] = []
    failed: list[str] = []
    for analysis_id, recording_id, owner, attempts, crashes in rows:
        still_silent = [Analysis.id == analysis_id, Analysis.lease_owner == owner, silent]
        with sessions.begin() as db:
            if attempts - crashes >= losses:
                if _fail(db, still_silent, recording_id, now, "worker_lost", crashes=crashes):
                    failed.append(analysis_id)
            elif _requeue(db, still_silent):
                requeued.append(analysis_id)
    return Swept(tuple(requeued), tuple(failed))


def due(sessions: Sessions, *, now: datetime, most: int) -> list[str]:
    """Return the ids of queued analyses that may be claimed now, the longest waiting first."""
    unleased = or_(Analysis.lease_until.is_(None), Analysis.lease_until <= now)
    with sessions() as db:
        query = select(Analysis.id).where(Analysis.state == AnalysisState.QUEUED, unleased)
        return list(db.scalars(query.order_by(Analysis.queued_at, Analysis.id).limit(most)))


def _held_by(claim: Claim) -> list[Any]:
    """Return the SQL conditions under which the row still belongs to this attempt."""
    return [
        Analysis.id == claim.analysis_id,
        Analysis.lease_owner == claim.owner,
        Analysis.state == AnalysisState.ANALYSING,
    ]


def change(db: Session, where: list[Any], **values: Any) -> bool:
    """Do one guarded UPDATE; return whether it matched its row."""
    result = db.execute(update(Analysis).where(*where).values(**values).execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _requeue(db: Session, where: list[Any], **values: Any) -> bool:
    fresh = {"state": AnalysisState.QUEUED, "lease_owner": None, "lease_until": None, "progress": 0.0}
    return change(db, where, **{**fresh, **values})


def _fail(db: Session, where: list[Any], recording_id: str, now: datetime, code: str, *, crashes: Any) -> bool:
    still_held = change(
        db,
        where,
        state=AnalysisState.FAILED,
        lease_owner=None,
        lease_until=None,
        crashes=crashes,
        error=FAILURES[code],
        error_code=code,
        finished_at=now,
    )
    if still_held:
        refusal = Refusal(code, FAILURES[code], FAILED_ADVICE)
        sync_recording_state(db, recording_id, RecordingState.FAILED, now, refusal)
    return still_held


def sync_recording_state(
    db: Session, recording_id: str, state: RecordingState, now: datetime, refusal: Refusal | None = None
) -> None:
    """Set the state of a recording to that of its analysis.

    Once done it stays done, whatever becomes of another analysis of it.
    """
    final = [RecordingState.DONE] if state is not RecordingState.DONE else []
    statement = (
        update(Recording)
        .where(Recording.id == recording_id, Recording.state.not_in(final))
        .values(
            state=state,
            updated_at=now,
            refusal_code=refusal.code if refusal else None,
            refusal_message=refusal.message if refusal else None,
            refusal_advice=refusal.advice if refusal else None,
        )
    )
    db.execute(statement.execution_options(synchronize_session=False))
