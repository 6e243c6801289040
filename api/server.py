"""Start the service: the API with a worker beside it, or a worker alone."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from ipaddress import ip_address
from pathlib import Path

import uvicorn

from api.app import create_app
from api.auth.invitations import first_link
from api.core.clock import utc_now
from api.core.logs import set_up_logs
from api.db.engine import open_database, open_sessions
from api.db.migrate import upgrade
from api.jobs.wakeup_queue import open_queue
from api.settings import PREFIX, Settings, create_secret, load_settings
from api.storage.blob_store import BlobStore
from api.worker.supervisor import WorkerSupervisor
from api.worker.worker import run_worker
from hinge_check.capture.pose_models import bundle
from hinge_check.errors import UsageError

DEMO_DATA = Path("data-demo")
LAST_ANSWERS_S = 10
"""Seconds that open responses get to finish when the service stops."""
KEEP_ALIVE_S = 75
"""Longer than proxies keep connections to us (nginx: 60 s): the side that gets the requests must not close first."""
_STOP_MORE_S = 10.0

Say = Callable[[str], None]


def serve(*, host: str, port: int, demo: bool, with_worker: bool, say: Say) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Raises
    ------
    UsageError
        Settings are wrong or unsafe, or the port is taken.
    InstallationError
        The pose model is missing.
    """
    settings = settings_to_serve(host, port, demo=demo)
    bundle(settings.model)
    listening = _listen(host, port)
    set_up_logs(settings.log_level)
    with ExitStack() as stack:
        stack.callback(listening.close)
        engine = open_database(settings.database)
        stack.callback(engine.dispose)
        upgrade(engine)
        sessions = open_sessions(engine)
        app = create_app(settings)
        if settings.demo:
            from api.demo import fill

            welcome = fill(settings, sessions, app.state.store, app.state.wakeups)
        else:
            with sessions() as db:
                welcome = _welcome(settings, first_link(db, settings, utc_now()))
        stop_worker = _do_nothing
        if with_worker:
            supervisor = WorkerSupervisor(_environment(settings), grace_s=settings.job_grace_s + _STOP_MORE_S)
            stop_worker = stack.enter_context(supervisor).request_stop
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,  # our own log holds the route, not the path
            server_header=False,
            timeout_graceful_shutdown=LAST_ANSWERS_S,
            timeout_keep_alive=KEEP_ALIVE_S,
            http="h11",  # httptools, the default where it is installed, does not limit the size of headers
            h11_max_incomplete_event_size=32 * 1024,
            ws="websockets-sansio",
            ws_max_size=512 * 1024,
            ws_per_message_deflate=False,  # frames are small already, and there are thousands a second
        )
        with suppress(KeyboardInterrupt):  # uvicorn passes the signal on once it has shut down
            _Server(config, lambda: say(welcome), stop_worker).run(sockets=[listening])


def work(*, jobs: int | None, until_stdin_closes: bool) -> None:
    """Run a worker until asked to stop.

    Raises
    ------
    UsageError
        Settings are wrong or unsafe.
    InstallationError
        This machine cannot analyse.
    """
    settings = load_settings(**({} if jobs is None else {"worker_jobs": jobs}))
    set_up_logs(settings.log_level)
    engine = open_database(settings.database)
    wakeups = open_queue(settings.queue, settings.key)
    try:
        run_worker(
            settings, open_sessions(engine), BlobStore(settings.store), wakeups, until_stdin_closes=until_stdin_closes
        )
    finally:
        wakeups.close()
        engine.dispose()


def settings_to_serve(host: str, port: int, *, demo: bool) -> Settings:
    """Return settings from the environment, completed from the command line; creates a secret if none is set.

    Raises
    ------
    UsageError
        The settings are wrong, or unsafe in combination.
    """
    chosen: dict[str, object] = {"demo": True} if demo else {}
    variable = os.environ.get
    if (demo or variable(f"{PREFIX}DEMO", "").lower() in {"1", "true", "yes", "on"}) and not variable(f"{PREFIX}DATA"):
        chosen["data"] = DEMO_DATA  # never mixed with data of real people
    if not variable(f"{PREFIX}PUBLIC_URL"):
        if not _is_loopback(host):
            raise UsageError(
                f"Listening on {host} lets other machines in; say which address they open: {PREFIX}PUBLIC_URL, "
                "such as https://hinge.example.org."
            )
        chosen["public_url"] = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if not variable(f"{PREFIX}SECRET"):
        create_secret(Path(str(chosen.get("data") or variable(f"{PREFIX}DATA") or "data")))
    return load_settings(**chosen)


def _environment(settings: Settings) -> dict[str, str]:
    """Return the variables that the worker beside us needs beyond our own environment."""
    values = {"DATA": str(settings.data.absolute()), "PUBLIC_URL": settings.public_url}
    if settings.demo:
        values["DEMO"] = "1"
    return {f"{PREFIX}{name}": value for name, value in values.items()}


def _welcome(settings: Settings, link: str | None) -> str:
    """Return what to print once the service runs: its URL and, until someone can sign in, the first link."""
    text = f"hinge-check serves at {settings.public_url}"
    if link is not None:
        text += (
            f"\n\nNobody can sign in yet. Open this link to become the first clinician; it works once, for"
            f" {settings.invitation_days:g} days:\n\n    {link}\n"
        )
    return text


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        reason = "something else listens there" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
        raise UsageError(f"Port {port} of {host} cannot be used: {reason}. Choose another with --port.") from error
    listening.set_inheritable(True)
    return listening


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _do_nothing() -> None:
    pass


class _Server(uvicorn.Server):
    """Uvicorn server that announces when it is ready, and stops the worker while its own last responses finish."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping()
        await super().shutdown(sockets=sockets)
