"""Footage derived from the sample videos: the same figure filmed badly, in company, not at all.

A `Footage` is pictures and their rate; the functions here turn one into another, and `shoot` makes a video of it.
All of it happens at test time: nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hinge_check.capture.video import VideoReader
from tests.clips import write_clip
from tests.samples import FOLDER

Pictures = npt.NDArray[np.uint8]

PERSON = slice(235, 445)
"""Columns of a sample in which its person moves; the rest is room."""

EMPTY = slice(20, 230)
"""As many columns of bare room."""

CABINET_SIDE = slice(430, 640)
"""As many columns to the person's right."""

STAND_S = 0.3
"""The first seconds of every sample show the person standing."""


@dataclass(frozen=True, slots=True)
class Footage:
    """Pictures (T, H, W, 3) uint8 RGB, one every 1 / fps seconds."""

    pictures: Pictures
    fps: float

    def __len__(self) -> int:
        return len(self.pictures)

    @property
    def size(self) -> tuple[int, int]:
        """Return width, height, pixels."""
        return self.pictures.shape[2], self.pictures.shape[1]


@lru_cache(maxsize=6)
def sample(name: str, *, seconds: float = 2.5, fps: float = 15.0, folder: Path = FOLDER) -> Footage:
    """Return the beginning of a sample: about one repetition at a rate that halves the cost."""
    with VideoReader(folder / f"{name}.mp4") as reader:
        step = round(reader.info.fps / fps)
        count = round(seconds * reader.info.fps)
        pictures = np.stack([frame.rgb for frame in islice(reader, 0, count, step)])
    pictures.flags.writeable = False  # it is shared
    return Footage(pictures, fps)


def shoot(
    footage: Footage,
    path: Path,
    *,
    rotation: tuple[float, bool, bool] | None = None,
    container_options: Mapping[str, str] | None = None,
) -> Path:
    """Write it as a video."""
    return write_clip(
        path,
        n=len(footage),
        fps=footage.fps,
        size=footage.size,
        rotation=rotation,
        container_options=container_options,
        draw=lambda k, _: np.ascontiguousarray(footage.pictures[k]),
    )


# -- what is in the picture


def black(seconds: float = 8.0, fps: float = 5.0) -> Footage:
    """Film with the lens cap on."""
    return Footage(np.zeros((round(seconds * fps), 360, 640, 3), np.uint8), fps)


def dimmed(footage: Footage, factor: float) -> Footage:
    """Turn the light down."""
    return replace(footage, pictures=(footage.pictures * factor).astype(np.uint8))


def empty_room(footage: Footage) -> Footage:
    """Return the room alone: bare wall where the person was."""
    pictures = footage.pictures.copy()
    pictures[:, :, PERSON] = pictures[:, :, EMPTY]
    return replace(footage, pictures=pictures)


def standing(footage: Footage) -> Footage:
    """Let the person do nothing but stand, as long as the footage lasts."""
    still = max(1, round(STAND_S * footage.fps))
    # Back and forth through the first pictures, so that small movements go on.
    order = np.abs((np.arange(len(footage)) + still) % (2 * still) - still)
    return replace(footage, pictures=footage.pictures[order])


def joined(*parts: Footage) -> Footage:
    """Join parts one after the other."""
    return replace(parts[0], pictures=np.concatenate([part.pictures for part in parts]))


def with_bystander(footage: Footage, *, left: bool, who: Footage) -> Footage:
    """Add a bystander beside the person, all the time."""
    pictures = footage.pictures.copy()
    still = standing(replace(who, pictures=who.pictures[: len(footage)])).pictures
    pictures[:, :, EMPTY if left else CABINET_SIDE] = still[: len(footage), :, PERSON]
    return replace(footage, pictures=pictures)


# -- how it was filmed


def mirrored(footage: Footage) -> Footage:
    """Swap left and right."""
    return replace(footage, pictures=footage.pictures[:, :, ::-1])


def cropped(footage: Footage, *, top: int = 0, bottom: int = 360, left: int = 0, right: int = 640) -> Footage:
    """Cut out a part of the picture, in pixels of the whole; even numbers, as encoders want them."""
    return replace(footage, pictures=footage.pictures[:, top:bottom, left:right])


def scaled(footage: Footage, factor: float) -> Footage:
    """Reduce the number of pixels."""
    width, height = (2 * round(side * factor / 2) for side in footage.size)
    return _each(footage, lambda picture: cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA))


def far_away(footage: Footage, factor: float) -> Footage:
    """Make the person small in a large room: the picture shrunk, its walls and floor extended to the old size."""
    small = scaled(footage, factor)
    width, height = footage.size
    left, top = (width - small.size[0]) // 2, (height - small.size[1]) // 2
    sides = (top, height - small.size[1] - top, left, width - small.size[0] - left)
    return _each(small, lambda picture: cv2.copyMakeBorder(picture, *sides, cv2.BORDER_REPLICATE))


def with_moved_camera(footage: Footage, shift_px: npt.NDArray[np.int_]) -> Footage:
    """Turn the camera to the right by so many pixels in each picture; at the edges the room goes on, mirrored."""
    width = footage.size[0]
    reach = int(np.abs(shift_px).max())
    shifts = iter(shift_px.tolist())

    def turned(picture: Pictures) -> Pictures:
        wide = cv2.copyMakeBorder(picture, 0, 0, reach, reach, cv2.BORDER_REFLECT)
        start = reach + next(shifts)
        return np.asarray(wide[:, start : start + width], np.uint8)

    return _each(footage, turned)


def doubled(footage: Footage) -> Footage:
    """Double the rate: between two pictures their mean."""
    first = footage.pictures
    following = np.concatenate([first[1:], first[-1:]])
    between = np.stack([cv2.addWeighted(a, 0.5, b, 0.5, 0) for a, b in zip(first, following, strict=True)])
    pictures = np.stack([first, between], axis=1).reshape(-1, *first.shape[1:])
    return Footage(pictures, 2 * footage.fps)


def halved(footage: Footage) -> Footage:
    """Halve the rate."""
    return Footage(footage.pictures[::2], footage.fps / 2)


def lying(footage: Footage) -> Footage:
    """Store turned by a quarter, as phones do; shot with `LYING` the container says how it is to be shown."""
    return replace(footage, pictures=np.rot90(footage.pictures, 1, axes=(1, 2)))


LYING = (-90.0, False, False)


def _each(footage: Footage, change: Callable[[Pictures], Any]) -> Footage:
    return replace(footage, pictures=np.stack([np.asarray(change(p), np.uint8) for p in footage.pictures]))
