"""Commands from outside the library, found through the entry-point group `hinge_check.commands`.

The service registers its commands this way, so that the library does not depend on it.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, PackageNotFoundError, distribution
from typing import Any

import typer

from hinge_check.errors import UsageError

GROUP = "hinge_check.commands"


def add_extensions(app: typer.Typer) -> None:
    """Add every registered command: a function, or a Typer application with commands of its own."""
    try:
        # Only of this distribution: reading every installed one takes a tenth of a second, at each --help.
        found = distribution("hinge-check").entry_points.select(group=GROUP)
    except PackageNotFoundError:  # run from a folder that was never installed
        return
    for entry in found:
        command = _load(entry)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=entry.name)
        else:
            app.command(entry.name)(command)


def _load(entry: EntryPoint) -> Any:
    """Load a command; where its package is missing, a command that states where it runs.

    The wheel contains only the library, but its metadata still names the service's commands.
    """
    package = entry.module.partition(".")[0]
    try:
        return entry.load()
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        return _absent(entry.name)


def _absent(name: str) -> typer.Typer:
    # A group, not a function: it accepts whatever arguments the real command would.
    absent = typer.Typer(invoke_without_command=True, hidden=True, add_help_option=False)

    @absent.callback(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
    def _say_where() -> None:
        raise UsageError(
            f"'hinge-check {name}' belongs to the service, which is not part of this package. "
            "Run it from a checkout of hinge-check (make serve) or from its image; see the README."
        )

    return absent
