"""Consent and intake: nothing is accepted before they are given, and withdrawal has the effects it states."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from api.care.consent import require_upload
from api.core.problems import Problem
from api.db import ConsentKind, ConsentRecord, IntakeRecord, Recording, Upload, WordingText
from api.recordings.retention import list_due, run
from hinge_check.clinic.consent import load_consent
from hinge_check.clinic.red_flags import load_questions
from tests.api.clinic_fixture import World
from tests.api.factories import create_sample_rows

STORE, SHOW, KEEP = "store_video", "show_to_clinician", "keep_beyond_30_days"


def consents(world: World) -> str:
    return f"/api/v1/clients/{world.carl.id}/consents"


def intake(world: World) -> str:
    return f"/api/v1/clients/{world.carl.id}/intake"


def forget_consents_and_answers(world: World) -> None:
    """Put Carl back to his first day: no consents, no answers."""
    with world.db() as db:
        db.execute(delete(ConsentRecord).where(ConsentRecord.client_id == world.carl.id))
        db.execute(delete(IntakeRecord).where(IntakeRecord.client_id == world.carl.id))
        db.commit()


def answer_all(**but: str) -> dict[str, Any]:
    questions = load_questions()
    answers = {question.name: "no" for question in questions.questions}
    return {"wording_sha256": questions.wording.sha256, "answers": {**answers, **but}}


def question_leading_to(outcome: str) -> str:
    """Return the name of a question whose yes leads to this outcome."""
    return next(question.name for question in load_questions().questions if question.yes == outcome)


def send(world: World, who: Any) -> tuple[int, str]:
    answer = who.post(f"/api/v1/recordings?client_id={world.carl.id}", content=b"no video..")
    return answer.status_code, answer.json()["code"]


def test_the_steps_to_the_first_upload(world: World) -> None:
    forget_consents_and_answers(world)
    carl, ann = world.as_(world.carl), world.as_(world.ann)
    for person in (carl, ann):
        assert send(world, person) == (403, "consent_required")
    told = carl.get(consents(world)).json()
    assert [(each["kind"], each["agreed"]) for each in told["agreements"]] == [
        (STORE, False),
        (SHOW, False),
        (KEEP, False),
    ]
    agreed = carl.put(f"{consents(world)}/{STORE}", json={"wording_sha256": told["wording_sha256"]})
    assert agreed.json()["agreements"][0]["agreed"] is True
    assert send(world, carl) == (403, "intake_required")

    calm = carl.post(intake(world), json=answer_all(**{question_leading_to("seek_care"): "yes"}))
    assert calm.status_code == 201
    assert (calm.json()["outcome"], calm.json()["may_go_on"], calm.json()["flags"]) == ("seek_care", False, None)
    assert send(world, carl) == (403, "clearance_required")
    tus = {"Tus-Resumable": "1.0.0", "Upload-Length": "10"}
    assert carl.post("/api/v1/uploads", headers=tus).json()["code"] == "clearance_required"

    seen = ann.get(intake(world)).json()[0]
    assert [flag["leads"] for flag in seen["flags"]] == ["seek_care"]
    cleared = ann.post(f"{intake(world)}/{seen['id']}/clearance", json={"note": "Seen by a doctor."})
    assert (cleared.status_code, cleared.json()["may_go_on"]) == (200, True)
    assert send(world, carl)[1] not in {"consent_required", "intake_required", "clearance_required"}
    assert carl.get(intake(world)).json()[0]["clearance_note"] is None


def test_new_answers_need_a_new_clearance(world: World) -> None:
    carl, ann = world.as_(world.carl), world.as_(world.ann)
    world.app.state.clock.move(minutes=1)
    flagged = answer_all(**{question_leading_to("ask_clinician"): "yes"})
    first = carl.post(intake(world), json=flagged).json()
    world.app.state.clock.move(minutes=1)
    carl.post(intake(world), json=flagged)
    late = ann.post(f"{intake(world)}/{first['id']}/clearance", json={})
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert send(world, carl) == (403, "clearance_required")


def test_milder_answers_do_not_replace_a_clearance(world: World) -> None:
    carl = world.as_(world.carl)
    world.app.state.clock.move(minutes=1)
    carl.post(intake(world), json=answer_all(**{question_leading_to("ask_clinician"): "yes"}))
    world.app.state.clock.move(minutes=1)
    calmer = carl.post(intake(world), json=answer_all())
    assert (calmer.status_code, calmer.json()["code"]) == (403, "clearance_required")
    assert send(world, carl) == (403, "clearance_required")


@pytest.mark.parametrize("answers", [{"answers": {}}, {"answers": {"no such": "yes"}}, {"wording_sha256": "0" * 64}])
def test_incomplete_or_outdated_answers_are_refused(world: World, answers: dict[str, Any]) -> None:
    answer = world.as_(world.carl).post(intake(world), json={**answer_all(), **answers})
    assert answer.status_code == (409 if "wording_sha256" in answers else 422)


def test_the_wording_is_stored_with_every_consent(world: World) -> None:
    carl = world.as_(world.carl)
    world.app.state.clock.move(days=1)
    carl.delete(f"{consents(world)}/{SHOW}")
    carl.put(f"{consents(world)}/{SHOW}", json={"wording_sha256": load_consent().wording.sha256})
    ever = carl.get(f"{consents(world)}/history").json()
    shows = [each for each in ever if each["kind"] == SHOW]
    assert [each["withdrawn_at"] is None for each in shows] == [True, False]
    with world.db() as db:
        words = db.get_one(WordingText, shows[0]["wording_sha256"])
    assert words.text == load_consent().wording.text
    old = carl.put(f"{consents(world)}/{SHOW}", json={"wording_sha256": "0" * 64})
    assert (old.status_code, old.json()["code"]) == (409, "conflict")


def test_recordings_not_shown_are_hidden_at_once_and_figures_stay(world: World) -> None:
    things = create_sample_rows(world)
    carl, ann = world.as_(world.carl), world.as_(world.ann)
    home = f"/api/v1/recordings/{things.recording_id}"
    before = {each["name"]: each["href"] for each in ann.get(f"{home}/links").json()["links"]}
    assert ann.get(before["original"]).status_code == 200
    carl.delete(f"{consents(world)}/{SHOW}")
    for name in ("original", "playable", "poster.jpg", "annotated.mp4"):
        assert ann.get(f"{home}/{name}").json()["code"] == "not_shown"
        assert ann.head(f"{home}/{name}").status_code == 403
        assert carl.get(f"{home}/{name}").status_code == 200
    for name in ("original", "playable", "poster", "annotated"):
        assert ann.get(before[name]).status_code == 404, "a link made before still works"
    after = {each["name"] for each in ann.get(f"{home}/links").json()["links"]}
    assert after == {"chart", "chapters", "angles", "angles_csv", "reps_csv"}
    assert ann.get(f"{home}/report").status_code == 200
    assert ann.get(home).status_code == 200
    assert {each["name"] for each in carl.get(f"{home}/links").json()["links"]} >= {"original", "playable", "annotated"}
    carl.put(f"{consents(world)}/{SHOW}", json={"wording_sha256": load_consent().wording.sha256})
    assert ann.get(f"{home}/original").status_code == 200


def test_withdrawing_storage_deletes_videos_and_keeps_figures(world: World) -> None:
    things = create_sample_rows(world)
    carl = world.as_(world.carl)
    store = world.app.state.store
    home = f"/api/v1/recordings/{things.recording_id}"
    store.put_bytes(f"uploads/{things.upload_id}/piece", b"half")
    assert carl.delete(f"{consents(world)}/{STORE}").json()["agreements"][0]["agreed"] is False
    assert store.list(f"recordings/{things.recording_id}") == []
    assert not any(blob.key.endswith(".mp4") for blob in store.list("analyses"))
    assert store.list("uploads") == []
    with world.db() as db:
        assert db.get(Upload, things.upload_id) is None
        assert db.get_one(Recording, things.recording_id).videos_removed_at is not None
    assert carl.get(f"{home}/report").status_code == 200
    assert carl.get(f"{home}/chart.png").status_code == 200
    for name in ("original", "playable", "poster.jpg", "annotated.mp4"):
        assert carl.get(f"{home}/{name}").status_code == 404
    left = {each["name"] for each in carl.get(f"{home}/links").json()["links"]}
    assert left.isdisjoint({"original", "playable", "annotated"})
    assert send(world, carl) == (403, "consent_required")


def test_the_texts_state_who_reads_the_figures_and_access_matches(world: World) -> None:
    things = create_sample_rows(world)
    carl, ann = world.as_(world.carl), world.as_(world.ann)
    told = {each["kind"]: each for each in carl.get(consents(world)).json()["agreements"]}
    assert "go into my record, where my clinician reads them" in told[STORE]["text"]
    assert "where your clinician can still read them" in told[STORE]["withdrawal"]
    assert "They still see the figures and charts" in told[SHOW]["withdrawal"]
    for kind in (SHOW, STORE):
        carl.delete(f"{consents(world)}/{kind}")
    home = f"/api/v1/recordings/{things.recording_id}"
    for page in ("report", "chart.png", "angles", "reps.csv", "report.pdf"):
        assert ann.get(f"{home}/{page}").status_code == 200, page
    assert ann.get(f"/api/v1/clients/{world.carl.id}/history").json()["series"][1]["points"]
    names = world.app.state.store.list(f"analyses/{things.analysis_id}")
    assert any(blob.key.endswith("track.npz") for blob in names), "the outline stays, as the words say"


def test_a_waiting_recording_is_deleted_with_its_job(world: World) -> None:
    things = create_sample_rows(world)
    with world.db() as db:
        recording = db.get_one(Recording, things.recording_id)
        recording.state = type(recording.state)("queued")
        db.commit()
    world.as_(world.carl).delete(f"{consents(world)}/{STORE}")
    with world.db() as db:
        assert db.get(Recording, things.recording_id) is None
    assert world.app.state.store.list("analyses") == []


def test_consent_is_checked_again_after_the_video_has_arrived(world: World) -> None:
    with world.db() as db:
        require_upload(db, world.carl.id)
    world.as_(world.carl).delete(f"{consents(world)}/{STORE}")
    with world.db() as db, pytest.raises(Problem, match="consent_required"):
        require_upload(db, world.carl.id)


def test_videos_are_deleted_after_thirty_days_without_consent_to_keep(world: World) -> None:
    things = create_sample_rows(world)
    sessions, store, clock = world.app.state.sessions, world.app.state.store, world.app.state.clock
    clock.move(days=31)
    assert list_due(sessions, clock(), 30) == []  # Carl keeps his
    world.as_(world.carl).delete(f"{consents(world)}/{KEEP}")
    assert list_due(sessions, clock() - timedelta(days=2), 30) == []
    assert [each.recording_id for each in list_due(sessions, clock(), 30)] == [things.recording_id]
    told = world.as_(world.ann).get("/api/v1/retention").json()
    assert [each["recording_id"] for each in told["due"]] == [things.recording_id]
    assert store.list("recordings") != []  # so far it was only listed
    assert [each.recording_id for each in run(sessions, store, clock(), 30)] == [things.recording_id]
    assert store.list("recordings") == []
    assert list(run(sessions, store, clock(), 30)) == []
    home = f"/api/v1/recordings/{things.recording_id}"
    assert world.as_(world.carl).get(f"{home}/report").status_code == 200
    trail = world.as_(world.ann).get("/api/v1/audit", params={"what": "removed"}).json()["items"]
    assert [(each["who_kind"], each["object_kind"]) for each in trail] == [("service", "video")]


def test_an_interrupted_deletion_is_finished_by_the_next_run(world: World) -> None:
    things = create_sample_rows(world)
    with world.db() as db:
        row = select(ConsentRecord).where(
            ConsentRecord.client_id == world.carl.id, ConsentRecord.kind == ConsentKind.STORE
        )
        db.scalars(row).one().withdrawn_at = world.app.state.clock()
        db.commit()
    sessions, store, clock = world.app.state.sessions, world.app.state.store, world.app.state.clock
    assert [each.recording_id for each in run(sessions, store, clock(), 30)] == [things.recording_id]
    assert store.list("recordings") == []
