"""`/about`: intended use and limitations in brief, with the figures of the last validation."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.http.deps import Config
from api.pages.page_deps import Visitor
from api.pages.render import render
from hinge_check import __version__
from hinge_check.clinic.accuracy import load_accuracy

router = APIRouter()


@router.get("/about")
async def about_page(request: Request, visitor: Visitor, config: Config) -> Response:
    """Show the page to everyone, signed in or not."""
    return render(
        request,
        "about/about.html",
        me=visitor,
        accuracy=load_accuracy(),
        days=round(config.retention_days),
        version=__version__,
    )
