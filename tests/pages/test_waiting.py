"""A recording before its result: queued, analysed, refused, failed; by events, by polling, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from api.core.clock import utc_now
from api.db import Analysis, AnalysisState, Client, Recording, RecordingState
from tests.pages.browser import Visit, check_page
from tests.pages.live_server import Site
from tests.pages.test_upload import write_fresh_clip

Come = Callable[..., Visit]


@pytest.fixture(scope="module", autouse=True)
def no_analyses(site: Site) -> Iterator[None]:
    with site.nothing_analysed():
        yield


@pytest.fixture
def waits(site: Site, tmp_path: Path) -> Iterator[tuple[Client, str]]:
    """Provide a recording that no worker takes."""
    sam = site.new_client()
    recording = site.send(sam, write_fresh_clip(tmp_path, 23))
    set_state(site, recording, RecordingState.QUEUED, 0.0)
    yield sam, recording
    set_state(site, recording, RecordingState.FAILED, 0.0)


def set_state(site: Site, recording: str, state: RecordingState, progress: float, **refusal: str) -> None:
    """Set the state and progress, as a worker would."""
    now = utc_now()
    with site.server.sessions.begin() as db:
        db.execute(
            update(Analysis)
            .where(Analysis.recording_id == recording)
            .values(
                state=AnalysisState(state),
                progress=progress,
                queued_at=now,
                lease_owner="nobody",
                lease_until=now + timedelta(seconds=100),
                heartbeat_at=now,
            )
        )
        db.execute(update(Recording).where(Recording.id == recording).values(state=state, updated_at=now, **refusal))


def test_from_the_queue_to_the_refusal(come: Come, site: Site, waits: tuple[Client, str]) -> None:
    sam, recording = waits
    visit = come(sam)
    page = visit.open(f"/recordings/{recording}/waiting")
    expect(page.locator("[data-queued-words]")).to_have_text(re.compile(r"It is next\.|ahead of yours\."))
    expect(page.get_by_role("link", name="Say how it went")).to_be_visible()
    check_page(page, "waiting-queued")
    set_state(site, recording, RecordingState.ANALYSING, 0.4)
    expect(page.get_by_text("It is being looked at: 40 %").first).to_be_visible()
    assert page.get_by_role("progressbar").get_attribute("value") == "40"
    check_page(page, "waiting-analysing")
    set_state(
        site,
        recording,
        RecordingState.REFUSED,
        1.0,
        refusal_code="not_side_view",
        refusal_message="The camera sees you 61° off your side, towards the front.",
        refusal_advice="Turn so that one shoulder points at the phone, then film again.",
    )
    page.get_by_role("heading", name="This video cannot be used yet").wait_for()
    expect(page.get_by_text("61° off your side")).to_be_visible()
    assert page.locator("main svg.drawing").is_visible()
    check_page(page, "waiting-refused")
    assert (page.get_by_role("link", name="Film again").get_attribute("href") or "").startswith("/record")


def test_a_failed_analysis_is_reported(come: Come, site: Site, waits: tuple[Client, str]) -> None:
    sam, recording = waits
    set_state(
        site, recording, RecordingState.FAILED, 0.3, refusal_code="too_slow", refusal_message="", refusal_advice=""
    )
    page = come(sam, language="de").open(f"/recordings/{recording}/waiting")
    page.get_by_role("heading", name="Dieses Video konnte nicht ausgewertet werden").wait_for()
    check_page(page, "waiting-failed")
    with page.expect_response(lambda answer: answer.url.endswith("/again") and answer.status == 303):
        page.get_by_role("button", name="Noch einmal versuchen").click()
    assert site.wait_until_settled(sam, recording)["state"] == "refused", (
        "the worker takes it now, and sees nobody in it"
    )
    page.get_by_role("heading", name="Dieses Video lässt sich noch nicht verwenden").wait_for()


def test_the_page_polls_where_events_do_not_come_through(come: Come, site: Site, waits: tuple[Client, str]) -> None:
    sam, recording = waits
    visit = come(sam)
    visit.expected = ("502",)
    visit.page.route("**/events", lambda route: route.fulfill(status=502, body="no"))
    page = visit.open(f"/recordings/{recording}/waiting")
    set_state(site, recording, RecordingState.ANALYSING, 0.75)
    expect(page.get_by_text("It is being looked at: 75 %").first).to_be_visible(timeout=10_000)


def test_without_scripts_the_page_reloads(come: Come, site: Site, waits: tuple[Client, str]) -> None:
    sam, recording = waits
    page = come(sam, java_script_enabled=False).open(f"/recordings/{recording}/waiting")
    assert page.locator("meta[http-equiv=refresh]").count() == 1
    set_state(site, recording, RecordingState.ANALYSING, 0.5)
    expect(page.get_by_text("It is being looked at: 50 %")).to_be_visible(timeout=10_000)


def test_the_position_in_the_queue_is_shown(site: Site, waits: tuple[Client, str], tmp_path: Path) -> None:
    sam, recording = waits
    later = site.send(sam, write_fresh_clip(tmp_path, 29))
    set_state(site, later, RecordingState.QUEUED, 0.0)
    try:
        html = site.http(sam).get(f"/recordings/{later}/waiting").text
        with site.server.sessions() as db:
            queued = db.scalars(select(Analysis.recording_id).where(Analysis.state == AnalysisState.QUEUED)).all()
        assert recording in queued
        assert re.search(r"(One video is|\d+ videos are) ahead of yours\.", html)
    finally:
        set_state(site, later, RecordingState.FAILED, 0.0)


def test_a_finished_analysis_leads_to_the_result(site: Site) -> None:
    answer = site.http(site.alex).get(f"/recordings/{site.good}/waiting", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/recordings/{site.good}")
