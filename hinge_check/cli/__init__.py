"""The command line `hinge-check`."""

from __future__ import annotations

from hinge_check.cli.commands import app as app, main as main
