"""`hinge-check`, the command line."""

from __future__ import annotations

from hinge_check.cli.commands import app as app, main as main
