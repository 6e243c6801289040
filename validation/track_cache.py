"""Tracks captured once: by clip, pose model, the capture code and the inference settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from hinge_check.analysis import CaptureOptions, silent
from hinge_check.capture import clip as capturing
from hinge_check.capture.pose_models import bundle
from hinge_check.capture.track import PoseTrack
from hinge_check.capture.video import sha256_of

FOLDER = Path(__file__).parent / "cache" / "tracks"

CODE = (
    "clip container deinterlace people picture pose probe silhouette surroundings timing track track_builder video"
).split()
"""Modules of hinge_check.capture that decide what a track holds."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How a clip is looked at; the product's own where nothing is given."""

    model: str = "full"
    rate_hz: float = capturing.MAX_RATE_HZ
    long_edge: int = capturing.LONG_EDGE

    @property
    def label(self) -> str:
        """As the results name it."""
        return f"{self.model}, {self.rate_hz:g} Hz, {self.long_edge} px"


@cache
def capture_version() -> str:
    """Digest of the code and the libraries that make a track."""
    folder = Path(capturing.__file__).parent
    digest = sha256(b"".join((folder / f"{name}.py").read_bytes() for name in CODE))
    digest.update(f"{version('mediapipe')} {version('av')}".encode())
    return digest.hexdigest()[:12]


def track_of(video: Path, setting: Setting = Setting(), folder: Path = FOLDER) -> PoseTrack:
    """The track of a video, from the cache where it has been captured before.

    Raises
    ------
    Refused, InstallationError
        As `capture` does.
    """
    key = sha256(
        f"{sha256_of(video)} {bundle(setting.model).sha256} {setting.rate_hz:g} {setting.long_edge}".encode()
    ).hexdigest()[:24]
    path = folder / capture_version() / f"{key}.npz"
    if path.is_file():
        return PoseTrack.load(path)
    with _set(setting):
        track = capturing.capture(video, options=CaptureOptions(model=setting.model), progress=silent)
    path.parent.mkdir(parents=True, exist_ok=True)
    track.save(path)
    return track


@contextmanager
def _set(setting: Setting) -> Iterator[None]:
    """The product's own capture at another rate or size: they are constants there, since no user should turn them."""
    before = capturing.MAX_RATE_HZ, capturing.LONG_EDGE
    capturing.MAX_RATE_HZ, capturing.LONG_EDGE = setting.rate_hz, setting.long_edge
    try:
        yield
    finally:
        capturing.MAX_RATE_HZ, capturing.LONG_EDGE = before
