"""Options of the command line that need more than a type."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from hinge_check.errors import UsageError


def check_positive(option: str, value: float | None) -> None:
    """Refuse a number that is not above zero.

    Raises
    ------
    UsageError
        Naming the option.
    """
    if value is not None and not (math.isfinite(value) and value > 0):
        raise UsageError(f"{option} must be above 0; {value} is not.")


def parse_trim(text: str | None) -> tuple[float | None, float | None] | None:
    """Parse the media seconds of START:END; either may be left out.

    Raises
    ------
    UsageError
        When it is not a range of seconds.
    """
    if text is None:
        return None
    wrong = UsageError(f"--trim {text} is no range; give seconds as START:END, for example 2:14.5, 2: or :10.")
    parts = text.split(":")
    if len(parts) != 2 or not any(part.strip() for part in parts):
        raise wrong
    try:
        start, end = (float(part) if part.strip() else None for part in parts)
    except ValueError as error:
        raise wrong from error
    if any(value is not None and not (math.isfinite(value) and value >= 0) for value in (start, end)):
        raise wrong
    if end is not None and end <= (start or 0.0):
        raise UsageError(f"--trim {text} ends before it starts; START and END are seconds of the video.")
    return start, end


def refuse_collisions(videos: Sequence[Path], folders: Sequence[Path]) -> None:
    """Refuse videos whose results would go to the same folder.

    Raises
    ------
    UsageError
        Naming the two.
    """
    seen: dict[Path, Path] = {}
    for video, folder in zip(videos, folders, strict=True):
        # Case-folded, because on some disks Lift.hinge and lift.hinge are one folder.
        key = Path(str(folder.resolve()).casefold())
        if key in seen:
            raise UsageError(f"{seen[key]} and {video} would both write {folder}; rename one, or analyse them apart.")
        seen[key] = video
