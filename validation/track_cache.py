"""A cache of captured tracks: by clip, pose model, the capture code and the inference settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from hinge_check.capture import capture_clip as capturing
from hinge_check.capture.pose_models import bundle
from hinge_check.capture.track import PoseTrack
from hinge_check.capture.video import sha256_of
from hinge_check.options import CaptureOptions, silent

FOLDER = Path(__file__).parent / "cache" / "tracks"

WHEREABOUTS = {"pose_models", "model_sources"}
"""Modules of hinge_check.capture that find the model file, whose digest is in the key anyway."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Settings of a capture; the product's own where nothing is given."""

    model: str = "full"
    rate_hz: float = capturing.MAX_RATE_HZ
    long_edge: int = capturing.LONG_EDGE

    @property
    def label(self) -> str:
        """Return the setting's name in the results."""
        return f"{self.model}, {self.rate_hz:g} Hz, {self.long_edge} px"


@cache
def capture_version() -> str:
    """Return a digest of the code (without comments and docstrings) and the libraries that make a track."""
    folder, todo, done = Path(capturing.__file__).parent, {"capture_clip"}, set[str]()
    digest = sha256(f"{version('mediapipe')} {version('av')}".encode())
    while names := sorted(todo - done):
        for name in names:
            text = (folder / f"{name}.py").read_text()
            digest.update(_code(text).encode())
            todo |= set(re.findall(r"^from hinge_check\.capture\.(\w+) import", text, re.MULTILINE)) - WHEREABOUTS
        done |= set(names)
    return digest.hexdigest()[:12]


def _code(text: str) -> str:
    """Return a module's code without its comments and docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [one for one in node.body if not (isinstance(one, ast.Expr) and _is_text(one.value))]
    return ast.dump(tree)


def _is_text(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def track_of(video: Path, setting: Setting = Setting(), folder: Path = FOLDER, *, stale: bool = False) -> PoseTrack:
    """Return the track of a video, from the cache where it has been captured before.

    Parameters
    ----------
    stale
        Also take what earlier capture code made, the latest there is: quick, while measure/ is worked on.

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
    if stale and (older := sorted(folder.glob(f"*/{key}.npz"), key=lambda one: one.stat().st_mtime)):
        return PoseTrack.load(older[-1])
    with _set(setting):
        track = capturing.capture(video, options=CaptureOptions(model=setting.model), progress=silent)
    path.parent.mkdir(parents=True, exist_ok=True)
    track.save(path)
    return track


@contextmanager
def _set(setting: Setting) -> Iterator[None]:
    """Set another rate or size for the capture: they are constants in the product, since no user should change them."""
    before = capturing.MAX_RATE_HZ, capturing.LONG_EDGE
    capturing.MAX_RATE_HZ, capturing.LONG_EDGE = setting.rate_hz, setting.long_edge
    try:
        yield
    finally:
        capturing.MAX_RATE_HZ, capturing.LONG_EDGE = before
