"""The clinician's start page: who needs them, what to do about it, and an empty state when nobody does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from api.core.clock import utc_now
from api.db import CheckInRow, Client, Clinician, IntakeOutcome, IntakeRecord, Plan, RecordingState, new_id
from api.demo import grant_everything
from api.pages.worklist.rows import group_rows, state_of
from hinge_check.clinic.red_flags import load_questions
from hinge_check.clinic.worklist import ORDER, Entry, Need
from tests.pages.browser import DESK, Visit, check_page
from tests.pages.history_rows import add_recording
from tests.pages.live_server import Site

Come = Callable[..., Visit]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def client_of(site: Site, clinician: Clinician, name: str, *, agreed: bool = True) -> Client:
    """Add a client of another clinician than Dana, so that other tests' people are not in the way."""
    return site.new_client(name, agreed=agreed, of=clinician, days_ago=20)


def add_plan(site: Site, person: Client, *, days_ago: float, step: str = "bodyweight_hinge") -> None:
    """Add something to the plan since then."""
    plan_id = new_id()
    with site.server.sessions() as db:
        db.add(
            Plan(
                id=plan_id,
                thread_id=plan_id,
                version=1,
                clinic_id=person.clinic_id,
                client_id=person.id,
                created_by=person.clinician_id,
                step=step,
                protocol=step,
                sets=3,
                reps=8,
                days_per_week=3,
                notes="",
                created_at=utc_now() - timedelta(days=days_ago),
            )
        )
        db.commit()


def test_who_needs_the_clinician(come: Come, site: Site) -> None:
    dana, _ = site.server.clinician()
    visit = come(dana, size=DESK)
    page = visit.open("/")
    assert page.get_by_text("No clients yet").is_visible()
    check_page(page, "worklist-empty")

    quiet = client_of(site, dana, "Quinn Quiet")
    add_plan(site, quiet, days_ago=9)
    page.reload()
    assert page.get_by_text("No recording and no check-in for 9 days.").is_visible()

    waiting = client_of(site, dana, "Wanda Waiting", agreed=False)
    answers = {each.name: "no" for each in load_questions().questions} | {"cancer": "yes"}
    sam, new = client_of(site, dana, "Sam Sample"), client_of(site, dana, "Nora New")
    add_plan(site, sam, days_ago=15)
    for days in (9, 6, 3):
        add_recording(site, sam, days_ago=days)
    bo = client_of(site, dana, "Bo Pain")
    add_plan(site, bo, days_ago=15)
    seen = add_recording(site, bo, days_ago=1, pain=6)
    add_recording(site, bo, days_ago=0.5, state=RecordingState.REFUSED)
    with site.server.sessions() as db:
        grant_everything(db, waiting)
        db.flush()
        db.execute(
            update(IntakeRecord)
            .where(IntakeRecord.client_id == waiting.id)
            .values(answers=answers, outcome=IntakeOutcome.ASK_CLINICIAN)
        )
        db.execute(update(CheckInRow).where(CheckInRow.recording_id == seen).values(pain_before=5))
        db.execute(update(Client).where(Client.id == bo.id).values(usual_pain=2))
        db.execute(update(Client).where(Client.id == quiet.id).values(link_wanted_at=utc_now()))
        db.commit()

    # The page updates by itself, and does not move what the pointer is on.
    page.mouse.move(0, 0)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_role("link", name="Wanda Waiting", exact=True).wait_for()
    assert page.title().startswith("Today (5)")
    names = page.locator(".today-name").all_inner_texts()
    assert names == ["Wanda Waiting", "Bo Pain", "Sam Sample", "Quinn Quiet", "Nora New"]
    assert page.get_by_text("Pain 5 of 10 at rest, usually 2; a rise of 2 or more matters.").is_visible()
    assert page.locator(".today-act .button:not(.quiet), .today-act button:not(.quiet)").count() == 1
    check_page(page, "worklist")
    for name, href in (
        ("Look at the answers (Wanda Waiting)", f"/clients/{waiting.id}#answers"),
        ("Look at the recording (Bo Pain)", f"/review/{seen}"),
        ("Write a plan (Nora New)", f"/clients/{new.id}/plan"),
    ):
        assert page.get_by_role("link", name=name).get_attribute("href") == href
    page.get_by_role("button", name="Make a new link (Quinn Quiet)").click()
    page.get_by_role("heading", name="Link for Quinn Quiet").wait_for()


def test_the_page_is_calm_when_nobody_needs_anything(come: Come, site: Site) -> None:
    dana, _ = site.server.clinician()
    add_plan(site, client_of(site, dana, "Sam Sample"), days_ago=1)
    page = come(dana, size=DESK, language="de").open("/")
    assert page.get_by_text("Alles ist angesehen").is_visible()
    check_page(page, "worklist-calm")


@pytest.mark.parametrize("kind", ORDER)
def test_every_need_has_one_action(kind: str) -> None:
    need = Need(kind, "", NOW, recording_id="r", count=2)  # type: ignore[arg-type]
    ((_, (row,)),) = group_rows([Entry("c", "C", (need,))])
    assert row.first.act.href.startswith(("/clients/c", "/review/r"))


def test_the_list_reports_that_it_has_changed() -> None:
    one, other = (Entry("c", "C", (Need("quiet", "", NOW, count=count),)) for count in (7, 8))
    assert state_of([one]) == state_of([one]) != state_of([other])
