"""The overlay over a video, and the preview of limits: access, size, and that a preview stores nothing."""

from __future__ import annotations

import gzip
import json
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from api.care.limit_preview import trial_limits_text
from api.db import Analysis, AnalysisState, ConsentKind, ConsentRecord, Plan
from api.recordings.overlay_data import BLOB, overlay
from hinge_check.assess.protocol import load_protocol
from hinge_check.errors import UsageError
from hinge_check.measure.measure import measure
from hinge_check.measure.rep_rules import RepRules
from tests.api.clinic_fixture import World
from tests.api.factories import SampleIds, create_sample_rows
from tests.fakes import fake_track
from tests.stick_figure import clock, hinges, stick


@pytest.fixture
def mine(world: World) -> SampleIds:
    """Provide Carl's recording, analysed."""
    return create_sample_rows(world)


def address(mine: SampleIds, what: str) -> str:
    return f"/api/v1/recordings/{mine.recording_id}/{what}"


def test_columns_hold_the_measurement() -> None:
    time = clock(5)
    track = stick(time, hinges(time, 1), lumbar=20.0).track
    measured = measure(track, RepRules())
    told = overlay(track, measured)

    frames = len(track)
    columns = ("time_s", "phase", "hip_deg", "hip_se_deg", "lumbar_deg", "lumbar_se_deg", "knee_deg", "trunk_deg")
    assert {len(told[name]) for name in (*columns, "body", "back")} == {frames}
    bottom = measured.reps[0].bottom
    assert told["hip_deg"][bottom] == pytest.approx(float(measured.angles.hip_flexion[bottom]), abs=0.051)
    assert told["phase"][bottom] == "b"
    assert told["phase"][0] == "s"
    # The hip of the near side, as shares of the picture.
    near = {"left": 23, "right": 24}[told["near_side"]]
    hip = 2 * told["names"].index("hip")
    expected = np.asarray(track.landmarks[bottom, near, :2]) / track.info.frame_size
    assert told["body"][bottom][hip : hip + 2] == pytest.approx(expected.tolist(), abs=6e-5)
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_frames_without_a_person_are_null() -> None:
    track = fake_track()
    told = overlay(track, measure(track, RepRules()))
    assert told["body"] == [None] * 3
    assert told["hip_deg"] == [None] * 3


def test_the_answer_is_small_and_cached(world: World, mine: SampleIds) -> None:
    ann = world.as_(world.ann)
    answer = ann.get(address(mine, "overlay"))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-encoding"] == "gzip"
    told = answer.json()
    assert told["analysis_id"] == mine.analysis_id
    kept = world.app.state.store.read(f"analyses/{mine.analysis_id}/first/{BLOB}")
    assert json.loads(gzip.decompress(kept)) == {k: v for k, v in told.items() if k != "analysis_id"}
    assert len(kept) < 200 * len(told["time_s"])

    assert ann.get(address(mine, "overlay")).json() == told
    plain = ann.get(address(mine, "overlay"), headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == told
    again = ann.get(address(mine, "overlay"), headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_overlay_is_hidden_where_the_video_is_not_shown(world: World, mine: SampleIds) -> None:
    ann, carl = world.as_(world.ann), world.as_(world.carl)
    before = ann.get(address(mine, "overlay"))
    with world.db() as db:
        show = select(ConsentRecord).where(
            ConsentRecord.client_id == mine.client_id, ConsentRecord.kind == ConsentKind.SHOW
        )
        db.scalars(show).one().withdrawn_at = world.app.state.clock()
        db.commit()

    answer = ann.get(address(mine, "overlay"), headers={"If-None-Match": before.headers["etag"]})
    assert answer.status_code == 200, "what was cached before must not be used again"
    assert answer.json()["body"] is None
    assert answer.json()["back"] is None
    assert answer.json()["hip_deg"] == before.json()["hip_deg"]
    assert carl.get(address(mine, "overlay")).json()["body"] is not None


def test_recordings_without_a_track_or_a_result(world: World, mine: SampleIds) -> None:
    ann = world.as_(world.ann)
    key = f"analyses/{mine.analysis_id}/first/track.npz"
    world.app.state.store.delete(key)
    assert ann.get(address(mine, "overlay")).json()["code"] == "not_found"
    world.app.state.store.put_bytes(key, b"written by something else")
    assert ann.get(address(mine, "overlay")).json()["code"] == "not_ready"
    with world.db() as db:
        db.get_one(Analysis, mine.analysis_id).state = AnalysisState.ANALYSING
        db.commit()
    assert ann.get(address(mine, "overlay")).json()["code"] == "not_ready"
    assert ann.post(address(mine, "trial"), json={"limits": {}}).json()["code"] == "not_ready"


def try_limits(world: World, mine: SampleIds, **limits: float) -> Any:
    return world.as_(world.ann).post(address(mine, "trial"), json={"limits": limits})


def test_a_preview_scores_and_stores_nothing(world: World, mine: SampleIds) -> None:
    with world.db() as db:
        before = db.scalar(select(func.count()).select_from(Analysis))
    deep = try_limits(world, mine, shallow=100.0, shallow_trunk=89.0).json()
    same = try_limits(world, mine).json()

    assert "shallow" in [fault["code"] for fault in deep["report"]["faults"]]
    assert "shallow" not in [fault["code"] for fault in same["report"]["faults"]]
    assert deep["report"]["summary"]["score"] < same["report"]["summary"]["score"]
    assert deep["plan_id"] is None
    with world.db() as db:
        assert db.scalar(select(func.count()).select_from(Analysis)) == before


def test_the_client_s_other_limits_stay_in_a_preview(world: World, mine: SampleIds) -> None:
    own = 'extends = "bodyweight_hinge"\n[limits.neck]\nvalue = 70\n'
    with world.db() as db:
        plan = db.get_one(Plan, mine.plan_id)
        plan.step, plan.protocol, plan.limits = "bodyweight_hinge", "bodyweight_hinge", own
        db.commit()
    told = try_limits(world, mine, lumbar_flexion=30.0).json()

    assert told["plan_id"] == mine.plan_id
    assert told["report"]["protocol"]["overrides"] == {
        "limits.neck.value": 70.0,
        "limits.lumbar_flexion.value": 30.0,
    }


@pytest.mark.parametrize("limits", [{"lumbar_flexion": 500.0}, {"no_such_limit": 1.0}])
def test_invalid_limits_are_reported(world: World, mine: SampleIds, limits: dict[str, float]) -> None:
    answer = try_limits(world, mine, **limits)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert answer.json()["errors"][0]["message"]


def test_the_text_holds_the_limits() -> None:
    text = trial_limits_text(
        "rdl", 'extends = "rdl"\n[limits.neck]\nvalue = 55\nwarn = 50\nreason = "mine"\n', {"neck": 40}
    )
    assert text.startswith('extends = "rdl"')
    assert "warn" not in text, "from which on the clinician is told moves along"
    with pytest.raises(UsageError):
        trial_limits_text("rdl", "no = = toml", {})
    assert load_protocol("rdl").limits["neck"].value != 40
