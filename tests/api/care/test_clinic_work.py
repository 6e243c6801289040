"""Plans, check-ins, reviews, readiness: the daily work of clinician and client."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from api.db import Analysis, AnalysisState, Recording
from tests.api.clinic_fixture import World
from tests.api.factories import SampleIds, create_sample_rows

NAME = "bodyweight_hinge"
PLAN: dict[str, Any] = {"step": NAME, "sets": 3, "reps": 8, "days_per_week": 3, "load_kg": 12.5, "notes": "Slowly."}
STRICT = f'extends = "{NAME}"\n[limits.lumbar_flexion]\nvalue = 8.0\nreason = "for this person"\n'


def plans(world: World) -> str:
    return f"/api/v1/clients/{world.carl.id}/plans"


def reviews(things: SampleIds) -> str:
    return f"/api/v1/recordings/{things.recording_id}/reviews"


def test_a_changed_plan_is_a_new_version_and_rescores(world: World) -> None:
    create_sample_rows(world)
    ann, carl = world.as_(world.ann), world.as_(world.carl)
    first = ann.post(plans(world), json=PLAN).json()
    assert (first["version"], first["protocol"], first["overrides"]) == (1, NAME, {})
    second = ann.put(f"{plans(world)}/{first['id']}", json={**PLAN, "limits": STRICT, "reps": 6})
    assert second.status_code == 201
    now = second.json()
    assert (now["version"], now["thread_id"], now["reps"]) == (2, first["thread_id"], 6)
    assert now["overrides"] == {"limits.lumbar_flexion.value": 8.0}
    assert [each["id"] for each in carl.get(plans(world)).json() if each["step"] == NAME] == [now["id"]]
    ever = carl.get(plans(world), params={"past": True}).json()
    assert {each["id"] for each in ever} >= {first["id"], now["id"]}
    assert carl.get(f"{plans(world)}/{first['id']}").json()["superseded_at"] is not None
    with world.db() as db:
        waiting = list(db.scalars(select(Analysis).where(Analysis.reassess_of.is_not(None))))
        assert [(row.state, row.protocol_sha256) for row in waiting] == [(AnalysisState.QUEUED, now["protocol_sha256"])]
    assert carl.get(f"{plans(world)}/{now['id']}/rescoring").json() == {
        "total": 1,
        "done": 0,
        "failed": 0,
        "progress": 0.0,
    }
    late = ann.put(f"{plans(world)}/{first['id']}", json=PLAN)
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert ann.post(plans(world), json=PLAN).status_code == 409  # the exercise is there already
    assert ann.delete(f"{plans(world)}/{now['id']}").status_code == 204
    assert [each for each in carl.get(plans(world)).json() if each["step"] == NAME] == []


def test_a_change_of_notes_alone_does_not_rescore(world: World) -> None:
    create_sample_rows(world)
    ann = world.as_(world.ann)
    first = ann.post(plans(world), json=PLAN).json()
    ann.put(f"{plans(world)}/{first['id']}", json={**PLAN, "notes": "Slower."})
    with world.db() as db:
        assert list(db.scalars(select(Analysis.id).where(Analysis.reassess_of.is_not(None)))) == []


@pytest.mark.parametrize(
    "change",
    [
        {"step": "handstand"},
        {"limits": "[limits]"},
        {"limits": 'extends = "deadlift"'},
        {"limits": f'extends = "{NAME}"\n[limits.lumbar_flexion]\nvalue = 800.0\n'},
        {"limits": f'extends = "{NAME}"\n[limits.nonsense]\nvalue = 1.0\n'},
        {"limits": "a = [" * 5000},
        {"step": "bridge", "limits": STRICT},
        {"sets": 0},
        {"reps": 1000},
        {"days_per_week": 8},
        {"load_kg": -1},
        {"notes": "x" * 5000},
    ],
)
def test_invalid_plans_are_refused(world: World, change: dict[str, Any]) -> None:
    answer = world.as_(world.ann).post(plans(world), json={**PLAN, **change})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_a_clinic_may_have_its_own_ladder(world: World) -> None:
    ann, abe, bo = world.as_(world.ann), world.as_(world.abe), world.as_(world.bo)
    content = "/api/v1/clinic/content/ladder"
    bundled = ann.get(content).json()
    assert bundled["own"] is False
    text = bundled["text"].replace('title = "From lying to the deadlift"', 'title = "Our way up"', 1)
    assert ann.put(content, json={"text": text}).json()["own"] is True
    assert abe.get("/api/v1/ladder").json()["title"] == "Our way up"
    assert bo.get("/api/v1/ladder").json()["title"] != "Our way up"
    wrong = ann.put(content, json={"text": text.replace('protocol = "bow"', 'protocol = "bowl"', 1)})
    assert wrong.status_code == 422
    assert any("line" in each["message"] and "bow" in each["message"] for each in wrong.json()["errors"])
    assert ann.delete(content).status_code == 204
    assert abe.get("/api/v1/ladder").json()["title"] != "Our way up"


def test_a_check_in_and_its_next_morning(world: World) -> None:
    things = create_sample_rows(world)
    carl, ann = world.as_(world.carl), world.as_(world.ann)
    home = f"/api/v1/recordings/{things.recording_id}/checkin"
    evening = {"pain_before": 2, "pain_worst": 4, "pain_after": 3, "rpe": 6.5, "load_kg": 20, "note": "Fine.\nReally."}
    first = carl.put(home, json=evening)
    assert (first.status_code, first.json()["step"]) == (201, NAME)
    again = carl.put(home, json={**evening, "pain_next_morning": 2})
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    seen = ann.get(home).json()
    assert (seen["pain_next_morning"], seen["note"], seen["rpe"]) == (2, "Fine.\nReally.", 6.5)
    loose = carl.post(f"/api/v1/clients/{world.carl.id}/checkins", json={"step": "bridge", "stopped_early": "pain"})
    assert loose.status_code == 201
    listed = ann.get(f"/api/v1/clients/{world.carl.id}/checkins").json()["items"]
    assert {each["id"] for each in listed} >= {first.json()["id"], loose.json()["id"]}


@pytest.mark.parametrize(
    "said",
    [
        {"pain_before": 11},
        {"pain_before": -1},
        {"pain_before": 2.5},
        {"rpe": 6.3},
        {"load_kg": 1e9},
        {"note": "x" * 3000},
        {"note": "a\u202eb"},
        {"stopped_early": "boredom"},
        {"mood": "good"},
    ],
)
def test_invalid_check_ins_are_refused(world: World, said: dict[str, Any]) -> None:
    things = create_sample_rows(world)
    answer = world.as_(world.carl).put(f"/api/v1/recordings/{things.recording_id}/checkin", json=said)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


DRAWING = {
    "shapes": [
        {"kind": "arrow", "points": [[0.1, 0.2], [0.3, 0.4]]},
        {"kind": "angle", "points": [[0.1, 0.2], [0.5, 0.5], [0.9, 0.2]], "colour": "red"},
        {"kind": "freehand", "points": [[0.0, 0.0], [1.0, 1.0], [0.123456, 0.5]]},
    ]
}


def test_a_review_from_draft_to_client(world: World) -> None:
    things = create_sample_rows(world)
    ann, carl = world.as_(world.ann), world.as_(world.carl)
    home = reviews(things)
    begun = ann.post(home)
    assert (begun.status_code, begun.headers["etag"]) == (200, '"1"')  # it existed before
    address = f"{home}/{begun.json()['id']}"
    draft: dict[str, Any] = {
        "summary": "Good set.",
        "verdict": "progress",
        "comments": [{"time_s": 1.5, "text": "Here.", "drawing": DRAWING}, {"text": "As a whole."}],
        "corrections": [
            {"kind": "side", "side": "left", "reason": "mirrored"},
            {"kind": "trim", "start_s": 1.0, "end_s": 20.0},
            {"kind": "rep", "rep": 1, "start_s": 3.1, "end_s": 5.2},
            {"kind": "rep", "start_s": 9.0, "end_s": 11.0},
            {"kind": "fault", "code": "lumbar_flexion"},
        ],
    }
    saved = ann.put(address, json=draft, headers={"If-Match": '"1"'})
    assert (saved.status_code, saved.headers["etag"]) == (200, '"2"')
    told = saved.json()
    assert told["comments"][0]["drawing"]["shapes"][2]["points"][2] == [0.1235, 0.5]
    corrections = told["corrections"]
    assert corrections[0]["computed"] == {"side": "right"}
    assert corrections[2]["computed"] == {"rep": 1, "start_s": 3.0, "bottom_s": 4.0, "end_s": 5.0}
    assert corrections[3]["computed"] is None
    assert corrections[0]["corrected"]["side"] == "left"
    for stale in ('"1"', None):
        answer = ann.put(address, json=draft, headers={} if stale is None else {"If-Match": stale})
        assert (answer.status_code, answer.json()["code"], answer.headers["etag"]) == (
            412,
            "precondition_failed",
            '"2"',
        )
    assert carl.get(home).json() == []
    assert carl.get(address).status_code == 404
    published = ann.post(f"{address}/publication", headers={"If-Match": '"2"'})
    assert published.json()["state"] == "published"
    assert [each["summary"] for each in carl.get(home).json()] == ["Good set."]
    assert ann.put(address, json=draft, headers={"If-Match": '"3"'}).status_code == 409
    assert ann.delete(address).status_code == 409

    again = ann.post(home)  # a second one begins as the first did
    assert (again.status_code, again.json()["number"], again.json()["state"]) == (201, 2, "draft")
    assert again.json()["comments"] == told["comments"]
    assert again.json()["corrections"] == corrections
    assert [each["number"] for each in carl.get(home).json()] == [1]
    assert ann.delete(f"{home}/{again.json()['id']}").status_code == 204
    report = ann.get(f"/api/v1/recordings/{things.recording_id}/report").json()
    assert report["view"]["near_side"] == "right", "a correction was written over what was computed"


POINT = [0.5, 0.5]


@pytest.mark.parametrize(
    "shape",
    [
        {"kind": "line", "points": [[0.1, 0.2], [0.3, 1.4]]},
        {"kind": "line", "points": [[0.1, 0.2], [0.3, -0.1]]},
        {"kind": "line", "points": [POINT]},
        {"kind": "line", "points": [POINT, POINT, POINT]},
        {"kind": "angle", "points": [POINT, POINT]},
        {"kind": "circle", "points": [POINT, POINT]},
        {"kind": "freehand", "points": [POINT] * 401},
        {"kind": "freehand", "points": [[0.5, 0.5, 0.5], POINT]},
        {"kind": "line", "points": [POINT, POINT], "colour": "url(x)"},
        {"kind": "line", "points": [POINT, POINT], "onclick": "x"},
        {"kind": "line", "points": [["a", 0], POINT]},
    ],
)
def test_invalid_drawings_are_refused(world: World, shape: dict[str, Any]) -> None:
    things = create_sample_rows(world)
    refused_draft(world, things, {"comments": [{"time_s": 1, "drawing": {"shapes": [shape]}}]})


@pytest.mark.parametrize(
    "draft",
    [
        {"comments": [{"time_s": 1, "drawing": {"shapes": []}}]},
        {"comments": [{"time_s": 1, "drawing": {"shapes": [{"kind": "freehand", "points": [POINT] * 400}] * 6}}]},
        {"comments": [{"time_s": -1, "text": "x"}]},
        {"comments": [{"text": "x" * 5000}]},
        {"corrections": [{"kind": "side", "side": "top"}]},
        {"corrections": [{"kind": "trim", "start_s": 3, "end_s": 2}]},
        {"corrections": [{"kind": "rep", "rep": 1}]},
        {"corrections": [{"kind": "rep", "start_s": 3}]},
        {"corrections": [{"kind": "rep", "rep": 1, "start_s": 3, "bottom_s": 2}]},
        {"corrections": [{"kind": "rep", "is_none": True}]},
        {"corrections": [{"kind": "score", "value": 100}]},
        {"verdict": "perfect"},
        {"state": "published"},
    ],
)
def test_invalid_drafts_are_refused(world: World, draft: dict[str, Any]) -> None:
    refused_draft(world, create_sample_rows(world), draft)


def refused_draft(world: World, things: SampleIds, draft: dict[str, Any]) -> None:
    address = f"{reviews(things)}/{things.review_id}"
    answer = world.as_(world.ann).put(address, json=draft, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_numbers_that_json_cannot_express_are_refused(world: World) -> None:
    things = create_sample_rows(world)
    for word in ("NaN", "Infinity", "1e999"):
        body = f'{{"comments": [{{"time_s": {word}, "text": "x"}}]}}'
        answer = world.as_(world.ann).put(
            f"{reviews(things)}/{things.review_id}",
            content=body,
            headers={"If-Match": '"1"', "Content-Type": "application/json"},
        )
        assert answer.status_code == 422


def test_readiness_suggests_with_reasons_and_changes_nothing(world: World) -> None:
    things = create_sample_rows(world)
    ann = world.as_(world.ann)
    home = f"/api/v1/clients/{world.carl.id}/readiness"
    before = ann.get(plans(world)).json()
    told = ann.get(home, params={"step": NAME}).json()
    assert told["suggestion"]["verdict"] == "not_enough_data"
    assert told["suggestion"]["reasons"]
    assert "clinician decides" in told["suggestion"]["text"]
    assert told["step_before"] is not None
    assert told["next_step"] is not None
    assert ann.get(home).json()["step"] == "bridge"  # that of the plan
    assert ann.get(home, params={"step": "handstand"}).status_code == 422
    assert ann.get(plans(world)).json() == before
    draft = ann.get(f"{reviews(things)}/{things.review_id}").json()
    assert draft["verdict"] is None  # the clinician's own


@pytest.mark.parametrize(
    ("correction", "looks_at_the_video"),
    [({"kind": "side", "side": "left"}, False), ({"kind": "trim", "start_s": 0.5, "end_s": 3.5}, True)],
    ids=["side", "trim"],
)
def test_a_published_correction_of_side_or_trim_causes_a_new_measurement(
    world: World, correction: dict[str, Any], looks_at_the_video: bool
) -> None:
    things = create_sample_rows(world)
    ann, page = world.as_(world.ann), f"{reviews(things)}/{things.review_id}"
    home = f"/api/v1/recordings/{things.recording_id}"
    saved = ann.put(page, json={"corrections": [correction]}, headers={"If-Match": '"1"'})
    assert len(ann.get(f"{home}/analyses").json()) == 1, "a draft changes nothing"
    ann.post(f"{page}/publication", headers={"If-Match": saved.headers["etag"]})
    with world.db() as db:
        row = db.scalars(select(Analysis).where(Analysis.id != things.analysis_id)).one()
        assert row.state is AnalysisState.QUEUED
        assert row.reassess_of == (None if looks_at_the_video else things.analysis_id)
        wanted = {"trim_s": [0.5, 3.5]} if looks_at_the_video else {"side": "left"}
        assert wanted.items() <= row.options.items()
    assert ann.get(f"{home}/report").status_code == 200, "what was computed is shown until then"
    with world.db() as db:
        db.get_one(Analysis, row.id).state = AnalysisState.DONE
        db.commit()
    assert {each["id"] for each in ann.get(f"{home}/analyses").json()} == {row.id, things.analysis_id}
    assert ann.get(f"{home}/report", params={"analysis": things.analysis_id}).status_code == 200
    assert ann.get(page).json()["analysis_id"] == things.analysis_id


def test_texts_alone_and_a_deleted_video_cause_no_new_measurement(world: World) -> None:
    things = create_sample_rows(world)
    ann, page = world.as_(world.ann), f"{reviews(things)}/{things.review_id}"
    with world.db() as db:
        db.get_one(Recording, things.recording_id).original_key = None
        db.commit()
    corrections = [
        {"kind": "trim", "start_s": 0.5, "end_s": 3.5},
        {"kind": "rep", "rep": 1, "is_none": True},
        {"kind": "fault", "code": "neck"},
    ]
    saved = ann.put(page, json={"corrections": corrections}, headers={"If-Match": '"1"'})
    assert ann.post(f"{page}/publication", headers={"If-Match": saved.headers["etag"]}).status_code == 200
    assert len(ann.get(f"/api/v1/recordings/{things.recording_id}/analyses").json()) == 1


def test_a_client_s_own_figures(world: World) -> None:
    ann, page = world.as_(world.ann), f"/api/v1/clients/{world.carl.id}/readiness"
    own = {"usual_pain": 4, "figures": "[figures.pain_at_most]\nvalue = 4\nreason = 'agreed'\n"}
    assert ann.put(page, json=own).json() == {**own, "usual_pain": 4.0}
    told = ann.get(page).json()
    figure = told["suggestion"]["figures"]["pain_at_most"]
    assert (figure["value"], figure["whose"], figure["source"]) == (4, "person", "agreed")
    assert told["suggestion"]["baseline_pain"] == 4
    assert told["own"]["figures"] == own["figures"]
    clinics = "/api/v1/clinic/content/readiness"
    ann.put(clinics, json={"text": "[figures.pain_at_most]\nvalue = 3\n[figures.drift]\nvalue = 8\n"})
    figures = ann.get(page).json()["suggestion"]["figures"]
    assert (figures["pain_at_most"]["value"], figures["drift"]["value"], figures["drift"]["whose"]) == (4, 8, "clinic")
    for wrong in ("[figures.pain]\nvalue = 4\n", "[figures.pain_at_most]\nvalue = 40\n", "a = [" * 5000):
        refused = ann.put(page, json={"usual_pain": None, "figures": wrong})
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.figures")
    ann.put(page, json={"usual_pain": None, "figures": None})
    assert ann.get(page).json()["suggestion"]["figures"]["pain_at_most"]["value"] == 3


def test_history_uses_the_clinic_s_time_zone(world: World) -> None:
    create_sample_rows(world)
    ann = world.as_(world.ann)
    ann.patch("/api/v1/clinic", json={"time_zone": "Pacific/Auckland"})
    points = ann.get(f"/api/v1/clients/{world.carl.id}/history").json()["series"][1]["points"]
    # A recording, and a set before the camera.
    assert [point["when"] for point in points] == ["2026-11-02T22:00:00+13:00"] * 2
