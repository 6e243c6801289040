"""Fixtures that several files share."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest
from hypothesis import Phase, settings

from hinge_check.capture.track import PoseTrack
from hinge_check.options import CaptureOptions, silent
from tests import samples

# Started in the background of a script, every process ignores Ctrl-C, and so would the programs whose Ctrl-C is tested.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples on every run, nothing kept beside the code, and no hunt for the smallest counter-example: the
# arrays in ours take minutes to print.
settings.register_profile(
    "here", derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("here")


@pytest.fixture(scope="session")
def sample_track(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], PoseTrack]:
    """Provide tracks of sample videos by name, captured once a session and then read back from their file."""
    samples.full_model()
    from hinge_check.capture.capture_clip import capture  # MediaPipe is slow to import

    folder = tmp_path_factory.mktemp("tracks")

    def of(name: str) -> PoseTrack:
        path = folder / f"{name}.npz"
        if not path.exists():
            capture(samples.FOLDER / f"{name}.mp4", options=CaptureOptions(), progress=silent).save(path)
        return PoseTrack.load(path)

    return of
