"""`python -m hinge_check`: the command line."""

from hinge_check.cli import main

main()
