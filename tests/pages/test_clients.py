"""A clinician's clients: adding one, clearing answers, progress, writing a plan, deleting."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import ViewportSize
from sqlalchemy import select, update

from api.care.plans import personal_protocol
from api.core.clock import utc_now
from api.db import Analysis, Client, Clinician, RecordingState, new_id
from api.pages.client.charts import HEIGHT, charts, exercises
from api.pages.client.own_figures import figures_text, own_values, parse_number
from api.pages.plan.limits import own_limits, plan_limits_text
from hinge_check.clinic.checkin import CheckIn
from hinge_check.clinic.history import history
from hinge_check.clinic.metrics import Recorded, SetMetrics
from hinge_check.clinic.readiness_rules import rules_from_text
from hinge_check.clinic.red_flags import load_questions
from tests.pages.browser import DESK, Visit, check_page
from tests.pages.history_rows import add_recording, publish_review
from tests.pages.live_server import ANALYSED_WITHIN_S, Site
from tests.pages.test_worklist import add_plan, client_of

Come = Callable[..., Visit]
TABLET = ViewportSize(width=834, height=1112)


def test_a_client_is_added_invited_and_cleared(come: Come, site: Site) -> None:
    dana, _ = site.server.clinician()
    visit = come(dana, size=DESK)
    visit.expected = ("422",)
    page = visit.open("/clients")
    check_page(page, "clients-empty")
    page.get_by_label("Name", exact=True).fill("Mo Sample")
    page.get_by_label("E-mail (optional)").evaluate("each => each.type = 'text'")
    page.get_by_label("E-mail (optional)").fill("not an address")
    page.get_by_role("button", name="Add, and make a link").click()
    assert page.get_by_text("Check the address").is_visible()
    assert page.get_by_label("Name", exact=True).input_value() == "Mo Sample"
    page.get_by_label("E-mail (optional)").fill("mo@example.org")
    page.get_by_role("button", name="Add, and make a link").click()

    page.get_by_role("heading", name="Link for Mo Sample").wait_for()
    link = page.get_by_label("The link").input_value()
    assert re.fullmatch(re.escape(site.server.url) + r"/join/[\w.-]+", link)
    assert page.get_by_text("We send nothing").is_visible()
    assert page.locator("svg.qr").is_visible()
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the link").click()
    page.get_by_text("Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == link
    check_page(page, "client-link")
    assert link not in page.reload().text()  # type: ignore[union-attr]
    page.get_by_role("heading", name="Mo Sample").wait_for()
    check_page(page, "client-new")

    theirs = come()
    theirs.open(link.removeprefix(site.server.url)).get_by_role("button", name="Begin").click()
    theirs.page.wait_for_url(lambda url: "/join/" not in url)
    with site.server.sessions() as db:
        mo = db.scalars(select(Client).where(Client.email == "mo@example.org")).one()
        db.expunge(mo)
    asking = site.http(mo)
    wording = asking.get(f"/api/v1/clients/{mo.id}/intake/questions").json()["wording_sha256"]
    answers = {each.name: "no" for each in load_questions().questions} | {"cancer": "yes"}
    told = {"wording_sha256": wording, "answers": answers}
    assert asking.post(f"/api/v1/clients/{mo.id}/intake", json=told).status_code == 201

    visit.open("/").get_by_role("link", name="Look at the answers (Mo Sample)").click()
    assert page.get_by_text("Have you ever had cancer?").first.is_visible()
    page.get_by_label("Note, for clinicians only").fill("Ten years ago, spoken on the phone.")
    check_page(page, "client-answers")
    page.get_by_label("I have looked at these answers").check()
    page.get_by_role("button", name="Let them go on").click()
    assert page.get_by_text("Mo Sample can go on now.").is_visible()
    assert page.get_by_text("Ten years ago, spoken on the phone.").is_visible()
    assert asking.get("/api/v1/today").json()["intake"]["state"] == "cleared"


def test_a_client_s_progress(come: Come, site: Site) -> None:
    dana, _ = site.server.clinician()
    sam = client_of(site, dana, "Sam Sample")
    add_plan(site, sam, days_ago=30, step="rdl")
    days = (33, 29, 24, 19, 15, 10, 6, 2)
    ids = []
    for i, ago in enumerate(days):
        ids.append(
            add_recording(
                site,
                sam,
                days_ago=ago,
                protocol="bodyweight_hinge" if i < 3 else "rdl",
                share=0.62 + 0.04 * i,
                lumbar=None if i == 5 else 26.0 - 2.6 * i,
                score=52 + 5 * i,
            )
        )
        said = {
            "pain_before": max(3 - i // 2, 1),
            "pain_worst": max(5 - i // 2, 2),
            "load_kg": 2.5 * (i // 2),
            "rpe": 6,
        }
        assert site.http(sam).put(f"/api/v1/recordings/{ids[-1]}/checkin", json=said).status_code == 201
    add_recording(site, sam, days_ago=1, state=RecordingState.REFUSED)
    publish_review(site, ids[4], "Good.")
    visit = come(dana, size=DESK)
    page = visit.open(f"/clients/{sam.id}")
    assert page.get_by_role("img", name="Hip share of the bend").is_visible()
    assert page.locator(".chart-limit").count() == 1
    assert page.get_by_text("The picture is too dark.").is_visible()
    check_page(page, "client")
    last: dict[str, object] = {
        "pain_worst": 4,
        "load_kg": 17.5,
        "stopped_early": "pain",
        "note": "It pulled a little, then it went away.",
    }
    assert site.http(sam).put(f"/api/v1/recordings/{ids[-1]}/checkin", json=last).status_code == 200
    german = come(dana, size=TABLET, language="de").open(f"/clients/{sam.id}")
    assert german.get_by_text("wegen Schmerz abgebrochen").is_visible()
    assert german.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.get_by_role("link", name="Bodyweight hinge").click()
    page.wait_for_url("**exercise=bodyweight_hinge**")
    assert page.get_by_role("img", name="Score: 3 values").is_visible()
    for name, there in (("a", ids[6]), ("b", ids[7])):
        assert page.locator(f"input[name={name}]:checked").get_attribute("value") == there

    page.get_by_role("link", name="Figures for this person").click()
    page.get_by_label("Usual pain, 0 to 10").fill("3")
    page.get_by_label("Worst pain in the set, at most").fill("11")
    visit.expected = ("422",)
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("Write a number from 0 to 10.").is_visible()
    check_page(page, "client-figures")
    page.get_by_label("Worst pain in the set, at most").fill("4")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("The figures for Sam Sample are saved.").is_visible()
    assert page.get_by_text("Usual pain 3 of 10, as the clinician gave it.").is_visible()

    page = visit.open("/clients?show=needing")
    page.get_by_role("link", name="Sam Sample").wait_for()
    check_page(page, "clients")
    page.get_by_label("Find by name or e-mail").fill("nobody")
    assert page.get_by_text("Nobody found").is_visible()


def test_a_plan_is_written_changed_and_used_for_scoring(come: Come, site: Site) -> None:
    dana, _ = site.server.clinician()
    sam = client_of(site, dana, "Sam Sample")
    first = add_recording(site, sam, days_ago=3, protocol="rdl")
    with site.server.sessions() as db:  # a real track, so that a real worker rescores it
        prefix = db.scalar(select(Analysis.blob_prefix).where(Analysis.recording_id == site.good))
        db.execute(update(Analysis).where(Analysis.recording_id == first).values(blob_prefix=prefix))
        db.commit()
    visit = come(dana, size=DESK)
    visit.expected = ("422",)
    page = visit.open(f"/clients/{sam.id}/plan")
    page.get_by_label("Sets").fill("4")
    page.get_by_label("Words for Sam Sample").fill("Slowly, please.")
    page.get_by_role("button", name="Romanian deadlift").click()
    assert page.get_by_role("heading", name="Romanian deadlift").is_visible()
    assert page.get_by_label("Words for Sam Sample").input_value() == "Slowly, please."
    page.get_by_label("Load, kg").fill("12,5")
    page.get_by_label("Days a week").fill("9")
    page.get_by_label("Lumbar flexion", exact=True).fill("200")
    page.get_by_label("Days a week").press("Enter")
    assert page.get_by_text("Write a whole number from 1 to 7.").is_visible()
    assert page.get_by_text("Write a number from 3 to 80.").is_visible()
    check_page(page, "plan-wrong")
    page.get_by_label("Days a week").fill("2")
    page.get_by_label("Lumbar flexion", exact=True).fill("16")
    page.get_by_label("Why these limits").fill("Agreed on Monday.")
    page.reload()  # what was typed meanwhile is not lost
    assert page.get_by_label("Lumbar flexion", exact=True).input_value() == "16"
    page.get_by_role("button", name="Put it on the plan").click()
    page.get_by_text("The plan is saved.").wait_for()
    # The worker may still be busy with the sample clips.
    page.get_by_text("1 earlier recording is scored by these limits.").wait_for(timeout=1000 * ANALYSED_WITHIN_S)
    check_page(page, "plan")
    (told,) = site.http(sam).get(f"/api/v1/clients/{sam.id}/plans").json()
    assert (told["step"], told["sets"], told["load_kg"], told["days_per_week"]) == ("rdl", 4, 12.5, 2)
    assert told["overrides"]["limits.lumbar_flexion.value"] == 16
    assert "Agreed on Monday." in told["limits"]

    # Another window has changed it: nothing that was typed is lost, and saving again applies it.
    page.get_by_label("Repetitions", exact=True).fill("6")
    changed = {"step": "rdl", "sets": 2, "reps": 5, "days_per_week": 2}
    assert site.http(dana).put(f"/api/v1/clients/{sam.id}/plans/{told['id']}", json=changed).status_code == 201
    visit.expected += ("409",)
    page.get_by_role("button", name="Save the change").click()
    assert page.get_by_text("changed in another window").is_visible()
    assert page.get_by_label("Repetitions", exact=True).input_value() == "6"
    page.get_by_role("button", name="Save the change").click()
    page.get_by_text("The plan is saved.").wait_for()
    assert page.get_by_text("version 3").is_visible()
    german = site.http(dana).get(page.url, headers={"Accept": "text/html", "Accept-Language": "de"}).text
    assert "12,5 kg" in german
    assert "12.5 kg" not in german
    page.get_by_role("button", name="Take it off the plan").click()
    page.wait_for_url(f"**/clients/{sam.id}#plan")
    assert page.get_by_text("Nothing yet.").is_visible()


def test_a_client_is_managed_and_archived_without_scripts(come: Come, site: Site) -> None:
    dana, _ = site.server.clinician()
    sam = client_of(site, dana, "Sam Sample")
    visit = come(dana, size=TABLET, java_script_enabled=False, language="de")
    visit.expected = ("422",)
    page = visit.open(f"/clients/{sam.id}/plan")
    page.get_by_role("button", name="Brücke").click()
    page.get_by_role("button", name="Auf den Plan setzen").click()
    assert page.get_by_text("Der Plan ist gespeichert.").is_visible()
    page = visit.open(f"/clients/{sam.id}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_text("Name und E-Mail").click()
    page.get_by_label("Name", exact=True).fill("Sam Neu")
    page.get_by_role("button", name="Speichern").click()
    assert page.get_by_role("heading", name="Sam Neu").is_visible()
    page.get_by_text("Archivieren oder löschen").click()
    page.get_by_role("button", name="Archivieren").click()
    assert page.get_by_text("kann sich nicht mehr anmelden").is_visible()
    visit.open("/clients?show=archived").get_by_role("link", name="Sam Neu").click()
    page.get_by_text("Archivieren oder löschen").click()
    page.get_by_role("button", name="Zurückholen").click()
    page.get_by_text("Archivieren oder löschen").click()
    page.get_by_role("link", name="endgültig löschen").click()
    page.get_by_label("Schreiben Sie zur Bestätigung").fill("Sam")
    page.get_by_role("button", name="Endgültig löschen").click()
    assert page.get_by_text("Das ist ein anderer Name").is_visible()
    page.get_by_label("Schreiben Sie zur Bestätigung").fill("sam neu")
    page.get_by_role("button", name="Endgültig löschen").click()
    page.wait_for_url("**/clients")
    assert page.get_by_text("Noch niemand hier").is_visible()
    assert site.http(dana).get(f"/api/v1/clients/{sam.id}").status_code == 404


def test_deleting_lists_what_is_deleted_and_a_colleague_takes_over(come: Come, site: Site) -> None:
    dana, _ = site.server.clinician()
    sam = client_of(site, dana, "Sam Sample")
    add_recording(site, sam, days_ago=1)
    colleague = Clinician(
        id=new_id(),
        clinic_id=dana.clinic_id,
        name="Cora Colleague",
        email=f"{new_id()}@example.com",
        password_hash="none",
        created_at=utc_now(),
    )
    with site.server.sessions() as db:
        db.add(colleague)
        db.commit()
        db.refresh(colleague)
        db.expunge(colleague)
    visit = come(dana, size=DESK)
    page = visit.open(f"/clients/{sam.id}/delete")
    assert page.get_by_text("1 recording: video, figures").is_visible()
    check_page(page, "client-delete")
    visit.open(f"/clients/{sam.id}").get_by_text("Hand over to a colleague").first.click()
    page.get_by_label("Colleague").select_option("Cora Colleague")
    page.get_by_role("button", name="Hand over to a colleague").click()
    page.wait_for_url("**/clients")
    assert site.http(dana).get(f"/api/v1/clients/{sam.id}").status_code == 404
    assert site.http(colleague).get(f"/api/v1/clients/{sam.id}").json()["name"] == "Sam Sample"


def record(day: int, lumbar: float, pain: int | None = None) -> Recorded:
    """Return a recording of November."""
    figures = SetMetrics(
        protocol="rdl",
        reps=5,
        reps_judged=5,
        reps_in_band=5,
        hip_deg=60.0,
        hip_se_deg=2.0,
        lumbar_deg=lumbar,
        lumbar_se_deg=2.0,
        lumbar_limit_deg=20.0,
        hip_share=0.8,
        hip_share_se=0.02,
        score=80.0,
        score_se=None,
        drift_deg=0.0,
        spread_deg=3.0,
    )
    said = None if pain is None else CheckIn(pain_before=pain)
    return Recorded(f"r{day}", datetime(2026, 11, day, tzinfo=UTC), "rdl", figures, said)


def test_a_change_is_marked_only_beyond_the_error() -> None:
    found = history([record(1, 20.0, 3), record(5, 16.0), record(9, 8.0)])
    assert exercises(found) == ["rdl"]
    by = {chart.metric: chart for chart in charts(found, "rdl", 20.0)}
    lumbar = by["lumbar_deg"]
    assert [mark.moved for mark in lumbar.lines[0].marks] == [None, None, "down"]
    assert (lumbar.comparison, lumbar.difference) == ("real", -12.0)
    assert by["hip_share"].comparison == "within"
    assert by["score"].comparison == "unknown"  # its error is not known: no claim is made
    assert by["pain_before"].comparison == "first"
    assert lumbar.lines[0].marks[0].x < lumbar.lines[0].marks[1].x
    assert all(0 <= mark.top <= mark.y <= mark.bottom <= HEIGHT for mark in lumbar.lines[0].marks)


def test_there_is_no_chart_without_figures() -> None:
    assert charts(history([]), None, None) == []


@pytest.mark.parametrize(("typed", "value"), [("12,5", 12.5), ("−3", -3.0), ("nan", None), ("inf", None), ("x", None)])
def test_numbers_are_read_as_people_type_them(typed: str, value: float | None) -> None:
    assert parse_number(typed) == value


def test_a_client_s_figures_keep_their_reasons() -> None:
    before = '[figures.pain_at_most]\nvalue = 4\nreason = "agreed"\n[figures.drift]\nvalue = 8.0\n'
    text = figures_text(before, {"pain_at_most": 4.0, "drift": 9.0})
    assert own_values(text) == {"pain_at_most": 4.0, "drift": 9.0}
    assert rules_from_text(text).figures["pain_at_most"].source == "agreed"
    assert figures_text(before, {}) is None


def test_limits_outside_the_form_are_kept() -> None:
    before = 'extends = "rdl"\n[targets.hip_flexion]\nvalue = 60\n[limits.neck]\nvalue = 50\nreason = "a stiff neck"\n'
    text = plan_limits_text("rdl", before, {"neck": 50.0, "lumbar_flexion": 16.0}, "agreed")
    assert text is not None
    protocol = personal_protocol("rdl", text)
    assert own_limits(text) == {"lumbar_flexion": 16.0, "neck": 50.0}
    assert protocol.targets["hip_flexion"].value == 60
    assert protocol.limits["neck"].reason == "a stiff neck"
    assert protocol.limits["lumbar_flexion"].reason == "agreed"
    assert protocol.limits["lumbar_flexion"].warn < 16
    assert plan_limits_text("rdl", 'extends = "rdl"\n[limits.neck]\nvalue = 50\n', {}, "") is None
