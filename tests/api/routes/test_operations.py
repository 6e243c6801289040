"""Health, readiness and metrics, requested from the application in this process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.core import metrics
from api.core.clock import utc_now
from api.db import AnalysisState
from api.jobs import leases
from api.jobs.leases import Refusal
from api.routes import health
from tests.api.jobs_fixture import Clock, World, create_world

TOKEN = "a token for the figures"
HERE = ("127.0.0.1", 50000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def yard(tmp_path: Path, clock: Clock) -> Iterator[World]:
    with create_world(tmp_path, clock) as made:
        yield made


@pytest.fixture
def app(yard: World, clock: Clock) -> Iterator[FastAPI]:
    made = create_app(yard.settings, clock=clock)
    yield made
    made.state.wakeups.close()
    made.state.engine.dispose()


def figure(text: str, name: str) -> float:
    """Return the value of one line."""
    (line,) = [line for line in text.splitlines() if line.startswith(f"{name} ")]
    return float(line.split()[-1])


def test_the_metrics_match_the_rows(app: FastAPI, yard: World, clock: Clock) -> None:
    done, refused, _ = (yard.ask("done", ring=False) for _ in range(3))
    for analysis, refusal in ((done, None), (refused, Refusal("no_hinge", "None was seen.", "Film again."))):
        held = leases.claim(yard.sessions, analysis, now=clock(), lease_s=30)
        assert held is not None
        named = {"now": clock(), "report": "{}", "video_s": 10.0, "inference_s": 12.0}
        assert leases.publish(yard.sessions, held, refusal=refusal, **named)  # type: ignore[arg-type]
    clock.advance(90)
    with TestClient(app, client=HERE) as client:
        text = client.get("/metrics").text
    assert figure(text, 'hinge_analyses{state="done"}') == 1
    assert figure(text, 'hinge_refusals{code="no_hinge"}') == 1
    assert figure(text, "hinge_queue_depth") == 1
    assert figure(text, "hinge_queue_age_seconds") == 90
    assert figure(text, "hinge_inference_seconds_per_video_second") == pytest.approx(1.2)


def test_the_metrics_include_this_process_s_counters(app: FastAPI) -> None:
    metrics.count_upload("new", 5000)
    metrics.count_probe_refusal("too_short")
    with TestClient(app, client=HERE) as client:
        text = client.get("/metrics").text
    assert figure(text, 'hinge_uploads_total{outcome="new"}') >= 1
    assert figure(text, "hinge_uploaded_bytes_total") >= 5000
    assert figure(text, 'hinge_probe_refusals_total{code="too_short"}') >= 1


@pytest.mark.parametrize(
    ("token", "caller", "headers", "status"),
    [
        ("", HERE, {}, 200),
        ("", ("::1", 50000), {}, 200),
        ("", ("10.0.0.7", 50000), {}, 404),
        ("", HERE, {"X-Forwarded-For": "127.0.0.1"}, 404),  # forwarded by a proxy on this machine
        (TOKEN, ("10.0.0.7", 50000), {"Authorization": f"Bearer {TOKEN}"}, 200),
        (TOKEN, HERE, {}, 404),
        (TOKEN, HERE, {"Authorization": "Bearer another"}, 404),
    ],
)
def test_the_metrics_are_only_for_this_machine(
    tmp_path: Path, token: str, caller: tuple[str, int], headers: dict[str, str], status: int
) -> None:
    with create_world(tmp_path, utc_now, metrics_token=token) as world:
        app = create_app(world.settings)
        with TestClient(app, client=caller) as client:
            assert client.get("/metrics", headers=headers).status_code == status


def test_readiness_names_what_is_unreachable_and_recovers(
    app: FastAPI, yard: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "CACHED_S", 0.0)
    store = yard.settings.data / "store"
    with TestClient(app, client=HERE) as client:
        assert client.get("/readyz").json()["tried"] == list(health.NAMES)
        away = store.rename(store.with_name("away"))
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert [error["where"] for error in answer.json()["errors"]] == ["store"]
        assert str(store) not in answer.text
        assert client.get("/healthz").status_code == 200
        away.rename(store)
        assert client.get("/readyz").status_code == 200
        monkeypatch.setenv("HINGE_CHECK_MODELS", str(yard.settings.data))
        monkeypatch.setattr("hinge_check.capture.pose_models.folders", lambda: [yard.settings.data])
        assert [error["where"] for error in client.get("/readyz").json()["errors"]] == ["model"]


def test_readiness_is_cached_between_requests(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []

    def look(request: object) -> dict[str, str]:  # noqa: ARG001 - the called signature
        looks.append(time.monotonic())
        return {}

    monkeypatch.setattr(health, "_check", look)
    with TestClient(app, client=HERE) as client:
        for _ in range(20):
            assert client.get("/readyz").status_code == 200
    assert len(looks) == 1


def test_failed_analyses_do_not_count_as_analysed_video(app: FastAPI, yard: World) -> None:
    analysis = yard.ask("crash", ring=False)
    held = leases.claim(yard.sessions, analysis, now=yard.now(), lease_s=30)
    assert held is not None
    assert leases.fail(yard.sessions, held, now=yard.now(), code="too_slow")
    assert yard.row(analysis).state is AnalysisState.FAILED
    with TestClient(app, client=HERE) as client:
        text = client.get("/metrics").text
    assert figure(text, "hinge_video_seconds") == 0
    assert figure(text, 'hinge_refusals{code="too_slow"}') == 1
