"""Handlers that turn every error of a request into problem details; no other form leaves the service."""

from __future__ import annotations

import errno
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError, TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.core.logs import get_logger, request_id
from api.core.problems import FieldError, Problem, ServiceCode
from api.storage.blob_store import BlobMissing, StoreError, StoreFull
from hinge_check.errors import HingeError

_log = get_logger("api.http.error_handlers")

_BY_STATUS = {
    401: ServiceCode.UNAUTHENTICATED,
    403: ServiceCode.FORBIDDEN,
    404: ServiceCode.NOT_FOUND,
    405: ServiceCode.METHOD_NOT_ALLOWED,
    406: ServiceCode.NOT_ACCEPTABLE,
    408: ServiceCode.REQUEST_TIMEOUT,
    411: ServiceCode.LENGTH_REQUIRED,
    413: ServiceCode.TOO_LARGE,
    415: ServiceCode.WRONG_MEDIA_TYPE,
    416: ServiceCode.RANGE_NOT_SATISFIABLE,
    503: ServiceCode.UNAVAILABLE,
}


ProblemPage = Callable[[Request, Problem, str], Response | None]
"""Renders a problem as a page, given the request's id; None where the caller is a program."""


def install_handlers(app: FastAPI, problem_page: ProblemPage) -> None:
    """Register the handlers.

    Unexpected errors are answered by `api.http.middleware`, so that they belong to the request's log line.

    Parameters
    ----------
    problem_page
        The renderer of the pages; passed in because this package must not import the pages.
    """
    app.state.problem_page = problem_page
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HingeError, _library)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(PoolTimeout, _database)
    app.add_exception_handler(StoreError, _store)
    app.add_exception_handler(OSError, _files)


def problem_response(request: Request, problem: Problem) -> Response:
    """Return a problem in the form the caller can read: a page for people, problem details for programs."""
    number = request_id(request.scope)
    page: Response | None = request.app.state.problem_page(request, problem, number)
    return problem.response(number) if page is None else page


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem_response(request, error)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _BY_STATUS.get(error.status_code, ServiceCode.INVALID_REQUEST)
    return problem_response(request, Problem(code, status=error.status_code, headers=error.headers))


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        FieldError(where=".".join(str(part) for part in each["loc"]), message=each["msg"]) for each in error.errors()
    ]
    return problem_response(request, Problem(ServiceCode.INVALID_REQUEST, errors=errors[:20]))


async def _library(request: Request, error: Exception) -> Response:
    assert isinstance(error, HingeError)
    return problem_response(request, Problem.of(error.finding))


async def _database(request: Request, error: Exception) -> Response:
    if isinstance(error, IntegrityError):
        # Routes check before they write; this is the rare case of two requests at the same instant.
        return problem_response(request, Problem(ServiceCode.CONFLICT))
    _log.error("database_failed", exc_info=error)
    return problem_response(request, Problem(ServiceCode.UNAVAILABLE, headers={"Retry-After": "2"}))


async def _store(request: Request, error: Exception) -> Response:
    if isinstance(error, BlobMissing):
        return problem_response(request, Problem(ServiceCode.NOT_FOUND))
    _log.error("store_failed", exc_info=error)
    if isinstance(error, StoreFull):
        return problem_response(request, Problem(ServiceCode.STORAGE_FULL))
    return problem_response(request, Problem(ServiceCode.UNAVAILABLE, headers={"Retry-After": "2"}))


async def _files(request: Request, error: Exception) -> Response:
    assert isinstance(error, OSError)
    _log.error("files_failed", errno=errno.errorcode.get(error.errno or 0, "?"), exc_info=error)
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return problem_response(request, Problem(ServiceCode.STORAGE_FULL))
    return problem_response(request, Problem(ServiceCode.UNAVAILABLE, headers={"Retry-After": "2"}))
