"""What a caller chooses about reading a clip, and how it hears of progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

SideChoice = Literal["auto", "left", "right"]
"""The side of the body towards the camera; `auto` lets the clip decide."""


class Progress(Protocol):
    """Called now and then with the stage, media seconds done, media seconds in all, frames done."""

    def __call__(self, stage: str, done_s: float, total_s: float, frames: int) -> None:
        """Take note of how far the work is."""


def silent(stage: str, done_s: float, total_s: float, frames: int) -> None:
    """Ignore all progress."""


@dataclass(frozen=True, slots=True)
class CaptureOptions:
    """What a caller may choose about reading a clip; sensible without any."""

    model: str = "full"
    """lite, full, heavy or a path to a bundle."""
    trim_s: tuple[float | None, float | None] | None = None
    """Media seconds to keep; None at either end is open."""
    speed: float | None = None
    """Playback speed over real speed; None asks the container, else 1."""
    max_duration_s: float = 600.0
