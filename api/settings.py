"""Settings of the service, from the environment (`HINGE_…`); unsafe combinations are refused."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from hinge_check.errors import UsageError

PREFIX = "HINGE_"
SECRET_BYTES = 32
SECRET_FILE = "secret"
_OF_THE_LIBRARY = "HINGE_CHECK_"


class Settings(BaseSettings):
    """Everything an operator may configure. The defaults serve one machine without further set-up.

    Read with `load_settings`, which also reads the stored secret and refuses unsafe settings.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, hide_input_in_errors=True)

    data: Path = Field(default=Path("data"), description="Folder for the database, recordings, queue and secret")
    database_url: str = Field(default="", description="sqlite:///… or postgresql://…; the data folder without it")
    store_url: str = Field(default="", description="file:///… or s3://bucket/prefix; the data folder without it")
    queue_url: str = Field(default="", description="sqlite:///…, redis://… or postgresql://…; the data folder without")
    secret: SecretStr = Field(default=SecretStr(""), description="At least 32 characters; signs links, jobs and forms")
    public_url: str = Field(default="http://127.0.0.1:8000", description="The address people open")
    demo: bool = Field(default=False, description="Sample people and recordings; for trying it on one machine")
    insecure_http: bool = Field(default=False, description="Allow plain http beyond this machine (a trusted network)")

    max_upload_bytes: int = Field(default=500_000_000, gt=0)
    max_json_bytes: int = Field(default=256 * 1024, gt=0)
    max_video_s: float = Field(default=600.0, gt=0)
    max_video_pixels: int = Field(default=4096 * 2304, gt=0, description="Width × height of one frame")
    max_video_frames: int = Field(default=150_000, gt=0, description="10 minutes at 240 frames a second")
    body_idle_s: float = Field(default=30.0, gt=0, description="Longest silence within a request's body")
    upload_min_bytes_s: int = Field(default=4096, ge=0, description="Slower uploads are ended after body_idle_s")
    upload_keep_hours: float = Field(default=24.0, gt=0, description="Unfinished uploads are kept so long")
    media_link_minutes: float = Field(default=15.0, gt=0)

    retention_days: float = Field(
        default=30.0, gt=0, le=30, description="Videos without leave to keep them longer go after so many days"
    )

    job_time_s: float = Field(default=1800.0, gt=0, description="Longest time of one analysis")
    job_memory_mb: int = Field(default=3072, gt=0, description="Most memory of one analysis")
    job_disk_mb: int = Field(default=2048, gt=0, description="Most disk of one analysis while it runs")
    job_attempts: int = Field(default=2, ge=1, le=10, description="Crashes a clip may cause before it is failed")
    job_losses: int = Field(default=5, ge=1, description="Workers that may vanish under one analysis")
    job_grace_s: float = Field(default=20.0, ge=0, description="At a stop a running job has so long to finish")
    job_lease_s: float = Field(default=60.0, gt=0, description="A worker silent for so long has lost its job")
    job_sweep_s: float = Field(default=15.0, gt=0, description="Seconds between two looks for lost jobs")
    worker_jobs: int = Field(default=1, ge=1, le=64, description="Analyses one worker runs at once")
    model: str = Field(default="full", description="Pose model bundle: lite, full, heavy")

    live_sessions: int = Field(
        default=100,
        ge=1,
        description="Live sessions one process coaches at once: as many as a core answers in time",
    )
    open_live: bool = Field(default=False, description="Live coaching without an account; for this machine alone")

    session_days: float = Field(default=14.0, gt=0, description="A clinician stays signed in so long")
    client_session_days: float = Field(default=90.0, gt=0)
    invitation_days: float = Field(default=7.0, gt=0)
    sign_in_failures: int = Field(default=5, ge=1, description="Wrong passwords before a pause")
    sign_in_pause_minutes: float = Field(default=15.0, gt=0)
    metrics_token: SecretStr = Field(default=SecretStr(""), description="Bearer for /metrics beyond this machine")
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("give the whole address, such as https://hinge.example.org")
        if parts.query or parts.fragment or parts.path not in {"", "/"}:
            raise ValueError("give the address alone, without a path")
        return value.rstrip("/")

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data.absolute() / 'hinge-check.sqlite'}"

    @property
    def store(self) -> str:
        """The store URL in force."""
        return self.store_url or (self.data.absolute() / "store").as_uri()

    @property
    def queue(self) -> str:
        """The queue URL in force."""
        return self.queue_url or f"sqlite:///{self.data.absolute() / 'queue.sqlite'}"

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies are restricted to https."""
        return self.public_url.startswith("https://")

    @property
    def key(self) -> str:
        """The secret as text."""
        return self.secret.get_secret_value()


def load_settings(environment: Mapping[str, str] | None = None, /, **chosen: Any) -> Settings:
    """Return the settings from the environment, checked.

    Parameters
    ----------
    environment
        Checked for misspelt names only; pydantic reads the process environment.
    chosen
        Settings that override the environment (`demo=True`).

    Raises
    ------
    UsageError
        A value is wrong, a name is unknown, or the combination is unsafe.
    """
    _refuse_unknown(os.environ if environment is None else environment)
    try:
        settings = Settings(**chosen)
    except ValidationError as error:
        lines = [f"  {PREFIX}{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise UsageError("These settings are wrong:\n" + "\n".join(lines)) from None
    if not settings.key:
        secret = settings.data / SECRET_FILE
        if secret.is_file():
            settings = settings.model_copy(update={"secret": SecretStr(secret.read_text().strip())})
    problems = find_unsafe(settings)
    if problems:
        raise UsageError("These settings are not safe to serve with:\n" + "\n".join(f"  {line}" for line in problems))
    return settings


def create_secret(data: Path) -> None:
    """Create the data folder and, once, a random secret in it that only this user can read."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data / SECRET_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(SECRET_BYTES) + "\n")


def find_unsafe(settings: Settings) -> list[str]:
    """Return what is unsafe in these settings, as sentences; empty when nothing is."""
    problems = []
    local = _is_loopback(settings.public_url)
    if len(settings.key) < SECRET_BYTES or len(set(settings.key)) < 8:
        problems.append(
            f"{PREFIX}SECRET needs at least {SECRET_BYTES} random characters; 'hinge-check serve' makes and keeps one."
        )
    if settings.public_url.startswith("http://") and not local and not settings.insecure_http:
        problems.append(
            f"{PREFIX}PUBLIC_URL is plain http beyond this machine, so passwords would travel readable. "
            f"Use https, or set {PREFIX}INSECURE_HTTP=1 on a network you trust."
        )
    if settings.demo and not local:
        problems.append(f"{PREFIX}DEMO signs in with published passwords; it is for this machine alone.")
    if settings.open_live and not local:
        problems.append(f"{PREFIX}OPEN_LIVE lets anybody in without an account; it is for this machine alone.")
    if ":memory:" in settings.database or settings.database in {"sqlite://", "sqlite:///"}:
        problems.append(f"{PREFIX}DATABASE_URL is in memory, so everything would be lost at the next start.")
    return problems


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(
        name
        for name in environment
        if name.startswith(PREFIX) and not name.startswith(_OF_THE_LIBRARY) and name not in known
    )
    if unknown:
        raise UsageError(f"Unknown settings: {', '.join(unknown)}. Known ones: {', '.join(sorted(known))}")


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
