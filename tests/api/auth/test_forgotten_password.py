"""A clinician who forgot their password: the operator of the service prints a link, which works once."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from api.auth.invitations import reset_password
from api.db import Clinician
from hinge_check.cli import app as command_line
from tests.api.clinic_fixture import PASSWORD, FakeClock, World

PASSWORDS, LOOK, SESSION, ME = "/api/v1/links/password", "/api/v1/links/look", "/api/v1/session", "/api/v1/me"
NEW = "a new long password"


def link_for(world: World, email: str) -> str:
    with world.db() as db:
        link = reset_password(db, world.settings, world.app.state.clock(), email)
    assert link is not None
    start, _, token = link.rpartition("/")
    assert start == "http://127.0.0.1:8000/join"
    return token


def test_the_link_sets_a_new_password_and_ends_every_other_session(world: World) -> None:
    elsewhere, browser = world.as_(world.ann), world.nobody()
    token = link_for(world, world.ann.email)
    told = browser.post(LOOK, json={"token": token}).json()
    assert (told["kind"], told["founding"], told["email"]) == ("password", False, world.ann.email)
    me = browser.post(PASSWORDS, json={"token": token, "password": NEW})
    assert (me.status_code, me.json()["id"]) == (200, world.ann.id)
    assert browser.get(ME).json()["id"] == world.ann.id
    assert elsewhere.get(ME).status_code == 401
    for password, status in ((PASSWORD, 401), (NEW, 200)):
        signed = world.nobody().post(SESSION, json={"email": world.ann.email, "password": password})
        assert signed.status_code == status
    again = world.nobody().post(PASSWORDS, json={"token": token, "password": NEW})
    assert (again.status_code, again.json()["code"]) == (410, "link_used")


def test_a_newer_link_ends_the_previous_one_and_a_day_ends_both(world: World, clock: FakeClock) -> None:
    first, second = link_for(world, world.ann.email), link_for(world, world.ann.email)
    form = {"password": NEW}
    assert world.nobody().post(PASSWORDS, json={"token": first} | form).json()["code"] == "link_expired"
    clock.move(hours=24, seconds=1)
    assert world.nobody().post(PASSWORDS, json={"token": second} | form).json()["code"] == "link_expired"


def test_a_link_that_is_not_valid_lets_nobody_in(world: World) -> None:
    token = link_for(world, world.ann.email)
    new = {"token": token, "name": "N", "email": "n@example.com", "password": NEW}
    assert world.nobody().post("/api/v1/links/clinician", json=new).json()["code"] == "link_invalid"
    assert world.nobody().post("/api/v1/links/client", json={"token": token}).json()["code"] == "link_invalid"
    with world.db() as db:
        db.execute(update(Clinician).where(Clinician.id == world.ann.id).values(disabled_at=world.app.state.clock()))
        db.commit()
        assert reset_password(db, world.settings, world.app.state.clock(), world.ann.email) is None
    answer = world.nobody().post(PASSWORDS, json={"token": token, "password": NEW})
    assert answer.json()["code"] == "link_expired"


def test_the_command_prints_the_link(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HINGE_DATA", str(world.settings.data))
    monkeypatch.setenv("HINGE_DATABASE_URL", world.settings.database)
    monkeypatch.setenv("HINGE_SECRET", world.settings.key)
    done = CliRunner().invoke(command_line, ["clinician", "reset", world.ann.email.upper()])
    assert done.exit_code == 0, done.output
    token = done.output.strip().rpartition("/")[2]
    # The command uses the real clock, years from the one of this world.
    assert world.nobody().post(PASSWORDS, json={"token": token, "password": NEW}).status_code == 200
    unknown = CliRunner().invoke(command_line, ["clinician", "reset", "nobody@example.com"])
    assert unknown.exit_code == 2
    assert "No clinician" in unknown.stderr


def test_the_page_of_the_link_sets_the_password_too(world: World) -> None:
    browser = world.nobody()
    page = f"/join/{link_for(world, world.ann.email)}"
    html = {"Accept": "text/html"}
    assert "Choose a new password" in browser.get(page, headers=html).text
    short = browser.post(page, data={"password": "short"}, headers=html)
    assert (short.status_code, "Please choose at least" in short.text) == (422, True)
    done = browser.post(page, data={"password": NEW}, headers=html, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert browser.get(ME).json()["id"] == world.ann.id
    assert browser.get(page, headers=html).status_code == 410
