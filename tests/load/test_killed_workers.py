"""Many jobs while workers are killed every few seconds: every job is done, none twice, none lost.

A small number by default; `make load` sets LOAD=full for the whole hundred.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from api.core.clock import utc_now
from api.db import AnalysisState
from tests.api.jobs_fixture import WorkerProcess, World, create_world

FULL = os.environ.get("LOAD") == "full"
JOBS, JOB_S, WORKERS, KILL_EVERY_S = (100, 0.5, 3, 2.5) if FULL else (10, 1.0, 2, 1.5)
WITHIN_S = 600.0 if FULL else 90.0


@pytest.mark.slow
def test_every_job_is_done_once_though_workers_are_killed(tmp_path: Path) -> None:
    chance = random.Random(7)
    killed = 0
    # Killed at this rate a job may lose many workers by mere chance: it is not to be given up for that.
    with create_world(tmp_path, utc_now, job_lease_s=2.0, job_sweep_s=0.5, job_losses=20) as world:
        # Every third wakeup is lost, too: as if a worker had died between receiving it and taking the job.
        asked = [world.ask(f"done {JOB_S}", ring=number % 3 != 0) for number in range(JOBS)]
        crew = [WorkerProcess(world.settings) for _ in range(WORKERS)]
        until, next_kill = time.monotonic() + WITHIN_S, time.monotonic() + KILL_EVERY_S
        try:
            while set(world.states()) != {AnalysisState.DONE}:
                assert time.monotonic() < until, Counter(world.states())
                if time.monotonic() >= next_kill:
                    victim = chance.randrange(WORKERS)
                    crew[victim].close()
                    killed += 1
                    crew[victim] = WorkerProcess(world.settings, wait=False)
                    next_kill = time.monotonic() + KILL_EVERY_S
                time.sleep(0.1)
        finally:
            for worker in crew:
                worker.close()
        assert killed >= 2
        for analysis_id in asked:
            _is_whole(world, analysis_id)
        print(f"{JOBS} jobs, {killed} workers killed, attempts {_attempts(world, asked)}")  # noqa: T201 - the figure


def _is_whole(world: World, analysis_id: str) -> None:
    """Assert one result, complete, and nothing left of attempts that were killed."""
    row = world.row(analysis_id)
    assert world.files(analysis_id) == [f"{row.blob_prefix}/report.json", f"{row.blob_prefix}/track.npz"]
    assert row.report == world.store.read(f"{row.blob_prefix}/report.json").decode()


def _attempts(world: World, asked: list[str]) -> dict[int, int]:
    return dict(sorted(Counter(world.row(analysis_id).attempts for analysis_id in asked).items()))
