"""A client's progress: charts drawn by the server, real changes distinguished from error, the list of recordings."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings, strategies as st
from playwright.sync_api import expect

from api.db import RecordingState
from api.pages.progress.charts import BOTTOM, HEIGHT, LEFT, MOST, RIGHT, TOP, WIDTH, chart
from hinge_check.clinic.history import Point
from tests.pages.browser import DESK, Visit, check_page
from tests.pages.history_rows import add_live_session, add_recording, prescribe, publish_review
from tests.pages.live_server import Site

Come = Callable[..., Visit]
BEGINNING = datetime(2026, 11, 2, 9, tzinfo=UTC)


def points(values: list[tuple[float, float | None]]) -> list[Point]:
    return [
        Point(f"{number:032x}", BEGINNING + timedelta(days=number), "rdl", value, half)
        for number, (value, half) in enumerate(values)
    ]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(-40, 100), st.one_of(st.none(), st.floats(0, 30))), min_size=1, max_size=40))
def test_every_point_lies_on_the_chart(values: list[tuple[float, float | None]]) -> None:
    found = chart(points(values))
    assert len(found.marks) == min(len(values), MOST)
    assert 2 <= len(found.ticks) <= 8
    assert all(one.y > other.y for one, other in zip(found.ticks, found.ticks[1:], strict=False))
    for mark in found.marks:
        assert LEFT <= mark.x <= WIDTH - RIGHT
        for y in (mark.y, mark.low, mark.high):
            assert y is None or TOP <= y <= HEIGHT - BOTTOM
        if mark.low is not None and mark.high is not None:
            assert mark.high <= mark.y <= mark.low
    assert bool(found.band) == (len(found.marks) > 1 and all(mark.low is not None for mark in found.marks))


def test_the_axis_ends_at_the_limits_of_the_figure() -> None:
    found = chart(points([(0.98, 0.08), (0.95, 0.1)]), factor=100, floor=0, top=100)
    assert found.ticks[-1].value == 100
    same = chart(points([(0.0, None), (0.0, None)]), floor=0, top=10)
    assert same.ticks[0].value == 0
    pain = chart(points([(4.0, None), (5.0, None)]), floor=0, top=10, whole=True)
    assert (pain.ticks[0].value, pain.ticks[-1].value) == (0, 10)


def test_weeks_of_practice_are_charted(come: Come, site: Site) -> None:
    person = site.new_client("Wendy Weeks")
    for days, share, lumbar, score, pain in (
        (40, 0.66, 27.0, 52.0, 5),
        (33, 0.68, 25.0, 57.0, 5),
        (26, 0.72, 21.0, 66.0, 4),
        (12, 0.79, 14.0, 78.0, 2),
        (5, 0.81, 12.0, 82.0, 2),
    ):
        newest = add_recording(site, person, days_ago=days, share=share, lumbar=lumbar, score=score, pain=pain)
    add_recording(site, person, days_ago=45, protocol="rdl", share=0.7, lumbar=None)
    add_recording(site, person, days_ago=1, state=RecordingState.REFUSED)
    add_recording(site, person, days_ago=0, state=RecordingState.ANALYSING)
    publish_review(site, newest, "Well done.")
    visit = come(person, java_script_enabled=False)
    page = visit.open("/progress")
    hips = page.get_by_role("region", name="How much came from the hips")
    expect(hips.get_by_text("81 ± 6 %").first).to_be_visible()
    expect(
        hips.get_by_text("15 percentage points more than at first (66 ± 6 %). That is more than the measurement")
    ).to_be_visible()
    expect(hips.get_by_role("img", name="How much came from the hips: 5 values")).to_be_visible()
    hips.locator("summary").click()
    expect(hips.get_by_role("row").nth(4)).to_contain_text("too small to tell")
    expect(hips.get_by_role("row").nth(1)).to_contain_text("a real change")
    back = page.get_by_role("region", name="Bend of the lower back")
    expect(back.get_by_text("15° less than at first (27 ± 7°)")).to_be_visible()
    said = page.get_by_role("region", name="Worst pain during a set")
    expect(said.get_by_text("3 less than at first (5)")).to_be_visible()
    listed = page.locator("#recordings").get_by_role("listitem")
    expect(listed).to_have_count(8)
    expect(listed.nth(0)).to_contain_text("being looked at")
    expect(listed.nth(1)).to_contain_text("film again")
    expect(listed.nth(2).get_by_role("link")).to_have_attribute("href", f"/recordings/{newest}")
    expect(listed.nth(2)).to_contain_text("Your clinician has written about it.")
    page.get_by_role("link", name="Romanian deadlift").first.click()
    expect(page.get_by_text("The first value.").first).to_be_visible()
    expect(page.get_by_role("region", name="Bend of the lower back")).to_have_count(0)

    seen = come(person).open("/progress")
    check_page(seen, "progress")
    seen.locator("summary").first.click()
    check_page(seen, "progress-values")
    check_page(come(person, language="de-DE").open("/progress"), "progress-de")

    # Nobody else sees it.
    stranger = come(site.new_client("Stan Stranger")).open("/progress")
    expect(stranger.get_by_text("Nothing to show yet")).to_be_visible()
    expect(stranger.get_by_role("listitem")).to_have_count(0)
    check_page(stranger, "progress-empty")


def test_a_long_list_comes_in_pages(come: Come, site: Site) -> None:
    person = site.new_client("Lana Long")
    for days in range(23):
        add_recording(site, person, days_ago=days)
    page = come(person).open("/progress")
    expect(page.locator("#recordings").get_by_role("listitem")).to_have_count(20)
    page.get_by_role("link", name="Older recordings").click()
    expect(page.locator("#recordings").get_by_role("listitem")).to_have_count(3)
    page.get_by_role("link", name="Newest recordings").click()
    expect(page.locator("#recordings").get_by_role("listitem")).to_have_count(20)


def test_live_sessions_are_listed_among_the_recordings(come: Come, site: Site) -> None:
    person = site.new_client("Liv Live")
    plan = prescribe(site, person, "bodyweight_hinge", days_per_week=1)
    add_recording(site, person, days_ago=20, share=0.66, lumbar=27.0, score=52.0)
    newest = add_recording(site, person, days_ago=12, share=0.68, lumbar=26.0, score=55.0)
    add_live_session(site, person, days_ago=9, lumbar=25.0, score=56.0, share=0.69)
    add_live_session(site, person, days_ago=0, plan_id=plan, share=0.82, lumbar=12.0, score=80.0)

    # Practised today is done today, and nothing is left to answer or to film.
    day = site.http(person).get("/api/v1/today").json()
    (exercise,) = day["exercises"]
    assert (exercise["done_today"], exercise["due"], len(exercise["days_done"])) == (True, False, 1)
    assert (day["morning"], day["unsaid"], day["film_again"]) == ([], [], [])
    expect(come(person).open("/").get_by_text("Done today")).to_be_visible()
    assert [
        each["live"]
        for each in site.http(person).get(f"/api/v1/clients/{person.id}/history").json()["series"][0]["points"]
    ] == [False, False, True, True]

    page = come(person).open("/progress")
    back = page.get_by_role("region", name="Bend of the lower back")
    expect(back.locator(".trend-value")).to_have_text("12 ± 7°")
    expect(back.get_by_role("img")).to_have_accessible_name(re.compile("2 of them are from live sessions"))
    expect(back.locator("svg[role=img] .plot-live")).to_have_count(2)
    expect(back.locator("svg[role=img] .plot-live.plot-real")).to_have_count(1)
    expect(back.locator("svg[role=img] circle")).to_have_count(2)
    expect(back.get_by_text("a live session", exact=True)).to_be_visible()
    back.locator("summary").click()
    rows = back.get_by_role("row")
    for number, (value, is_live) in enumerate((("12", True), ("25", True), ("26", False), ("27", False)), start=1):
        expect(rows.nth(number)).to_contain_text(value)
        expect(rows.nth(number).get_by_text("live")).to_have_count(int(is_live))
        expect(rows.nth(number).get_by_role("link")).to_have_count(int(not is_live))
    expect(rows.nth(3).get_by_role("link")).to_have_attribute("href", f"/recordings/{newest}")
    expect(page.locator("#recordings").get_by_role("listitem")).to_have_count(2)
    check_page(page, "progress-live")

    # Their clinician sees the same points, and that they were active.
    seen = come(site.dana, size=DESK).open(f"/clients/{person.id}")
    drawn = seen.locator(".chart.lumbar_deg")
    expect(drawn.locator(".chart-live")).to_have_count(2)
    expect(drawn.locator(".chart-live rect")).to_have_count(1)
    expect(drawn.locator("circle")).to_have_count(2)
    expect(drawn.locator(".chart-live title").first).to_have_text(re.compile("live session"))
    expect(seen.get_by_text("are live sessions: figures without a video")).to_be_visible()
    expect(seen.get_by_text("No recording and no check-in")).to_have_count(0)
    check_page(seen, "client-live")
