"""What every page shares: signing in, language, theme, problems, size."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.pages.browser import DESK, Visit, check_page
from tests.pages.live_server import PASSWORD, Site

Come = Callable[..., Visit]
FIRST_PAGE_BYTES = 100_000


def test_a_clinician_signs_in_and_out(come: Come, site: Site) -> None:
    visit = come(size=DESK)
    visit.expected = ("401",)
    page = visit.open("/sign-in?next=/preferences-nowhere")
    check_page(page, "sign-in")
    page.get_by_label("E-mail").fill("dana@example.org")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_text("The e-mail address or the password is not right").is_visible()
    assert page.get_by_label("E-mail").input_value() == "dana@example.org"
    page.get_by_label("Password").fill(PASSWORD)
    visit.expected += ("404",)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/preferences-nowhere")
    page.get_by_role("heading", name="There is nothing here").wait_for()
    assert site.server.url in page.url


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_redirected_to_another_host(come: Come, elsewhere: str) -> None:
    page = come().open(f"/sign-in?next={elsewhere}")
    assert page.locator("input[name=next]").first.get_attribute("value") == "/"


def test_the_language_and_the_theme_are_remembered(come: Come) -> None:
    page = come().open("/sign-in")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_label("Language").select_option("de")
    page.get_by_role("heading", name="Willkommen").wait_for()
    page.get_by_label("Darstellung").select_option("dark")
    page.wait_for_selector("html[data-theme=dark]")
    assert page.locator("html").get_attribute("lang") == "de"


def test_the_browser_s_language_is_the_default(come: Come) -> None:
    page = come(language="de-AT").open("/sign-in")
    assert page.locator("html").get_attribute("lang") == "de"


def test_pages_work_without_scripts(come: Come) -> None:
    page = come(java_script_enabled=False).open("/sign-in")
    page.get_by_label("Language").select_option("de")
    page.get_by_role("button", name="Apply").click()
    assert page.get_by_role("heading", name="Willkommen").is_visible()


def test_the_first_page_is_small(come: Come) -> None:
    visit = come()
    sizes: list[int] = []
    visit.page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    visit.open("/sign-in")
    visit.page.wait_for_load_state("networkidle")
    assert 5_000 < sum(sizes) < FIRST_PAGE_BYTES


def test_the_policy_is_strict(site: Site) -> None:
    answer = site.server.nobody().get("/sign-in", headers={"Accept": "text/html"})
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert re.search(r"script-src 'self' 'sha256-[^']+'(;|$)", policy)
