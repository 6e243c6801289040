"""A recording beside another, and within the client's own band."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
from sqlalchemy import select

from api.db import Analysis, Recording, new_id
from hinge_check.clinic.rhythm import GRID
from hinge_check.results import report_json
from tests.api.clinic_fixture import World
from tests.api.factories import SampleIds, create_sample_rows
from tests.clinic.people import rep, report


def curves(share: float) -> bytes:
    """Return angles.json of three repetitions (see `people.rep`), the hips taking a share of the trunk's movement."""
    time_s = np.arange(0.0, 14.0, 1 / 15)
    trunk = np.interp(time_s, [3, 4.4, 5.6, 6, 7.4, 8.6, 9, 10.4, 11.6], [-1, 62, -1] * 3)
    columns = {"time_s": time_s, "trunk_inclination_deg": trunk, "hip_flexion_deg": share * trunk}
    told = {name: list(column) for name, column in {**columns, "lumbar_flexion_deg": (1 - share) * trunk}.items()}
    told["lumbar_flexion_deg"][3] = None
    return json.dumps(told).encode()


def add_recording(world: World, things: SampleIds, days_ago: int, share: float, reps: int = 3) -> str:
    """Add another recording of Carl's, like the existing one, some days before it."""
    with world.db() as db:
        row, analysis = db.get_one(Recording, things.recording_id), db.get_one(Analysis, things.analysis_id)
        recording_id, analysis_id = new_id(), new_id()
        values = {c.key: getattr(row, c.key) for c in Recording.__table__.columns}
        values |= {"id": recording_id, "sha256": new_id() * 2, "created_at": row.created_at - timedelta(days=days_ago)}
        made = {c.key: getattr(analysis, c.key) for c in Analysis.__table__.columns}
        made |= {"id": analysis_id, "recording_id": recording_id, "key": new_id() * 2}
        made |= {"blob_prefix": f"analyses/{analysis_id}/first"}
        made |= {"report": report_json(report([rep(k) for k in range(1, reps + 1)]))}
        world.app.state.store.put_bytes(f"{made['blob_prefix']}/angles.json", curves(share))
        db.add(Recording(**values))
        db.flush()
        db.add(Analysis(**made))
        db.commit()
    return recording_id


def test_the_band_uses_earlier_recordings_whose_back_was_read(world: World) -> None:
    things = create_sample_rows(world)
    newest = add_recording(world, things, -1, 0.5)
    for days, share in ((1, 0.6), (2, 0.7), (3, 0.8)):
        add_recording(world, things, days, share)
    add_recording(world, things, 4, 0.0, reps=1)  # too few repetitions to be usual
    carl, page = world.as_(world.carl), f"/api/v1/clients/{world.carl.id}/rhythm"
    told = carl.get(page, params={"recording": newest}).json()
    at = list(GRID).index(40)
    assert (told["trunk_deg"][at], told["hip_deg"][at], told["lumbar_deg"][at]) == (40, 20, 20)
    assert [told["usual_hip"][each][at] for each in ("low", "median", "high")] == [26, 28, 30]
    assert told["usual_lumbar"]["recordings"][at] == 3
    assert told["hip_deg"][-1] is None
    alone = carl.get(page, params={"recording": add_recording(world, things, 9, 0.7)}).json()
    assert alone["earlier_recordings"] == 0
    assert set(alone["usual_hip"]["median"]) == {None}
    assert world.as_(world.cleo).get(page, params={"recording": newest}).status_code == 404


def test_a_rhythm_needs_stored_curves(world: World) -> None:
    things = create_sample_rows(world)
    with world.db() as db:
        db.get_one(Analysis, things.analysis_id).curves_due = True
        db.commit()
    page = f"/api/v1/clients/{world.carl.id}/rhythm"
    answer = world.as_(world.carl).get(page, params={"recording": things.recording_id})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


def test_two_recordings_are_compared(world: World) -> None:
    things = create_sample_rows(world)
    one, other = add_recording(world, things, 1, 0.7), add_recording(world, things, 2, 0.7, reps=2)
    ann = world.as_(world.ann)
    told = ann.get(f"/api/v1/recordings/{one}/alignment", params={"with": other}).json()
    assert (told["with_recording_id"], len(told["reps"]), told["left_over"]) == (other, 2, 1)
    assert told["reps"][1] == {"here": [6.0, 7.4, 8.6], "there": [6.0, 7.4, 8.6]}
    with world.db() as db:
        theirs = db.scalars(select(Recording).where(Recording.id == other)).one()
        theirs.client_id = world.cleo.id
        db.commit()
    assert ann.get(f"/api/v1/recordings/{one}/alignment", params={"with": other}).status_code == 404
    assert ann.get(f"/api/v1/recordings/{one}/alignment").status_code == 422
