"""Links that let people in: once, for a limited time, unaltered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from api.auth.invitations import FIRST_CLINIC, first_link
from api.db import Client, Clinician, Invitation
from tests.api.clinic_fixture import FakeClock, World, sessions_of

LOOK, AS_CLIENT, AS_CLINICIAN = "/api/v1/links/look", "/api/v1/links/client", "/api/v1/links/clinician"
RENEWALS, ME = "/api/v1/links/renewals", "/api/v1/me"
NEW = {"name": "Dora", "email": "dora@example.com", "password": "long enough here"}


def link_for_carl(world: World) -> str:
    """Return the token of a fresh link."""
    answer = world.as_(world.ann).post(f"/api/v1/clients/{world.carl.id}/links")
    assert answer.status_code == 201
    return token_of(answer.json()["link"])


def token_of(link: str) -> str:
    start, _, token = link.rpartition("/")
    assert start == "http://127.0.0.1:8000/join"
    return token


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_client_signs_in_once_by_their_link(world: World) -> None:
    token = link_for_carl(world)
    browser = world.nobody()
    told = browser.post(LOOK, json={"token": token}).json()
    assert (told["kind"], told["clinic"], told["founding"]) == ("client", "Here", False)
    me = browser.post(AS_CLIENT, json={"token": token}).json()
    assert (me["role"], me["name"]) == ("client", "Carl")
    assert browser.get(ME).json()["id"] == world.carl.id
    assert code(world.nobody().post(AS_CLIENT, json={"token": token})) == (410, "link_used")
    assert code(world.nobody().post(LOOK, json={"token": token})) == (410, "link_used")
    assert browser.get(ME).status_code == 200


def test_only_a_digest_of_the_link_is_stored(world: World) -> None:
    token = link_for_carl(world)
    with world.db() as db:
        rows = db.scalars(select(Invitation)).all()
    assert not any(token in str(vars(row)) for row in rows)


def test_of_two_simultaneous_uses_one_signs_in(world: World) -> None:
    token = link_for_carl(world)
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(world.nobody().post, AS_CLIENT, json={"token": token}) for _ in range(4)]
        codes = sorted(answer.result().status_code for answer in answers)
    assert codes == [200, 410, 410, 410]
    assert sessions_of(world, world.carl) == 1


def test_an_expired_link_is_reported_as_expired(world: World, clock: FakeClock) -> None:
    token = link_for_carl(world)
    clock.move(days=world.settings.invitation_days)
    assert code(world.nobody().post(AS_CLIENT, json={"token": token})) == (410, "link_expired")
    clock.move(days=-1)
    assert world.nobody().post(AS_CLIENT, json={"token": token}).status_code == 200


def test_a_new_link_ends_the_previous_one(world: World) -> None:
    first, second = link_for_carl(world), link_for_carl(world)
    assert code(world.nobody().post(AS_CLIENT, json={"token": first})) == (410, "link_expired")
    assert world.nobody().post(AS_CLIENT, json={"token": second}).status_code == 200


@pytest.mark.parametrize("where", [0, 10, -20, -1])
def test_an_altered_link_is_refused(world: World, where: int) -> None:
    token = link_for_carl(world)
    other = "A" if token[where] != "A" else "Q"
    altered = token[:where] + other + (token[where:][1:])
    assert code(world.nobody().post(AS_CLIENT, json={"token": altered})) == (404, "link_invalid")
    assert world.nobody().post(AS_CLIENT, json={"token": token}).status_code == 200


@pytest.mark.parametrize("token", ["x", ".", "a.b", "a.b.c", "💥", "\0", "' OR 1=1 --", "../../x", "A" * 400])
def test_an_invented_link_is_refused(world: World, token: str) -> None:
    assert code(world.nobody().post(AS_CLIENT, json={"token": token})) == (404, "link_invalid")


def test_a_link_signed_with_another_secret_is_refused(world: World) -> None:
    from api.auth.crypto import sign_link

    with world.db() as db:
        link_for_carl(world)
        known = db.scalars(select(Invitation.id)).one()
    for key in ("another secret, another secret, 0123", world.settings.key):  # the right key, but not the stored token
        token = sign_link(key, known)
        assert code(world.nobody().post(AS_CLIENT, json={"token": token})) == (404, "link_invalid")


def test_client_and_clinician_links_are_not_interchangeable(world: World) -> None:
    assert code(world.nobody().post(AS_CLINICIAN, json={"token": link_for_carl(world), **NEW})) == (404, "link_invalid")
    invited = world.as_(world.ann).post("/api/v1/clinicians/invitations", json={"email": "dora@example.com"}).json()
    assert code(world.nobody().post(AS_CLIENT, json={"token": token_of(invited["link"])})) == (404, "link_invalid")


def test_a_colleague_joins_the_clinic(world: World) -> None:
    ann = world.as_(world.ann)
    invited = ann.post("/api/v1/clinicians/invitations", json={"email": "Dora@Example.com"}).json()
    assert [row["id"] for row in ann.get("/api/v1/clinicians/invitations").json()] == [invited["id"]]
    token = token_of(invited["link"])
    dora = world.nobody()
    me = dora.post(AS_CLINICIAN, json={"token": token, **NEW, "clinic": "Mine now"}).json()
    assert (me["role"], me["clinic"]["name"]) == ("clinician", "Here")  # only the first clinician names it
    assert dora.get("/api/v1/clients").json()["items"] == []  # Ann's and Abe's clients stay theirs
    assert ann.get("/api/v1/clinicians/invitations").json() == []
    assert {c["name"] for c in ann.get("/api/v1/clinicians").json()} == {"Ann", "Abe", "Dora"}


def test_an_address_has_one_account(world: World) -> None:
    ann = world.as_(world.ann)
    token = token_of(ann.post("/api/v1/clinicians/invitations", json={"email": "d@example.com"}).json()["link"])
    taken = {**NEW, "token": token, "email": "BO@example.com"}
    assert code(world.nobody().post(AS_CLINICIAN, json=taken)) == (409, "conflict")
    assert world.nobody().post(AS_CLINICIAN, json={**NEW, "token": token}).status_code == 200  # it was not used up


def test_an_invitation_can_be_ended(world: World) -> None:
    ann = world.as_(world.ann)
    invited = ann.post("/api/v1/clinicians/invitations", json={"email": "d@example.com"}).json()
    assert ann.delete(f"/api/v1/clinicians/invitations/{invited['id']}").status_code == 204
    answer = world.nobody().post(AS_CLINICIAN, json={"token": token_of(invited["link"]), **NEW})
    assert code(answer) == (410, "link_expired")


def test_the_first_clinician_names_the_clinic(app: FastAPI, clock: FakeClock) -> None:
    with app.state.sessions() as db:
        earlier = first_link(db, app.state.settings, clock())
        link = first_link(db, app.state.settings, clock())
    assert earlier is not None
    assert link is not None
    with TestClient(app, base_url="http://127.0.0.1:8000") as browser:
        assert code(browser.post(LOOK, json={"token": token_of(earlier)})) == (410, "link_expired")
        told = browser.post(LOOK, json={"token": token_of(link)}).json()
        assert (told["founding"], told["clinic"]) == (True, FIRST_CLINIC)
        me = browser.post(AS_CLINICIAN, json={"token": token_of(link), **NEW, "clinic": "Back & Hip"}).json()
        assert me["clinic"]["name"] == "Back & Hip"
    with app.state.sessions() as db:
        assert first_link(db, app.state.settings, clock()) is None
        assert db.scalars(select(Clinician.name)).all() == ["Dora"]


def test_a_client_requests_a_new_link(world: World, clock: FakeClock) -> None:
    token = link_for_carl(world)
    clock.move(days=100)
    ann = world.as_(world.ann)
    answers = [
        world.nobody().post(RENEWALS, json=wish).json()
        for wish in ({"token": token}, {"email": "CLEO@example.org"}, {"email": "nobody@example.org"})
    ]
    assert answers[0] == answers[1] == answers[2]  # does not reveal who is known
    assert ann.get(f"/api/v1/clients/{world.carl.id}").json()["link_wanted_at"] is not None
    assert ann.post(f"/api/v1/clients/{world.carl.id}/links").status_code == 201
    assert ann.get(f"/api/v1/clients/{world.carl.id}").json()["link_wanted_at"] is None
    with world.db() as db:
        assert db.get_one(Client, world.cleo.id).link_wanted_at == clock()
        assert db.get_one(Client, world.bea.id).link_wanted_at is None


def test_a_colleague_s_link_cannot_request_a_new_one(world: World) -> None:
    invited = world.as_(world.ann).post("/api/v1/clinicians/invitations", json={"email": "d@example.com"}).json()
    assert world.nobody().post(RENEWALS, json={"token": token_of(invited["link"])}).status_code == 202
    with world.db() as db:
        assert not any(db.scalars(select(Client.link_wanted_at)).all())


def test_guessing_links_is_throttled(world: World) -> None:
    browser = world.nobody()
    codes = [browser.post(LOOK, json={"token": "made.up"}).status_code for _ in range(61)]
    assert set(codes[:60]) == {404}
    assert codes[60] == 429


def test_an_archived_client_is_signed_out_at_once(world: World) -> None:
    carl, ann = world.as_(world.carl), world.as_(world.ann)
    token = link_for_carl(world)
    where = f"/api/v1/clients/{world.carl.id}"
    assert ann.patch(where, json={"archived": True}).json()["archived_at"] is not None
    assert carl.get(ME).status_code == 401
    assert code(world.nobody().post(AS_CLIENT, json={"token": token})) == (410, "link_expired")
    assert code(ann.post(f"{where}/links")) == (409, "conflict")
    assert ann.get("/api/v1/clients").json()["items"] == []
    assert [c["id"] for c in ann.get("/api/v1/clients", params={"archived": True}).json()["items"]] == [world.carl.id]
    assert ann.patch(where, json={"archived": False}).json()["archived_at"] is None
    assert ann.post(f"{where}/links").status_code == 201
