"""The OpenAPI document, with our problems instead of FastAPI's errors, and schema names independent of class names."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.core.problems import ProblemDetails

PUBLISHED_NAMES = {
    "ProbeResult": "Seen",
    "Reason": "hinge_check__clinic__criteria__Reason",
    "RefusalReason": "api__recordings__Reason",
    "SetMetrics": "SetFigures",
}
"""Our class: the name under which its schema was first published. Clients were generated from those names."""

_REF = re.compile(r"^#/components/schemas/(\w+)$")


def build_openapi(app: FastAPI) -> dict[str, Any]:
    """Build the document of an application."""
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(problem.pop("$defs", {}))
    schemas["ProblemDetails"] = problem
    # We answer 422 with problem details; FastAPI's own schema is never sent.
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    for ours, published in PUBLISHED_NAMES.items():
        schemas[published] = {**schemas.pop(ours), "title": published.rpartition("__")[2]}
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return {name: _with_published_refs(part) for name, part in document.items()}


def _with_published_refs(part: Any) -> Any:
    """Copy a part of the document, its references renamed."""
    if isinstance(part, list):
        return [_with_published_refs(each) for each in part]
    if not isinstance(part, dict):
        return part
    out = {name: _with_published_refs(each) for name, each in part.items()}
    match = _REF.match(out["$ref"]) if isinstance(out.get("$ref"), str) else None
    if match is not None:
        out["$ref"] = f"#/components/schemas/{PUBLISHED_NAMES.get(match[1], match[1])}"
    return out
