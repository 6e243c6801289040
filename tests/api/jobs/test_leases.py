"""The life of an analysis by its row alone: no worker process, time moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.db import Analysis, AnalysisState, Recording, RecordingState
from api.jobs import leases
from api.jobs.enqueue import request_analysis
from api.jobs.leases import Claim, Refusal
from api.worker.sweeper import Sweeper
from hinge_check.assess.protocol import load_protocol
from tests.api.jobs_fixture import Clock, World, create_world

LEASE_S = 30.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(tmp_path: Path, clock: Clock) -> Iterator[World]:
    with create_world(tmp_path, clock, job_lease_s=LEASE_S) as made:
        yield made


def take(world: World, analysis_id: str) -> Claim:
    held = leases.claim(world.sessions, analysis_id, now=world.now(), lease_s=LEASE_S)
    assert held is not None
    return held


def publish(world: World, held: Claim, refusal: Refusal | None = None) -> bool:
    return leases.publish(
        world.sessions, held, now=world.now(), report="{}", refusal=refusal, video_s=2.0, inference_s=1.0
    )


def test_a_copy_of_a_video_deleted_meanwhile_is_not_kept(world: World) -> None:
    analysis = world.ask("done")
    held = take(world, analysis)
    with world.sessions.begin() as db:
        db.get_one(Recording, held.recording_id).original_key = None
    assert leases.publish(
        world.sessions,
        held,
        now=world.now(),
        report="{}",
        refusal=None,
        video_s=2.0,
        inference_s=1.0,
        playable="playable.mp4",
    )
    assert world.recording(analysis).playable_key is None


def sweep(world: World) -> leases.Swept:
    return leases.sweep(world.sessions, now=world.now(), lease_s=LEASE_S, losses=3)


def test_requesting_twice_gives_the_same_analysis(world: World) -> None:
    first = world.ask("done")
    with world.sessions() as db:
        recording = db.get_one(Recording, world.recording(first).id)
        again = request_analysis(db, recording, load_protocol(), settings=world.settings, now=world.now())
        other = request_analysis(db, recording, load_protocol("rdl"), settings=world.settings, now=world.now())
        db.commit()
        assert again.id == first
        assert other.id != first
        assert db.scalar(select(func.count()).select_from(Analysis)) == 2


def test_a_job_is_claimed_once(world: World) -> None:
    analysis = world.ask("done")
    held = take(world, analysis)
    assert held.attempts == 1
    assert leases.claim(world.sessions, analysis, now=world.now(), lease_s=LEASE_S) is None
    assert world.recording(analysis).state is RecordingState.ANALYSING


def test_a_missing_job_is_not_claimed(world: World) -> None:
    assert leases.claim(world.sessions, "0" * 32, now=world.now(), lease_s=LEASE_S) is None


def test_a_result_is_published_once_and_only_by_the_lease_holder(world: World, clock: Clock) -> None:
    analysis = world.ask("done")
    slow = take(world, analysis)
    clock.advance(LEASE_S + 1)
    assert sweep(world).requeued == (analysis,)
    quick = take(world, analysis)
    assert not leases.renew(world.sessions, slow, now=clock(), lease_s=LEASE_S, progress=0.9)
    assert not publish(world, slow)
    assert publish(world, quick)
    assert not publish(world, quick)
    assert not leases.release(world.sessions, quick, now=clock())
    row = world.row(analysis)
    assert (row.state, row.blob_prefix, row.progress) == (AnalysisState.DONE, quick.prefix, 1.0)
    assert world.recording(analysis).state is RecordingState.DONE
    assert leases.is_published(world.sessions, quick)
    assert not leases.is_published(world.sessions, slow)


def test_a_refusal_reaches_the_recording(world: World) -> None:
    analysis = world.ask("refuse")
    assert publish(world, take(world, analysis), Refusal("no_hinge", "None was seen.", "Film again."))
    recording = world.recording(analysis)
    assert world.row(analysis).state is AnalysisState.REFUSED
    assert (recording.state, recording.refusal_code) == (RecordingState.REFUSED, "no_hinge")


def test_a_finished_recording_stays_done_whatever_another_analysis_does(world: World) -> None:
    first = world.ask("done")
    assert publish(world, take(world, first))
    with world.sessions() as db:
        recording = db.get_one(Recording, world.recording(first).id)
        other = request_analysis(db, recording, load_protocol("rdl"), settings=world.settings, now=world.now())
        db.commit()
    held = take(world, other.id)
    assert world.recording(first).state is RecordingState.DONE
    assert leases.fail(world.sessions, held, now=world.now(), code="analysis_failed")
    assert world.recording(first).state is RecordingState.DONE
    assert world.row(other.id).error == leases.FAILURES["analysis_failed"]


def test_renewing_keeps_the_lease(world: World, clock: Clock) -> None:
    held = take(world, world.ask("done"))
    for step in range(5):
        clock.advance(LEASE_S * 0.8)
        assert leases.renew(world.sessions, held, now=clock(), lease_s=LEASE_S, progress=step / 5)
        assert sweep(world) == leases.Swept((), ())
    assert world.row(held.analysis_id).progress == 0.8


def test_a_clip_that_crashes_twice_fails(world: World) -> None:
    analysis = world.ask("crash")
    how = [
        leases.record_crash(world.sessions, take(world, analysis), now=world.now(), code="analysis_crashed", limit=2)
        for _ in range(2)
    ]
    assert how == [AnalysisState.QUEUED, AnalysisState.FAILED]
    assert world.recording(analysis).refusal_code == "analysis_crashed"


def test_lost_workers_are_tolerated_more_often_than_crashes_but_not_without_end(world: World, clock: Clock) -> None:
    analysis = world.ask("done")
    for _ in range(2):
        take(world, analysis)
        clock.advance(LEASE_S + 1)
        assert sweep(world) == leases.Swept((analysis,), ())
    take(world, analysis)
    clock.advance(LEASE_S + 1)
    assert sweep(world) == leases.Swept((), (analysis,))
    assert world.row(analysis).error_code == "worker_lost"


def test_releasing_costs_no_attempt_and_may_delay(world: World, clock: Clock) -> None:
    analysis = world.ask("done")
    for _ in range(10):
        assert leases.release(world.sessions, take(world, analysis), now=clock(), delay_s=15)
        assert leases.claim(world.sessions, analysis, now=clock(), lease_s=LEASE_S) is None
        assert leases.due(world.sessions, now=clock(), most=9) == []
        clock.advance(15)
        assert leases.due(world.sessions, now=clock(), most=9) == [analysis]
    assert take(world, analysis).attempts == 1


def test_the_longest_waiting_job_is_due_first(world: World, clock: Clock) -> None:
    asked = []
    for _ in range(3):
        asked.append(world.ask("done"))
        clock.advance(1)
    assert leases.due(world.sessions, now=clock(), most=2) == asked[:2]


def test_the_sweeper_notifies_again_for_lost_wakeups(world: World) -> None:
    asked = [world.ask("done", ring=False) for _ in range(3)]
    sweeper = Sweeper(world.settings, world.sessions, world.store, world.wakeups, now=world.now)
    sweeper.sweep()
    assert world.wakeups.waiting() == len(asked)
    sweeper.sweep()  # a wakeup is pending: only the longest waiting job is notified again
    assert world.wakeups.waiting() == len(asked) + 1


def test_a_clock_jump_costs_no_living_worker_its_job(world: World, clock: Clock) -> None:
    passed = [0.0]
    sweeper = Sweeper(
        world.settings, world.sessions, world.store, world.wakeups, now=clock, monotonic=lambda: passed[0]
    )
    for jump in (86_400.0, -2 * 86_400.0):
        held = take(world, world.ask("done"))
        dead = take(world, world.ask("done"))
        clock.advance(jump)  # the clock was set an hour ahead, no time passed
        sweeper.sweep()
        assert world.row(held.analysis_id).state is AnalysisState.ANALYSING
        passed[0] += LEASE_S / 2
        clock.advance(LEASE_S / 2)
        assert leases.renew(world.sessions, held, now=clock(), lease_s=LEASE_S, progress=0.5)
        sweeper.sweep()
        passed[0] += LEASE_S / 2 + 1
        clock.advance(LEASE_S / 2 + 1)
        sweeper.sweep()
        assert world.row(held.analysis_id).state is AnalysisState.ANALYSING
        assert world.row(dead.analysis_id).state is AnalysisState.QUEUED
        assert publish(world, held)
