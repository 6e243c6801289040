"""Changed limits: a client's recordings are rescored, in one process, without decoding a video."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from api.care.plans import personal_protocol, protocol_for, rescore, rescoring
from api.core.clock import utc_now
from api.db import Analysis, AnalysisState, Client, Plan, Recording, RecordingState, new_id
from api.jobs.enqueue import request_analysis
from api.jobs.rescoring_queue import due_curves
from api.storage.keys import analysis_folder
from api.storage.scratch_dir import ScratchDir
from api.worker.worker import Worker
from hinge_check.assess.protocol import Protocol, load_protocol
from hinge_check.results import CHART, TRACK
from tests.api.jobs_fixture import World, create_world
from tests.api.rows import recording_row
from tests.stick_figure import clock, hinges, stick

NAME = "bodyweight_hinge"
STRICT = f'extends = "{NAME}"\n[limits.lumbar_flexion]\nvalue = 8.0\nreason = "for this person"\n'
MANY = 200 if os.environ.get("LOAD") == "full" else 5


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with create_world(tmp_path, utc_now, job_lease_s=30.0) as made:
        yield made


@pytest.fixture
def worker(world: World) -> Iterator[Worker]:
    with ScratchDir(world.settings.data / "scratch") as scratch:
        yield Worker(world.settings, world.sessions, world.store, world.wakeups, scratch)


def add_recordings(world: World, number: int, seconds: float = 8.0) -> list[str]:
    """Add recordings that were analysed, with a track each; return the recordings' ids."""
    times = clock(seconds)
    way = hinges(times, max(1, int(seconds / 4)))
    track = world.settings.data / TRACK
    stick(times, way, hip=60.0, lumbar=20.0).track.save(track)
    data, found = track.read_bytes(), []
    for _ in range(number):
        now = utc_now()
        recording = recording_row(world.client, now, state=RecordingState.RECEIVED, protocol=NAME)
        with world.sessions.begin() as db:
            db.add(recording)
            db.flush()
            row = request_analysis(db, recording, load_protocol(NAME), settings=world.settings, now=now)
            row.state, row.progress, row.finished_at = AnalysisState.DONE, 1.0, now
            row.blob_prefix, row.report = f"{analysis_folder(row.id)}/first", "{}"
            recording.state = RecordingState.DONE
            world.store.put_bytes(f"{row.blob_prefix}/{TRACK}", data)
        found.append(recording.id)
    return found


def ask(world: World, protocol: Protocol) -> list[str]:
    with world.sessions.begin() as db:
        return rescore(db, world.client.id, protocol, NAME, settings=world.settings, now=utc_now())


def test_one_wakeup_rescores_all_recordings_quickly(world: World, worker: Worker) -> None:
    recordings = add_recordings(world, MANY, 30.0 if MANY > 100 else 8.0)
    protocol = personal_protocol(NAME, STRICT)
    waiting = ask(world, protocol)
    assert len(waiting) == MANY
    worker.work(waiting[0])
    with world.sessions() as db:
        progress = rescoring(db, world.client.id, protocol.sha256, NAME)
        rows = list(db.scalars(select(Analysis).where(Analysis.id.in_(waiting))))
    assert (progress.total, progress.done, progress.failed) == (MANY, MANY, 0)
    last = max(row.finished_at for row in rows if row.finished_at is not None)
    seconds = (last - min(row.queued_at for row in rows)).total_seconds()
    assert seconds < 10.0, f"{MANY} took {seconds:.1f} s"
    for row in rows:
        assert row.state is AnalysisState.DONE
        assert row.recording_id in recordings
        assert not row.curves_due
        assert json.loads(row.report or "")["protocol"]["limits"]["lumbar_flexion"] == 8.0
        assert row.figures is not None
        assert row.figures["lumbar_limit_deg"] == 8.0
        assert {blob.rsplit("/", 1)[1] for blob in world.files(row.id)} == {
            *("report.json", "reps.csv", "angles.csv", "angles.json", "chapters.vtt"),
            CHART,
        }


def test_requesting_twice_rescores_once(world: World) -> None:
    add_recordings(world, 2)
    protocol = personal_protocol(NAME, STRICT)
    assert ask(world, protocol) == ask(world, protocol)
    with world.sessions() as db:
        assert rescoring(db, world.client.id, protocol.sha256, NAME).total == 2


def test_going_back_to_earlier_limits_makes_that_result_current_again(world: World, worker: Worker) -> None:
    (recording,) = add_recordings(world, 1)
    worker.work(ask(world, personal_protocol(NAME, STRICT))[0])
    assert ask(world, load_protocol(NAME)) == []
    with world.sessions() as db:
        newest = select(Analysis).where(Analysis.recording_id == recording).order_by(Analysis.created_at.desc())
        assert db.scalars(newest.limit(1)).one().reassess_of is None


def test_a_lost_track_fails_only_its_own_analysis(world: World, worker: Worker) -> None:
    add_recordings(world, 3)
    waiting = ask(world, personal_protocol(NAME, STRICT))
    base = world.row(waiting[1]).reassess_of
    assert base is not None
    world.store.delete(f"{world.row(base).blob_prefix}/{TRACK}")
    worker.work(waiting[0])
    assert [world.row(each).state for each in waiting] == [
        AnalysisState.DONE,
        AnalysisState.FAILED,
        AnalysisState.DONE,
    ]


def test_charts_left_by_a_killed_worker_are_drawn_by_the_next(world: World, worker: Worker) -> None:
    add_recordings(world, 2)
    waiting = ask(world, personal_protocol(NAME, STRICT))
    worker.work(waiting[0])
    for each in waiting:
        world.store.delete(f"{world.row(each).blob_prefix}/{CHART}")
        with world.sessions.begin() as db:
            db.get_one(Analysis, each).curves_due = True
    worker.work(due_curves(world.sessions, most=1)[0].analysis_id)
    assert due_curves(world.sessions, most=5) == []
    assert all(world.store.exists(f"{world.row(each).blob_prefix}/{CHART}") for each in waiting)


def test_nothing_is_left_of_a_recording_removed_meanwhile(world: World, worker: Worker) -> None:
    (recording,) = add_recordings(world, 1)
    (analysis,) = ask(world, personal_protocol(NAME, STRICT))
    with world.sessions.begin() as db:
        db.delete(db.get_one(Recording, recording))
    worker.work(analysis)
    assert world.files(analysis) == []


def test_a_plan_s_limits_judge_later_recordings(world: World) -> None:
    with world.sessions.begin() as db:
        client = db.get_one(Client, world.client.id)
        plan_id = new_id()
        db.add(
            Plan(
                id=plan_id,
                thread_id=plan_id,
                version=1,
                clinic_id=client.clinic_id,
                client_id=client.id,
                step=NAME,
                protocol=NAME,
                limits=STRICT,
                sets=1,
                reps=1,
                days_per_week=1,
                notes="",
                created_at=utc_now(),
            )
        )
    with world.sessions() as db:
        protocol, found = protocol_for(db, world.client.id, NAME)
        other, none = protocol_for(db, world.client.id, "bow")
    assert (found, protocol.limits["lumbar_flexion"].value) == (plan_id, 8.0)
    assert (none, other.sha256) == (None, load_protocol("bow").sha256)
