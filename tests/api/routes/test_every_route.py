"""Every route, requested by every kind of person. A new route without an entry here fails.

The rows requested are Carl's (Ann's client). Abe is Ann's colleague, Cleo his client; Bo and Bea are of another
clinic. Whoever may not see a row is answered as if it did not exist, and changes nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import select

from api.app import create_app
from api.auth.crypto import Passwords
from api.db import Base
from api.http.deps import SAFE_METHODS
from api.settings import load_settings
from hinge_check.clinic.consent import load_consent
from hinge_check.clinic.ladder import load_ladder
from hinge_check.clinic.red_flags import load_questions
from tests.api.clinic_fixture import PASSWORD, FakeClock, World, populate
from tests.api.databases import fresh_database
from tests.api.factories import SampleIds, create_sample_rows

SECRET = "a secret for the walk, 0123456789-abc"
V1 = "/api/v1"
In = Literal["read", "write", "upload", "in person"]


@dataclass(frozen=True)
class Expected:
    """Expected statuses by person, and the scope a token needs."""

    ann: int
    carl: int
    others: int | None = 404
    """Abe, Cleo, Bo and Bea: None when each is answered as Ann or Carl are, about themselves."""
    nobody: int = 401
    token: In | None = "read"
    """None: no sign-in is needed, so a token changes nothing."""
    body: Any = None
    content: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    query: str = ""


def own(clinician: int, client: int, *, token: In = "read", body: Any = None) -> Expected:
    """Return what is expected of a route about oneself: everybody gets their own."""
    return Expected(clinician, client, None, token=token, body=body)


def for_all(status: int, body: Any = None, query: str = "") -> Expected:
    """Return what is expected of a route without sign-in."""
    return Expected(status, status, status, status, token=None, body=body, query=query)


TUS = ("Tus-Resumable", "1.0.0")
PIECE = (TUS, ("Content-Type", "application/offset+octet-stream"), ("Upload-Offset", "0"))
RECORDING = f"{V1}/recordings/{{recording_id}}"
UPLOAD = f"{V1}/uploads/{{upload_id}}"
CLIENT = f"{V1}/clients/{{client_id}}"
REVIEW = f"{RECORDING}/reviews/{{review_id}}"
CONTENT = f"{V1}/clinic/content/{{kind}}"
PLAN = {"step": "bow", "sets": 3, "reps": 8, "days_per_week": 3}
FILES = (
    *("original", "playable", "poster.jpg", "annotated.mp4", "chart.png", "chapters.vtt", "angles", "angles.csv"),
    "reps.csv",
)


ROUTES: dict[tuple[str, str], Expected] = {
    ("POST", f"{V1}/session"): for_all(401, {"email": "nobody@example.com", "password": "x"}),
    ("DELETE", f"{V1}/session"): own(204, 204, token="in person"),
    ("DELETE", f"{V1}/sessions"): own(204, 204, token="in person"),
    ("GET", f"{V1}/me"): own(200, 200),
    ("PATCH", f"{V1}/me"): own(200, 403, token="in person", body={"name": "New"}),
    ("PUT", f"{V1}/me/password"): own(
        204, 403, token="in person", body={"current": PASSWORD, "new": "another long password"}
    ),
    ("POST", f"{V1}/links/look"): for_all(404, {"token": "made.up"}),
    ("POST", f"{V1}/links/client"): for_all(404, {"token": "made.up"}),
    ("POST", f"{V1}/links/clinician"): for_all(
        404, {"token": "made.up", "name": "N", "email": "n@example.com", "password": "long enough here"}
    ),
    ("POST", f"{V1}/links/password"): for_all(404, {"token": "made.up", "password": "long enough here"}),
    ("POST", f"{V1}/links/renewals"): for_all(202, {"email": "nobody@example.com"}),
    ("GET", f"{V1}/clinic"): own(200, 200),
    ("PATCH", f"{V1}/clinic"): own(200, 403, token="in person", body={"name": "New"}),
    ("GET", f"{V1}/clinicians"): own(200, 403),
    ("GET", f"{V1}/clinicians/invitations"): own(200, 403),
    ("POST", f"{V1}/clinicians/invitations"): own(201, 403, token="in person", body={"email": "x@example.com"}),
    # Ann, whose client a colleague must take over; Abe may remove her, too.
    ("POST", f"{V1}/clinicians/{{clinician_id}}/leaving"): Expected(409, 403, token="in person", body={}),
    ("GET", f"{V1}/clients"): own(200, 200),
    ("POST", f"{V1}/clients"): own(201, 403, token="write", body={"name": "New"}),
    ("GET", f"{V1}/clients/{{client_id}}"): Expected(200, 200),
    ("PATCH", f"{V1}/clients/{{client_id}}"): Expected(200, 403, token="write", body={"name": "New"}),
    ("POST", f"{V1}/clients/{{client_id}}/links"): Expected(201, 403, token="write"),
    ("GET", f"{V1}/tokens"): own(200, 403, token="in person"),
    ("POST", f"{V1}/tokens"): own(201, 403, token="in person", body={"name": "N", "scopes": ["read"]}),
    ("DELETE", f"{V1}/tokens/{{token_id}}"): Expected(204, 403, token="in person"),
    ("GET", "/healthz"): for_all(200),
    ("GET", "/readyz"): for_all(200),
    ("GET", "/metrics"): for_all(200),  # on this machine; see the tests of metrics
    # Ten bytes that are no video: whoever may send is answered that they cannot be used.
    ("POST", f"{V1}/recordings"): Expected(
        422, 422, token="upload", content=b"no video..", query="?client_id={client_id}"
    ),
    ("GET", f"{V1}/recordings"): own(200, 200),
    ("GET", RECORDING): Expected(200, 200),
    ("DELETE", RECORDING): Expected(204, 204, token="write"),
    ("GET", f"{CLIENT}/live-sessions"): Expected(200, 200),
    ("DELETE", f"{CLIENT}/live-sessions/{{live_session_id}}"): Expected(204, 204, token="write"),
    ("GET", f"{RECORDING}/events"): Expected(200, 200),
    ("GET", f"{RECORDING}/analyses"): Expected(200, 200),
    ("POST", f"{RECORDING}/analyses"): Expected(202, 403, token="write", body={"protocol": "bodyweight_hinge"}),
    ("POST", f"{RECORDING}/analyses/again"): Expected(409, 409, token="write"),  # it did not fail
    ("GET", f"{RECORDING}/analyses/{{analysis_id}}"): Expected(200, 200),
    ("GET", f"{RECORDING}/report"): Expected(200, 200),
    ("GET", f"{RECORDING}/links"): Expected(200, 200),
    ("GET", f"{RECORDING}/overlay"): Expected(200, 200),
    ("POST", f"{RECORDING}/trial"): Expected(200, 403, token="write", body={"limits": {"lumbar_flexion": 30.0}}),
    **{(method, f"{RECORDING}/{file}"): Expected(200, 200) for file in FILES for method in ("GET", "HEAD")},
    # By a signed link, for whoever has it; this one is invented.
    **{
        (method, f"{V1}/media/{{recording_id}}/{{name}}"): for_all(404, query="?token=made.up")
        for method in ("GET", "HEAD")
    },
    ("OPTIONS", f"{V1}/uploads"): for_all(204),
    ("POST", f"{V1}/uploads"): Expected(
        201,
        201,
        token="upload",
        headers=(TUS, ("Upload-Length", "10"), ("Upload-Metadata", "client_id {client_id_in_base64}")),
    ),
    ("HEAD", UPLOAD): Expected(200, 200, token="upload", headers=(TUS,)),
    ("GET", UPLOAD): Expected(200, 200, token="upload"),
    ("PATCH", UPLOAD): Expected(204, 204, token="upload", content=b"a piece", headers=PIECE),
    ("DELETE", UPLOAD): Expected(204, 204, token="upload", headers=(TUS,)),
    ("DELETE", CLIENT): Expected(204, 403, token="in person"),
    ("GET", f"{CLIENT}/consents"): Expected(200, 200),
    ("GET", f"{CLIENT}/consents/history"): Expected(200, 200),
    ("PUT", f"{CLIENT}/consents/{{kind}}"): Expected(
        403, 200, token="write", body={"wording_sha256": load_consent().wording.sha256}
    ),
    ("DELETE", f"{CLIENT}/consents/{{kind}}"): Expected(403, 200, token="write"),
    ("GET", f"{CLIENT}/intake/questions"): Expected(200, 200),
    ("GET", f"{CLIENT}/intake"): Expected(200, 200),
    ("POST", f"{CLIENT}/intake"): Expected(
        403,
        201,
        token="write",
        body={
            "wording_sha256": load_questions().wording.sha256,
            "answers": {question.name: "no" for question in load_questions().questions},
        },
    ),
    ("POST", f"{CLIENT}/intake/{{intake_id}}/clearance"): Expected(200, 403, token="in person", body={"note": ""}),
    ("GET", f"{V1}/ladder"): own(200, 200),
    ("GET", CONTENT): own(200, 403),
    ("PUT", CONTENT): own(200, 403, token="in person", body={"text": load_ladder().text}),
    ("DELETE", CONTENT): own(204, 403, token="in person"),
    ("GET", f"{CLIENT}/plans"): Expected(200, 200),
    ("POST", f"{CLIENT}/plans"): Expected(201, 403, token="write", body=PLAN),
    ("GET", f"{CLIENT}/plans/{{plan_id}}"): Expected(200, 200),
    ("PUT", f"{CLIENT}/plans/{{plan_id}}"): Expected(201, 403, token="write", body=PLAN),
    ("DELETE", f"{CLIENT}/plans/{{plan_id}}"): Expected(204, 403, token="write"),
    ("GET", f"{CLIENT}/plans/{{plan_id}}/rescoring"): Expected(200, 200),
    ("PUT", f"{RECORDING}/checkin"): Expected(201, 201, token="write", body={"pain_worst": 3}),
    ("GET", f"{RECORDING}/checkin"): Expected(404, 404),  # there is none yet
    ("GET", f"{CLIENT}/checkins"): Expected(200, 200),
    ("POST", f"{CLIENT}/checkins"): Expected(201, 201, token="write", body={"step": "bridge"}),
    ("PUT", f"{CLIENT}/checkins/{{checkin_id}}"): Expected(200, 200, token="write", body={"rpe": 4.5}),
    ("PATCH", f"{CLIENT}/checkins/{{checkin_id}}"): Expected(200, 200, token="write", body={"pain_next_morning": 2}),
    ("GET", f"{RECORDING}/reviews"): Expected(200, 200),
    ("POST", f"{RECORDING}/reviews"): Expected(200, 403, token="write"),
    ("GET", REVIEW): Expected(200, 404),  # a draft
    ("PUT", REVIEW): Expected(200, 403, token="write", body={"summary": "Good."}, headers=(("If-Match", '"1"'),)),
    ("DELETE", REVIEW): Expected(204, 403, token="write"),
    ("POST", f"{REVIEW}/publication"): Expected(200, 403, token="write", headers=(("If-Match", '"1"'),)),
    ("GET", f"{V1}/today"): own(403, 200),
    ("GET", f"{V1}/worklist"): own(200, 403),
    ("GET", f"{CLIENT}/history"): Expected(200, 200),
    ("GET", f"{CLIENT}/rhythm"): Expected(200, 200, query="?recording={recording_id}"),
    ("GET", f"{RECORDING}/alignment"): Expected(200, 200, query="?with={recording_id}"),
    ("GET", f"{CLIENT}/readiness"): Expected(200, 403),
    ("PUT", f"{CLIENT}/readiness"): Expected(200, 403, token="write", body={"usual_pain": 3, "figures": None}),
    ("GET", f"{CLIENT}/export"): Expected(200, 200),
    ("GET", f"{CLIENT}/export.zip"): Expected(200, 200),
    ("GET", f"{CLIENT}/fhir"): Expected(200, 200),
    ("GET", f"{RECORDING}/report.pdf"): Expected(200, 200),
    ("GET", f"{V1}/retention"): own(200, 403),
    ("GET", f"{V1}/audit"): own(200, 403),
    # A clinic's invitations belong to all its clinicians: Abe may end Ann's (see below).
    ("DELETE", f"{V1}/clinicians/invitations/{{invitation_id}}"): Expected(204, 403, token="in person"),
}
COLLEAGUES_TOO = {
    ("DELETE", f"{V1}/clinicians/invitations/{{invitation_id}}"),
    ("POST", f"{V1}/clinicians/{{clinician_id}}/leaving"),
}
CLIENTS_MAY_NOT = 403
"""What a client gets from a clinicians' route, whosever the thing is."""
CLINICIANS_MAY_NOT = 403
"""The same the other way round: a client alone agrees and answers."""
UNNAMED = {f"{V1}/openapi.json", f"{V1}/live"}  # a socket: tests/api/live/test_connection.py
AT_ROOT = ("/healthz", "/readyz", "/metrics")


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory, cheap_passwords: Passwords) -> Iterator[tuple[FastAPI, FakeClock]]:
    """Provide one application for the whole walk; every person gets a world of their own in it."""
    folder, clock = tmp_path_factory.mktemp("walk"), FakeClock()
    with fresh_database(folder) as url:
        app = create_app(load_settings({}, data=folder / "data", secret=SECRET, database_url=url), clock=clock)
        app.state.passwords = cheap_passwords
        yield app, clock
        app.state.wakeups.close()
        app.state.engine.dispose()


@dataclass
class Walker:
    """Creates worlds and sends requests in them."""

    app: FastAPI
    clock: FakeClock
    password_hash: str

    def world(self) -> tuple[World, SampleIds]:
        """Create a fresh world."""
        self.clock.move(hours=1)  # earlier attempts no longer count
        world = populate(self.app, self.password_hash, uuid4().hex[:8])
        return world, create_sample_rows(world)

    def ask(self, browser: Any, route: tuple[str, str], things: SampleIds) -> httpx2.Response:
        """Request a route as a person."""
        expected = ROUTES[route]
        in_base64 = b64encode(things.client_id.encode()).decode()
        given: dict[str, Any] = {
            "headers": {name: value.format(client_id_in_base64=in_base64) for name, value in expected.headers}
        }
        if expected.body is not None:
            given["json"] = expected.body
        if expected.content is not None:
            given["content"] = expected.content
        answer: httpx2.Response = browser.request(route[0], things.address(route[1] + expected.query), **given)
        return answer


@pytest.fixture
def walker(walk: tuple[FastAPI, FakeClock], cheap_passwords: Passwords) -> Walker:
    return Walker(*walk, cheap_passwords.hash(PASSWORD))


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    """Return method and path of every route but the pages', which tests/pages/test_every_page.py walks."""
    found = set()
    for context in iter_route_contexts(app.routes):
        path = context.path or "?"
        for method in context.methods or {"?"}:
            if path not in UNNAMED and path.startswith((V1, *AT_ROOT)):
                found.add((method, path))
    return found


def test_every_route_has_an_entry(walk: tuple[FastAPI, FakeClock]) -> None:
    app, _ = walk
    assert routes_of(app) == set(ROUTES)


each_route = pytest.mark.parametrize("route", sorted(ROUTES), ids=" ".join)


@each_route
def test_permitted_people_get_the_route(walker: Walker, route: tuple[str, str]) -> None:
    expected = ROUTES[route]
    for name, status in (("ann", expected.ann), ("carl", expected.carl)):
        world, things = walker.world()
        answer = walker.ask(world.as_(getattr(world, name)), route, things)
        assert answer.status_code == status, f"{name}: {answer.text[:300]}"
        world.close()


@each_route
def test_everybody_else_is_refused(walker: Walker, route: tuple[str, str]) -> None:
    expected = ROUTES[route]
    world, things = walker.world()
    strangers = {"abe": expected.ann, "bo": expected.ann, "cleo": expected.carl, "bea": expected.carl}
    if expected.others is not None:
        strangers = dict.fromkeys(strangers, expected.others)
        if expected.carl == CLIENTS_MAY_NOT:
            strangers |= {"cleo": CLIENTS_MAY_NOT, "bea": CLIENTS_MAY_NOT}
        if expected.ann == CLINICIANS_MAY_NOT:
            strangers |= {"abe": CLINICIANS_MAY_NOT, "bo": CLINICIANS_MAY_NOT}
    before = rows(world)
    for name, status in strangers.items():
        if name == "abe" and route in COLLEAGUES_TOO:
            continue
        answer = walker.ask(world.as_(getattr(world, name)), route, things)
        assert answer.status_code == status, f"{name}: {answer.text[:300]}"
        if answer.status_code == 404:
            absent = walker.ask(world.as_(getattr(world, name)), route, SampleIds.of_nobody())
            assert without_ids(absent) == without_ids(answer), "someone else's is told from nothing at all"
    answer = walker.ask(world.nobody(), route, things)
    assert answer.status_code == expected.nobody, f"nobody: {answer.text[:300]}"
    if expected.others is not None:
        assert rows(world) == before, "somebody who may not has changed something"
    world.close()


@each_route
def test_tokens_need_the_scope(walker: Walker, route: tuple[str, str]) -> None:
    expected = ROUTES[route]
    world, things = walker.world()
    if expected.token is None:
        program = world.with_token(world.ann, "read")
        assert walker.ask(program, route, things).status_code == expected.nobody
        return
    before = rows(world)
    lacking = {"read", "write", "upload"} - {expected.token}
    assert walker.ask(world.with_token(world.ann, *lacking), route, things).status_code == 403
    if expected.token == "in person":
        assert walker.ask(world.with_token(world.ann, "read", "write", "upload"), route, things).status_code == 403
    assert walker.ask(world.with_token(world.ann, "read", revoked_at=walker.clock()), route, things).status_code == 401
    old = world.with_token(world.ann, "read", "write", "upload", expires_at=walker.clock())
    assert walker.ask(old, route, things).status_code == 401
    assert rows(world) == before
    if expected.token != "in person":
        program = world.with_token(world.ann, expected.token)
        assert walker.ask(program, route, things).status_code == expected.ann
    world.close()


@each_route
def test_a_page_without_the_csrf_token_changes_nothing(walker: Walker, route: tuple[str, str]) -> None:
    if route[0] in SAFE_METHODS or ROUTES[route].token is None:
        return
    world, things = walker.world()
    before = rows(world)
    for person in (world.ann, world.carl):
        browser = world.as_(person)
        del browser.headers["X-CSRF-Token"]
        answer = walker.ask(browser, route, things)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert rows(world) == before
    world.close()


def rows(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row, but for those that record access."""
    apart = {"session", "throttle", "api_token"}
    with world.db() as db:
        return {
            table.name: [tuple(map(str, row)) for row in db.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            if table.name not in apart
        }


def without_ids(answer: httpx2.Response) -> Any:
    """Return an answer without the request's id."""
    if not answer.content:
        return None
    told = answer.json()
    told.pop("request_id", None)
    return told
