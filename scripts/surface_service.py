"""Records the service's OpenAPI document, routes, settings and tables; part of `scripts/surface.py`.

Uses `api.app.create_app`, HTTP and SQL only. PYTHONPATH decides which checkout's `api` is measured.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Engine, inspect, text
from starlette.testclient import TestClient

from api.app import create_app
from api.db.migrate import upgrade
from api.settings import Settings, load_settings

HERE = "http://127.0.0.1:8000"
SECRET = "a secret for the surface, 0123456789"
PROSE = frozenset({"description", "summary", "title"})
PROBLEM = "{'content': {'application/problem+json': {'schema': {'$ref': '#ProblemDetails'}}}}"
"""The usual error response; the statuses that use it are listed on one line."""
EMAIL, PASSWORD = "ann@example.org", "correct horse battery"


def collect() -> dict[str, Any]:
    """Record the OpenAPI document without prose, routes, settings, tables, cookies and the layout of an export."""
    with running_app() as app, TestClient(app, base_url=HERE, client=("127.0.0.1", 50000)) as client:
        document = client.get("/api/v1/openapi.json").json()
        portable = {
            "openapi": flatten_openapi(document),
            "routes": list_routes(app),
            "settings": describe_settings(),
            "tables": describe_tables(app.state.engine),
            **record_sign_in_and_export(client, app.state.engine),
        }
    return {"portable": portable, "machine": {}}


@contextmanager
def running_app(**overrides: Any) -> Iterator[FastAPI]:
    """Create an app with empty tables in a temporary folder; its lifespan closes the database."""
    with tempfile.TemporaryDirectory(prefix="surface-", ignore_cleanup_errors=True) as folder:
        app = create_app(load_settings({}, data=Path(folder), secret=SECRET, log_level="error", **overrides))
        upgrade(app.state.engine)
        yield app


def flatten_openapi(document: dict[str, Any]) -> dict[str, Any]:
    """Split the document into operations and schemas, one line per parameter, response and property."""
    operations = {
        f"{method.upper()} {path}": _operation(operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    components = document["components"]
    schemas = {name: _schema(schema) for name, schema in components["schemas"].items()}
    rest = {name: value for name, value in document.items() if name not in {"paths", "components", "info"}}
    others = {name: value for name, value in components.items() if name != "schemas"}
    return {"operations": operations, "schemas": schemas, "document": _line({**rest, "components": others})}


def list_routes(app: FastAPI) -> list[str]:
    """List every path with its methods, including pages, static files and sockets."""
    found = set()
    for route in iter_route_contexts(app.routes):
        methods = getattr(route, "methods", None)
        found.add(f"{route.path} {' '.join(sorted(methods)) if methods else type(route.original_route).__name__}")
    return sorted(found)


def describe_settings() -> dict[str, str]:
    """Map each environment variable to the type, bounds and default of its setting."""
    prefix = str(Settings.model_config.get("env_prefix", ""))
    schema = Settings.model_json_schema()["properties"]
    return {prefix + name.upper(): _line(_plain(schema[name])) for name in Settings.model_fields}


def describe_tables(engine: Engine) -> dict[str, dict[str, Any]]:
    """Describe columns, keys and indexes of every table as created by the migrations."""
    found = inspect(engine)
    out: dict[str, dict[str, Any]] = {}
    for table in found.get_table_names():
        indexes = found.get_indexes(table) + found.get_unique_constraints(table)
        out[table] = {
            "columns": {
                column["name"]: f"{column['type']}{'' if column['nullable'] else ' NOT NULL'}"
                + (f" DEFAULT {column['default']}" if column["default"] is not None else "")
                for column in found.get_columns(table)
            },
            "key": " ".join(found.get_pk_constraint(table)["constrained_columns"]),
            "foreign": sorted(_foreign(key) for key in found.get_foreign_keys(table)),
            "indexes": sorted({f"{each['name']}: {' '.join(map(str, each['column_names']))}" for each in indexes}),
            "checks": sorted(f"{check['name']}: {check['sqltext']}" for check in found.get_check_constraints(table)),
        }
    return out


def record_sign_in_and_export(client: TestClient, engine: Engine) -> dict[str, Any]:
    """Record the cookies set by signing in, and the contents of the export of a client without recordings."""
    _add_clinician(engine)
    answer = client.post("/api/v1/session", json={"email": EMAIL, "password": PASSWORD}, headers={"origin": HERE})
    answer.raise_for_status()
    client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    made = client.post("/api/v1/clients", json={"name": "Carl"})
    made.raise_for_status()
    archive = client.get(f"/api/v1/clients/{made.json()['id']}/export.zip")
    archive.raise_for_status()
    with zipfile.ZipFile(io.BytesIO(archive.content)) as files:
        names = sorted(files.namelist())
        heads = {
            name: next(csv.reader([files.read(name).decode().splitlines()[0]]))
            for name in names
            if name.endswith(".csv")
        }
        person = sorted(json.loads(files.read("person.json")))
    return {
        "cookies": sorted(_cookie(each) for each in answer.headers.get_list("set-cookie")),
        "export": {"names": names, "csv": heads, "person.json": person},
    }


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody")
    known = {"parameters", "requestBody", "responses", *PROSE}
    responses = {status: _line(_plain(each)) for status, each in operation["responses"].items()}
    return {
        "parameters": [_line(_plain(each)) for each in operation.get("parameters", [])],
        "body": None if body is None else _line(_plain(body)),
        "responses": {status: answer for status, answer in responses.items() if answer != PROBLEM},
        "problems": " ".join(sorted(status for status, answer in responses.items() if answer == PROBLEM)),
        **{name: _line(value) for name, value in operation.items() if name not in known},
    }


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    plain = _plain(schema)
    properties = {name: _line(each) for name, each in plain.pop("properties", {}).items()}
    return {"properties": properties, "is": _line(plain)}


def _plain(part: Any) -> Any:
    """Remove prose; a property that happens to be called `title` has a schema, not a text, and is kept."""
    if isinstance(part, dict):
        return {
            name: _plain(value)
            for name, value in part.items()
            if not (name in PROSE and isinstance(value, str)) and name != "examples"
        }
    return [_plain(each) for each in part] if isinstance(part, list) else part


def _line(part: Any) -> str:
    """Format as compact JSON with single quotes, which need no escaping in the record."""
    line = json.dumps(part, sort_keys=True, ensure_ascii=False)
    return line.replace("#/components/schemas/", "#").replace('"', "'")


def _foreign(key: Any) -> str:
    columns, there = " ".join(key["constrained_columns"]), " ".join(key["referred_columns"])
    return f"{columns} -> {key['referred_table']} {there} {_line(key['options'])}"


def _add_clinician(engine: Engine) -> None:
    """Insert the first clinician, who otherwise joins by a link that only `hinge-check serve` prints."""
    cheap = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    row = {"id": "a" * 32, "clinic": "c" * 32, "now": "2026-11-02 09:00:00.000000", "email": EMAIL, "hash": cheap}
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO clinic (id, name, created_at) VALUES (:clinic, 'North', :now)"), row)
        connection.execute(
            text(
                "INSERT INTO clinician (id, clinic_id, name, email, password_hash, created_at) "
                "VALUES (:id, :clinic, 'Ann', :email, :hash, :now)"
            ),
            row,
        )


def _cookie(header: str) -> str:
    """Remove value and expiry date from a Set-Cookie header."""
    return re.sub(r"(?i)(expires)=[^;]*", r"\1=…", re.sub(r"=[^;]*", "=…", header, count=1))


if __name__ == "__main__":
    json.dump(collect(), sys.stdout)
