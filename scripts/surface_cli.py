"""Records the commands of the command line and the files they write; part of `scripts/surface.py`.

A stored track (`tests/golden/set.track.npz`, a synthetic set of two repetitions with a rounded back) is assessed under
every protocol. This covers everything after capture in a few seconds, without inference.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import typer
from typer.main import get_command

from hinge_check import cli

TRACK = Path(__file__).resolve().parents[1] / "tests" / "golden" / "set.track.npz"
PROSE = frozenset({"description", "title"})
NESTED = frozenset({"properties", "items", "anyOf", "additionalProperties"})
"""Keys of a schema that hold schemas."""


def collect(*, every_protocol: bool = True) -> dict[str, Any]:
    """Record commands and options, protocols, the report schema and CSV headers; digests of results as machine half.

    Parameters
    ----------
    every_protocol
        Assess the track under all protocols instead of the default one alone; takes about a second each.
    """
    app = find_app()
    protocols = run(app, "protocols", "list").splitlines()
    names = [line.split()[0] for line in protocols]
    results = {name: assess_track(app, "--protocol", name) for name in names} if every_protocol else {}
    by_default = assess_track(app)
    portable = {
        "commands": dict(describe_commands(get_command(app))),
        "protocols": protocols,
        "protocol_texts": {name: sha256(run(app, "protocols", "show", name).encode()) for name in names},
        "report": flatten_schema(json.loads(run(app, "schema"))),
        "files": sorted(by_default),
        "csv": {name: csv_header(data) for name, data in by_default.items() if name.endswith(".csv")},
    }
    machine = {
        f"{protocol}/{name}": sha256(data)
        for protocol, files in {"": by_default, **results}.items()
        for name, data in files.items()
    }
    return {"portable": portable, "machine": machine}


def find_app() -> typer.Typer:
    """Intercept the Typer app when the entry point calls it, so that this does not depend on where it is defined."""
    found: list[typer.Typer] = []
    stop = signal.getsignal(signal.SIGTERM)
    try:
        with patch.object(typer.Typer, "__call__", lambda self: found.append(self)):
            cli.main()
    finally:
        signal.signal(signal.SIGTERM, stop)
    return found[0]


def describe_commands(command: Any, name: str = "hinge-check") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every command by its full name, with its arguments and options but without help texts."""
    description = {
        "hidden": command.hidden,
        "options": [_option(each) for each in command.params if each.name != "help"],
    }
    yield name, description
    for inner in sorted(getattr(command, "commands", {})):
        yield from describe_commands(command.commands[inner], f"{name} {inner}")


def run(app: typer.Typer, *arguments: str) -> str:
    """Run a command; returns what it prints on stdout.

    Raises
    ------
    RuntimeError
        The exit code is not 0.
    """
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = get_command(app).main(list(arguments), prog_name="hinge-check", standalone_mode=False)
    if code:
        raise RuntimeError(f"hinge-check {' '.join(arguments)}: exit code {code}: {err.getvalue()}")
    return out.getvalue()


def assess_track(app: typer.Typer, *options: str) -> dict[str, bytes]:
    """Assess the stored track; returns the files of its results folder by name."""
    with tempfile.TemporaryDirectory(prefix="surface-") as folder:
        run(app, "assess", str(TRACK), "--out", folder, *options)
        return {path.name: path.read_bytes() for path in sorted(Path(folder).glob("*/*"))}


def csv_header(data: bytes) -> list[str]:
    """Parse the first line of a CSV file."""
    return next(csv.reader([data.decode().splitlines()[0]]))


def flatten_schema(schema: dict[str, Any]) -> dict[str, str]:
    """Map every property's path to its schema; references are resolved, so class names are free to change."""
    definitions = schema.get("$defs", {})

    def walk(part: Any, path: str) -> Iterator[tuple[str, str]]:
        if "$ref" in part:
            yield from walk(definitions[part["$ref"].rpartition("/")[2]], path)
            return
        own = {name: value for name, value in part.items() if name not in {*PROSE, "$defs", *NESTED}}
        yield path, json.dumps(own, sort_keys=True).replace('"', "'")
        for name, inner in part.get("properties", {}).items():
            yield from walk(inner, f"{path}.{name}")
        for number, inner in enumerate(part.get("anyOf", [])):
            yield from walk(inner, f"{path}|{number}")
        for key in ("items", "additionalProperties"):
            if isinstance(part.get(key), dict):
                yield from walk(part[key], f"{path}[]")

    return dict(walk(schema, "report"))


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def _option(option: Any) -> str:
    """Format an argument or option as one line."""
    shown = {
        "names": [*option.opts, *option.secondary_opts] if option.param_type_name == "option" else [option.name],
        "kind": option.param_type_name,
        "type": _type(option.type_descriptor.annotation),
        "least": option.min,
        "most": option.max,
        "default": None if callable(option.default) else option.default,
        "required": option.required,
        "nargs": option.nargs,
        "multiple": getattr(option, "multiple", False),
        "flag": getattr(option, "is_flag", False),
        "hidden": getattr(option, "hidden", False),
        "metavar": option.metavar,
        "environment": option.envvar,
    }
    given = {name: value for name, value in shown.items() if value is not None and value is not False}
    return json.dumps(given, default=str).replace('"', "'")


def _type(annotation: Any) -> str:
    name = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return name.replace("pathlib._local.", "pathlib.")  # Python 3.13


if __name__ == "__main__":
    json.dump(collect(), sys.stdout)
