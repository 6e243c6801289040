"""Real worker processes, a real queue and database: killed, stopped, starved, and every job done once."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from api.core.clock import utc_now
from api.db import Analysis, AnalysisState, Recording, RecordingState
from api.jobs import leases
from api.jobs.enqueue import request_analysis
from api.jobs.retry import retry
from api.storage.blob_store import StoreFull
from api.storage.scratch_dir import ScratchDir
from api.worker.worker import Worker
from hinge_check.assess.protocol import load_protocol
from tests.api.jobs_fixture import CHILD, WorkerProcess, World, create_world, workers

DONE, FAILED, QUEUED = AnalysisState.DONE, AnalysisState.FAILED, AnalysisState.QUEUED


@pytest.fixture
def worker(world: World) -> Iterator[Worker]:
    """Provide a worker in this process; its analyses run in processes of their own all the same."""
    with ScratchDir(world.settings.data / "scratch") as scratch:
        yield Worker(world.settings, world.sessions, world.store, world.wakeups, scratch, command=CHILD)


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    given: dict[str, Any] = getattr(request, "param", {})
    with create_world(tmp_path, utc_now, **given) as made:
        yield made


def wait_until_running(world: World, analysis_id: str) -> None:
    """Wait until an analysis has clearly begun."""
    world.wait(lambda: world.row(analysis_id).state is AnalysisState.ANALYSING and world.row(analysis_id).progress > 0)


def test_an_analysis_is_done_published_and_cleaned_up(world: World, worker: Worker) -> None:
    analysis = world.ask("done 0.2")
    worker.work(analysis)
    row = world.row(analysis)
    assert row.state is DONE
    assert row.report is not None
    assert row.video_s == 2.0
    assert row.inference_s
    assert row.finished_at is not None
    assert world.files(analysis) == [f"{row.blob_prefix}/report.json", f"{row.blob_prefix}/track.npz"]
    assert world.recording(analysis).state is RecordingState.DONE


def test_a_playable_copy_is_stored_once(world: World, worker: Worker) -> None:
    first = world.ask("done_with_copy")
    worker.work(first)
    row = world.row(first)
    assert world.recording(first).playable_key == f"{row.blob_prefix}/playable.mp4"
    assert world.store.read(f"{row.blob_prefix}/playable.mp4") == b"a copy"
    with world.sessions() as db:
        recording = db.get_one(Recording, row.recording_id)
        other = request_analysis(db, recording, load_protocol("rdl"), settings=world.settings, now=world.now())
        db.commit()
    worker.work(other.id)
    assert world.row(other.id).state is DONE
    assert not any(key.endswith("playable.mp4") for key in world.files(other.id))
    assert world.recording(first).playable_key == f"{row.blob_prefix}/playable.mp4"


def test_a_failed_analysis_is_retried_and_done(world: World, worker: Worker, tmp_path: Path) -> None:
    analysis = world.ask(f"crash_once {tmp_path / 'seen'}", ring=False)
    (tmp_path / "seen").touch()
    held = leases.claim(world.sessions, analysis, now=world.now(), lease_s=60.0)
    assert held is not None
    assert leases.fail(world.sessions, held, now=world.now(), code="worker_lost")
    world.store.put_bytes(f"{held.prefix}/track.npz", b"left by a worker that was killed")
    with world.sessions() as db:
        recording = db.get_one(Recording, held.recording_id)
        _, is_new = retry(db, recording, settings=world.settings, now=world.now())
        db.commit()
    assert is_new
    assert world.recording(analysis).state is RecordingState.QUEUED
    worker.work(analysis)
    row = world.row(analysis)
    assert (row.state, row.attempts, row.asked_again, row.error_code) == (DONE, 1, 1, None)
    assert [key.rsplit("/", 1)[0] for key in world.files(analysis)] == [row.blob_prefix] * 2
    assert (world.recording(analysis).state, world.recording(analysis).refusal_code) == (RecordingState.DONE, None)


def test_a_refusal_is_a_result(world: World, worker: Worker) -> None:
    analysis = world.ask("refuse")
    worker.work(analysis)
    assert world.row(analysis).state is AnalysisState.REFUSED
    assert world.recording(analysis).refusal_code == "no_hinge"


def test_a_worker_killed_midway_leads_to_one_finished_analysis(world: World) -> None:
    analysis = world.ask("done 1.5")
    with workers(world) as (first,):
        wait_until_running(world, analysis)
        owner = world.row(analysis).lease_owner
        first.kill()
        with workers(world):
            row = world.wait_for(analysis, DONE)
    assert row.blob_prefix is not None
    assert owner is not None
    assert not row.blob_prefix.endswith(owner)
    assert (row.attempts, row.crashes) == (2, 0)
    assert [key.rsplit("/", 1)[0] for key in world.files(analysis)] == [row.blob_prefix] * 2


def test_no_process_of_a_killed_worker_survives(world: World) -> None:
    analysis = world.ask("done 30")
    with workers(world) as (worker,):
        wait_until_running(world, analysis)
        children = _children(worker.process.pid)
        assert children
        worker.kill()
        world.wait(lambda: not any(_alive(child) for child in children), 5)
        with workers(world):
            world.wait(lambda: len(list((world.settings.data / "scratch").glob("*/lock"))) == 1)


def test_a_clip_that_crashes_once_is_retried(world: World, worker: Worker, tmp_path: Path) -> None:
    analysis = world.ask(f"crash_once {tmp_path / 'seen'}", ring=False)
    worker.work(analysis)
    assert world.row(analysis).state is QUEUED
    assert world.wakeups.waiting() == 1
    worker.work(analysis)
    row = world.row(analysis)
    assert (row.state, row.attempts, row.crashes) == (DONE, 2, 1)
    assert len(world.files(analysis)) == 2


def test_a_clip_that_crashes_twice_fails_with_a_reason_and_blocks_no_other(world: World) -> None:
    bad, good = world.ask("crash"), world.ask("done")
    with workers(world):
        row = world.wait_for(bad, FAILED)
        world.wait_for(good, DONE)
    assert (row.error_code, row.attempts, row.report) == ("analysis_crashed", 2, None)
    assert world.files(bad) == []
    assert world.recording(bad).refusal_message == leases.FAILURES["analysis_crashed"]


@pytest.mark.parametrize("world", [{"job_losses": 2, "job_lease_s": 1.0}], indirect=True)
def test_a_clip_that_kills_whole_workers_is_given_up(world: World, tmp_path: Path) -> None:
    counter = tmp_path / "killed"
    bad, good = world.ask(f"kill_worker {counter}"), world.ask("done 0.2")
    started: list[WorkerProcess] = []
    try:
        while world.row(bad).state is not FAILED or world.row(good).state is not DONE:
            if not started or started[-1].process.poll() is not None:
                assert len(started) < 6
                started.append(WorkerProcess(world.settings))
            time.sleep(0.1)
    finally:
        for worker in started:
            worker.close()
    assert counter.read_text() == "xx"
    assert world.row(bad).error_code == "worker_lost"


@pytest.mark.parametrize(
    ("world", "deed", "code"),
    [
        ({"job_time_s": 1.0, "job_attempts": 1}, "hang", "too_slow"),
        ({"job_memory_mb": 200, "job_attempts": 1}, "eat_memory", "too_much_memory"),
        ({"job_disk_mb": 20, "job_attempts": 1}, "eat_disk", "too_much_disk"),
    ],
    indirect=["world"],
)
def test_a_clip_beyond_its_limits_fails(world: World, worker: Worker, deed: str, code: str) -> None:
    analysis = world.ask(deed)
    worker.work(analysis)
    assert (world.row(analysis).state, world.row(analysis).error_code) == (FAILED, code)
    assert world.files(analysis) == []


@pytest.mark.parametrize("world", [{"job_grace_s": 10.0}], indirect=True)
def test_a_stopped_worker_finishes_its_job_and_starts_no_other(world: World) -> None:
    analysis = world.ask("done 1.5")
    with workers(world) as (worker,):
        wait_until_running(world, analysis)
        later = world.ask("done")
        assert worker.terminate() == 0
    assert (world.row(analysis).state, world.row(later).state) == (DONE, QUEUED)


@pytest.mark.parametrize("world", [{"job_grace_s": 0.3}], indirect=True)
def test_a_worker_that_cannot_finish_in_time_releases_its_job(world: World) -> None:
    analysis = world.ask("done 30")
    with workers(world) as (worker,):
        wait_until_running(world, analysis)
        began = time.monotonic()
        assert worker.terminate() == 0
        assert time.monotonic() - began < 5
    row = world.row(analysis)
    assert (row.state, row.attempts, row.lease_owner) == (QUEUED, 0, None)
    assert not list((world.settings.data / "scratch").glob("*/lock"))


def test_a_worker_ends_with_its_parent(world: World) -> None:
    with workers(world) as (worker,):
        assert worker.process.stdin is not None
        worker.process.stdin.close()
        assert worker.process.wait(10) == 0


def test_failures_that_are_not_the_clip_s_postpone_the_job_at_no_cost(world: World, worker: Worker) -> None:
    analysis = world.ask("unavailable")
    worker.work(analysis)
    row = world.row(analysis)
    assert (row.state, row.attempts, row.crashes) == (QUEUED, 0, 0)
    assert row.lease_until is not None
    assert row.lease_until > utc_now()


def test_an_unreachable_store_postpones_the_job(world: World, worker: Worker) -> None:
    analysis = world.ask("done")
    store = world.settings.data / "store"
    away = store.rename(store.with_name("away"))
    worker.work(analysis)
    assert world.row(analysis).state is QUEUED
    away.rename(store)
    with world.sessions.begin() as db:  # the delay has passed
        db.get_one(Analysis, analysis).lease_until = None
    worker.work(analysis)
    assert (world.row(analysis).state, world.row(analysis).attempts) == (DONE, 1)


def test_a_full_disk_postpones_the_job(world: World, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = world.ask("done")

    def full(key: str, path: Path) -> int:  # noqa: ARG001 - the store's signature
        raise StoreFull("no room is left in the store")

    with monkeypatch.context() as patched:
        patched.setattr(world.store, "put_file", full)
        worker.work(analysis)
    row = world.row(analysis)
    assert (row.state, row.attempts, row.blob_prefix) == (QUEUED, 0, None)
    assert world.files(analysis) == []


def test_a_database_unreachable_at_the_very_end_loses_no_work(
    world: World, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    analysis = world.ask("done")
    publish = leases.publish
    calls: list[int] = []

    def answer_lost(*given: Any, **named: Any) -> bool:
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        publish(*given, **named)
        if len(calls) == 2:
            raise OperationalError("COMMIT", {}, Exception("connection lost"))
        return publish(*given, **named)

    monkeypatch.setattr(leases, "publish", answer_lost)
    worker.work(analysis)
    row = world.row(analysis)
    assert (row.state, len(calls)) == (DONE, 3)
    assert len(world.files(analysis)) == 2


def test_a_recording_removed_meanwhile_leaves_nothing(world: World, worker: Worker) -> None:
    analysis = world.ask("done 30")
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(worker.work, analysis)
        wait_until_running(world, analysis)
        with world.sessions.begin() as db:
            db.delete(db.get_one(Recording, world.recording(analysis).id))
        working.result(10)
    assert world.files(analysis) == []


def test_a_track_is_rescored_without_the_video(world: World, worker: Worker) -> None:
    first = world.ask("done")
    worker.work(first)
    with world.sessions() as db:
        recording = db.get_one(Recording, world.recording(first).id)
        again = request_analysis(
            db, recording, load_protocol("rdl"), settings=world.settings, now=utc_now(), reassess_of=first
        )
        db.commit()
    held = leases.claim(world.sessions, again.id, now=utc_now(), lease_s=9)
    assert held is not None
    assert held.track_of == world.row(first).blob_prefix


def test_nonsense_from_the_child_process_is_rejected(world: World, worker: Worker) -> None:
    analysis = world.ask("babble")
    worker.work(analysis)
    assert world.row(analysis).state in (DONE, QUEUED)


def test_excess_or_forged_wakeups_do_no_harm(world: World) -> None:
    analysis = world.ask("done 0.3")
    for _ in range(5):
        world.wakeups.notify(analysis)
    world.wakeups.notify("no such id")
    world.wakeups.huey.storage.enqueue(b"cposix\nsystem\n(S'touch /tmp/pwned-by-queue'\ntR.:0000")  # a pickle, unsigned
    later = world.ask("done")
    with workers(world):
        world.wait_for(analysis, DONE)
        world.wait_for(later, DONE)
    assert world.row(analysis).attempts == 1
    assert not Path("/tmp/pwned-by-queue").exists()


def _children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(stat[1]) == pid and stat[0] != "Z":
            found.append(int(folder.name))
    return found


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return (Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]) != "Z"
