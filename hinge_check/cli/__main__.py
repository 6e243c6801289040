"""`python -m hinge_check.cli`: the command line."""

from __future__ import annotations

from hinge_check.cli import main

main()
