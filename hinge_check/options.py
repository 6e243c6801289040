"""Options of reading a clip, and the callback for progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

SideChoice = Literal["auto", "left", "right"]
"""The side of the body towards the camera; `auto` lets the clip decide."""


class Progress(Protocol):
    """A callback that gets the stage, the media seconds done, the media seconds in all and the frames done."""

    def __call__(self, stage: str, done_s: float, total_s: float, frames: int) -> None:
        """Note the progress of the work."""


def silent(stage: str, done_s: float, total_s: float, frames: int) -> None:
    """Ignore all progress."""


@dataclass(frozen=True, slots=True)
class CaptureOptions:
    """Options of reading a clip; the defaults are sensible."""

    model: str = "full"
    """lite, full, heavy or a path to a bundle."""
    trim_s: tuple[float | None, float | None] | None = None
    """Span to read, media seconds; None at either end is open."""
    speed: float | None = None
    """Playback speed over real speed; None asks the container, else 1."""
    max_duration_s: float = 600.0
