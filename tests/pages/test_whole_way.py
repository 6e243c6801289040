"""The whole way in real browsers: invited, consented, filmed, measured, reviewed, read; and nobody else sees it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.pages.browser import DESK, Visit
from tests.pages.live_server import ANALYSED_WITHIN_S, PASSWORD, Site
from tests.pages.test_join import answer_all
from tests.pages.test_upload import choose
from tests.samples import FOLDER as SAMPLES

Come = Callable[..., Visit]
NAME = "Wanda Way"
SUMMARY = "A good start: the hips lead for half of the way."
COMMENT = "From here the back takes over."


def test_from_the_invitation_to_the_clinicians_words(come: Come, site: Site) -> None:
    clinic = come(size=DESK)
    link = invite_client(clinic)

    phone = come()
    page = accept_invitation(phone, link)
    recording = send_video(page)

    # The result: an annotated video that plays and seeks, by parts of the file.
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Bodyweight hinge", timeout=1000 * ANALYSED_WITHIN_S)
    expect(page.get_by_role("link", name="Tell us")).to_have_count(0)  # it has been answered
    expect(page.get_by_role("region", name="One thing to try")).to_be_visible()
    page.locator("video").evaluate("video => { video.muted = true; return video.play() }")
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.2")
    first = page.locator("a[data-rep]").first
    with page.expect_response(lambda answer: "/annotated" in answer.url and answer.status == 206):
        page.reload()
    first.click()
    bottom = float(first.get_attribute("data-bottom") or "nan")
    page.wait_for_function("t => Math.abs(document.querySelector('video').currentTime - t) < 0.1", arg=bottom)
    expect(page.get_by_text(SUMMARY)).to_have_count(0)

    write_review(clinic, recording)

    # Before it is published, it is not visible; then it is read on the phone, with the drawing on the picture.
    expect(phone.open(f"/recordings/{recording}").get_by_text(SUMMARY)).to_have_count(0)
    publish_review(clinic.page)
    phone.open("/").get_by_role("link", name="Your clinician has written to you").click()
    words = page.get_by_role("region", name="Dana Hill wrote to you")
    expect(words).to_contain_text(SUMMARY)
    expect(words).to_contain_text(COMMENT)
    expect(words).to_contain_text("Stay with this exercise for now")
    drawn = page.locator("svg.player-drawing .drawn-yellow .drawn-stroke")
    expect(drawn).to_have_count(0)
    words.get_by_role("link", name="with a drawing").click()
    expect(drawn).to_have_count(1)
    expect(clinic.open("/").get_by_role("link", name=f"Review ({NAME})")).to_have_count(0)

    # Another client, and another clinic, see none of this.
    mine = {"recordings": [f"/recordings/{recording}{each}" for each in ("", "/waiting", "/checkin", "/chapters.vtt")]}
    mine["files"] = [f"/api/v1/recordings/{recording}/{each}" for each in ("original", "annotated.mp4", "report.pdf")]
    for path in (*mine["recordings"], *mine["files"]):
        assert site.http(site.kim).get(path).status_code == 404, path
    stranger = site.http(site.stranger)
    for path in (f"/review/{recording}", *mine["files"]):
        assert stranger.get(path).status_code == 404, path
    other = come(site.kim)
    other.expected = ("404",)
    expect(other.open(f"/recordings/{recording}").get_by_role("heading", name="There is nothing here")).to_be_visible()


def invite_client(visit: Visit) -> str:
    """Sign in as Dana, add a client and put an exercise on the plan; return the path of the link to pass on."""
    page = visit.open("/")
    page.get_by_label("E-mail").fill("dana@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    page.get_by_role("link", name="Clients", exact=True).click()
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_role("button", name="Add, and make a link").click()
    expect(page.get_by_role("heading", name=f"Link for {NAME}")).to_be_visible()
    link = page.get_by_label("The link").input_value()
    page.reload()  # the link is shown once
    page.get_by_role("link", name="Write a plan").first.click()
    page.get_by_role("button", name="Bodyweight hinge").click()
    page.get_by_role("button", name="Put it on the plan").click()
    expect(page.get_by_text("The plan is saved.")).to_be_visible()
    return link.removeprefix(visit.base)


def accept_invitation(visit: Visit, link: str) -> Page:
    """Open the link as the client, consent, answer, and arrive at home."""
    page = visit.open(link)
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Store my video").check()
    page.get_by_label("Show my video to my clinician").check()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/questions")
    answer_all(page, "No")
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("link", name="To the start page").click()
    expect(page.get_by_role("heading", name=f"Hello {NAME}")).to_be_visible()
    return page


def send_video(page: Page) -> str:
    """From home, choose and send a video, answer three questions meanwhile, and wait; return the recording's id."""
    page.locator("main").get_by_role("link", name="Film", exact=True).click()
    page.wait_for_url(re.compile(r"/record\?plan="))
    choose(page, SAMPLES / "rounded.mp4")
    page.get_by_role("heading", name="Your video has arrived").wait_for()
    for legend in ("The worst pain", "How hard"):
        page.get_by_role("group", name=legend).get_by_role("radio", name="2", exact=True).check()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="Done").click()
    page.wait_for_url(re.compile(r"/recordings/[0-9a-f]{32}"))
    found = re.search(r"[0-9a-f]{32}", page.url)
    assert found is not None
    return found[0]


def write_review(visit: Visit, recording: str) -> None:
    """Go from the list to texts, a drawing and a verdict: from here on by keyboard alone."""
    page = visit.open("/")
    tab_to(page, page.get_by_role("link", name=f"Review ({NAME})"))
    press = page.keyboard.press
    press("Enter")
    page.wait_for_url(f"**/review/{recording}")
    page.wait_for_selector("#review[data-ready=yes]")
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    press("n")
    press("c")
    page.keyboard.type(COMMENT)
    tab_to(page, page.get_by_role("button", name="Arrow", exact=True))
    press("Enter")
    expect(page.locator("[data-draw-how]")).to_contain_text("Arrow")
    press("Enter")
    for _ in range(3):
        press("Shift+ArrowRight")
    press("Enter")
    expect(page.locator("[data-draw-how]")).to_contain_text("1 shape")
    press("Escape")
    tab_to(page, page.get_by_role("button", name="Add the comment"))
    press("Enter")
    tab_to(page, page.get_by_role("group", name="Your decision").get_by_role("radio"))
    hold = page.get_by_role("radio", name="Hold")
    for _ in range(4):
        if hold.is_checked():
            break
        press("ArrowRight")
    expect(hold).to_be_checked()
    tab_to(page, page.get_by_label(f"Summary for {NAME}"))
    page.keyboard.type(SUMMARY)
    expect(page.locator("[data-save-state]")).to_have_text(re.compile("^Saved"))


def publish_review(page: Page) -> None:
    """Check the preview, then publish, by keyboard alone."""
    tab_to(page, page.get_by_role("button", name="Publish …"))
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=f"{NAME} will see this")
    expect(dialog).to_contain_text(COMMENT)
    tab_to(page, dialog.get_by_role("button", name="Publish", exact=True))
    page.keyboard.press("Enter")
    page.get_by_text(f"Published. {NAME} can read it now.").wait_for()


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until one of these has the focus."""
    for _ in range(80):
        if wanted.evaluate_all("all => all.includes(document.activeElement)"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by keyboard to {wanted}")
