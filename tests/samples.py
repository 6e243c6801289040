"""The bundled sample videos, their truth, and the pose model where it is on this machine."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from hinge_check.capture.pose_models import bundle
from hinge_check.capture.video import Frame, VideoReader
from hinge_check.errors import InstallationError

FOLDER = Path(__file__).parents[1] / "sample_videos"
NAMES = ("neutral_good", "rounded", "squatty", "shallow", "oblique_30")


def full_model() -> Path:
    """Return the bundle 'full'; skip the test where it is not on this machine."""
    try:
        return bundle("full").path
    except InstallationError:
        pytest.skip("the pose model 'full' is not on this machine (hinge-check models fetch full)")


def truth(name: str) -> dict[str, Any]:
    """Return the truth of a sample."""
    return dict(json.loads((FOLDER / f"{name}.truth.json").read_text("utf-8")))


def first_frames(name: str, count: int) -> list[Frame]:
    """Return the first frames of a sample."""
    with VideoReader(FOLDER / f"{name}.mp4") as reader:
        return list(islice(reader, count))
