"""Mounting of the screens in the application, and problems as pages."""

from __future__ import annotations

import importlib
import pkgutil

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

import api.pages
from api.core.problems import Problem
from api.pages.page_deps import RedirectTo
from api.pages.render import render

_MACHINES = ("/api/", "/healthz", "/readyz", "/metrics", "/static/")


def mount_pages(app: FastAPI) -> None:
    """Include every router: that of `api/pages/assets.py`, and those of `routes*.py` in each screen's folder."""
    for module in pkgutil.walk_packages(api.pages.__path__, "api.pages."):
        if not module.name.rpartition(".")[2].startswith(("routes", "assets")):
            continue
        router = getattr(importlib.import_module(module.name), "router", None)
        if isinstance(router, APIRouter):
            app.include_router(router, include_in_schema=False)
    app.add_exception_handler(RedirectTo, _redirect)


async def _redirect(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RedirectTo)
    return RedirectResponse(error.address, 303)


def problem_page(request: Request, problem: Problem, request_id: str) -> Response | None:
    """Render a problem as a page: what happened, what to do, where to go next. None where the client is a program."""
    if request.url.path.startswith(_MACHINES) or "text/html" not in request.headers.get("accept", ""):
        return None
    answer = render(request, "shell/problem.html", status=problem.status, problem=problem, request_id=request_id)
    answer.headers.update(problem.headers)
    return answer
