"""Frames as a page sends them (js/live/frame-codec.js), made from a recorded track."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import numpy.typing as npt

from api.live import frame_codec
from hinge_check.arrays import FloatArray
from hinge_check.capture.silhouette import axis_normal
from hinge_check.capture.track import EDGE_S, PoseTrack

Floats = FloatArray

PER_TRUNK = 64.0
"""Pixels of the crop on the trunk's length."""
REACH_S, REACH = (-0.55, 1.35), 0.95
"""How far the crop goes along the trunk's axis and beside it, trunk lengths."""


def empty_frame(seq: int, time_s: float, *, luma: int = 120) -> bytes:
    """Return a frame with nobody in it."""
    return struct.pack("<BBBBId", frame_codec.VERSION, frame_codec.LIT, luma, 0, seq, time_s)


def pack_frame(
    seq: int,
    time_s: float,
    landmarks: Floats,
    world: Floats | None,
    visibility: Floats,
    mask: Floats | None,
    *,
    size: tuple[int, int],
    luma: int = 120,
) -> bytes:
    """Return a frame with a person in it; `mask` (H, W) of the whole picture, 0..1."""
    flags = (
        frame_codec.PERSON
        | frame_codec.LIT
        | (0 if world is None else frame_codec.WORLD)
        | (0 if mask is None else frame_codec.OUTLINE)
    )
    parts = [
        struct.pack("<BBBBId", frame_codec.VERSION, flags, luma, 0, seq, time_s),
        _steps(landmarks, frame_codec.POINT_STEPS / max(size)),
        np.rint(np.clip(visibility, 0, 1) * 255).astype("<u1").tobytes(),
    ]
    if world is not None:
        parts.append(_steps(world, frame_codec.WORLD_STEPS))
    if mask is not None:
        parts.append(_outline(mask, landmarks))
    return b"".join(parts)


def frame_bytes(track: PoseTrack, k: int, seq: int, time_s: float) -> bytes:
    """Return frame `k` of a track, its outline drawn from the edges that were found then."""
    if not track.seen[k]:
        return empty_frame(seq, time_s)
    return pack_frame(
        seq,
        time_s,
        track.landmarks[k],
        track.world[k],
        track.visibility[k],
        outline_of(track, k),
        size=track.info.frame_size,
    )


def outline_of(track: PoseTrack, k: int) -> Floats:
    """Return (H, W) the trunk between the edges of a frame, soft by a pixel or two."""
    width, height = track.info.frame_size
    hip, shoulder = track.landmarks[k, [23, 24], :2].mean(axis=0), track.landmarks[k, [11, 12], :2].mean(axis=0)
    axis, normal, length = axis_normal(hip, shoulder)
    base = hip + np.outer(EDGE_S * length, axis)
    sides = [
        (base + sign * edge[:, None] * normal)[np.isfinite(edge)]
        for sign, edge in zip((1, -1), track.edges[k], strict=True)
    ]
    ring = np.concatenate([sides[0], sides[1][::-1]])
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.rint(ring * 16).astype(np.int32)], 255, cv2.LINE_AA, shift=4)
    return np.asarray(cv2.GaussianBlur(mask, (3, 3), 0), np.float32) / 255


def restamp(frame: bytes, seq: int, time_s: float) -> bytes:
    """Return the same frame with another number and time."""
    return frame[:4] + struct.pack("<Id", seq, time_s) + frame[16:]


def _steps(values: Floats, scale: float) -> bytes:
    return np.clip(np.rint(np.asarray(values, float) * scale), -32768, 32767).astype("<i2").tobytes()


def _outline(mask: Floats, landmarks: Floats) -> bytes:
    hip = landmarks[[23, 24], :2].mean(axis=0).astype(float)
    shoulder = landmarks[[11, 12], :2].mean(axis=0).astype(float)
    axis = shoulder - hip
    length = float(np.hypot(*axis))
    normal = np.array([axis[1], -axis[0]])
    corners = np.array([hip + s * axis + side * REACH * normal for s in REACH_S for side in (-1, 1)])
    low, high = corners.min(axis=0), corners.max(axis=0)
    scale = max(length / PER_TRUNK, float((high - low).max()) / (frame_codec.MOST_CROP - 1))
    width, height = (int(n) for n in np.minimum(np.ceil((high - low) / scale) + 1, frame_codec.MOST_CROP))
    x = low[0] + scale * np.arange(width)
    y = low[1] + scale * np.arange(height)
    rows, columns = mask.shape
    crop = mask[np.clip(np.rint(y), 0, rows - 1).astype(int)[:, None], np.clip(np.rint(x), 0, columns - 1).astype(int)]
    outside = (y[:, None] < 0) | (y[:, None] > rows - 1) | (x < 0) | (x > columns - 1)
    grey = np.where(outside, 0, np.rint(np.clip(crop, 0, 1) * 255)).astype(np.uint8).ravel()
    head = struct.pack("<fff4BHH", low[0], low[1], scale, 0, 0, 0, 0, width, height)
    return head + _runs(grey)


def _runs(grey: npt.NDArray[np.uint8]) -> bytes:
    starts = np.flatnonzero(np.concatenate([[True], grey[1:] != grey[:-1]]))
    out = bytearray()
    for start, end in zip(starts, [*starts[1:], len(grey)], strict=True):
        left = int(end - start)
        while left:
            run = min(left, 255)
            out += bytes((int(grey[start]), run))
            left -= run
    return bytes(out)
