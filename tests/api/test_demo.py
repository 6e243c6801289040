"""The demo's people and recordings."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from api import demo
from api.auth.crypto import Passwords
from api.core.clock import utc_now
from api.db import Analysis, AnalysisState, Client, Clinician, Recording
from api.db.engine import open_database, open_sessions
from api.jobs.wakeup_queue import open_queue
from api.settings import load_settings
from api.storage.blob_store import BlobStore
from hinge_check.errors import UsageError
from tests.api.databases import fresh_database
from tests.api.jobs_fixture import KEY, create_world


def test_the_demo_is_filled_once_and_prints_how_to_sign_in(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as url:
        settings = load_settings({}, data=tmp_path, database_url=url, secret=KEY, demo=True)
        engine = open_database(settings.database)
        sessions, store, wakeups = (
            open_sessions(engine),
            BlobStore(settings.store),
            open_queue(settings.queue, settings.key),
        )
        first = demo.fill(settings, sessions, store, wakeups)
        again = demo.fill(settings, sessions, store, wakeups)
        with sessions() as db:
            clinician = db.scalars(select(Clinician)).one()
            counts = [db.scalar(select(func.count()).select_from(table)) for table in (Client, Recording, Analysis)]
            assert set(db.scalars(select(Analysis.state))) == {AnalysisState.QUEUED}
        wakeups.close()
        engine.dispose()
    assert counts == [3, 5, 5]
    assert Passwords().verify(demo.PASSWORD, clinician.password_hash)
    for words in (first, again):
        assert clinician.email in words
        assert demo.PASSWORD in words
        assert f"{settings.public_url}/join/" in words
    assert first != again  # a client's link works once


def test_the_demo_never_mixes_with_real_people(tmp_path: Path) -> None:
    with create_world(tmp_path, utc_now, demo=True) as world, pytest.raises(UsageError, match="real people"):
        demo.fill(world.settings, world.sessions, world.store, world.wakeups)
