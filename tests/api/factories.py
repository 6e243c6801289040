"""Carl's rows: an analysed recording with its files in the store, an upload under way, and the rest."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from sqlalchemy import select

from api.auth.invitations import invite_clinician
from api.db import (
    CheckInRow,
    IntakeRecord,
    LiveSession,
    Plan,
    Review,
    ReviewState,
    Upload,
    new_id,
)
from hinge_check.assess.protocol import load_protocol
from hinge_check.clinic.metrics import metrics_json
from hinge_check.results import report_json
from tests.api.clinic_fixture import World, token_for
from tests.api.rows import analysis_row, recording_row
from tests.fakes import fake_report
from tests.stick_figure import clock, hinges, stick


def _picture() -> bytes:
    """Return an empty chart."""
    out = BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    return out.getvalue()


def _track() -> bytes:
    """Return the track of a stick person who hinges once."""
    time = clock(4)
    with TemporaryDirectory() as folder:
        path = Path(folder, "track.npz")
        stick(time, hinges(time, 1)).track.save(path)
        return path.read_bytes()


VIDEO = b"not really a video, but bytes to serve " * 40
COPY = b"the same in a coding that every browser knows " * 30
FILES = {
    "report.json": report_json(fake_report()).encode(),
    "angles.csv": b"time_s,hip_flexion_deg\n0.0,1.5\n",
    "angles.json": b'{"time_s": [0.0], "hip_flexion_deg": [1.5]}\n',
    "reps.csv": b"rep,start_s\n1,0.5\n",
    "chart.png": _picture(),
    "chapters.vtt": b"WEBVTT\n",
    "annotated.mp4": VIDEO,
    "playable.mp4": COPY,
    "track.npz": _track(),
}
PROBE = {
    "container": "mp4",
    "codec": "h264",
    "duration_s": 4.0,
    "frames": 120,
    "width": 320,
    "height": 320,
    "fps": 30.0,
    "rotation_deg": 0,
    "mirrored": False,
    "has_sound": False,
    "playback_speed": 1.0,
}


@dataclass(frozen=True)
class SampleIds:
    """Ids to fill into addresses."""

    client_id: str
    recording_id: str
    analysis_id: str
    upload_id: str
    token_id: str
    invitation_id: str
    plan_id: str
    checkin_id: str
    review_id: str
    intake_id: str
    clinician_id: str
    live_session_id: str

    @classmethod
    def of_nobody(cls) -> SampleIds:
        """Return ids that belong to no row."""
        return cls(*[new_id() for _ in fields(cls)])

    def address(self, template: str) -> str:
        """Return a route's path with the ids filled in."""
        filled = template.replace("{name}", "chart")
        filled = filled.replace("consents/{kind}", "consents/show_to_clinician").replace("{kind}", "ladder")
        for field in fields(self):
            filled = filled.replace(f"{{{field.name}}}", getattr(self, field.name))
        return filled


def create_sample_rows(world: World) -> SampleIds:
    """Create Carl's rows, and a token and an open invitation of Ann's."""
    now = world.app.state.clock()
    store = world.app.state.store
    clinic_id, client_id = world.carl.clinic_id, world.carl.id
    recording_id, analysis_id, upload_id = new_id(), new_id(), new_id()
    original, poster = f"recordings/{recording_id}/original.mp4", f"recordings/{recording_id}/poster.jpg"
    prefix = f"analyses/{analysis_id}/first"
    store.put_bytes(original, VIDEO)
    store.put_bytes(poster, b"\xff\xd8 not really a picture")
    for name, data in FILES.items():
        store.put_bytes(f"{prefix}/{name}", data)
    recording = recording_row(
        world.carl,
        now,
        id=recording_id,
        bytes=len(VIDEO),
        probe=PROBE,
        original_key=original,
        original_bytes=len(VIDEO),
        poster_key=poster,
        playable_key=f"{prefix}/playable.mp4",
    )
    analysis = analysis_row(
        recording,
        id=analysis_id,
        protocol_text=load_protocol("bodyweight_hinge").text,
        blob_prefix=prefix,
        report=FILES["report.json"].decode(),
        figures=metrics_json(FILES["report.json"].decode()),
    )
    upload = Upload(
        id=upload_id,
        clinic_id=clinic_id,
        client_id=client_id,
        length=1000,
        offset=0,
        part_key=f"uploads/{upload_id}",
        parts=[],
        asked={"protocol": "bodyweight_hinge", "side": "auto", "speed": None, "trim_start_s": None, "trim_end_s": None},
        created_at=now,
        expires_at=now + timedelta(hours=1),
    )
    with world.db() as db:
        db.add(recording)
        db.flush()
        db.add_all([analysis, upload])
        db.flush()
        plan, check_in, review = plan_row(world, now), checkin_row(world, now), draft_review(world, recording_id, now)
        practised = live_session(world, now)
        db.add_all([plan, check_in, review, practised])
        intake_id = db.scalars(select(IntakeRecord.id).where(IntakeRecord.client_id == client_id)).one()
        invitation, _ = invite_clinician(
            db, world.settings, now, clinic_id=clinic_id, email="new@example.com", invited_by=world.ann.id
        )
        db.commit()
        invitation_id = invitation.id
        token_id = new_id()
        token_for(db, world.ann, ["read"], now, row_id=token_id)
    return SampleIds(
        client_id,
        recording_id,
        analysis_id,
        upload_id,
        token_id,
        invitation_id,
        plan.id,
        check_in.id,
        review.id,
        intake_id,
        world.ann.id,
        practised.id,
    )


def live_session(world: World, now: datetime) -> LiveSession:
    """Create a live session of Carl's."""
    return LiveSession(
        id=new_id(),
        clinic_id=world.carl.clinic_id,
        client_id=world.carl.id,
        protocol="bodyweight_hinge",
        protocol_sha256="0" * 64,
        sets=1,
        reps=3,
        report=FILES["report.json"].decode(),
        figures=metrics_json(FILES["report.json"].decode()),
        summary={"sets": 1, "reps": 3},
        began_at=now,
        created_at=now,
    )


def plan_row(world: World, now: datetime) -> Plan:
    """Create an exercise on Carl's plan."""
    plan_id = new_id()
    return Plan(
        id=plan_id,
        thread_id=plan_id,
        version=1,
        clinic_id=world.carl.clinic_id,
        client_id=world.carl.id,
        created_by=world.ann.id,
        step="bridge",
        sets=3,
        reps=10,
        days_per_week=3,
        notes="",
        created_at=now,
    )


def checkin_row(world: World, now: datetime) -> CheckInRow:
    """Create Carl's check-in for a set that was not filmed."""
    return CheckInRow(
        id=new_id(),
        clinic_id=world.carl.clinic_id,
        client_id=world.carl.id,
        step="bridge",
        pain_before=2,
        note="",
        created_at=now,
        updated_at=now,
    )


def draft_review(world: World, recording_id: str, now: datetime) -> Review:
    """Create a draft review by Ann."""
    return Review(
        id=new_id(),
        clinic_id=world.carl.clinic_id,
        recording_id=recording_id,
        number=1,
        clinician_id=world.ann.id,
        state=ReviewState.DRAFT,
        version=1,
        summary="",
        created_at=now,
        updated_at=now,
    )
