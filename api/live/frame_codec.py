"""Decoding of frames as a page sends them, little-endian; docs/live-protocol.md has the table.

Their encoder is js/live/frame-codec.js.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from math import isfinite

import numpy as np
import numpy.typing as npt

from hinge_check.arrays import FloatArray
from hinge_check.capture.silhouette_fast import trunk_edges_fast
from hinge_check.live import LiveFrame

VERSION = 1
MOST_BYTES = 32 * 1024
"""Most bytes of one frame: the outline of a trunk takes two to four thousand."""
MOST_CROP = 160
"""Most pixels, each way, of the outline's crop: too few to recognise a face, even if it were not an outline."""

PERSON, WORLD, OUTLINE, LOOKED, LIT = 1, 2, 4, 8, 16
_KNOWN = PERSON | WORLD | OUTLINE | LOOKED | LIT

_HEAD = struct.Struct("<BBBBId")
_CROP = struct.Struct("<fff4BHH")
_POINTS, _SEEN, _WORLD = 33 * 3 * 2, 33, 33 * 3 * 2
POINT_STEPS = 8192.0
"""Steps along the picture's longer edge: a twelfth of a pixel of 640."""
WORLD_STEPS = 8000.0
"""Steps per metre: an eighth of a millimetre."""
_SHARES = np.arange(256, dtype=np.float32) / np.float32(255)
_TRUNK = np.array([[23, 24], [11, 12]])


class BadFrame(ValueError):
    """Bytes that are not a frame; the message says what is wrong with them, not what they hold."""


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """A frame and its sequence number."""

    seq: int
    frame: LiveFrame


def read_frame(data: bytes, frame_size: tuple[int, int]) -> DecodedFrame:
    """Decode a frame.

    Parameters
    ----------
    frame_size
        Width and height in pixels of the picture its landmarks are in.

    Raises
    ------
    BadFrame
        The bytes are not a frame of this version.
    """
    if len(data) > MOST_BYTES:
        raise BadFrame("too long")
    try:
        version, flags, luma, others, seq, time_s = _HEAD.unpack_from(data)
    except struct.error:
        raise BadFrame("no whole head") from None
    if version != VERSION:
        raise BadFrame("another version")
    if flags & ~_KNOWN or (flags & (WORLD | OUTLINE) and not flags & PERSON):
        raise BadFrame("flags that mean nothing")
    if not isfinite(time_s) or abs(time_s) > 1e9:
        raise BadFrame("no time")
    luma_mean = float(luma) if flags & LIT else float("nan")
    bystanders = int(others) if flags & LOOKED else None
    at = _HEAD.size
    if not flags & PERSON:
        _require_end(data, at)
        return DecodedFrame(seq, LiveFrame(time_s, luma=luma_mean, others=bystanders))
    edge = max(frame_size)
    points = _read_array(data, at, _POINTS, "<i2").reshape(33, 3).astype(np.float32) * np.float32(edge / POINT_STEPS)
    at += _POINTS
    seen = _read_array(data, at, _SEEN, "<u1").astype(np.float32) / np.float32(255)
    at += _SEEN
    world = None
    if flags & WORLD:
        world = _read_array(data, at, _WORLD, "<i2").reshape(33, 3).astype(np.float32) / np.float32(WORLD_STEPS)
        at += _WORLD
    edges = border = None
    if flags & OUTLINE:
        edges, border = _outline(data, at, points)
    else:
        _require_end(data, at)
    return DecodedFrame(seq, LiveFrame(time_s, points, world, seen, edges, border, luma=luma_mean, others=bystanders))


def _outline(data: bytes, at: int, points: npt.NDArray[np.float32]) -> tuple[FloatArray, npt.NDArray[np.float32]]:
    """Decode the edges of the trunk, in pixels of the picture, and the shares of its border."""
    try:
        left, top, scale, *sides, width, height = _CROP.unpack_from(data, at)
    except struct.error:
        raise BadFrame("no whole outline") from None
    if not (isfinite(left) and isfinite(top) and 0.01 <= scale <= 100.0):
        raise BadFrame("an outline that lies nowhere")
    if not (2 <= width <= MOST_CROP and 2 <= height <= MOST_CROP):
        raise BadFrame("an outline of no fit size")
    runs = np.frombuffer(data, np.uint8, offset=at + _CROP.size)
    if len(runs) % 2:
        raise BadFrame("half a run")
    lengths = runs[1::2]
    if int(lengths.sum(dtype=np.int64)) != width * height:
        raise BadFrame("an outline of another size")
    mask = np.repeat(_SHARES[runs[::2]], lengths).reshape(height, width)
    # Midpoints of the hips and of the shoulders, in pixels of the crop.
    middles = (points[_TRUNK, :2].sum(axis=1) / 2 - (left, top)) / scale
    edges = trunk_edges_fast(mask, middles[0], middles[1]) * np.float32(scale)
    return edges, np.array(sides, np.float32) / np.float32(255)


def _read_array(data: bytes, at: int, length: int, kind: str) -> npt.NDArray[np.generic]:
    if len(data) < at + length:
        raise BadFrame("cut short")
    return np.frombuffer(data, kind, count=length // np.dtype(kind).itemsize, offset=at)


def _require_end(data: bytes, at: int) -> None:
    if len(data) != at:
        raise BadFrame("more than a frame")
