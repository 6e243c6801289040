"""The commands of Dockerfile and compose.yaml: the same processes by hand, with the settings written there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from typer.main import get_command

from api.core.clock import utc_now
from api.db import AnalysisState
from api.settings import Settings
from hinge_check.cli import app
from tests.api.databases import fresh_database
from tests.api.jobs_fixture import KEY, open_world
from tests.api.queues import fresh_queue
from tests.api.server import ROOT, free_port

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if service.get("image") == "hinge-check"}
FROM_OUTSIDE = {"HINGE_SECRET": KEY, "HINGE_PUBLIC_URL": "https://hinge.example.org", "POSTGRES_PASSWORD": "x"}


def settings_of(service: dict[str, Any]) -> dict[str, str]:
    """Return a service's environment as compose fills it in."""

    def filled(value: str) -> str:
        return re.sub(r"\$\{(\w+):[-?]([^}]*)\}", lambda m: FROM_OUTSIDE.get(m[1], m[2]), value)

    return {name: filled(value) for name, value in service["environment"].items() if value is not None}


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_one_the_service_knows(name: str) -> None:
    known = {f"HINGE_{field.upper()}" for field in Settings.model_fields}
    assert {key for key in settings_of(OURS[name]) if key.startswith("HINGE_")} <= known


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_the_program_knows(name: str) -> None:
    program, command, *options = OURS[name]["command"]
    assert program == "hinge-check"
    commands: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    flags = {flag for parameter in commands[command].params for flag in parameter.opts}
    assert {option for option in options if option.startswith("--")} <= flags


def test_stopping_takes_no_longer_than_compose_allows() -> None:
    from api.server import _STOP_MORE_S, LAST_ANSWERS_S

    allowed = float(COMPOSE["x-hinge"]["stop_grace_period"].removesuffix("s"))
    assert Settings().job_grace_s + max(_STOP_MORE_S, LAST_ANSWERS_S) < allowed


def test_the_image_has_every_library_the_check_requires() -> None:
    script = (ROOT / "scripts" / "check_libraries.py").read_text(encoding="utf-8")
    (wanted,) = re.findall(r"apt-get install -y ([^\"]+)\"", script)
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert all(package in dockerfile for package in wanted.split())
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)
    assert all((ROOT / path).exists() for line in copied for path in line.split())


@pytest.mark.model
@pytest.mark.skipif(not os.environ.get("TEST_QUEUE_URL"), reason="needs PostgreSQL and Redis: make test-services")
def test_the_services_of_compose_analyse_a_video(tmp_path: Path) -> None:
    port = free_port()
    with ExitStack() as stack:
        here = {
            "HINGE_DATA": str(tmp_path / "data"),
            "HINGE_STORE_URL": (tmp_path / "store").as_uri(),
            "HINGE_DATABASE_URL": stack.enter_context(fresh_database(tmp_path)),
            "HINGE_QUEUE_URL": fresh_queue(),
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HINGE_")}
        logs = stack.enter_context((tmp_path / "log").open("ab"))
        started: dict[str, subprocess.Popen[bytes]] = {}
        for name in ("api", "worker"):
            _, *arguments = OURS[name]["command"]
            places = {"0.0.0.0": "127.0.0.1", "8000": str(port)}
            started[name] = subprocess.Popen(
                [sys.executable, "-m", "hinge_check", *(places.get(word, word) for word in arguments)],
                env={**kept, **settings_of(OURS[name]), **here},
                cwd=ROOT,
                stdout=logs,
                stderr=logs,
            )
            stack.callback(started[name].wait)
            stack.callback(started[name].kill)
            if name == "api":
                _ready(f"http://127.0.0.1:{port}/readyz")
        settings = Settings(
            data=tmp_path / "data",
            store_url=here["HINGE_STORE_URL"],
            database_url=here["HINGE_DATABASE_URL"],
            queue_url=here["HINGE_QUEUE_URL"],
            secret=KEY,
        )
        with open_world(settings, utc_now) as world:
            analysis = world.ask_for_video(ROOT / "sample_videos" / "shallow.mp4")
            row = world.wait_for(analysis, AnalysisState.DONE, AnalysisState.REFUSED, AnalysisState.FAILED, seconds=90)
            assert row.state is AnalysisState.DONE, row.error
            names = {key.rsplit("/", 1)[1] for key in world.files(analysis)}
        assert {"annotated.mp4", "report.json", "angles.csv", "angles.json", "chapters.vtt", "chart.png"} <= names
        for process in started.values():
            process.send_signal(signal.SIGTERM)
        assert [process.wait(40) for process in started.values()] == [0, 0]


def _ready(url: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < until
        time.sleep(0.2)
