"""Videos for the service's tests: small, distinct, complete."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api.uploads.probe import AcceptedVideo, VideoLimits
from api.uploads.remux import examine
from tests.clips import write_clip


def probe_in_process(source: Path, folder: Path, limits: VideoLimits) -> AcceptedVideo:
    """Probe as `probe_in_subprocess` does, without the second it takes to start a process."""
    return examine(source, folder, limits)


def film(folder: Path, name: str = "film.mp4", **clip: object) -> Path:
    """Write a two-second clip with its index in front."""
    options = {"n": 20, "container_options": {"movflags": "+faststart"}, **clip}
    return write_clip(folder / name, **options)  # type: ignore[arg-type]


def other_copy(video: bytes) -> bytes:
    """Return the same film in other bytes: with a box that players skip, with random content."""
    filling = os.urandom(16)
    return video + (8 + len(filling)).to_bytes(4, "big") + b"free" + filling


def pad_film(video: bytes, size: int) -> bytes:
    """Return the same film as a file of `size` bytes, unlike any other."""
    left = size - len(video) - 8
    return video + (8 + left).to_bytes(4, "big") + b"free" + os.urandom(16) + b"\0" * (left - 16)


def heavy_film(folder: Path, size: int) -> bytes:
    """Return a clip of about `size` bytes, all of it pictures: noise, which no coding makes small."""
    noise = np.random.default_rng(7).integers(0, 255, (360, 640, 3), np.uint8)

    def draw(k: int, wanted: tuple[int, int]) -> NDArray[np.uint8]:  # noqa: ARG001 - as write_clip calls it
        return np.roll(noise, k, axis=1)

    how = {"codec": "mjpeg", "pix_fmt": "yuvj420p", "size": (640, 360), "options": {"qmin": "2", "qmax": "2"}}
    one = film(folder, "one.mov", n=4, draw=draw, **how).stat().st_size / 4
    return film(folder, "heavy.mov", n=int(size / one), fps=30.0, draw=draw, **how).read_bytes()
