"""A clinician who leaves the clinic: access ends, and their clients are handed over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from api.db import Client, Clinician
from tests.api.clinic_fixture import PASSWORD, World

ME, CLIENTS, SESSION = "/api/v1/me", "/api/v1/clients", "/api/v1/session"


def departure_url(person: Clinician) -> str:
    return f"/api/v1/clinicians/{person.id}/leaving"


def test_sessions_tokens_and_links_end_and_clients_are_handed_over(world: World) -> None:
    ann, abe, program = world.as_(world.ann), world.as_(world.abe), world.with_token(world.abe, "read")
    invited = abe.post("/api/v1/clinicians/invitations", json={"email": "x@example.com"}).json()["link"]
    assert program.get(ME).status_code == 200

    kept = ann.post(departure_url(world.abe), json={})
    assert (kept.status_code, kept.json()["code"]) == (409, "conflict")
    for nobody in (world.abe.id, world.bo.id, "0" * 32):
        assert ann.post(departure_url(world.abe), json={"clients_to": nobody}).status_code == 404
    assert abe.get(ME).status_code == 200

    assert ann.post(departure_url(world.abe), json={"clients_to": world.ann.id}).status_code == 204
    assert abe.get(ME).status_code == 401
    assert program.get(ME).status_code == 401
    assert world.nobody().post(SESSION, json={"email": world.abe.email, "password": PASSWORD}).status_code == 401
    look = world.nobody().post("/api/v1/links/look", json={"token": invited.rpartition("/")[2]})
    assert look.json()["code"] == "link_expired"
    assert ann.get(f"{CLIENTS}/{world.cleo.id}").json()["clinician_id"] == world.ann.id
    assert [each["id"] for each in ann.get("/api/v1/clinicians").json()] == [world.ann.id]
    assert ann.post(departure_url(world.abe), json={}).status_code == 404


def test_the_last_clinician_cannot_leave(world: World) -> None:
    bo = world.as_(world.bo)
    answer = bo.post(departure_url(world.bo), json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert bo.get(ME).status_code == 200


def test_a_clinician_may_remove_themselves(world: World) -> None:
    ann = world.as_(world.ann)
    assert ann.post(departure_url(world.ann), json={"clients_to": world.abe.id}).status_code == 204
    assert ann.get(ME).status_code == 401
    assert world.as_(world.abe).get(f"{CLIENTS}/{world.carl.id}").status_code == 200


def test_of_two_who_remove_each_other_one_stays(world: World) -> None:
    asks = [
        (world.as_(me), departure_url(other), me.id) for me, other in ((world.ann, world.abe), (world.abe, world.ann))
    ]
    with ThreadPoolExecutor(2) as together:
        answers = list(together.map(lambda ask: ask[0].post(ask[1], json={"clients_to": ask[2]}).status_code, asks))
    assert answers.count(204) == 1, answers
    with world.db() as db:
        here = select(Clinician.id).where(Clinician.clinic_id == world.clinic.id, Clinician.disabled_at.is_(None))
        (stays,) = db.scalars(here)
        looked_after = select(Client.clinician_id).where(Client.clinic_id == world.clinic.id)
        assert set(db.scalars(looked_after)) == {stays}
