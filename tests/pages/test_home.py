"""A client's start page: today's exercises, quick check-ins, news."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from api.db import RecordingState
from tests.pages.browser import Visit, check_page
from tests.pages.history_rows import add_recording, prescribe, publish_review
from tests.pages.live_server import Site

Come = Callable[..., Visit]
HTML = {"Accept": "text/html"}


def test_today_with_a_plan(come: Come, site: Site) -> None:
    person = site.new_client("Petra Plan")
    prescribe(site, person, "bridge", reps=10)
    plan = prescribe(site, person, "rdl", load_kg=12.5, notes="Slowly down, as we tried on Tuesday.")
    visit = come(person)
    page = visit.open("/")
    leading = page.get_by_role("region", name="Romanian deadlift")
    expect(leading.get_by_text("3 sets of 8")).to_be_visible()
    expect(leading.get_by_text("12.5 kg")).to_be_visible()
    expect(leading.get_by_text("Slowly down, as we tried on Tuesday.")).to_be_visible()
    expect(leading.get_by_role("link", name="Film", exact=True)).to_have_attribute("href", f"/record?plan={plan}")
    check_page(page, "home-plan")

    leading.get_by_role("button", name="Pause the drawing").click()
    assert leading.locator("svg.drawing-animated").evaluate("drawing => drawing.animationsPaused()")
    leading.get_by_role("button", name="Play the drawing").click()
    assert not leading.locator("svg.drawing-animated").evaluate("drawing => drawing.animationsPaused()")

    bridge = page.get_by_role("region", name="Bridge")
    expect(bridge.get_by_text("0 of 3 days this week")).to_be_visible()
    bridge.get_by_text("Done? Say how it went").click()
    bridge.get_by_role("group", name="The worst pain").get_by_role("radio", name="2", exact=True).check()
    bridge.get_by_role("group", name="How hard").get_by_role("radio", name="4", exact=True).check()
    check_page(page, "home-done")
    bridge.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Noted, thank you.")).to_be_visible()
    expect(bridge.get_by_text("1 of 3 days this week")).to_be_visible()
    expect(bridge.get_by_text("Done today")).to_be_visible()
    said = site.http(person).get(f"/api/v1/clients/{person.id}/checkins").json()["items"][0]
    assert (said["step"], said["pain_worst"], said["rpe"], said["load_kg"]) == ("bridge", 2, 4, None)

    # What cannot be read is requested again, with all that was typed.
    visit.expected = ("422",)
    leading.get_by_text("Done without filming?").click()
    leading.get_by_label("Load in kg").fill("a dozen")
    leading.get_by_label("Anything to add").fill("Felt light.")
    leading.get_by_role("button", name="Save").click()
    expect(leading.get_by_label("Anything to add")).to_have_value("Felt light.")
    expect(leading.get_by_label("Load in kg")).to_have_value("a dozen")
    leading.get_by_label("Load in kg").fill("12,5")
    leading.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Noted, thank you.")).to_be_visible()
    said = site.http(person).get(f"/api/v1/clients/{person.id}/checkins").json()["items"][0]
    assert (said["load_kg"], said["note"], said["pain_worst"]) == (12.5, "Felt light.", None)


def test_open_check_ins_and_unread_reviews_are_listed(come: Come, site: Site) -> None:
    person = site.new_client("Mona Morning")
    prescribe(site, person, "bodyweight_hinge")
    told = add_recording(site, person, days_ago=1.0, pain=3)
    add_recording(site, person, days_ago=0, state=RecordingState.QUEUED)
    publish_review(site, told, "Well done.")
    visit = come(person, java_script_enabled=False)
    page = visit.open("/")
    expect(page.get_by_role("link", name="Your clinician has written to you")).to_have_attribute(
        "href", f"/recordings/{told}"
    )
    expect(page.get_by_text("Being looked at")).to_be_visible()
    question = page.get_by_role("group", name="How was your back on the morning after")
    question.get_by_role("button", name="Pain 4 of 10").click()
    expect(page.get_by_text("Noted: 4 of 10.")).to_be_visible()
    expect(page.get_by_role("heading", name="The morning after")).to_have_count(0)
    page.get_by_text("Meant another number?").click()
    page.get_by_role("button", name="Pain 1 of 10").click()
    expect(page.get_by_text("Noted: 1 of 10.")).to_be_visible()
    said = site.http(person).get(f"/api/v1/recordings/{told}/checkin").json()
    assert (said["pain_next_morning"], said["pain_worst"]) == (1, 3)


def test_a_full_day(come: Come, site: Site) -> None:
    person = site.new_client("Dora Day")
    prescribe(site, person, "wall_tap", notes="Only as far as it feels good.")
    add_recording(site, person, days_ago=1.0, protocol="wall_tap")
    add_recording(site, person, days_ago=0.001, protocol="bow", state=RecordingState.REFUSED)
    add_recording(site, person, days_ago=0, protocol="wall_tap", state=RecordingState.ANALYSING)
    page = come(person).open("/")
    expect(page.get_by_text("please film it once more")).to_be_visible()
    expect(page.get_by_role("link", name="how did it go?").first).to_be_visible()
    check_page(page, "home-full")
    german = come(person, language="de-DE").open("/")
    expect(german.get_by_role("region", name="Hüftbeuge zur Wand")).to_be_visible()
    check_page(german, "home-full-de")


def test_nobody_answers_or_reads_for_another_client(site: Site) -> None:
    person, stranger = site.new_client("Mine Own"), site.new_client("Not Me")
    recording = add_recording(site, person, days_ago=1.0, pain=3)
    checkin = site.http(person).get(f"/api/v1/recordings/{recording}/checkin").json()["id"]
    other = site.http(stranger)
    for told in ({"checkin_id": checkin}, {"recording_id": recording}):
        assert other.post("/morning", data={"pain": "5", **told}, headers=HTML).status_code == 404
    site.http(person).post("/morning", data={"pain": "2", "checkin_id": checkin}, headers=HTML)
    assert "Noted: 2" not in other.get(f"/?morning={checkin}", headers=HTML).text
    assert "Noted: 2" in site.http(person).get(f"/?morning={checkin}", headers=HTML).text
    for pain in ("11", "-1", "x", ""):
        answer = site.http(person).post("/morning", data={"pain": pain, "checkin_id": checkin}, headers=HTML)
        assert answer.status_code == 422


def test_the_page_can_be_added_to_a_home_screen(site: Site) -> None:
    asking = site.http(site.alex)
    assert '<link rel="manifest" href="/manifest.webmanifest">' in asking.get("/", headers=HTML).text
    told = asking.get("/manifest.webmanifest")
    assert told.headers["content-type"].startswith("application/manifest+json")
    for icon in told.json()["icons"]:
        picture = asking.get(icon["src"])
        assert picture.status_code == 200
        assert picture.headers["content-type"].split(";")[0] == icon["type"]
    assert asking.get(told.json()["start_url"]).status_code == 200
