"""Retry of a failed analysis: by those who own it, when there is something to retry, and not without end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.db import Analysis, AnalysisState, Recording, RecordingState
from api.jobs.retry import MOST_RETRIES
from hinge_check import __version__
from tests.api.clinic_fixture import World
from tests.api.factories import SampleIds, create_sample_rows

PAGE = {"Accept": "text/html"}


@pytest.fixture
def mine(world: World) -> SampleIds:
    """Provide Carl's recording, its analysis failed."""
    things = create_sample_rows(world)
    fail(world, things)
    return things


def fail(world: World, things: SampleIds, state: AnalysisState = AnalysisState.FAILED) -> None:
    with world.db() as db:
        row, recording = db.get_one(Analysis, things.analysis_id), db.get_one(Recording, things.recording_id)
        row.state, row.attempts, row.crashes, row.progress = state, 2, 2, 0.4
        row.error, row.error_code, row.report, row.blob_prefix = "It stopped.", "analysis_crashed", None, None
        recording.state = RecordingState(state.value)
        recording.refusal_code, recording.refusal_message, recording.refusal_advice = "analysis_crashed", "It.", "A."
        db.commit()


def address(things: SampleIds) -> str:
    return f"/api/v1/recordings/{things.recording_id}/analyses/again"


def rows(world: World, things: SampleIds) -> tuple[Analysis, Recording]:
    with world.db() as db:
        return db.get_one(Analysis, things.analysis_id), db.get_one(Recording, things.recording_id)


@pytest.mark.parametrize("who", ["carl", "ann"])
def test_a_retried_analysis_waits_as_if_new(world: World, mine: SampleIds, who: str) -> None:
    person = world.as_(getattr(world, who))
    answer = person.post(address(mine))
    assert (answer.status_code, answer.json()["state"], answer.json()["error"]) == (202, "queued", None)
    assert answer.json()["version"] == __version__, "by what there is now"
    assert world.app.state.wakeups.waiting() == 1
    row, recording = rows(world, mine)
    assert (row.attempts, row.crashes, row.asked_again, row.lease_owner) == (0, 0, 1, None)
    assert (recording.state, recording.refusal_code) == (RecordingState.QUEUED, None)

    for state in (AnalysisState.QUEUED, AnalysisState.ANALYSING):
        with world.db() as db:
            db.get_one(Analysis, mine.analysis_id).state = state
            db.commit()
        same = person.post(address(mine))
        assert (same.status_code, same.json()["id"], same.json()["state"]) == (200, mine.analysis_id, state.value)
    assert world.app.state.wakeups.waiting() == 1
    assert rows(world, mine)[0].asked_again == 1


def test_of_two_simultaneous_retries_one_queues_the_job(world: World, mine: SampleIds) -> None:
    people = [world.as_(person) for person in (world.carl, world.ann)]
    with ThreadPoolExecutor(2) as together:
        statuses = sorted(together.map(lambda person: person.post(address(mine)).status_code, people))
    assert statuses == [200, 202]
    assert rows(world, mine)[0].asked_again == 1


@pytest.mark.parametrize("state", [AnalysisState.DONE, AnalysisState.REFUSED])
def test_only_a_failed_analysis_can_be_retried(world: World, mine: SampleIds, state: AnalysisState) -> None:
    fail(world, mine, state)
    answer = world.as_(world.carl).post(address(mine))
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert rows(world, mine)[0].state is state


def test_retries_are_limited(world: World, mine: SampleIds) -> None:
    carl = world.as_(world.carl)
    for _ in range(MOST_RETRIES):
        assert carl.post(address(mine)).status_code == 202
        fail(world, mine)
    answer = carl.post(address(mine))
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert "Film again" in answer.json()["advice"]
    assert rows(world, mine)[0].state is AnalysisState.FAILED
    for person, page in (
        (carl, f"/recordings/{mine.recording_id}"),
        (world.as_(world.ann), f"/review/{mine.recording_id}"),
    ):
        shown = person.get(page, headers=PAGE)
        assert shown.status_code == 200
        assert "/again" not in shown.text


def test_a_retry_needs_the_video(world: World, mine: SampleIds) -> None:
    with world.db() as db:
        db.get_one(Recording, mine.recording_id).original_key = None
        db.commit()
    answer = world.as_(world.carl).post(address(mine))
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("who", "page", "form", "onward"),
    [
        ("carl", "/recordings/{}/waiting", "/recordings/{}/again", "/recordings/{}/waiting"),
        ("ann", "/review/{}", "/review/{}/again", "/review/{}"),
    ],
)
def test_the_page_has_a_retry_button(
    world: World, mine: SampleIds, who: str, page: str, form: str, onward: str
) -> None:
    page, form, onward = (each.format(mine.recording_id) for each in (page, form, onward))
    person: Any = world.as_(getattr(world, who))
    shown = person.get(page, headers=PAGE)
    assert shown.status_code == 200
    assert f'action="{form}"' in shown.text

    for _ in range(2):  # a second press does no harm
        sent = person.post(form, headers=PAGE, follow_redirects=False)
        assert (sent.status_code, sent.headers["location"]) == (303, onward)
    row, _ = rows(world, mine)
    assert (row.state, row.asked_again) == (AnalysisState.QUEUED, 1)
    assert f'action="{form}"' not in person.get(onward, headers=PAGE).text
