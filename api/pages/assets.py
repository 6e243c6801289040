"""Style sheets, scripts and pictures, served by the service itself at addresses that change with their content."""

from __future__ import annotations

import gzip
import hashlib
import json
import mimetypes
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from markupsafe import Markup

from api.core.problems import not_found
from api.pages.translations import LANGUAGES, PAGES
from hinge_check.capture.pose_models import bundle
from hinge_check.errors import InstallationError

WEB: Final = Path(__file__).parents[1] / "web"
_MODULES: Final = WEB / "node_modules"
_OWN: Final = ("css", "js", "img")

VENDOR: Final[dict[str, str]] = {
    "uplot.js": "uplot/dist/uPlot.esm.js",
    "uplot.css": "uplot/dist/uPlot.min.css",
    "tus.js": "tus-js-client/dist/tus.min.js",
}
"""Files of npm packages, by their name in `vendor/`; `api/web/package.json` pins the packages."""

VENDOR_FOLDERS: Final[dict[str, str]] = {"fluent": "@fluent/bundle/esm", "tasks-vision": "@mediapipe/tasks-vision"}
"""Whole folders of npm packages, whose files import one another."""

_IMPORTS: Final = {"fluent": "vendor/fluent/index.js", "uplot": "vendor/uplot.js", "hinge/": "js/"}
"""The import map: the name that scripts import, and its path."""

_ZIPPED: Final = frozenset({".css", ".js", ".mjs", ".svg", ".ftl", ".wasm"})
_TYPES: Final = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".ftl": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".task": "application/octet-stream",
}
_FOREVER: Final = "public, max-age=31536000, immutable"
_POSE: Final = ("lite", "full")
"""Pose bundles that run in a browser, the lighter one first."""
_WORKERS: Final = {
    "js/pose/worker.js": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
}
"""A worker obeys the policy it was served with, not that of the page."""

router = APIRouter(include_in_schema=False)


@cache
def version() -> str:
    """Return a digest that changes when any own file, any catalogue or any pinned package changes."""
    digest = hashlib.sha256()
    own = [path for folder in _OWN for path in sorted((WEB / folder).rglob("*")) if path.is_file()]
    for path in [*own, *sorted(PAGES.glob("*/words.*.ftl")), WEB / "package-lock.json"]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def url(path: str) -> str:
    """Return the address of a file, such as `css/base.css`, `js/upload/upload.js` or `vendor/uplot.css`."""
    return f"/static/{version()}/{path}"


@cache
def import_map() -> Markup:
    """Return the import map, exactly as every page contains it."""
    return Markup(json.dumps({"imports": {name: url(path) for name, path in _IMPORTS.items()}}))


@cache
def import_map_hash() -> str:
    """Return the hash of the import map, the only inline script the Content-Security-Policy allows."""
    return "sha256-" + b64encode(hashlib.sha256(import_map().encode()).digest()).decode()


def pose_model(*wanted: str) -> str | None:
    """Return the address of the first of these pose bundles that is installed; None without any.

    By default the lighter one is preferred.
    """
    for name in wanted or _POSE:
        if _find_bundle(name) is not None:
            return url(f"models/pose_landmarker_{name}.task")
    return None


def _find_bundle(name: str) -> Path | None:
    try:
        return bundle(name).path
    except InstallationError:
        return None


def file_of(path: str) -> Path | None:
    """Find the file behind a path below `/static/…/`; None for anything that is not meant to be served."""
    head, _, rest = path.partition("/")
    if head in _OWN:
        return _find_inside(WEB / head, rest)
    if head == "vendor":
        if rest in VENDOR:
            return _find_inside(_MODULES, VENDOR[rest])
        folder, _, rest = rest.partition("/")
        return _find_inside(_MODULES / VENDOR_FOLDERS[folder], rest) if folder in VENDOR_FOLDERS else None
    if head == "models":
        name = rest.removeprefix("pose_landmarker_").removesuffix(".task")
        return _find_bundle(name) if name in _POSE and rest == f"pose_landmarker_{name}.task" else None
    if head == "words":
        language, _, screen = rest.partition("/")
        if language in LANGUAGES and screen.endswith(".ftl"):
            return _find_inside(PAGES, f"{screen.removesuffix('.ftl')}/words.{language}.ftl")
    return None


def _find_inside(folder: Path, path: str) -> Path | None:
    whole = (folder / path).resolve()
    return whole if whole.is_relative_to(folder.resolve()) and whole.is_file() else None


@cache
def _compress(path: Path, _changed: float) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)


@router.get("/static/{of}/{path:path}")
def static(of: str, path: str, request: Request) -> Response:
    """Serve a file. Browsers keep it for ever if the address names the current version."""
    file = file_of(path)
    if file is None:
        raise not_found()
    headers = {"Cache-Control": _FOREVER if of == version() else "no-cache", "Vary": "Accept-Encoding"}
    if path in _WORKERS:
        headers["Content-Security-Policy"] = _WORKERS[path]
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if file.suffix in _ZIPPED and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(_compress(file, file.stat().st_mtime), media_type=kind, headers=headers)
    return FileResponse(file, media_type=kind, headers=headers)
