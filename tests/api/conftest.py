"""The service under test: in this process with a clock that tests move, and as real processes on the loopback."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from pwdlib.hashers.argon2 import Argon2Hasher

from api.app import create_app
from api.auth.crypto import Passwords
from api.settings import Settings, load_settings
from tests.api.clinic_fixture import PASSWORD, FakeClock, World, populate
from tests.api.databases import fresh_database
from tests.api.server import Server, running_server

SECRET = "a secret for tests alone, 0123456789"
# Every test creates an application, with so many objects that looking through the imported ones for garbage every
# time would take a fifth of a second.
gc.freeze()


@pytest.fixture
def clock() -> FakeClock:
    """Provide a clock that stands still unless moved."""
    return FakeClock()


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Provide settings of a service in a folder of its own, with its tables created."""
    with fresh_database(tmp_path) as url:
        yield load_settings(data=tmp_path / "data", secret=SECRET, database_url=url)


@pytest.fixture(scope="session")
def cheap_passwords() -> Passwords:
    """Provide real argon2 with the cheapest parameters."""
    return Passwords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def app(settings: Settings, clock: FakeClock, cheap_passwords: Passwords) -> Iterator[FastAPI]:
    """Provide the application in this process, with cheap passwords."""
    app = create_app(settings, clock=clock)
    app.state.passwords = cheap_passwords
    yield app
    app.state.wakeups.close()
    app.state.engine.dispose()


@pytest.fixture
def world(app: FastAPI, cheap_passwords: Passwords) -> Iterator[World]:
    """Provide the application with people in it."""
    world = populate(app, cheap_passwords.hash(PASSWORD))
    yield world
    world.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Provide a server process and a worker process with a data folder of their own."""
    folder = tmp_path_factory.mktemp("server")
    with fresh_database(folder) as url, running_server(folder, HINGE_DATABASE_URL=url) as server:
        yield server
