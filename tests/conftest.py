"""Fixtures that several files share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hinge_check.analysis import CaptureOptions, silent
from hinge_check.capture.track import PoseTrack
from tests import samples


@pytest.fixture(scope="session")
def sample_track(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], PoseTrack]:
    """Track of a sample video by name, captured once a session and then read back from its file."""
    samples.full_model()
    from hinge_check.capture.clip import capture  # MediaPipe is slow to import

    folder = tmp_path_factory.mktemp("tracks")

    def of(name: str) -> PoseTrack:
        path = folder / f"{name}.npz"
        if not path.exists():
            capture(samples.FOLDER / f"{name}.mp4", options=CaptureOptions(), progress=silent).save(path)
        return PoseTrack.load(path)

    return of
