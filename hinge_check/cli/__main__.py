"""Run the command line by `python -m hinge_check.cli`."""

from __future__ import annotations

from hinge_check.cli import main

main()
