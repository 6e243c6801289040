"""Several videos, each in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hinge_check.assess.protocol import load_protocol
from hinge_check.cli.batch import UNEXPECTED, Job, Outcome, run_batch
from hinge_check.options import CaptureOptions
from tests.fakes import fake_work

ROOT = Path(__file__).parents[2]


def job(folder: Path, name: str) -> Job:
    return Job(folder / f"{name}.mp4", folder / f"{name}.hinge", load_protocol("bow"), CaptureOptions())


def test_one_bad_file_never_stops_the_others(tmp_path: Path) -> None:
    told: list[tuple[int, str, float]] = []
    ended: list[int] = []
    names = ["crash", "odd", "good"]
    outcomes = run_batch(
        [job(tmp_path, name) for name in names],
        parallel=2,
        on_progress=lambda index, stage, done, total, frames: told.append((index, stage, done / total * frames)),
        on_outcome=lambda index, outcome: ended.append(index) if isinstance(outcome, Outcome) else None,
        work=fake_work,
    )
    assert [outcome.exit_code for outcome in outcomes] == [UNEXPECTED, UNEXPECTED, 0]
    assert "without a word" in outcomes[0].failure
    assert "ZeroDivisionError" in outcomes[1].failure
    assert outcomes[2].report is not None
    assert sorted(ended) == [0, 1, 2]
    assert {index for index, _, _ in told} >= {1, 2}


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
@pytest.mark.parametrize("to_all", [True, False], ids=["Ctrl-C reaches the whole group", "only the parent is told"])
def test_interrupted_batch_leaves_nothing_behind(tmp_path: Path, to_all: bool) -> None:
    code = f"""
import sys
from pathlib import Path
from hinge_check.cli.batch import run_batch
from tests.fakes import fake_work
from tests.cli.test_batch import job
try:
    run_batch([job(Path({str(tmp_path)!r}), name) for name in ("slow",)], parallel=2,
              on_progress=lambda *now: None, on_outcome=lambda *now: None, work=fake_work)
except KeyboardInterrupt:
    sys.exit(130)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for(lambda: len(list(tmp_path.iterdir())) == 1, process)
        (os.killpg if to_all else os.kill)(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 130
    assert said == ""
    assert list(tmp_path.iterdir()) == []


def wait_for(reached: object, process: subprocess.Popen[str], seconds: float = 30.0) -> None:
    """Wait until a callable is true while a process runs."""
    assert callable(reached)
    until = time.monotonic() + seconds
    while not reached():
        if process.poll() is not None or time.monotonic() > until:
            raise AssertionError(process.communicate(timeout=5))
        time.sleep(0.02)
