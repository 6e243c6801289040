"""A client's consents, signing out, downloading data; and what everybody may read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from playwright.sync_api import expect

from tests.pages.browser import Visit, check_page
from tests.pages.history_rows import add_recording, prescribe
from tests.pages.live_server import Site

Come = Callable[..., Visit]


def test_a_consent_is_withdrawn_and_given_again(come: Come, site: Site) -> None:
    person = site.new_client("Willa Withdraw")
    prescribe(site, person, "bow")
    visit = come(person)
    page = visit.open("/you")
    expect(page.get_by_text("With Dana Hill, Riverside Physiotherapy")).to_be_visible()
    check_page(page, "you")
    page.get_by_role("link", name="Take back Store my video").click()
    expect(page.get_by_text("Deleted videos cannot be brought back.")).to_be_visible()
    check_page(page, "you-withdraw")
    page.get_by_role("link", name="Leave it as it is").click()
    page.get_by_role("link", name="Take back Store my video").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back. Your stored videos are deleted")).to_be_visible()
    visit.open("/")
    expect(page.get_by_role("heading", name="First, three questions about your video")).to_be_visible()
    expect(page.locator("main").get_by_role("link", name="Film")).to_have_count(0)
    check_page(page, "home-consent")
    page.get_by_role("link", name="Read the three questions").click()
    expect(page.get_by_role("checkbox")).to_have_count(1)
    check_page(page, "agreements-again")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("link", name="Film", exact=True).first).to_be_visible()


def test_data_is_downloaded_and_every_device_signed_out(come: Come, site: Site) -> None:
    person = site.new_client("Tara Takealong")
    add_recording(site, person, days_ago=2)
    visit, other_device = come(person), come(person)
    page = visit.open("/you")
    with page.expect_download() as taking:
        page.get_by_role("link", name="Download my data").click()
    names = zipfile.ZipFile(io.BytesIO(taking.value.path().read_bytes())).namelist()
    assert any(name.endswith("README.txt") for name in names)
    page.get_by_text("Having your data deleted").click()
    expect(page.get_by_text("tell Dana Hill, in person")).to_be_visible()
    page.get_by_role("button", name="Sign out everywhere").click()
    page.wait_for_url("**/sign-in")
    other_device.open("/you")
    assert "/sign-in" in other_device.page.url


def test_you_in_german(come: Come, site: Site) -> None:
    page = come(site.new_client("Ute Deutsch"), language="de-DE").open("/you")
    expect(page.get_by_text("Mein Video meiner Fachperson zeigen").first).to_be_visible()
    check_page(page, "you-de")


def test_everybody_may_read_the_intended_use(come: Come) -> None:
    page = come().open("/about")
    expect(page.get_by_role("row", name="Bend of the lower back 3.4° 5.9°")).to_be_visible()
    expect(page.get_by_text("not a medical device")).to_be_visible()
    check_page(page, "about")
    german = come(language="de-DE").open("/about")
    expect(german.get_by_text("kein Medizinprodukt")).to_be_visible()
    check_page(german, "about-de")
