"""Native noise is hidden, the program's own output is not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SCRIPT = """
import os, sys
from hinge_check.cli.native_output import native_noise_hidden
os.write(2, b"before ")
with native_noise_hidden():
    os.write(2, b"noise ")
    sys.stderr.write("ours ")
os.write(2, b"after ")
sys.stderr.write("end")
"""


@pytest.mark.parametrize(("debug", "said"), [("", "before ours after end"), ("1", "before noise ours after end")])
def test_only_our_own_words_come_through(debug: str, said: str) -> None:
    environment = {**os.environ, "HINGE_CHECK_DEBUG": debug}
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, env=environment)
    assert done.stderr == said
    assert done.stdout == ""
