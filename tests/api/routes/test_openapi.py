"""The contract: OpenAPI that a client generator accepts, and that every answer obeys."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings as hypothesis_settings
from hypothesis.strategies import DataObject, booleans, data
from schemathesis import Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.auth.crypto import Passwords
from api.auth.sign_in_sessions import SESSION_COOKIE
from api.http.deps import CSRF_HEADER
from api.settings import load_settings
from tests.api.clinic_fixture import PASSWORD, FakeClock, World, populate, session_for
from tests.api.databases import fresh_database
from tests.api.factories import SampleIds, create_sample_rows

SECRET = "a secret for the contract, 0123456789"
EXAMPLES = int(os.environ.get("TEST_CONTRACT_EXAMPLES", "8"))
"""For each operation; many more by `TEST_CONTRACT_EXAMPLES=200`."""
PROBLEM = "application/problem+json"


def described() -> dict[str, Any]:
    """Return the document; nothing in it depends on data."""
    with TemporaryDirectory() as folder:
        app = create_app(load_settings({}, data=folder, secret=SECRET))
        found: dict[str, Any] = app.openapi()
        app.state.wakeups.close()
        app.state.engine.dispose()
    return found


DOCUMENT = described()
OPERATIONS = [(method, path) for path, item in DOCUMENT["paths"].items() for method in item]


@pytest.fixture
def document() -> dict[str, Any]:
    return DOCUMENT


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every operation with a name."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def test_every_operation_is_named_once_and_described(document: dict[str, Any]) -> None:
    found = list(operations(document))
    names = [operation["operationId"] for _, operation in found]
    assert len(names) == len(set(names))
    assert [name for name, operation in found if not operation.get("description")] == []


def test_every_error_is_a_problem(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status.startswith(("4", "5")):
                assert set(answer["content"]) == {PROBLEM}, f"{name} {status}"


def test_every_reference_resolves(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    def walk(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"]
            for value in part.values():
                yield from walk(value)
        elif isinstance(part, list):
            for value in part:
                yield from walk(value)

    assert {ref.rpartition("/")[2] for ref in walk(document)} <= set(schemas)
    assert "HTTPValidationError" not in schemas


def test_authentication_is_described(document: dict[str, Any]) -> None:
    assert set(document["components"]["securitySchemes"]) == {"token", "session"}
    assert document["paths"]["/api/v1/me"]["get"]["security"] == [{"token": []}, {"session": []}]
    assert "security" not in document["paths"]["/api/v1/links/look"]["post"]


# tus names the media type of bytes in its own way.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


@dataclass
class Contract:
    """One application; every operation is tried in a fresh world."""

    app: FastAPI
    clock: FakeClock
    password_hash: str
    world: World | None = None
    things: SampleIds | None = None

    def renew(self) -> None:
        """Create a fresh world."""
        self.clock.move(hours=1)
        self.world = populate(self.app, self.password_hash, uuid4().hex[:8])
        self.things = create_sample_rows(self.world)

    def ask(self, case: Case[Any]) -> None:
        """Send a request as Ann, half of the time for existing rows, and check the answer against the document."""
        assert self.world is not None
        assert self.things is not None
        given: dict[str, Any] = dict(case.path_parameters or {})
        for name in given:
            real = getattr(self.things, name, None)
            if real is not None and len(str(case.query)) % 2 == 0:
                given[name] = real
        case.path_parameters = given
        with self.world.db() as db:
            made = session_for(db, self.world.ann, self.world.settings, self.clock())
        self.clock.move(minutes=1)  # attempts at passwords and links are throttled otherwise
        answer = case.call(headers={CSRF_HEADER: made["csrf"]}, cookies={SESSION_COOKIE: made["token"]}, timeout=20)
        case.validate_response(
            answer,
            checks=[
                not_a_server_error,
                status_code_conformance,
                content_type_conformance,
                response_schema_conformance,
                response_headers_conformance,
            ],
        )


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory, cheap_passwords: Passwords) -> Iterator[Contract]:
    folder, clock = tmp_path_factory.mktemp("contract"), FakeClock()
    with fresh_database(folder) as url:
        app = create_app(load_settings({}, data=folder / "data", secret=SECRET, database_url=url), clock=clock)
        app.state.passwords = cheap_passwords
        yield Contract(app, clock, cheap_passwords.hash(PASSWORD))
        app.state.wakeups.close()
        app.state.engine.dispose()


@pytest.fixture(scope="module")
def api_schema(contract: Contract) -> Any:
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", contract.app)


def can_be_wrong(operation: dict[str, Any]) -> bool:
    """Return whether a request has anything that could be invalid."""
    return bool(operation.get("parameters") or operation.get("requestBody"))


@pytest.fixture
def fresh(contract: Contract) -> Contract:
    contract.renew()
    return contract


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_documented(fresh: Contract, api_schema: Any, method: str, path: str) -> None:
    operation = api_schema[path][method]

    @given(data=data())
    @hypothesis_settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def asked(data: DataObject) -> None:
        wrong = data.draw(booleans()) and can_be_wrong(DOCUMENT["paths"][path][method])
        mode = GenerationMode.NEGATIVE if wrong else GenerationMode.POSITIVE
        fresh.ask(data.draw(operation.as_strategy(generation_mode=mode)))

    asked()
