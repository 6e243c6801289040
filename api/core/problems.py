"""Errors as `application/problem+json` (RFC 9457): one stable code, what happened, what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from hinge_check.errors import ADVICE, Code, Finding

PROBLEM_JSON = "application/problem+json"


class ServiceCode(StrEnum):
    """Stable codes of the service, beside the library's `Code`."""

    INVALID_REQUEST = "invalid_request"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    CSRF = "csrf"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_ACCEPTABLE = "not_acceptable"
    REQUEST_TIMEOUT = "request_timeout"
    CONFLICT = "conflict"
    NOT_READY = "not_ready"
    CONSENT_REQUIRED = "consent_required"
    INTAKE_REQUIRED = "intake_required"
    CLEARANCE_REQUIRED = "clearance_required"
    NOT_SHOWN = "not_shown"
    LINK_INVALID = "link_invalid"
    LINK_EXPIRED = "link_expired"
    LINK_USED = "link_used"
    LENGTH_REQUIRED = "length_required"
    PRECONDITION_FAILED = "precondition_failed"
    UPLOAD_MISMATCH = "upload_mismatch"
    UPLOAD_EMPTY = "upload_empty"
    UPLOAD_EXPIRED = "upload_expired"
    TOO_LARGE = "too_large"
    WRONG_MEDIA_TYPE = "wrong_media_type"
    RANGE_NOT_SATISFIABLE = "range_not_satisfiable"
    REFUSED_VIDEO = "refused_video"
    TOO_MANY_REQUESTS = "too_many_requests"
    UNAVAILABLE = "unavailable"
    STORAGE_FULL = "storage_full"
    INTERNAL = "internal"


_OF_CODE: dict[ServiceCode, tuple[int, str, str]] = {
    # Status, title and advice of each code.
    ServiceCode.INVALID_REQUEST: (422, "The request is not right", "Look at 'errors' and send it again."),
    ServiceCode.UNAUTHENTICATED: (401, "Please sign in", "Sign in, then try again."),
    ServiceCode.FORBIDDEN: (403, "Not allowed", "Ask your clinician if you need this."),
    ServiceCode.CSRF: (403, "The form is out of date", "Reload the page and send it again."),
    ServiceCode.NOT_FOUND: (404, "Not found", "Check the address; it may have been removed."),
    ServiceCode.METHOD_NOT_ALLOWED: (405, "This cannot be done here", "See the 'Allow' header."),
    ServiceCode.NOT_ACCEPTABLE: (406, "Not offered in that form", "Ask for another media type."),
    ServiceCode.REQUEST_TIMEOUT: (408, "The request stopped coming", "Check the connection and send it again."),
    ServiceCode.CONFLICT: (409, "It changed meanwhile", "Look at the present state, then try again."),
    ServiceCode.NOT_READY: (409, "Not ready yet", "Wait until the analysis is done."),
    ServiceCode.CONSENT_REQUIRED: (
        403,
        "A video can be sent once its storing was agreed to",
        "Read the three questions about your video and answer them as you like; the first one is needed.",
    ),
    ServiceCode.INTAKE_REQUIRED: (
        403,
        "A few questions come first",
        "Answer the questions about your health; it takes two minutes.",
    ),
    ServiceCode.CLEARANCE_REQUIRED: (
        403,
        "Your clinician will look at your answers first",
        "Please wait with filming until your clinician has spoken with you. If you feel worse, seek care.",
    ),
    ServiceCode.NOT_SHOWN: (
        403,
        "This video is not shared with you",
        "The figures are here; ask the client if you need to see the video.",
    ),
    ServiceCode.LINK_INVALID: (404, "This link is not complete", "Open the link exactly as it was sent to you."),
    ServiceCode.LINK_EXPIRED: (410, "This link has expired", "Ask for a new link."),
    ServiceCode.LINK_USED: (410, "This link was already used", "Ask for a new link."),
    ServiceCode.LENGTH_REQUIRED: (411, "The length is missing", "Send a Content-Length header."),
    ServiceCode.PRECONDITION_FAILED: (412, "A condition was not met", "Look at the present state, then try again."),
    ServiceCode.UPLOAD_MISMATCH: (409, "The upload is at another place", "Ask for the offset, go on from there."),
    ServiceCode.UPLOAD_EMPTY: (400, "Nothing arrived", "Choose the video again and send it."),
    ServiceCode.UPLOAD_EXPIRED: (410, "This upload was given up", "Start the upload again."),
    ServiceCode.TOO_LARGE: (413, "Too large", "Send less: trim the video to one set, or film in 1080p."),
    ServiceCode.WRONG_MEDIA_TYPE: (415, "Another kind of content is needed", "Set the right Content-Type."),
    ServiceCode.RANGE_NOT_SATISFIABLE: (416, "No such part", "Ask for a range inside the file."),
    ServiceCode.REFUSED_VIDEO: (422, "This video cannot be used", "Film again."),
    ServiceCode.TOO_MANY_REQUESTS: (429, "Too many tries", "Wait a little, then try again."),
    ServiceCode.UNAVAILABLE: (503, "Just now not available", "Try again in a moment."),
    ServiceCode.STORAGE_FULL: (507, "No room left", "Ask whoever runs this service to make room."),
    ServiceCode.INTERNAL: (500, "Something went wrong on our side", "Try again; if it stays, pass on the request id."),
}


class RefusalReason(BaseModel):
    """Why something was refused or failed."""

    code: str = Field(description="Stable")
    message: str
    advice: str


class FieldError(BaseModel):
    """The problem of one field; never repeats the value that was sent."""

    where: str = Field(description="Path of the field, such as body.email")
    message: str


class ProblemDetails(BaseModel):
    """RFC 9457 problem details, with a stable code, advice and the id of the request."""

    type: str = Field(description="urn:hinge-check:problem:CODE")
    title: str
    status: int
    detail: str
    code: str = Field(description="Stable; one of the library's or the service's codes")
    advice: str
    request_id: str
    errors: list[FieldError] | None = None


class Problem(Exception):
    """An error to be answered with problem details; may be raised anywhere in a request.

    Parameters
    ----------
    code
        A service code, or a library `Code` (a refusal; status 422).
    detail
        What happened, for the person; defaults to the title. Never holds names, addresses, file names or tokens.
    status
        HTTP status, where it is not the one of the code.
    headers, errors
        Extra response headers; the problems of single fields.
    """

    def __init__(
        self,
        code: ServiceCode | Code,
        detail: str | None = None,
        *,
        advice: str | None = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        errors: list[FieldError] | None = None,
    ) -> None:
        super().__init__(str(code))
        defaults = (422, "This video cannot be used", ADVICE[code]) if isinstance(code, Code) else _OF_CODE[code]
        self.code = code
        self.status = defaults[0] if status is None else status
        self.title = defaults[1]
        self.detail = defaults[1] + "." if detail is None else detail
        self.advice = defaults[2] if advice is None else advice
        self.headers = dict(headers or {})
        self.errors = errors

    @classmethod
    def of(cls, finding: Finding, *, status: int | None = None) -> Problem:
        """Make a problem of a finding of the library."""
        return cls(finding.code, finding.message, advice=finding.advice, status=status)

    def response(self, request_id: str) -> JSONResponse:
        """Return the problem as a response."""
        details = ProblemDetails(
            type=f"urn:hinge-check:problem:{self.code}",
            title=self.title,
            status=self.status,
            detail=self.detail,
            code=self.code,
            advice=self.advice,
            request_id=request_id,
            errors=self.errors,
        )
        content = details.model_dump(mode="json", exclude_none=True)
        return JSONResponse(content, status_code=self.status, headers=self.headers, media_type=PROBLEM_JSON)


def not_found() -> Problem:
    """Return the problem for an object that does not exist or belongs to someone else: the answer is the same."""
    return Problem(ServiceCode.NOT_FOUND)


def invalid_field(where: str, lines: Sequence[str], detail: str | None = None) -> Problem:
    """Return the `invalid_request` problem of one field; at most 20 lines of 300 characters, the answer stays small."""
    errors = [FieldError(where=where, message=line[:300]) for line in lines[:20]]
    return Problem(ServiceCode.INVALID_REQUEST, detail, errors=errors)


def problem_responses(*codes: ServiceCode | Code) -> dict[int | str, dict[str, Any]]:
    """Return the problems a route may answer with, as `responses=` of the route or router for OpenAPI."""
    responses: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        status = 422 if isinstance(code, Code) else _OF_CODE[code][0]
        entry = responses.setdefault(status, {"description": "", "content": {PROBLEM_JSON: {"schema": _REF}}})
        entry["description"] = f"{entry['description']}, {code}".removeprefix(", ")
    return responses


_REF = {"$ref": "#/components/schemas/ProblemDetails"}

ANYWHERE = problem_responses(
    ServiceCode.INVALID_REQUEST,
    ServiceCode.REQUEST_TIMEOUT,
    ServiceCode.TOO_LARGE,
    ServiceCode.INTERNAL,
    ServiceCode.UNAVAILABLE,
) | {400: {"description": "malformed request", "content": {PROBLEM_JSON: {"schema": _REF}}}}
"""Problems that every route may answer with."""

SIGNED_IN = problem_responses(
    ServiceCode.UNAUTHENTICATED, ServiceCode.FORBIDDEN, ServiceCode.CSRF, ServiceCode.NOT_FOUND
)
"""Problems that every route behind a sign-in may answer with as well."""
