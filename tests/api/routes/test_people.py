"""Clients, colleagues, tokens; text as people type it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from api.db import ApiToken, Client
from tests.api.clinic_fixture import FakeClock, World

CLIENTS, TOKENS, ME = "/api/v1/clients", "/api/v1/tokens", "/api/v1/me"

NASTY = [
    "Robert'); DROP TABLE client;--",
    "' OR '1'='1",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}} ${7*7} #{7*7}",
    "../../etc/passwd",
    "%00%0a",
    "Ренé 王小明 😀",
    "Z̷a̷l̷g̷o̷",
    "null",
]


@pytest.mark.parametrize("text", NASTY)
def test_text_is_stored_as_typed(world: World, text: str) -> None:
    ann = world.as_(world.ann)
    made = ann.post(CLIENTS, json={"name": text})
    assert made.status_code == 201
    read = ann.get(f"{CLIENTS}/{made.json()['id']}")
    assert read.json()["name"] == text
    assert read.headers["content-type"] == "application/json"
    assert read.headers["x-content-type-options"] == "nosniff"
    assert ann.patch("/api/v1/clinic", json={"name": text}).json()["name"] == text
    assert ann.patch(ME, json={"name": text}).json()["name"] == text
    assert ann.post(TOKENS, json={"name": text, "scopes": ["read"]}).json()["name"] == text
    with world.db() as db:
        assert db.scalar(select(func.count()).select_from(Client)) == 4


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 121, "a\0b", "a\nb", "a\x1bb", "\u202egnp.exe", "\ud800", None, 7, ["x"], {"x": 1}]
)
def test_unprintable_text_is_refused(world: World, name: Any) -> None:
    body = __import__("json").dumps({"name": name}).encode()
    answer = world.as_(world.ann).post(CLIENTS, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert answer.json()["errors"][0]["where"] == "body.name"


@pytest.mark.parametrize(
    "email", ["x", "x@", "@x.com", "a b@example.com", "x@example.com\0", "x" * 250 + "@example.com"]
)
def test_an_invalid_address_is_refused(world: World, email: str) -> None:
    assert world.as_(world.ann).post(CLIENTS, json={"name": "N", "email": email}).status_code == 422


@pytest.mark.parametrize("given", ["x", "' OR 1=1", "%00", "0" * 31, "0" * 33, "G" * 32, "..%2f..%2f"])
def test_an_invalid_id_is_refused(world: World, given: str) -> None:
    assert world.as_(world.ann).get(f"{CLIENTS}/{given}").status_code in {404, 422}


def test_a_long_list_comes_in_pages(world: World, clock: FakeClock) -> None:
    ann = world.as_(world.ann)
    for i in range(6):
        clock.move(seconds=(i + 1) % 2)  # some at the same moment
        ann.post(CLIENTS, json={"name": f"Client {i}"})
    whole = [c["id"] for c in ann.get(CLIENTS).json()["items"]]
    assert len(whole) == 7
    assert whole[-1] == world.carl.id  # newest first
    seen, after = [], None
    while True:
        page = ann.get(CLIENTS, params={"limit": 3} | ({"after": after} if after else {})).json()
        seen += [c["id"] for c in page["items"]]
        after = page["next"]
        if after is None:
            break
        ann.post(CLIENTS, json={"name": "Meanwhile"})
        clock.move(seconds=1)
    assert seen == whole


@pytest.mark.parametrize(
    "after", ["x", "!!!!", "MjAyNg==", "OTk5OTk5LTAxLTAxIHg=", "MDAwMS0wMS0wMVQwMDowMDowMCswMDowMCB4"]
)
def test_an_invented_cursor_is_refused(world: World, after: str) -> None:
    assert world.as_(world.ann).get(CLIENTS, params={"after": after}).status_code == 422


def test_a_client_is_handed_over(world: World) -> None:
    ann, abe = world.as_(world.ann), world.as_(world.abe)
    where = f"{CLIENTS}/{world.carl.id}"
    assert ann.patch(where, json={"clinician_id": world.bo.id}).status_code == 404  # of another clinic
    assert ann.patch(where, json={"clinician_id": "0" * 32}).status_code == 404
    assert ann.patch(where, json={"clinician_id": world.abe.id}).status_code == 200
    assert (ann.get(where).status_code, abe.get(where).status_code) == (404, 200)


def test_an_absent_field_stays_and_null_clears_it(world: World) -> None:
    ann = world.as_(world.ann)
    where = f"{CLIENTS}/{world.carl.id}"
    assert ann.patch(where, json={"name": "Carl Carlson"}).json()["email"] == "carl@example.org"
    assert ann.patch(where, json={"email": None}).json()["email"] is None


def test_a_token_is_shown_once_and_revoked_at_once(world: World, clock: FakeClock) -> None:
    ann = world.as_(world.ann)
    made = ann.post(TOKENS, json={"name": "Export", "scopes": ["write", "read"], "days": 30}).json()
    listed = ann.get(TOKENS).json()
    assert [row["id"] for row in listed] == [made["id"]]
    assert "token" not in listed[0]
    assert made["token"].startswith(listed[0]["hint"])
    program = world.nobody()
    program.headers["Authorization"] = f"Bearer {made['token']}"
    me = program.get(ME).json()
    assert (me["id"], me["scopes"], me["csrf_token"]) == (world.ann.id, ["read", "write"], None)
    assert program.post(CLIENTS, json={"name": "By a program"}).status_code == 201  # no CSRF for tokens
    with world.db() as db:
        row = db.scalars(select(ApiToken)).one()
        assert made["token"] not in str(vars(row))
        assert row.used_at == clock()
    assert ann.delete(f"{TOKENS}/{made['id']}").status_code == 204
    assert program.get(ME).status_code == 401
    assert ann.get(TOKENS).json() == []
    assert ann.delete(f"{TOKENS}/{made['id']}").status_code == 204  # again: still revoked


def test_a_token_expires_on_its_day(world: World, clock: FakeClock) -> None:
    made = world.as_(world.ann).post(TOKENS, json={"name": "N", "scopes": ["read"], "days": 1}).json()
    program = world.nobody()
    program.headers["Authorization"] = f"Bearer {made['token']}"
    clock.move(days=1, seconds=-1)
    assert program.get(ME).status_code == 200
    clock.move(seconds=1)
    assert program.get(ME).status_code == 401


@pytest.mark.parametrize("form", [{"scopes": []}, {"scopes": ["all"]}, {"scopes": ["read"], "days": 0}, {}])
def test_a_token_needs_scopes(world: World, form: dict[str, Any]) -> None:
    assert world.as_(world.ann).post(TOKENS, json={"name": "N", **form}).status_code == 422


def test_the_number_of_tokens_is_limited(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.auth.tokens.MOST", 1)
    ann = world.as_(world.ann)
    assert ann.post(TOKENS, json={"name": "N", "scopes": ["read"]}).status_code == 201
    assert ann.post(TOKENS, json={"name": "N", "scopes": ["read"]}).status_code == 409
