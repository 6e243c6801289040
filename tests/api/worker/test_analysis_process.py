"""The real analysis process: a real clip, a real model, and only the outputs requested."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from api.worker.analysis_process import ANGLES_JSON, ChildJob
from api.worker.subprocess_runner import CHILD, ProcessResult, ResourceLimits, memory_bytes, run_child
from hinge_check.assess.protocol import load_protocol
from hinge_check.results import ANGLES, REPORT, TRACK, VIDEO
from tests.api.server import ROOT

CLIP = ROOT / "sample_videos" / "shallow.mp4"
GIB = 2**30


def run(folder: Path, **given: object) -> tuple[ProcessResult, list[float]]:
    told: list[float] = []
    asked = {"model": "full", "memory_bytes": 3 * GIB, "file_bytes": GIB, "out": folder / "out", **given}

    def wanted(progress: float) -> bool:
        told.append(progress)
        return True

    folder.mkdir(exist_ok=True)
    limits = ResourceLimits(seconds=120, memory_bytes=3 * GIB, disk_bytes=GIB)
    return run_child(ChildJob.model_validate(asked), limits, folder, cache=folder, keep_going=wanted), told


@pytest.mark.model
@pytest.mark.slow
def test_a_clip_is_analysed_and_its_track_rescored_without_the_video(tmp_path: Path) -> None:
    first, told = run(tmp_path / "first", video=CLIP, protocol=load_protocol().text)
    assert first.outcome is not None, first
    assert first.outcome.outcome == "done", first
    assert told == sorted(told)
    assert told[-1] > 0.5
    out = tmp_path / "first" / "out"
    angles = json.loads((out / ANGLES_JSON).read_text())
    assert list(angles) == (out / ANGLES).read_text().split("\n")[0].split(",")
    assert len({len(column) for column in angles.values()}) == 1
    assert angles["rep"][0] is None

    other = load_protocol("rdl")
    again, _ = run(tmp_path / "again", track=out / TRACK, protocol=other.text)
    assert again.outcome is not None, again
    assert again.outcome.outcome == "done", again
    assert not (tmp_path / "again" / "out" / VIDEO).exists()
    report = json.loads((tmp_path / "again" / "out" / REPORT).read_text())
    assert report["protocol"]["sha256"] == other.sha256
    assert again.seconds < first.seconds


def test_a_file_that_is_no_video_is_refused_with_a_report(tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(os.urandom(2000))
    ended, _ = run(tmp_path / "work", video=bad, protocol=load_protocol().text)
    assert ended.outcome is not None
    assert ended.outcome.outcome == "refused"
    report = json.loads((tmp_path / "work" / "out" / REPORT).read_text())
    assert report["refusal"]["code"] == ended.outcome.reason


def test_an_invalid_protocol_is_no_reason_to_retry(tmp_path: Path) -> None:
    ended, _ = run(tmp_path / "work", video=CLIP, protocol="name = 3")
    assert ended.outcome is not None
    assert ended.outcome.outcome == "failed"


def test_the_process_receives_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HINGE_SECRET", "s" * 40)
    monkeypatch.setenv("HINGE_CHECK_DEBUG", "0")
    show = (CHILD[0], "-c", "import os, json; print(json.dumps({'outcome': ' '.join(os.environ)}))")
    job = ChildJob(out=tmp_path / "out", model="full", memory_bytes=GIB, file_bytes=GIB)
    ended = run_child(
        job, ResourceLimits(20, GIB, GIB), tmp_path, cache=tmp_path, keep_going=lambda _: True, command=show
    )
    assert ended.outcome is not None
    names = ended.outcome.outcome.split()
    assert "HINGE_CHECK_DEBUG" in names
    assert "HINGE_SECRET" not in names


def test_the_memory_of_a_process_is_read_and_that_of_one_that_ended_is_none() -> None:
    with subprocess.Popen((CHILD[0], "-c", "held = bytearray(10**8); input()"), stdin=subprocess.PIPE) as child:
        until = time.monotonic() + 20
        while memory_bytes(child.pid) < 10**8:
            assert time.monotonic() < until
        assert memory_bytes(child.pid) < 2 * 10**8
        child.communicate(b"\n")
    assert memory_bytes(child.pid) == 0


def test_the_process_ends_with_its_parent(tmp_path: Path) -> None:
    job = ChildJob(out=tmp_path / "out", model="full", memory_bytes=3 * GIB, file_bytes=GIB, video=CLIP, protocol="x")
    with subprocess.Popen(CHILD, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        assert child.stdin is not None
        child.stdin.write(job.model_dump_json().encode() + b"\n")
        child.stdin.close()
        child.wait(20)
