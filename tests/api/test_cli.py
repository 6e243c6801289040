"""`hinge-check serve`, `backup` and `restore` as a person types them: real processes, a data folder, nothing else."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.core.clock import utc_now
from api.db import AnalysisState
from api.recordings.backup import back_up, restore
from api.server import serve
from api.settings import load_settings
from api.storage.scratch_dir import ScratchDir
from api.worker.worker import Worker
from hinge_check.errors import InstallationError, UsageError
from tests.api.jobs_fixture import CHILD, KEY, create_world, open_world
from tests.api.server import ROOT, free_port


def environment(**given: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HINGE_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **given}


def run(*arguments: str, cwd: Path, **given: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hinge_check", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment(**given), capture_output=True, text=True, timeout=60)


@contextmanager
def run_serve(cwd: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """Run the command; yield it, its address, and what it has printed by the time it serves."""
    port = free_port()
    with (cwd / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "hinge_check", "serve", "--port", str(port), *arguments],
            cwd=cwd,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert process.stdout is not None
        said = [process.stdout.readline()]
        assert f"127.0.0.1:{port}" in said[0], (cwd / "log").read_text()
        os.set_blocking(process.stdout.fileno(), False)
        time.sleep(0.1)
        said += process.stdout.readlines()
        yield process, f"http://127.0.0.1:{port}", said
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()


def use_empty_folder(folder: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    """Change to an empty folder, with these settings and no others."""
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("HINGE_") and not name.startswith("HINGE_CHECK_")]:
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value)


def workers_of(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(words[1]) == pid and words[0] != "Z":
            found.append(int(folder.name))
    return found


def test_serve_needs_no_other_set_up_and_invites_the_first_clinician(tmp_path: Path) -> None:
    with run_serve(tmp_path) as (process, url, said):
        (link,) = re.findall(r"http\S+/join/(\S+)", "".join(said))
        assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
        assert httpx.get(f"{url}/healthz").json()["status"] == "ok"
        ready = httpx.get(f"{url}/readyz")
        assert (ready.status_code, ready.json()["tried"]) == (200, ["database", "store", "queue", "model"])
        assert "hinge_queue_depth 0.0" in httpx.get(f"{url}/metrics").text
        assert httpx.get(f"{url}/metrics", headers={"X-Forwarded-For": "8.8.8.8"}).status_code == 404
        found = workers_of(process.pid)
        assert len(found) == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert not Path(f"/proc/{found[0]}").exists()
    assert link not in (tmp_path / "log").read_text()


def test_the_worker_ends_with_serve_and_is_restarted_when_it_dies(tmp_path: Path) -> None:
    with run_serve(tmp_path) as (process, _, _):
        (first,) = workers_of(process.pid)
        os.kill(first, signal.SIGKILL)
        until = time.monotonic() + 20
        while workers_of(process.pid) in ([], [first]):
            assert time.monotonic() < until
            time.sleep(0.1)
        (second,) = workers_of(process.pid)
        process.kill()
        process.wait()
        while Path(f"/proc/{second}").exists() and "Z" not in Path(f"/proc/{second}/stat").read_text().split()[2]:
            assert time.monotonic() < until + 20
            time.sleep(0.1)


@pytest.mark.parametrize(
    ("host", "demo", "given", "words"),
    [
        ("0.0.0.0", False, {}, "HINGE_PUBLIC_URL"),
        ("127.0.0.1", False, {"HINGE_PUBLIC_URL": "http://hinge.example.org"}, "HINGE_INSECURE_HTTP"),
        ("127.0.0.1", False, {"HINGE_SECRET": "short"}, "HINGE_SECRET"),
        ("127.0.0.1", True, {"HINGE_PUBLIC_URL": "https://hinge.example.org"}, "HINGE_DEMO"),
        ("127.0.0.1", False, {"HINGE_MODEL": "fulll"}, "did you mean 'full'"),
        ("127.0.0.1", False, {"HINGE_JOB_TIME": "5"}, "Unknown settings: HINGE_JOB_TIME"),
    ],
)
def test_unsafe_or_wrong_settings_are_refused_with_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, demo: bool, given: dict[str, str], words: str
) -> None:
    use_empty_folder(tmp_path, monkeypatch, given)
    with pytest.raises(UsageError, match=re.escape(words)):
        serve(host=host, port=free_port(), demo=demo, with_worker=False, say=lambda _: None)


def test_a_port_in_use_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_empty_folder(tmp_path, monkeypatch, {})
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="--port"):
            serve(host="127.0.0.1", port=taken.getsockname()[1], demo=False, with_worker=False, say=lambda _: None)


def test_a_missing_model_is_reported_before_serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_empty_folder(tmp_path, monkeypatch, {"HINGE_MODEL": str(tmp_path / "absent.task")})
    with pytest.raises(InstallationError):
        serve(host="127.0.0.1", port=free_port(), demo=False, with_worker=False, say=lambda _: None)


def test_a_backup_made_while_running_restores_everything(tmp_path: Path) -> None:
    if os.environ.get("TEST_DATABASE_URL"):
        pytest.skip("copies the embedded service")
    with create_world(tmp_path / "data", utc_now) as world, ScratchDir(tmp_path / "scratch") as scratch:
        worker = Worker(world.settings, world.sessions, world.store, world.wakeups, scratch, command=CHILD)
        done, waiting = world.ask("done"), world.ask("done")
        worker.work(done)
        assert back_up(world.settings, tmp_path / "copy") > 0
        with pytest.raises(UsageError, match="exists already"):
            back_up(world.settings, tmp_path / "copy")
        worker.work(waiting)  # after the backup was made
        with pytest.raises(UsageError, match="something in"):
            restore(world.settings, tmp_path / "copy")
        kept = world.row(done)
    given = {"HINGE_DATA": str(tmp_path / "elsewhere"), "HINGE_SECRET": KEY}
    assert run("restore", str(tmp_path / "copy"), cwd=tmp_path, **given).returncode == 0
    settings = load_settings({}, data=tmp_path / "elsewhere", secret=KEY)
    with open_world(settings, utc_now) as again:
        back = again.row(done)
        assert (back.report, back.blob_prefix) == (kept.report, kept.blob_prefix)
        assert len(again.files(done)) == 2
        with ScratchDir(tmp_path / "scratch") as scratch:
            worker = Worker(again.settings, again.sessions, again.store, again.wakeups, scratch, command=CHILD)
            worker.work(waiting)
        assert again.row(waiting).state is AnalysisState.DONE


def test_restoring_from_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no copy"):
        restore(load_settings({}, data=tmp_path / "elsewhere", secret=KEY), tmp_path)
