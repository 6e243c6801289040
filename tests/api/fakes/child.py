"""A stand-in for `api.worker.analysis_process`: does what the video's first line says, without looking at pictures."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path


def main() -> None:
    """Do what the job's video says."""
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_die_with_parent, daemon=True).start()
    if not job["protocol"]:
        say(outcome="done")
        return
    deed, *rest = Path(str(job["video"])).read_text().split("\n")[0].split()
    DEEDS[deed](job, *rest)


def say(**message: object) -> None:
    """Send one line to the worker."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def done(job: dict[str, object], seconds: str = "0") -> None:
    """Take a while, reporting progress; then write a result of two files."""
    began = time.monotonic()
    while (passed := time.monotonic() - began) < float(seconds):
        say(progress=passed / float(seconds))
        time.sleep(0.05)
    _result(job, None)
    say(outcome="done", video_s=2.0)


def done_with_copy(job: dict[str, object]) -> None:
    """Write a result of three files, one of them the browser-playable copy, where it is wanted."""
    _result(job, None)
    if job["playable"]:
        (Path(str(job["out"])) / "playable.mp4").write_text("a copy")
    say(outcome="done", video_s=2.0)


def refuse(job: dict[str, object]) -> None:
    """Refuse a clip that cannot be measured."""
    _result(job, {"code": "no_hinge", "message": "No hinge was seen.", "advice": "Film yourself from the side."})
    say(outcome="refused", reason="no_hinge", video_s=2.0)


def crash(job: dict[str, object]) -> None:
    """Die without a message, with half a result on disk."""
    Path(str(job["out"])).mkdir()
    (Path(str(job["out"])) / "track.npz").write_text("half")
    os.kill(os.getpid(), signal.SIGSEGV)


def crash_once(job: dict[str, object], marker: str) -> None:
    """Die the first time, succeed the second."""
    if Path(marker).exists():
        done(job)
    else:
        Path(marker).touch()
        crash(job)


def kill_worker(job: dict[str, object], counter: str) -> None:  # noqa: ARG001 - the signature of all deeds
    """Kill the whole worker too."""
    with Path(counter).open("a") as file:
        file.write("x")
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)


def hang(job: dict[str, object]) -> None:  # noqa: ARG001 - the signature of all deeds
    """Never end."""
    time.sleep(600)


def eat_memory(job: dict[str, object]) -> None:  # noqa: ARG001 - the signature of all deeds
    """Allocate more and more, slowly enough to be noticed."""
    kept = []
    for _ in range(200):
        kept.append(bytearray(os.urandom(1) * 8_000_000))
        time.sleep(0.02)


def eat_disk(job: dict[str, object]) -> None:
    """Write more and more, in small files."""
    for number in range(2000):
        (Path(str(job["out"])).parent / f"part{number}").write_bytes(bytes(1_000_000))
        time.sleep(0.01)
    time.sleep(60)


def unavailable(job: dict[str, object]) -> None:  # noqa: ARG001 - the signature of all deeds
    """Report that the machine cannot do the work."""
    say(outcome="unavailable", reason="model_missing")


def babble(job: dict[str, object]) -> None:
    """Print what no healthy child prints, then succeed."""
    for line in (b"\xff\xfe", b"{", b"[]", b'{"progress": "x"}', b'{"outcome": 7}', b'{"progress": 1e300}'):
        sys.stdout.buffer.write(line + b"\n")
    sys.stdout.flush()
    done(job)


def _result(job: dict[str, object], refusal: dict[str, str] | None) -> None:
    out = Path(str(job["out"]))
    out.mkdir()
    (out / "track.npz").write_text("track")
    (out / "report.json").write_text(json.dumps({"refusal": refusal}))


def _die_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


DEEDS: dict[str, Callable[..., None]] = {
    deed.__name__: deed
    for deed in (
        done,
        done_with_copy,
        refuse,
        crash,
        crash_once,
        kill_worker,
        hang,
        eat_memory,
        eat_disk,
        unavailable,
        babble,
    )
}

if __name__ == "__main__":
    main()
