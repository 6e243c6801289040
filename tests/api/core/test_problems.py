"""Errors have one form and reveal nothing; no request content causes a 500."""

from __future__ import annotations

import errno
import json
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError, TimeoutError as PoolTimeout

from api.core.problems import _OF_CODE, Problem, ServiceCode
from api.http.deps import Db
from api.storage.blob_store import BlobMissing, StoreFull, StoreUnavailable
from hinge_check.errors import ADVICE, Code, Refused
from tests.api.clinic_fixture import World

JSON = {"Content-Type": "application/json"}
CLIENTS, SESSION = "/api/v1/clients", "/api/v1/session"


def test_every_code_has_a_title() -> None:
    assert set(_OF_CODE) == set(ServiceCode)
    # A code of the library and one of ours may only coincide where they mean the same.
    assert set(map(str, ServiceCode)) & set(map(str, Code)) == {"too_large"}


def test_a_refusal_of_the_library_keeps_its_code() -> None:
    problem = Problem(Code.NOT_SIDE_VIEW, "You face the camera.")
    assert (problem.status, problem.advice) == (422, ADVICE[Code.NOT_SIDE_VIEW])


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/api/v1/../../etc/passwd", 404, "not_found"),
        ("GET", "/api/v1/clients/", 404, "not_found"),
        ("DELETE", "/api/v1/me", 405, "method_not_allowed"),
        ("BREW", "/api/v1/me", 405, "method_not_allowed"),
        ("GET", "/api/v1/me", 401, "unauthenticated"),
    ],
)
def test_errors_of_the_framework_have_the_same_form(
    world: World, method: str, path: str, status: int, code: str
) -> None:
    answer = world.nobody().request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == f"urn:hinge-check:problem:{code}"
    assert told["status"] == status
    assert all(told[word] for word in ("title", "detail", "advice", "request_id"))


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", JSON, 422),
        (b"{", JSON, 422),
        (b"[]", JSON, 422),
        (b"null", JSON, 422),
        (b'{"name": "x"', JSON, 422),
        (b"\xff\xfe\x00", JSON, 400),
        (b'{"name": NaN}', JSON, 422),
        (b"[" * 100_000, JSON, 400),
        (b'{"a":' * 20_000, JSON, 400),
        (b'{"name": "x"}', {"Content-Type": "text/plain"}, 422),
        (b'{"name": "x"}', {"Content-Type": "application/xml"}, 422),
        (b"name=x", {"Content-Type": "application/x-www-form-urlencoded"}, 422),
        (b'{"name": "' + b"x" * 5_000_000 + b'"}', JSON, 413),
    ],
    ids=lambda value: None if isinstance(value, dict) else str(value)[:20],
)
def test_invalid_bodies_are_refused(world: World, content: bytes, headers: dict[str, str], status: int) -> None:
    answer = world.as_(world.ann).post(CLIENTS, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == ("too_large" if status == 413 else "invalid_request")


def test_the_request_s_content_is_not_repeated(world: World) -> None:
    answer = world.nobody().post(SESSION, json={"email": "not an address, secret", "password": ["hunter2hunter2"]})
    assert answer.status_code == 422
    assert "secret" not in answer.text
    assert "hunter2" not in answer.text
    assert {e["where"] for e in answer.json()["errors"]} == {"body.email", "body.password"}


def test_too_many_or_unusual_headers_do_no_harm(world: World) -> None:
    odd = {b"X-CSRF-Token": b"\xe9", b"Cookie": b"hinge_session=\xff\xfe; =; ;;", b"Range": b"bytes=-"}
    answer = world.nobody().get("/api/v1/me", headers=odd)
    assert answer.status_code == 401
    mine = world.as_(world.ann)
    assert mine.post(CLIENTS, json={"name": "x"}, headers={b"X-CSRF-Token": b"\xe9"}).status_code == 403


@pytest.mark.parametrize("given", ["short", "x" * 65, "has spaces in it", "<script>alert</script>"])
def test_an_invalid_request_id_is_replaced(world: World, given: str) -> None:
    answer = world.nobody().get("/api/v1/me", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] not in ("", given)
    answer = world.nobody().get("/api/v1/me", headers={"X-Request-ID": "abc-12345"})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "abc-12345"


def test_answers_carry_security_headers(world: World) -> None:
    for answer in (world.nobody().get("/api/v1/me"), world.as_(world.ann).get("/api/v1/me")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


class Trouble:
    """A route that fails as requested."""

    def __init__(self, app: FastAPI) -> None:
        self.error: Exception = Exception()

        def fail() -> None:
            raise self.error

        app.add_api_route("/fail", fail)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (OperationalError("SELECT secret", {}, Exception("database is locked")), 503, "unavailable"),
        (PoolTimeout("no connection"), 503, "unavailable"),
        (StoreFull("x"), 507, "storage_full"),
        (StoreUnavailable("x"), 503, "unavailable"),
        (BlobMissing("x"), 404, "not_found"),
        (OSError(errno.ENOSPC, "full"), 507, "storage_full"),
        (OSError(errno.EIO, "broken"), 503, "unavailable"),
        (Refused(Code.TOO_SHORT, "It lasts 1 s."), 422, "too_short"),
        (ZeroDivisionError("Ann's secret"), 500, "internal"),
    ],
)
def test_internal_errors_reveal_nothing(
    capfd: pytest.CaptureFixture[str], world: World, error: Exception, status: int, code: str
) -> None:
    Trouble(world.app).error = error
    answer = world.nobody().get("/fail")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] == answer.json()["request_id"]
    logged = capfd.readouterr().err
    assert "secret" not in logged  # neither the error's words nor its SQL
    assert f'"status": {status}' in logged
    if status in {500, 503}:
        assert "fail:" in logged  # but where it broke


def test_a_locked_database_is_reported_and_recovers(world: World) -> None:
    if world.app.state.engine.dialect.name != "sqlite":
        pytest.skip("SQLite alone locks the whole database")
    ann = world.as_(world.ann)
    with world.app.state.engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")

        def hurry(connection: Any, record: Any, proxy: Any) -> None:  # noqa: ARG001
            connection.execute("PRAGMA busy_timeout=50")

        event.listen(world.app.state.engine, "checkout", hurry)
        answer = ann.post(CLIENTS, json={"name": "x"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert ann.get(CLIENTS).status_code == 200  # readers are not held up
        other.rollback()
    assert ann.post(CLIENTS, json={"name": "x"}).status_code == 201


def test_a_request_that_fails_leaves_nothing_half_written(world: World) -> None:
    def half(db: Db) -> None:
        db.execute(text("UPDATE clinic SET name = 'half'"))
        raise Problem(ServiceCode.CONFLICT)

    world.app.add_api_route("/half", half, methods=["POST"])
    assert world.nobody().post("/half").status_code == 409
    assert world.as_(world.ann).get("/api/v1/clinic").json()["name"] == "Here"


def test_logs_hold_no_names_addresses_or_tokens(capfd: pytest.CaptureFixture[str], world: World) -> None:
    browser = world.nobody()
    browser.post(SESSION, json={"email": "ann@example.com", "password": "secret password"})
    browser.post("/api/v1/links/look", json={"token": "secret-token"})
    ann = world.as_(world.ann)
    ann.post(CLIENTS, json={"name": "Verysecret Name", "email": "secret@example.org"})
    ann.get("/api/v1/clients?after=secret")
    ann.get("/secret-path")
    made = ann.post("/api/v1/tokens", json={"name": "Secret", "scopes": ["read"]}).json()["token"]
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) == 6
    assert {"method", "route", "status", "ms", "request_id", "timestamp", "level"} <= set(requests[0])
    told = json.dumps(lines)
    assert "ecret" not in told
    assert "@" not in told
    assert made not in told
    assert requests[2]["route"] == "/api/v1/clients"


def test_the_log_names_the_route_not_the_address(capfd: pytest.CaptureFixture[str], world: World) -> None:
    world.as_(world.ann).get(f"{CLIENTS}/{world.carl.id}")
    line = json.loads(capfd.readouterr().err.splitlines()[-1])
    assert line["route"] == "/api/v1/clients/{client_id}"
