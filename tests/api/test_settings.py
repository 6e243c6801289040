"""Settings: read from the environment, and unsafe ones refused."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from api.settings import create_secret, load_settings
from hinge_check.errors import UsageError

SECRET = "a secret for tests alone, 0123456789"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HINGE_SECRET", SECRET)


def refusal(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    """Return the message for an environment that is refused."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as refused:
        load_settings()
    return str(refused.value)


def test_nothing_but_a_secret_is_needed(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.database == f"sqlite:///{tmp_path}/data/hinge-check.sqlite"
    assert settings.store == f"file://{tmp_path}/data/store"
    assert not settings.secure_cookies


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HINGE_PUBLIC_URL", "https://hinge.example.com/")
    monkeypatch.setenv("HINGE_DATABASE_URL", "postgresql://db/hinge")
    monkeypatch.setenv("HINGE_MAX_UPLOAD_BYTES", "1000")
    monkeypatch.setenv("HINGE_CHECK_MODELS", "/somewhere")  # the library's own setting
    settings = load_settings()
    assert settings.public_url == "https://hinge.example.com"
    assert settings.database == "postgresql://db/hinge"
    assert settings.max_upload_bytes == 1000
    assert settings.secure_cookies


@pytest.mark.parametrize("secret", ["", "short", "x" * 64])
def test_a_weak_secret_is_refused(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    said = refusal(monkeypatch, HINGE_SECRET=secret)
    assert "HINGE_SECRET" in said
    assert not secret or secret not in said


@pytest.mark.parametrize("url", ["http://hinge.example.com", "http://192.168.1.7:8000", "http://localhost.example.com"])
def test_plain_http_beyond_this_machine_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert "HINGE_INSECURE_HTTP" in refusal(monkeypatch, HINGE_PUBLIC_URL=url)
    monkeypatch.setenv("HINGE_INSECURE_HTTP", "1")
    assert load_settings().public_url == url


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:80"])
def test_plain_http_on_this_machine_is_fine(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HINGE_PUBLIC_URL", url)
    assert load_settings().public_url == url


def test_the_demo_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refusal(monkeypatch, HINGE_DEMO="1", HINGE_PUBLIC_URL="https://hinge.example.com")
    assert "HINGE_DEMO" in said


def test_a_database_in_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "HINGE_DATABASE_URL" in refusal(monkeypatch, HINGE_DATABASE_URL="sqlite:///:memory:")


def test_a_misspelt_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "HINGE_MAX_UPLOAD," in refusal(monkeypatch, HINGE_MAX_UPLOAD="5", HINGE_SECRETS="x")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HINGE_MAX_UPLOAD_BYTES", "0"),
        ("HINGE_MAX_UPLOAD_BYTES", "many"),
        ("HINGE_PUBLIC_URL", "hinge.example.com"),
        ("HINGE_PUBLIC_URL", "https://hinge.example.com/below"),
        ("HINGE_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert name in refusal(monkeypatch, **{name: value})


def test_the_secret_is_created_once_readable_by_this_user_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HINGE_SECRET", "")
    data = tmp_path / "data"
    create_secret(data)
    first = load_settings().key
    create_secret(data)
    assert load_settings().key == first
    assert len(first) >= 32
    assert stat.S_IMODE((data / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_secrets_are_not_shown() -> None:
    assert SECRET not in repr(load_settings())
