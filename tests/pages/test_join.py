"""From the invitation to home: previewed without being used, accepted, consented, answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from api.auth.invitations import invite_clinician
from api.care.clinic_content import consent_of_service as _consent, questions_of_service as _questions
from api.core.clock import utc_now
from api.db import Client, ConsentRecord, IntakeRecord, WordingText, new_id
from api.pages.messages import code_messages
from api.pages.translations import translator_of
from tests.pages.browser import Visit, check_page
from tests.pages.live_server import PASSWORD, Site

Come = Callable[..., Visit]


def link_for(site: Site, person: Client) -> str:
    """Create a fresh link as the clinician does; return its path."""
    answer = site.http(site.dana).post(f"/api/v1/clients/{person.id}/links")
    assert answer.status_code == 201, answer.text
    return urlsplit(str(answer.json()["link"])).path


def clinician_link(site: Site, *, founding: bool, email: str | None = None) -> str:
    """Create a link for a clinician; return its path."""
    with site.server.sessions() as db:
        _, address = invite_clinician(
            db,
            site.server.settings,
            utc_now(),
            clinic_id=site.stranger.clinic_id,
            email=email,
            invited_by=None if founding else site.stranger.id,
        )
        db.commit()
    return urlsplit(address).path


def answer_all(page: Page, answer: str, **other: str) -> None:
    """Give every question the same answer, but for those named."""
    for group in page.get_by_role("group").all():
        name = group.get_by_role("radio").first.get_attribute("name") or ""
        group.get_by_role("radio", name=other.get(name.removeprefix("q-"), answer), exact=True).check()


def test_from_the_invitation_to_home(come: Come, site: Site) -> None:
    person = site.new_client("Maria Muster", agreed=False)
    path = link_for(site, person)
    # A mail scanner opens every link, as often as it likes.
    for _ in range(2):
        assert site.server.nobody().get(path, headers={"Accept": "text/html"}).status_code == 200
    visit = come()
    page = visit.open(path)
    expect(page.get_by_text("Riverside Physiotherapy has invited you")).to_be_visible()
    check_page(page, "join")
    page.get_by_role("button", name="Begin").click()

    page.wait_for_url("**/agreements")
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(3)
    assert not any(box.is_checked() for box in boxes.all())
    check_page(page, "agreements")
    page.get_by_label("Keep my videos longer").check()
    visit.expected = ("422",)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("the first question needs your yes")).to_be_visible()
    expect(page.get_by_label("Keep my videos longer")).to_be_checked()
    page.get_by_label("Store my video").check()
    page.get_by_role("button", name="Go on").click()

    page.wait_for_url("**/questions")
    check_page(page, "questions")
    answer_all(page, "No")
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", name="Thank you, you can go on")).to_be_visible()
    check_page(page, "outcome-clear")
    page.get_by_role("link", name="To the start page").click()
    expect(page.get_by_role("heading", name="Hello Maria Muster")).to_be_visible()
    expect(page.get_by_text("No exercise yet")).to_be_visible()
    check_page(page, "home-no-plan")
    with site.server.sessions() as db:
        kinds = {str(row.kind) for row in db.scalars(select(ConsentRecord).where(ConsentRecord.client_id == person.id))}
    assert kinds == {"store_video", "keep_beyond_30_days"}

    # The link again: on this device simply home, on another one a friendly page.
    visit.open(path)
    expect(page.get_by_role("heading", name="Hello Maria Muster")).to_be_visible()
    elsewhere = come()
    elsewhere.expected = ("410",)
    other = elsewhere.open(path)
    expect(other.get_by_role("heading", name="This link was already used")).to_be_visible()
    check_page(other, "join-used")
    other.get_by_role("button", name="Ask for a new link").click()
    other.wait_for_url("**/new-link/asked")
    check_page(other, "new-link-asked")
    asked = site.http(site.dana).get(f"/api/v1/clients/{person.id}").json()["link_wanted_at"]
    assert asked is not None


def test_the_whole_way_in_by_keyboard_alone(come: Come, site: Site) -> None:
    page = come(size={"width": 1000, "height": 800}).open(link_for(site, site.new_client("Kay Board", agreed=False)))
    keys = page.keyboard

    def reach(role: str, name: str) -> None:
        wanted = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
        for _ in range(60):
            keys.press("Tab")
            if wanted.evaluate("here => here === document.activeElement"):
                return
        raise AssertionError(f"no way to {name} by keyboard")

    reach("button", "Begin")
    keys.press("Enter")
    page.wait_for_url("**/agreements")
    reach("checkbox", "Store my video and have it measured")
    keys.press("Space")
    reach("button", "Go on")
    keys.press("Enter")
    page.wait_for_url("**/questions")
    for number in range(page.get_by_role("group").count()):
        radio = page.get_by_role("group").nth(number).get_by_role("radio", name="No", exact=True)
        for _ in range(20):
            keys.press("Tab")
            if radio.evaluate("here => here.closest('fieldset').contains(document.activeElement)"):
                break
        keys.press("Space")
        expect(radio).to_be_checked()
    reach("button", "Send my answers")
    keys.press("Enter")
    page.wait_for_url("**/questions/outcome")
    reach("link", "To the start page")
    keys.press("Enter")
    page.get_by_role("heading", name="Hello Kay Board").wait_for()


def test_without_scripts_a_dangerous_answer_stops_calmly_until_it_is_cleared(come: Come, site: Site) -> None:
    person = site.new_client("Sol Script", agreed=False)
    visit = come(java_script_enabled=False)
    page = visit.open(link_for(site, person))
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Store my video").check()
    page.get_by_role("button", name="Go on").click()
    answer_all(page, "No", bladder="Yes")
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", name="Please let someone look at this today")).to_be_visible()
    expect(page.get_by_text("emergency department")).to_be_visible()
    assert not re.search(r"\b(error|danger|fail|wrong|risk|warning)", page.inner_text("main"), re.IGNORECASE)
    # No way forward: neither by answering again, nor from home.
    visit.open("/questions")
    assert page.url.endswith("/questions/outcome")
    visit.open("/")
    expect(page.get_by_role("heading", name="Please let someone look at this today")).to_be_visible()
    expect(page.locator("main").get_by_role("link", name="Film")).to_have_count(0)
    refused = site.http(person).post("/api/v1/recordings", content=b"x", headers={"Content-Type": "video/mp4"})
    assert refused.json()["code"] == "clearance_required"
    clinician = site.http(site.dana)
    intake = clinician.get(f"/api/v1/clients/{person.id}/intake").json()[0]["id"]
    assert clinician.post(f"/api/v1/clients/{person.id}/intake/{intake}/clearance", json={}).status_code == 200
    visit.open("/")
    expect(page.get_by_text("No exercise yet")).to_be_visible()


def test_the_page_of_a_client_who_waits_for_clearance(come: Come, site: Site) -> None:
    person = site.new_client("Wai Ting")
    asked = site.http(person).get(f"/api/v1/clients/{person.id}/intake/questions").json()
    answers = {each["name"]: "no" for each in asked["questions"]} | {"saddle": "yes"}
    site.http(person).post(
        f"/api/v1/clients/{person.id}/intake",
        json={"wording_sha256": asked["wording_sha256"], "answers": answers},
    ).raise_for_status()
    visit = come(person)
    check_page(visit.open("/questions/outcome"), "outcome-seek-care")
    check_page(visit.open("/"), "home-waiting")


def test_joining_in_german_stores_the_german_wording(come: Come, site: Site) -> None:
    person = site.new_client("Gerda Beispiel", agreed=False)
    page = come(language="de-DE").open(link_for(site, person))
    page.get_by_role("button", name="Beginnen").click()
    page.get_by_label("Mein Video speichern").check()
    check_page(page, "agreements-de")
    page.get_by_role("button", name="Weiter").click()
    expect(page.get_by_text("Hatten Sie jemals Krebs?")).to_be_visible()
    check_page(page, "questions-de")
    answer_all(page, "Nein", cancer="Unsicher")
    page.get_by_role("button", name="Antworten absenden").click()
    expect(page.get_by_role("heading", name="Ihre Fachperson sieht sich das zuerst an")).to_be_visible()
    page.get_by_role("link", name="Zur Startseite").click()
    expect(page.get_by_role("heading", name="Guten Tag, Gerda Beispiel")).to_be_visible()
    check_page(page, "home-waiting-de")
    with site.server.sessions() as db:
        agreed = db.scalars(select(ConsentRecord).where(ConsentRecord.client_id == person.id)).one()
        answered = db.scalars(select(IntakeRecord).where(IntakeRecord.client_id == person.id)).one()
        words = [db.get_one(WordingText, row.wording_sha256).text for row in (agreed, answered)]
    assert "Mein Video wird im Dienst meiner Praxis gespeichert" in words[0]
    assert "Hatten Sie jemals Krebs?" in words[1]


def test_german_texts_lead_to_the_same_outcomes_as_english() -> None:
    english, german = _questions("en"), _questions("de")
    for one, other in zip(english.questions, german.questions, strict=True):
        assert (one.name, one.yes, one.unsure) == (other.name, other.yes, other.unsure)
        assert other.question == code_messages.question(translator_of("de"), one)
    for outcome, told in english.texts.items():
        assert len(german.texts[outcome].lines) == len(told.lines)
    # Whoever changes the texts of one language gives both files a new version, and looks at both.
    assert german.wording.version == english.wording.version + "-de"
    assert _consent("de").wording.version == _consent("en").wording.version + "-de"


@pytest.mark.parametrize(("ending", "status"), [("", 404), ("/agreements", 303)])
def test_a_link_that_was_altered_and_pages_that_need_one(site: Site, ending: str, status: int) -> None:
    path = ending or f"/join/{new_id()}.altered"
    answer = site.server.nobody().get(path, headers={"Accept": "text/html"}, follow_redirects=False)
    assert answer.status_code == status
    if status == 404:
        assert "This link is not complete" in answer.text
    else:
        assert answer.headers["location"] == "/sign-in?next=/agreements"


def test_requesting_a_new_link_does_not_reveal_who_is_known(come: Come) -> None:
    visit = come()
    page = visit.open("/sign-in")
    page.get_by_role("link", name="Ask for a new link").click()
    check_page(page, "new-link")
    visit.expected = ("422",)
    page.get_by_label("E-mail").fill("nobody@localhost")
    page.get_by_role("button", name="Ask for a new link").click()
    expect(page.get_by_text("Please check the address")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value("nobody@localhost")
    page.get_by_label("E-mail").fill("nobody@example.org")
    page.get_by_role("button", name="Ask for a new link").click()
    expect(page.get_by_text("If we know you")).to_be_visible()


def test_the_first_clinician_names_the_clinic_and_creates_an_account(come: Come, site: Site) -> None:
    visit = come(size={"width": 1440, "height": 900})
    visit.expected = ("422",)
    page = visit.open(clinician_link(site, founding=True))
    check_page(page, "join-founding")
    page.get_by_label("Name of the clinic").fill("Elsewhere, renamed")
    page.get_by_label("Your name").fill("Nora New")
    page.get_by_label("E-mail").fill("dana@example.org")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_text("Please choose at least")).to_be_visible()
    expect(page.get_by_label("Your name")).to_have_value("Nora New")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_text("There is already an account with this address")).to_be_visible()
    check_page(page, "join-founding-again")
    page.get_by_label("E-mail").fill(f"{new_id()}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_response(lambda answer: answer.request.method == "POST") as made:
        page.get_by_role("button", name="Make my account").click()
    assert made.value.status == 303
    assert made.value.headers["location"] == "/"


def test_a_colleague_finds_their_address_filled_in(come: Come, site: Site) -> None:
    page = come(size={"width": 1440, "height": 900}).open(
        clinician_link(site, founding=False, email="colleague@example.org")
    )
    expect(page.get_by_label("E-mail")).to_have_value("colleague@example.org")
    expect(page.get_by_label("Name of the clinic")).to_have_count(0)
