"""Commands `hinge-check models` and `hinge-check protocols`: list, fetch and check what is available."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hinge_check.errors import UsageError

DEFAULT_MODEL = "full"

models_app = typer.Typer(help="Pose model bundles: which are here, fetch one, hash them again.", no_args_is_help=True)
protocols_app = typer.Typer(help="Protocols: what is expected of an exercise.", no_args_is_help=True)


@models_app.command("list")
def models_list() -> None:
    """Which bundles are here, and where."""
    from hinge_check.capture.pose_models import list_bundles

    for status in list_bundles():
        place = "not here" if status.path is None else str(status.path)
        typer.echo(f"{status.spec.name:<6} {status.spec.bytes:>10,} bytes  {status.spec.sha256[:12]}  {place}")
        for path in status.wrong:
            typer.echo(f"{'':<6} another or a damaged file: {path}")


@models_app.command("fetch")
def models_fetch(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="lite, full, heavy.")] = None,
) -> None:
    """Fetch bundles that are not here yet (full without a name); only a file with the right sha256 is kept."""
    from hinge_check.capture.pose_models import fetch

    for name in names or [DEFAULT_MODEL]:
        file = fetch(name, log=lambda line: typer.echo(line, err=True))
        typer.echo(str(file.path))


@models_app.command("verify")
def models_verify(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="lite, full, heavy.")] = None,
) -> None:
    """Hash bundles again (those that are here without a name); exit code 4 if one is absent or wrong."""
    from hinge_check.capture.pose_models import list_bundles, verify

    here = [status.spec.name for status in list_bundles() if status.path is not None or status.wrong]
    for name in names or here or [DEFAULT_MODEL]:
        file = verify(name)
        typer.echo(f"{file.name}: right, {file.path}")


@protocols_app.command("list", help="The protocols that come with hinge-check.")
def protocols_list() -> None:
    """List the protocols that come with hinge-check."""
    from hinge_check.assess.protocol import list_protocols

    known = list_protocols()
    width = max(len(name) for name, _ in known)
    for name, title in known:
        typer.echo(f"{name:<{width}}  {title}")


@protocols_app.command("show")
def protocols_show(protocol: Annotated[str, typer.Argument(metavar="NAME|FILE")]) -> None:
    """Print a protocol: every target and limit with its source."""
    from hinge_check.assess.protocol import show_protocol

    typer.echo(show_protocol(protocol).rstrip("\n"))


@protocols_app.command("check")
def protocols_check(file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Check a protocol file; exit code 2 if something in it is wrong."""
    from hinge_check.assess.protocol import check_protocol

    problems = check_protocol(file)
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(UsageError.exit_code)
    typer.echo("right")
