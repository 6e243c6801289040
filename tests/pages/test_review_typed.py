"""Reviews by keys and forms alone, with a broken connection or another window open; and two recordings side by side."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from api.db import Client
from tests.clips import write_clip
from tests.degrade_clips import sample
from tests.pages.browser import DESK, check_page
from tests.pages.live_server import Site
from tests.pages.test_review import (
    Come,
    open_review,
    point_in,
    reviews,
    send_clip,
    time_of,
    wait_until_at,
    wait_until_saved,
)


@pytest.fixture(scope="module")
def pat(site: Site) -> Client:
    """Provide a client of these tests' own."""
    return site.new_client("Pat Sample")


@pytest.fixture(scope="module")
def rounded(site: Site, pat: Client) -> str:
    return send_clip(site, pat, "rounded")


@pytest.fixture(scope="module")
def shallow(site: Site, pat: Client) -> str:
    return send_clip(site, pat, "shallow")


def test_a_review_by_keyboard_alone(come: Come, site: Site, shallow: str) -> None:
    page = open_review(come(site.dana, size=DESK), shallow)
    page.locator("h1").click()  # the focus is nowhere in particular
    press = page.keyboard.press
    press("n")
    wait_until_at(page, float(page.locator("tr[data-rep='1']").get_attribute("data-start") or 0))
    first = time_of(page)
    press(".")
    press("ArrowRight")
    wait_until_at(page, first + 2 / 30, 0.03)
    press(",")
    wait_until_at(page, first + 1 / 30, 0.03)
    press("l")
    expect(page.get_by_role("button", name="Loop this rep")).to_have_attribute("aria-pressed", "true")
    page.wait_for_function("() => !document.querySelector('video').paused")
    press("k")
    page.wait_for_function("() => document.querySelector('video').paused")
    press("2")
    expect(page.get_by_role("button", name="Back", exact=True)).to_have_attribute("aria-pressed", "false")
    press("s")
    assert page.evaluate("document.querySelector('video').playbackRate") == 0.5
    press("?")
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    check_page(page, "review-keys")
    press("Escape")

    page.get_by_role("slider", name="Lower back over time").focus()
    press("Home")
    wait_until_at(page, 0.0)
    press("ArrowRight")
    wait_until_at(page, 1 / 30, 0.03)

    press("c")
    page.keyboard.type("n l k 1 are letters here")
    for _ in range(3):  # the third tool is the arrow
        press("Tab")
    press("Enter")
    expect(page.locator("[data-draw-how]")).to_contain_text("Arrow")
    press("Enter")
    for _ in range(4):
        press("Shift+ArrowRight")
    press("Enter")
    expect(page.locator("[data-draw-how]")).to_contain_text("1 shape")
    press("Escape")
    page.get_by_role("button", name="Add the comment").focus()
    press("Enter")
    wait_until_saved(page)
    [draft] = reviews(site, site.dana, shallow)
    [comment] = draft["comments"]
    assert comment["text"] == "n l k 1 are letters here"
    assert comment["time_s"] == pytest.approx(1 / 30, abs=0.002)
    assert comment["drawing"]["shapes"][0]["points"] == [[0.5, 0.5], [0.7, 0.5]]
    press("?")
    page.get_by_label("Single keys work on this page").uncheck()
    press("Escape")
    page.locator("h1").click()
    press("n")
    press("1")
    expect(page.get_by_role("button", name="Skeleton")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Bring it back").click()
    wait_until_saved(page)
    assert reviews(site, site.dana, shallow)[0]["comments"] == draft["comments"]


def test_typed_text_is_never_lost(come: Come, site: Site, shallow: str) -> None:
    visit = come(site.dana, size=DESK)
    visit.expected = ("ERR_INTERNET_DISCONNECTED", "412")
    page = open_review(visit, shallow)
    summary = page.get_by_label("Summary for Pat Sample")
    state = page.locator("[data-save-state]")
    summary.fill("first words")
    wait_until_saved(page)
    page.reload()
    page.wait_for_selector("#review[data-ready=yes]")
    expect(summary).to_have_value("first words")

    visit.context.set_offline(True)
    summary.fill("words without a line")
    expect(state).to_have_text(re.compile("^Not saved yet"))
    page.close()
    visit.context.set_offline(False)
    visit.page = visit.context.new_page()
    page = open_review(visit, shallow)
    summary, state = page.get_by_label("Summary for Pat Sample"), page.locator("[data-save-state]")
    expect(summary).to_have_value("words without a line")
    wait_until_saved(page)
    assert reviews(site, site.dana, shallow)[0]["summary"] == "words without a line"

    visit.context.set_offline(True)
    summary.fill("and back again")
    expect(state).to_have_text(re.compile("^Not saved yet"))
    visit.context.set_offline(False)
    wait_until_saved(page)

    # A comment that is not added yet is there again, too.
    page.get_by_role("button", name="Comment at 0:00").click()
    page.get_by_label("Your comment at 0:00").fill("half a comm")
    page.reload()
    page.wait_for_selector("#review[data-ready=yes]")
    expect(page.get_by_label("Your comment at 0:00")).to_have_value("half a comm")
    page.get_by_role("button", name="Cancel").click()

    # Another window saved meanwhile: nobody's text is overwritten without asking.
    [draft] = reviews(site, site.dana, shallow)
    path = f"/api/v1/recordings/{shallow}/reviews/{draft['id']}"
    elsewhere = {"summary": "from the other window", "verdict": "progress"}
    answer = site.http(site.dana).put(path, json=elsewhere, headers={"If-Match": f'"{draft["version"]}"'})
    assert answer.status_code == 200
    summary.fill("from this one")
    dialog = page.get_by_role("dialog", name="saved in another window")
    dialog.get_by_role("button", name="Take mine").click()
    wait_until_saved(page)
    assert reviews(site, site.dana, shallow)[0]["summary"] == "from this one"


def test_a_review_without_scripts(come: Come, site: Site, pat: Client, shallow: str) -> None:
    visit = come(site.dana, size=DESK, java_script_enabled=False)
    visit.expected = ("409",)
    page = visit.open(f"/review/{shallow}")
    assert page.locator("video").get_attribute("src") == f"/api/v1/recordings/{shallow}/annotated.mp4"
    assert page.locator("noscript img, img[src$='chart.png']").first.is_visible()
    page.get_by_label("Summary for Pat Sample").fill("Written without scripts.")
    page.get_by_role("radio", name="Progress").check()
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_text("The draft is saved.").wait_for()
    [draft] = reviews(site, site.dana, shallow)
    assert (draft["summary"], draft["verdict"]) == ("Written without scripts.", "progress")

    # Saved elsewhere meanwhile: what was typed is still there.
    path = f"/api/v1/recordings/{shallow}/reviews/{draft['id']}"
    other = {"summary": "x", "comments": draft["comments"]}
    site.http(site.dana).put(path, json=other, headers={"If-Match": f'"{draft["version"]}"'})
    page.get_by_label("Summary for Pat Sample").fill("Typed on an old form.")
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("note").get_by_text("was saved in another window in the meantime").wait_for()
    assert page.get_by_label("Summary for Pat Sample").input_value() == "Typed on an old form."
    page.get_by_role("button", name="Publish …").click()
    page.get_by_role("heading", name="Pat Sample will see this").wait_for()
    page.get_by_text("Typed on an old form.").wait_for()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_text("Published. Pat Sample can read it now.").wait_for()
    assert [each["summary"] for each in reviews(site, pat, shallow)] == ["Typed on an old form."]


def test_two_recordings_side_by_side(come: Come, site: Site, rounded: str, shallow: str) -> None:
    visit = come(site.dana, size=DESK)
    page = visit.open(f"/compare?a={shallow}&b={rounded}")
    page.wait_for_selector("#compare[data-ready=yes]")
    check_page(page, "compare")
    times = "[...document.querySelectorAll('video')].map((video) => video.currentTime)"
    bottoms = [
        site.http(site.dana).get(f"/api/v1/recordings/{each}/report").json()["reps"][0]["bottom_s"]
        for each in (rounded, shallow)
    ]
    assert page.evaluate(times) == pytest.approx(bottoms, abs=0.05), "both stand at the bottom of the repetition"
    slider = page.get_by_label("Phase of the repetition")
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_function("() => document.querySelectorAll('video')[1].currentTime < 1")
    page.get_by_role("button", name="Play both").click()
    page.wait_for_function("() => Number(document.querySelector('[data-phase]').value) > 0.3")
    page.get_by_role("button", name="Pause both").click()
    page.mouse.click(*point_in(page, "[data-plot=hip] .u-over", 0.5, 0.5))
    page.wait_for_function(
        "([a, b]) => { const v = [...document.querySelectorAll('video')].map((each) => each.currentTime);"
        "return Math.abs(v[0] - a) < 0.05 && Math.abs(v[1] - b) < 0.05 }",
        arg=bottoms,
    )
    visit.expected = ("404",)
    assert site.http(site.stranger).get(f"/compare?a={shallow}&b={rounded}").status_code == 404
    assert site.http(site.dana).get(f"/compare?a={site.good}&b={rounded}").status_code == 404, "two people's"


def test_a_film_that_browsers_cannot_play_is_reviewed_on_its_copy(
    come: Come, site: Site, pat: Client, shallow: str, tmp_path: Path
) -> None:
    """Review HEVC, as phones film it: the overlay lies on a copy that plays here."""
    footage = sample("shallow", seconds=5.0)
    clip = write_clip(
        tmp_path / "phone.mov",
        n=len(footage),
        fps=footage.fps,
        size=footage.size,
        codec="libx265",
        options={"preset": "ultrafast", "x265-params": "log-level=none"},
        draw=lambda k, _: np.ascontiguousarray(footage.pictures[k]),
    )
    recording = site.send(pat, clip)
    assert site.wait_until_settled(pat, recording)["state"] == "done"
    pieces = site.http(site.dana).get(f"/api/v1/recordings/{recording}/playable", headers={"Range": "bytes=0-1"})
    assert (pieces.status_code, pieces.headers["content-type"]) == (206, "video/mp4")
    page = open_review(come(site.dana, size=DESK), recording)
    page.wait_for_function("() => document.querySelector('[data-picture] video').readyState >= 2")
    video = page.locator("[data-picture] video")
    assert (video.evaluate("v => v.currentSrc") or "").endswith(f"/{recording}/playable")
    assert video.evaluate("v => [v.videoWidth, v.videoHeight]") == list(footage.size)
    assert page.locator("[data-layers]").is_visible()
    end = len(footage) / footage.fps
    assert video.evaluate("v => v.duration") == pytest.approx(end, abs=0.05), "as long as the original"
    check_page(page, "review-copied")
    page = come(site.dana, size=DESK).open(f"/compare?a={shallow}&b={recording}")
    page.wait_for_selector("#compare[data-ready=yes]")
    page.wait_for_function("() => [...document.querySelectorAll('video')].every((video) => video.readyState >= 2)")
