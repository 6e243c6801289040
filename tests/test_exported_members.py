"""The public surface: small, deliberate, and quick to import."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import hinge_check


def test_all_lists_exactly_the_public_names() -> None:
    for name in hinge_check.__all__:
        assert getattr(hinge_check, name) is not None
    assert set(hinge_check.__all__) == {*hinge_check._HOME, "__version__"}
    assert sorted(hinge_check.__all__) == hinge_check.__all__
    assert set(hinge_check.__all__) <= set(dir(hinge_check))


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(hinge_check, "no_such_name")


def test_the_version_is_the_installed_one() -> None:
    assert hinge_check.__version__ == version("hinge-check")


def test_importing_the_command_line_imports_nothing_slow() -> None:
    heavy = {"numpy", "scipy", "cv2", "av", "mediapipe", "matplotlib", "pydantic", "pooch", "requests"}
    code = f"import sys, hinge_check.cli; sys.stdout.write(','.join(sorted({heavy!r} & set(sys.modules))))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == ""
