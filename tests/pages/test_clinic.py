"""The clinic's settings: colleagues, its own figures and texts, tokens, the audit trail, retention."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from api.core.clock import utc_now
from api.db import Client, Clinician, ConsentKind, ConsentRecord, Recording, new_id
from api.pages.clinic import documents, figures
from api.pages.design.routes import tokens
from api.pages.translations import translator_of
from hinge_check.assess.protocol import load_protocol, protocol_from_text
from hinge_check.assess.protocol_text import parse, render
from hinge_check.clinic.consent import load_consent
from tests.pages.browser import DESK, Visit, check_page
from tests.pages.history_rows import add_recording
from tests.pages.live_server import PASSWORD, Site

Come = Callable[..., Visit]
NAME = "rdl"


def colleague(site: Site, of: Clinician, name: str) -> Clinician:
    person: Clinician = add_row(
        site,
        Clinician(
            id=new_id(),
            clinic_id=of.clinic_id,
            name=name,
            email=f"{new_id()}@example.org",
            password_hash="none",
            created_at=utc_now(),
        ),
    )
    return person


def add_row(site: Site, person: Any) -> Any:
    with site.server.sessions() as db:
        db.add(person)
        db.commit()
        db.refresh(person)
        db.expunge(person)
    return person


def client_of(site: Site, clinician: Clinician, name: str) -> Client:
    made: Client = add_row(
        site,
        Client(id=new_id(), clinic_id=clinician.clinic_id, clinician_id=clinician.id, name=name, created_at=utc_now()),
    )
    return made


def test_setting_up_and_colleagues(come: Come, site: Site) -> None:
    dana, _ = site.server.clinician()
    visit = come(dana, size=DESK)
    page = visit.open("/clinic")
    steps = page.get_by_role("region", name="A good start")
    assert steps.get_by_role("link").count() == 4
    check_page(page, "clinic-new")

    page.get_by_label("Name of the clinic").fill("Hill Physiotherapy")
    page.get_by_label("Time zone", exact=True).select_option("Europe/London")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_label("Time zone", exact=True).input_value() == "Europe/London"
    assert steps.get_by_role("link").count() == 3

    page.get_by_label("Their e-mail address").fill("mo@example.org")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link", exact=True).input_value()
    assert "/join/" in link
    check_page(page, "clinic-invitation")
    page.reload()  # does not create another one
    assert link not in page.content()
    row = page.get_by_role("listitem").filter(has_text="mo@example.org")
    row.get_by_role("button", name="Withdraw").click()
    assert page.get_by_text("Its link no longer works").is_visible()
    assert site.server.nobody().get(link).status_code == 410

    mo = colleague(site, dana, "Mo Leaver")
    theirs = client_of(site, mo, "Cleo Client")
    mo_at_home = site.http(mo)
    page.get_by_role("link", name="Look at the limits").click()
    page.get_by_role("heading", name="Protocols and limits", level=1).wait_for()
    page.goto(f"{visit.base}/clinic")
    assert not steps.is_visible()  # all is done
    page.get_by_role("link", name="Leaves the clinic Mo Leaver").click()
    check_page(page, "clinic-leaving")
    page.get_by_label("Who looks after their 1 client").select_option("Clinician")
    page.get_by_role("button", name="End their access").click()
    assert page.get_by_text("They can no longer sign in").is_visible()
    assert mo_at_home.get("/api/v1/me").status_code == 401
    assert site.http(dana).get(f"/api/v1/clients/{theirs.id}").status_code == 200
    assert page.get_by_role("link", name="Leaves the clinic").count() == 0  # one clinician must stay
    check_page(page, "clinic")


def test_a_clinic_s_own_protocol(come: Come, site: Site) -> None:
    dana, api = site.server.clinician()
    visit = come(dana, size=DESK)
    visit.expected = ("422 (Unprocessable",)
    page = visit.open("/clinic/protocols")
    check_page(page, "clinic-protocols")
    page.get_by_role("link", name="Romanian deadlift").click()
    shipped = load_protocol(NAME)
    row = page.get_by_role("row", name="Lumbar flexion larger is beyond")
    assert shipped.limits["lumbar_flexion"].reason in row.inner_text()
    check_page(page, "clinic-protocol")

    limit = page.get_by_label("Lumbar flexion: Limit", exact=True)
    warn = page.get_by_label("Lumbar flexion: You see a note from", exact=True)
    why = page.get_by_label("Lumbar flexion: Why yours differs", exact=True)
    limit.fill("9")
    why.fill("our clients are in pain")
    assert row.get_by_text("yours", exact=True).is_visible()
    assert page.get_by_text("Not saved yet.", exact=True).is_visible()
    save = page.get_by_role("button", name="Save as your version")
    save.click()
    # The other figure is now below it: reported at its field, and what was typed is there.
    expect(warn).to_have_attribute("aria-invalid", "true")
    assert page.get_by_text("This must not be larger than the limit, 9.").is_visible()
    assert (limit.input_value(), why.input_value()) == ("9", "our clients are in pain")
    assert "own" not in api.get(f"/api/v1/clinic/content/protocol:{NAME}").json()["text"][:3]
    check_page(page, "clinic-protocol-amiss")

    warn.fill("7,5")
    save.click()
    page.get_by_text("Your version is saved").wait_for()
    ours = api.get(f"/api/v1/clinic/content/protocol:{NAME}").json()
    assert ours["own"] is True
    made = protocol_from_text(ours["text"])
    assert (made.limits["lumbar_flexion"].value, made.limits["lumbar_flexion"].warn) == (9.0, 7.5)
    assert made.limits["lumbar_flexion"].reason == "our clients are in pain"
    assert set(made.overrides) == {"limits.lumbar_flexion.value", "limits.lumbar_flexion.warn"}
    check_page(page, "clinic-protocol-own")

    # Another person saves meanwhile: what is typed here stays, and the conflict is reported.
    page.get_by_label("Neck against trunk: Limit", exact=True).fill("70")
    api.put(f"/api/v1/clinic/content/protocol:{NAME}", json={"text": ours["text"] + "\n# theirs\n"})
    visit.expected += ("409 (Conflict)",)
    save.click()
    page.get_by_text("A colleague changed this").wait_for()
    assert page.get_by_label("Neck against trunk: Limit", exact=True).input_value() == "70"
    save.click()
    page.get_by_text("Your version is saved").wait_for()

    # The file itself.
    page.get_by_role("link", name="Edit the file itself").click()
    file = page.get_by_label("Your file (TOML)")
    file.fill(f'extends = "{NAME}"\n[limits.nek]\nvalue = 30.0\n')
    page.get_by_role("button", name="Save as your version").click()
    page.get_by_text("line 2: unknown key 'nek'").wait_for()
    assert "nek" in file.input_value()
    check_page(page, "clinic-toml")
    file.fill(f'extends = "{NAME}"\ntitle = "Our deadlift"\n[limits.neck]\nvalue = 33.0\nwarn = 30.0\n')
    page.get_by_role("button", name="Save as your version").click()
    page.get_by_role("heading", name="Our deadlift").wait_for()

    # No other clinic sees it.
    assert site.http(site.stranger).get(f"/api/v1/clinic/content/protocol:{NAME}").json()["own"] is False
    there = come(site.stranger, size=DESK).open(f"/clinic/protocols/{NAME}")
    assert there.get_by_role("heading", level=1).inner_text() == shipped.title

    page.get_by_role("button", name="Back to the version as shipped").click()
    page.get_by_text("The version as shipped applies again").wait_for()
    assert limit.input_value() == f"{shipped.limits['lumbar_flexion'].value:g}"


def test_without_scripts_and_in_german(come: Come, site: Site) -> None:
    dana, api = site.server.clinician()
    page = come(dana, size=DESK, language="de", java_script_enabled=False).open("/clinic/texts/consent")
    title = page.get_by_label("Titel").first
    title.fill("Ihr Video, Ihre Wahl")
    page.get_by_role("button", name="Als Ihre Worte speichern").click()
    assert page.get_by_text("Ihre Fassung ist gespeichert").is_visible()
    kept = parse(api.get("/api/v1/clinic/content/consent").json()["text"])
    assert kept["title"] == "Ihr Video, Ihre Wahl"
    assert kept["version"] != load_consent().wording.version
    page.goto(f"{site.server.url}/clinic/readiness")
    page.get_by_label("Letzte Einheiten, die zählen: Wert").or_(page.locator("[name='figures.sessions.value']")).fill(
        "3"
    )
    page.get_by_role("button", name="Als Ihre Fassung speichern").click()
    assert "sessions" in api.get("/api/v1/clinic/content/readiness").json()["text"]


@pytest.mark.parametrize("path", ["readiness", "texts/ladder", "texts/consent", "texts/red_flags"])
def test_texts_and_figures_pages_pass_the_checks(come: Come, site: Site, path: str) -> None:
    dana, _ = site.server.clinician()
    page = come(dana, size=DESK, language="de" if path == "readiness" else "en").open(f"/clinic/{path}")
    if path == "texts/ladder":
        group = page.locator("details.group").first
        group.locator("summary").click()
        group.get_by_label("Title").fill("Bridge on the floor")
        page.get_by_role("button", name="Save as your words").click()
        page.get_by_text("Bridge on the floor").wait_for()
        group.locator("summary").first.click()
    check_page(page, f"clinic-{path.rpartition('/')[2]}")


def test_tokens_the_audit_trail_and_retention(come: Come, site: Site) -> None:
    dana, api = site.server.clinician()
    visit = come(dana, size=DESK)
    page = visit.open("/clinic/tokens")
    page.get_by_label("What it is for").fill("Record system")
    page.get_by_role("button", name="Make the token").click()
    token = page.get_by_label("Token", exact=True).input_value()
    check_page(page, "clinic-token")
    program = site.server.nobody()
    program.headers["Authorization"] = f"Bearer {token}"
    assert program.get("/api/v1/clients").status_code == 200
    page.get_by_role("link", name="I have saved it").click()
    check_page(page, "clinic-tokens")
    page.get_by_role("button", name="Revoke Record system").click()
    page.get_by_text("No tokens").wait_for()
    assert program.get("/api/v1/clients").status_code == 401

    sam, mo = client_of(site, dana, "Sam Sample"), colleague(site, dana, "Mo Mate")
    theirs = client_of(site, mo, "Cleo Client")
    old = add_recording(site, sam, days_ago=26)
    with site.server.sessions() as db:
        db.execute(update(Recording).where(Recording.id == old).values(original_key="recordings/none/original.mp4"))
        db.execute(
            update(ConsentRecord)
            .where(ConsentRecord.kind == ConsentKind.KEEP)
            .where(ConsentRecord.client_id == sam.id)
            .values(withdrawn_at=utc_now())
        )
        db.commit()
    page.goto(f"{visit.base}/clinic/keeping")
    assert page.get_by_role("row").filter(has_text="Sam Sample").is_visible()
    check_page(page, "clinic-keeping")

    for number in range(60):
        api.patch(f"/api/v1/clients/{sam.id}", json={"name": f"Sam {number}"})
    site.http(mo).patch(f"/api/v1/clients/{theirs.id}", json={"name": "Cleo"})
    page.goto(f"{visit.base}/clinic/trail")
    rows = page.locator("table.trail tbody tr")
    assert rows.count() == 50
    assert "Cleo" not in page.content()
    check_page(page, "clinic-trail")
    page.get_by_role("link", name="Older").click()
    expect(rows.first).to_be_visible()
    assert 10 <= rows.count() < 50
    page.get_by_label("Client", exact=True).select_option("Sam 59")
    page.get_by_label("What was done").select_option("changed")
    page.get_by_label("On the day").fill((date.today() - timedelta(days=3)).isoformat())
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_text("Nothing found").wait_for()
    assert page.get_by_label("What was done").input_value() == "changed"
    page.goto(f"{visit.base}/clinic/trail?client={sam.id}&what=changed&day={utc_now().date().isoformat()}")
    assert rows.count() == 50
    stranger = come(site.stranger, size=DESK).open(f"/clinic/trail?client={sam.id}")
    assert stranger.get_by_text("Nothing found").is_visible()


def test_the_account(come: Come, site: Site) -> None:
    visit = come(site.dana, size=DESK)
    visit.expected = ("422 (Unprocessable",)
    elsewhere = site.http(site.dana)
    page = visit.open("/account")
    page.get_by_label("Your name").fill("Dana Hill-Rose")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Your name is saved").wait_for()
    page.get_by_label("Your name").fill("Dana Hill")
    page.get_by_role("button", name="Save").click()
    for name, value in (("Current password", PASSWORD), ("New password", PASSWORD), ("New password once more", "x")):
        page.get_by_label(name, exact=True).fill(value)
    page.get_by_role("button", name="Change the password").click()
    page.get_by_text("The two do not match").wait_for()
    check_page(page, "account")
    for name, value in (
        ("Current password", PASSWORD),
        ("New password", PASSWORD),
        ("New password once more", PASSWORD),
    ):
        page.get_by_label(name, exact=True).fill(value)
    page.get_by_role("button", name="Change the password").click()
    page.get_by_text("You are signed out everywhere else").wait_for()
    assert elsewhere.get("/api/v1/me").status_code == 401
    page.get_by_role("button", name="Sign out here").click()
    page.get_by_role("heading", name="Welcome").wait_for()


def test_the_design_sheet(come: Come, site: Site) -> None:
    page = come(site.stranger, size=DESK).open("/design")
    check_page(page, "design")
    assert come(None).open("/design").url.startswith(f"{site.server.url}/sign-in")
    assert {"--hip", "--back", "--s4", "--text-m"} <= tokens().keys()


def test_figures_survive_the_form_and_back() -> None:
    shapes = figures.shapes_of_protocol(NAME)
    shipped = parse(load_protocol(NAME).text)
    fields = figures.fields_of(shapes, {}, shipped)
    assert figures.document_of(shapes, fields, {}) == {}
    assert not figures.find_errors(translator_of("de"), shapes, fields)
    before = {"title": "Ours", "instructions": ["Stand."], "weights": {"spine": 0.5, "reason": "old"}}
    fields |= {
        "limits.shallow.value": "40",
        "limits.shallow.warn": "45",
        "weights.spine": "0.9",
        "weights.reason": "why",
    }
    fields["limits.neck.reason"] = "read twice"
    document = figures.document_of(shapes, fields, before)
    assert document == {
        "title": "Ours",
        "instructions": ["Stand."],
        "limits": {"shallow": {"value": 40.0, "warn": 45.0}, "neck": {"reason": "read twice"}},
        "weights": {"spine": 0.9, "reason": "why"},
    }
    assert protocol_from_text(render({"extends": NAME, **document})).limits["neck"].reason == "read twice"


@pytest.mark.parametrize(
    ("key", "typed", "amiss"),
    [
        ("limits.neck.value", "much", "limits.neck.value"),
        ("limits.neck.value", "nan", "limits.neck.value"),
        ("limits.neck.value", "900", "limits.neck.value"),
        ("limits.squatting_signs.value", "2.5", "limits.squatting_signs.value"),
        ("limits.shallow.warn", "16", "limits.shallow.warn"),
        ("limits.neck.reason", "x" * 601, "limits.neck.reason"),
        ("limits.neck.reason", "a\u202eb", "limits.neck.reason"),
    ],
)
def test_an_invalid_figure_is_reported_at_its_field(key: str, typed: str, amiss: str) -> None:
    shapes = figures.shapes_of_protocol(NAME)
    fields = figures.fields_of(shapes, {}, parse(load_protocol(NAME).text)) | {key: typed}
    assert list(figures.find_errors(translator_of("en"), shapes, fields)) == [amiss]


def test_a_changed_wording_gets_its_own_version() -> None:
    before = {"version": "2026-11-22-1", "title": "a"}
    day = date(2026, 11, 22)
    assert documents.set_version(before, before, day) == before
    assert documents.set_version({**before, "title": "b"}, before, day)["version"] == "2026-11-22-2"
