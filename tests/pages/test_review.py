"""The review page by mouse, and recordings that were refused, failed or are not shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect
from sqlalchemy import select

from api.core.clock import utc_now
from api.db import Client, ConsentKind, ConsentRecord, RecordingState
from tests.clips import write_clip
from tests.pages.browser import DESK, WAIT_MS, Visit, check_page
from tests.pages.live_server import Site
from tests.pages.test_waiting import set_state
from tests.samples import FOLDER as SAMPLES

Come = Callable[..., Visit]
TABLET = {"width": 1024, "height": 768}

expect.set_options(timeout=WAIT_MS)


@pytest.fixture(scope="module")
def pat(site: Site) -> Client:
    """Provide a client of these tests' own: reviews of the shared people stay as they are."""
    return site.new_client("Pat Sample")


def send_clip(site: Site, pat: Client, name: str) -> str:
    recording = site.send(pat, SAMPLES / f"{name}.mp4")
    assert site.wait_until_settled(pat, recording)["state"] == "done"
    return recording


@pytest.fixture(scope="module")
def rounded(site: Site, pat: Client) -> str:
    return send_clip(site, pat, "rounded")


def open_review(visit: Visit, recording: str) -> Page:
    page = visit.open(f"/review/{recording}")
    page.wait_for_selector("#review[data-ready=yes]")
    return page


def time_of(page: Page) -> float:
    return float(page.evaluate("document.querySelector('[data-picture] video').currentTime"))


def wait_until_at(page: Page, time: float, within: float = 0.05) -> None:
    """Wait until the video shows a moment."""
    page.wait_for_function(
        "([t, d]) => { const v = document.querySelector('[data-picture] video');"
        "return !v.seeking && Math.abs(v.currentTime - t) < d }",
        arg=[time, within],
    )


def wait_until_saved(page: Page) -> None:
    expect(page.locator("[data-save-state]")).to_have_text(re.compile("^Saved"))


def reviews(site: Site, person: Any, recording: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = site.http(person).get(f"/api/v1/recordings/{recording}/reviews").json()
    return found


def point_in(page: Page, place: str, x: float, y: float) -> tuple[float, float]:
    """Convert a point in shares of an element to pixels of the page."""
    box = page.locator(place).bounding_box()
    assert box is not None
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def test_a_review_by_mouse_is_read_by_the_client(come: Come, site: Site, pat: Client, rounded: str) -> None:
    visit = come(site.dana, size=DESK)
    visit.expected = ("422",)
    ranges: list[int] = []

    def note(request: Request) -> None:
        answer = request.response()
        if "/playable" in request.url and answer is not None:
            ranges.append(answer.status)

    visit.page.on("requestfinished", note)
    page = open_review(visit, rounded)
    check_page(page, "review")
    for size in (DESK, TABLET):  # video and curves without scrolling
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for place in ("[data-picture]", "[data-curve=back]", "[data-publish]"):
            box = page.locator(place).bounding_box()
            assert box is not None
            assert 0 < box["y"] + box["height"] <= size["height"], f"{place} at {size}"
    page.set_viewport_size(DESK)

    # The curve moves the video, and the video the curve.
    over = "[data-curve=back] .u-over"
    page.mouse.click(*point_in(page, over, 0.6, 0.5))
    wait_until_at(page, 0.6 * 2.5)
    line = page.locator("[data-curve=joints] .curve-line").bounding_box()
    assert line is not None
    assert line["x"] == pytest.approx(point_in(page, over, 0.6, 0)[0], abs=12)
    before = time_of(page)
    page.get_by_role("button", name="One frame on").click()
    wait_until_at(page, before + 1 / 30, 0.03)
    assert 206 in ranges, "the video is not asked for in parts"
    page.get_by_role("button", name="Speed ¼×").click()
    assert page.evaluate("document.querySelector('video').playbackRate") == 0.25
    page.get_by_role("button", name="Rep 1, 0:01.47").click()
    wait_until_at(page, 1.47)
    expect(page.locator("[data-now=lumbar]")).to_have_text(re.compile(r"41 ± \d+°"))
    picture = "document.querySelector('[data-layers]').toDataURL().length"
    painted = page.evaluate(picture)
    for layer in ("Skeleton", "Back", "Angles"):
        page.get_by_role("button", name=layer, exact=True).click()
    assert page.evaluate(picture) < painted / 3, "something is painted with every layer off"

    # Limits: the score follows, and nothing is saved.
    limit = page.get_by_label("Lumbar flexion", exact=True)
    limit.fill("60")
    expect(page.locator("[data-trial-says]")).to_contain_text("No longer noticed: Lumbar flexion")
    expect(page.locator("tr[data-rep='1'] [data-faults]")).to_have_text("Early lumbar movement")
    limit.fill("900")
    expect(page.locator("[data-trial-says]")).to_contain_text("outside")
    page.get_by_role("button", name="As it was").click()
    expect(page.locator("tr[data-rep='1'] [data-faults]")).to_contain_text("Lumbar flexion")

    # Texts, a drawing, corrections, a decision.
    page.get_by_role("button", name="Comment at 0:01.47").click()
    page.get_by_label("Your comment at 0:01.47").fill("Here the back takes over.")
    page.get_by_role("button", name="Arrow").click()
    page.get_by_role("button", name="Red").click()
    page.mouse.move(*point_in(page, "[data-board]", 0.3, 0.4))
    page.mouse.down()
    page.mouse.move(*point_in(page, "[data-board]", 0.5, 0.4), steps=3)
    page.mouse.up()
    expect(page.locator("[data-draw-how]")).to_contain_text("1 shape")
    page.get_by_role("button", name="Angle", exact=True).click()
    for point in ((0.44, 0.42), (0.55, 0.5), (0.52, 0.68)):
        page.mouse.click(*point_in(page, "[data-board]", *point))
    page.get_by_role("button", name="Add the comment").click()
    page.get_by_role("button", name="This is not so").last.click()
    page.get_by_label("Early lumbar movement is not so: Why").fill("Camera moved.")
    page.get_by_text("Correct what was computed").click()
    page.get_by_label("Bounds of a rep").select_option("1")
    page.mouse.move(*point_in(page, ".curve-handle.start_s", 0.5, 0.5))
    page.mouse.down()
    page.mouse.move(*point_in(page, over, 0.25, 0.5), steps=3)
    page.mouse.up()
    expect(page.locator("[data-correction-list]")).to_contain_text("computed 0:00.43 – 0:02.20")
    page.get_by_role("radio", name="Hold").check()
    page.get_by_label("Summary for Pat Sample").fill("A good start.\nHips first.")
    wait_until_saved(page)
    [draft] = reviews(site, site.dana, rounded)
    assert (draft["verdict"], draft["summary"]) == ("hold", "A good start.\nHips first.")
    shapes = draft["comments"][0]["drawing"]["shapes"]
    assert [(shape["kind"], shape["colour"]) for shape in shapes] == [("arrow", "red"), ("angle", "red")]
    assert shapes[0]["points"][1] == pytest.approx([0.5, 0.4], abs=0.01)
    by_kind = {each["kind"]: each for each in draft["corrections"]}
    assert by_kind["fault"]["corrected"] | {"reps": None} == {
        "kind": "fault",
        "code": "early_lumbar",
        "reps": None,
        "reason": "Camera moved.",
    }
    assert by_kind["rep"]["corrected"]["start_s"] == pytest.approx(0.25 * 2.5, abs=0.05)
    assert by_kind["rep"]["computed"]["start_s"] == 0.43
    check_page(page, "review-written")
    assert reviews(site, pat, rounded) == [], "a draft is nobody's but the clinician's"

    page.get_by_role("button", name="Publish …").click()
    dialog = page.get_by_role("dialog", name="Pat Sample will see this")
    expect(dialog).to_contain_text("Hips first.")
    expect(dialog).to_contain_text("0:01.47 Here the back takes over.")
    assert "not so" not in dialog.inner_text()
    check_page(page, "review-publish")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_url("**?said=published")
    page.get_by_text("Published. Pat Sample can read it now.").wait_for()
    [published] = reviews(site, pat, rounded)
    assert published["summary"] == "A good start.\nHips first."
    theirs = come(pat).open(f"/recordings/{rounded}")
    theirs.get_by_text("A good start.").first.wait_for()
    theirs.get_by_text("Here the back takes over.").first.wait_for()
    assert site.http(site.dana).get(f"/api/v1/recordings/{rounded}/report.pdf").content.startswith(b"%PDF")


def test_limits_are_saved_for_the_client(come: Come, site: Site, pat: Client, rounded: str) -> None:
    dana = site.http(site.dana)
    plan = {"step": "bodyweight_hinge", "sets": 3, "reps": 8, "days_per_week": 3, "notes": "Calmly."}
    assert dana.post(f"/api/v1/clients/{pat.id}/plans", json=plan).status_code == 201
    page = open_review(come(site.dana, size=DESK), rounded)
    page.get_by_label("Lumbar flexion", exact=True).fill("45")
    page.get_by_role("button", name="Keep for Pat Sample").click()
    page.get_by_text("Kept. Earlier recordings").wait_for()
    [kept] = dana.get(f"/api/v1/clients/{pat.id}/plans").json()
    assert kept["overrides"] == {"limits.lumbar_flexion.value": 45.0}
    assert (kept["version"], kept["notes"]) == (2, "Calmly.")


def test_a_refused_recording_can_be_answered(come: Come, site: Site, pat: Client, tmp_path: Path) -> None:
    recording = site.send(pat, write_clip(tmp_path / "nobody.mp4", n=60))
    assert site.wait_until_settled(pat, recording)["state"] == "refused"
    page = come(site.dana, size=DESK).open(f"/review/{recording}")
    page.get_by_role("heading", name="This recording could not be used").wait_for()
    page.wait_for_selector("[data-unmeasured][data-ready=yes]")
    check_page(page, "review-refused")
    page.get_by_label("Summary for Pat Sample").fill("Please film from the side.")
    wait_until_saved(page)
    page.get_by_role("button", name="Publish …").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()
    page.get_by_text("Published. Pat Sample can read it now.").wait_for()
    assert reviews(site, pat, recording)[0]["summary"] == "Please film from the side."


def test_a_failed_recording_is_analysed_again(come: Come, site: Site, pat: Client, tmp_path: Path) -> None:
    recording = site.send(pat, write_clip(tmp_path / "nobody.mp4", n=61))
    assert site.wait_until_settled(pat, recording)["state"] == "refused"
    set_state(site, recording, RecordingState.FAILED, 0.3, refusal_code="too_slow", refusal_message="Too slow.")
    page = come(site.dana, size=DESK).open(f"/review/{recording}")
    page.get_by_role("heading", name="This recording could not be analysed").wait_for()
    page.wait_for_selector("[data-unmeasured][data-ready=yes]")
    check_page(page, "review-failed")
    with page.expect_response(lambda answer: answer.url.endswith("/again") and answer.status == 303):
        page.get_by_role("button", name="Analyse again").click()
    assert site.wait_until_settled(pat, recording)["state"] == "refused"


def test_a_video_that_is_not_shown(come: Come, site: Site, pat: Client, rounded: str) -> None:
    with site.server.sessions() as db:
        mine = select(ConsentRecord).where(ConsentRecord.client_id == pat.id, ConsentRecord.kind == ConsentKind.SHOW)
        for row in db.scalars(mine):
            row.withdrawn_at = utc_now()
        db.commit()
    visit = come(site.dana, size=DESK, language="de")
    visit.expected = ("409",)  # limits were saved a moment ago: the usual rhythm is being computed again
    page = open_review(visit, rounded)
    page.get_by_text("Dieses Video wird Ihnen nicht gezeigt").wait_for()
    assert page.locator("video").count() == 0
    page.mouse.click(*point_in(page, "[data-curve=back] .u-over", 0.6, 0.5))
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"0:01\.[45]"))
    expect(page.locator("[data-now=lumbar]")).to_have_text(re.compile(r"\d+ ± \d+°"))
    check_page(page, "review-not-shown")
