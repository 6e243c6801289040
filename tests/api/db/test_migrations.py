"""The tables: migrations produce what the code declares; the engine's settings hold."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError
from typer.testing import CliRunner

from api.db import Base, Client, Clinic, Recording, new_id
from api.db.engine import database_url, open_database, open_sessions
from api.db.migrate import current, newest, upgrade
from hinge_check.cli import app as command_line
from tests.api.clinic_fixture import World
from tests.api.factories import create_sample_rows

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_migrations_make_exactly_the_tables_of_the_code(app: FastAPI) -> None:
    with app.state.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert current(app.state.engine) == newest()


def test_upgrading_twice_or_concurrently_is_safe(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'new.sqlite'}")
    assert current(engine) is None
    reached: list[str] = []
    threads = [threading.Thread(target=lambda: reached.append(upgrade(engine))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reached == [newest()] * 3
    engine.dispose()


def test_the_command_line_upgrades(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HINGE_DATABASE_URL", f"sqlite:///{tmp_path / 'cli.sqlite'}")
    for _ in range(2):
        done = CliRunner().invoke(command_line, ["db", "upgrade"])
        assert (done.exit_code, done.output) == (0, f"at version {newest()}\n")


def test_times_are_read_back_as_utc(world: World) -> None:
    there = timezone(timedelta(hours=5, minutes=30))
    with world.db() as db:
        db.add(Clinic(id=new_id(), name="Far", created_at=NOON.astimezone(there)))
        db.commit()
    with world.db() as db:
        found = db.scalars(select(Clinic.created_at).where(Clinic.name == "Far")).one()
        assert (found, found.tzinfo) == (NOON, UTC)


def test_a_time_without_a_zone_is_an_error(world: World) -> None:
    with world.db() as db, pytest.raises(StatementError, match="without a time zone"):
        db.add(Clinic(id=new_id(), name="Nowhere", created_at=NOON.replace(tzinfo=None)))
        db.flush()


def test_a_client_s_rows_are_deleted_with_them(world: World) -> None:
    create_sample_rows(world)
    with world.db() as db:
        db.delete(db.get_one(Client, world.carl.id))
        db.commit()
        for table in ("recording", "analysis", "upload"):
            assert db.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def test_a_row_without_its_parent_is_refused(world: World) -> None:
    with world.db() as db, pytest.raises(IntegrityError):
        db.add(Client(clinic_id=world.clinic.id, clinician_id=new_id(), name="N", created_at=NOON))
        db.commit()


def test_the_same_bytes_are_one_recording_per_client(world: World) -> None:
    things = create_sample_rows(world)
    with world.db() as db:
        kept = db.get_one(Recording, things.recording_id)
        columns = {c.key: getattr(kept, c.key) for c in Recording.__table__.columns}
        db.add(Recording(**columns | {"id": new_id(), "client_id": world.cleo.id}))  # another client's: allowed
        db.commit()
        with pytest.raises(IntegrityError):
            db.add(Recording(**columns | {"id": new_id()}))
            db.commit()


@pytest.mark.parametrize("given", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"])
def test_postgresql_is_accessed_through_psycopg(given: str) -> None:
    assert database_url(given).render_as_string(hide_password=False) == "postgresql+psycopg://u:p@h/d"


def test_sqlite_is_configured_for_many_readers(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'deep' / 'x.sqlite'}")
    with engine.connect() as connection:
        told = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert told == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 5000}


def test_a_writer_that_has_read_waits_for_another_writer(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    upgrade(engine)
    sessions = open_sessions(engine)
    with sessions() as one, sessions() as other:
        one.add(Clinic(id=new_id(), name="One", created_at=NOON))
        one.flush()
        assert other.scalars(select(Clinic)).all() == []
        threading.Timer(0.3, one.commit).start()
        other.add(Clinic(id=new_id(), name="Other", created_at=NOON))
        other.commit()
        assert len(other.scalars(select(Clinic)).all()) == 2
    engine.dispose()
