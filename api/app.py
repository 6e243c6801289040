"""The application: settings, routes, pages, middleware and error handlers put together."""

from __future__ import annotations

import gc
import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

import api.routes
from api.auth.crypto import Passwords
from api.core.clock import Now, utc_now
from api.core.logs import RequestLog, set_up_logs
from api.core.problems import ANYWHERE
from api.db.engine import open_database, open_sessions
from api.http.error_handlers import install_handlers
from api.http.middleware import RequestGuards
from api.http.openapi import build_openapi
from api.jobs.wakeup_queue import open_queue
from api.pages.mount import mount_pages, problem_page
from api.settings import Settings, load_settings
from api.storage.blob_store import BlobStore
from hinge_check import __version__
from hinge_check.capture.opencv_threads import single_threaded

API = "/api/v1"


def create_app(settings: Settings | None = None, *, clock: Now = utc_now) -> FastAPI:
    """Return the service; `uvicorn --factory api.app:create_app` reads the settings from the environment.

    The tables must exist (`api.db.migrate.upgrade`, `hinge-check db upgrade`).
    """
    settings = load_settings() if settings is None else settings
    set_up_logs(settings.log_level)
    app = FastAPI(
        title="hinge-check",
        version=__version__,
        description="An upload becomes an analysis of a hip hinge.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # their pages load scripts from other sites
        redoc_url=None,
        lifespan=_lifespan,
        responses=ANYWHERE,
        generate_unique_id_function=_operation_id,
        redirect_slashes=False,
    )
    engine = open_database(settings.database)
    app.state.settings = settings
    app.state.clock = clock
    app.state.engine = engine
    app.state.sessions = open_sessions(engine)
    app.state.store = BlobStore(settings.store)
    app.state.wakeups = open_queue(settings.queue, settings.key)
    app.state.passwords = Passwords()
    install_handlers(app, problem_page)
    # The one added last is the outermost.
    app.add_middleware(RequestGuards, body_idle_s=settings.body_idle_s, max_body=settings.max_json_bytes)
    app.add_middleware(RequestLog)
    for module in pkgutil.iter_modules(api.routes.__path__):
        routes = importlib.import_module(f"api.routes.{module.name}")
        router = getattr(routes, "router", None)
        if isinstance(router, APIRouter):
            app.include_router(router, prefix="" if getattr(routes, "AT_ROOT", False) else API)
    mount_pages(app)
    # An included route knows only its own part of the path.
    app.state.paths = {id(each.original_route): each.path for each in iter_route_contexts(app.routes)}
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # Objects made until now stay. Each search of them for garbage would stop every request for a fifth of a second.
    gc.freeze()
    thresholds = gc.get_threshold()
    gc.set_threshold(10_000, 20, 20)  # arrays and texts come and go by the thousand a second; none is in a cycle
    with single_threaded():  # OpenCV, for the outlines of live frames
        yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()
    app.state.wakeups.close()
    app.state.engine.dispose()


def _operation_id(route: APIRoute) -> str:
    return route.name


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = build_openapi(app)
    return app.openapi_schema
