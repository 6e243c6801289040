"""hinge-check db: the tables of the service."""

from __future__ import annotations

import typer

db_app = typer.Typer(help="The database of the service.", no_args_is_help=True)


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables to the version this program needs (the database HINGE_DATABASE_URL names)."""
    from hinge_check.cli_extra import service_extra

    with service_extra():
        from api.db.engine import open_database
        from api.db.migrate import upgrade
        from api.settings import Settings
    engine = open_database(Settings().database)
    try:
        typer.echo(f"at version {upgrade(engine)}")
    finally:
        engine.dispose()
