"""Several people in the picture: who is there besides the tracked person, and which of them hinges."""

from __future__ import annotations

import numpy as np

from hinge_check.arrays import FloatArray
from hinge_check.capture.landmarks import HIPS, KNEES, SHOULDERS
from hinge_check.capture.track import PoseTrack

Box = tuple[float, float, float, float]

MIN_HEIGHT_SHARE = 0.4
"""A person under 0.4 of the tracked person's size stands far behind and cannot be mistaken for them."""

HINGE_RANGE_DEG = 25.0
"""Range of trunk inclination that makes a hinge: half the waiter's bow (Monnier 2012: 50 deg)."""


def trunk_of(people: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mid-hip (..., 2) and trunk vector hip -> shoulder (..., 2) of (..., 33, >=2) landmarks, pixels."""
    hip = people[..., HIPS, :2].mean(axis=-2)
    return hip, people[..., SHOULDERS, :2].mean(axis=-2) - hip


def inclination_range(trunk: FloatArray) -> float:
    """Return the range (5th to 95th percentile) of the trunk's angle from vertical, degrees; 0 for under three."""
    angle = np.degrees(np.arctan2(np.abs(trunk[..., 0]), -trunk[..., 1]))
    angle = angle[np.isfinite(angle)]
    if len(angle) < 3:
        return 0.0
    low, high = np.percentile(angle, [5, 95])
    return float(high - low)


def bend_range(people: FloatArray) -> float:
    """Return the range (5th to 95th percentile) of the shoulder-hip-knee bend, degrees; 0 when not seen.

    A squat and a shallow hinge bend far more than they turn the trunk.

    Parameters
    ----------
    people : (T, 33, >=2) float array
        Landmarks, pixels.
    """
    hip, trunk = trunk_of(people)
    thigh = people[..., KNEES, :2].mean(axis=-2) - hip
    cross = trunk[..., 0] * thigh[..., 1] - trunk[..., 1] * thigh[..., 0]
    bend = 180.0 - np.degrees(np.abs(np.arctan2(cross, (trunk * thigh).sum(axis=-1))))
    bend = bend[np.isfinite(bend)]
    if not len(bend):
        return 0.0
    low, high = np.percentile(bend, [5, 95])
    return float(high - low)


def box_of(track: PoseTrack) -> Box:
    """Return the box that the tracked person fills over the clip, with hair, hands and shoes."""
    points = track.landmarks[track.seen, :, :2]
    _, trunk = trunk_of(points)
    pad = 0.25 * float(np.median(np.hypot(trunk[:, 0], trunk[:, 1])))
    left, top = np.percentile(points.min(axis=1), 2, axis=0) - pad
    right, bottom = np.percentile(points.max(axis=1), 98, axis=0) + pad
    return float(left), float(top), float(right), float(bottom)


def other_people(track: PoseTrack) -> FloatArray:
    """Return the landmarks of everybody but the tracked person at each scan.

    Returns
    -------
    (S, P, 33, 3) float array
        `scan_people` with the tracked person, those far away and those barely seen set to NaN.
    """
    out = np.array(track.scan_people, float)
    if not len(track.scan_time_s) or not track.seen.any():
        return out
    seen_at = np.flatnonzero(track.seen)
    nearest = seen_at[np.abs(track.time_s[seen_at][:, None] - track.scan_time_s).argmin(axis=0)]
    hip, trunk = trunk_of(track.landmarks[nearest])
    length = np.hypot(trunk[:, 0], trunk[:, 1])
    low, high = np.nanmin(track.landmarks[nearest, :, 1], axis=1), np.nanmax(track.landmarks[nearest, :, 1], axis=1)
    height = np.maximum(high - low, 1.0)
    for s in range(len(out)):
        for p in range(out.shape[1]):
            person = out[s, p]
            if not np.isfinite(person[0, 0]):
                continue
            other_hip, other_trunk = trunk_of(person)
            same = np.hypot(*(other_hip - hip[s])) < 0.6 * length[s]
            small = np.hypot(*other_trunk) < MIN_HEIGHT_SHARE * length[s]
            extent = person[:, 1].max() - person[:, 1].min()
            faint = person[[*SHOULDERS, *HIPS], 2].mean() < 0.5 or extent < MIN_HEIGHT_SHARE * 0.5 * height[s]
            if same or small or faint:
                out[s, p] = np.nan
    return out


def find_other_hinger(track: PoseTrack) -> Box | None:
    """Return the box (left, top, right, bottom; pixels) of another person who hinges while the tracked one does not.

    None when the tracked person hinges, or nobody else does: then nothing has to be analysed again.
    """
    _, trunk = trunk_of(track.landmarks)
    if inclination_range(trunk) >= HINGE_RANGE_DEG:
        return None
    rest = other_people(track)
    there = np.isfinite(rest[..., 0, 0])
    if there.sum() < 3:
        return None
    people = rest[there]
    hips, trunks = trunk_of(people)
    # The other person is followed by the place of their hips; a person who wanders does not hinge on the spot.
    centre = np.median(hips, axis=0)
    length = float(np.median(np.hypot(trunks[:, 0], trunks[:, 1])))
    near = np.hypot(*(hips - centre).T) < 1.5 * length
    if near.sum() < 3 or inclination_range(trunks[near]) < HINGE_RANGE_DEG:
        return None
    points = people[near][..., :2].reshape(-1, 2)
    pad = 0.5 * length
    left, top = points.min(axis=0) - pad
    right, bottom = points.max(axis=0) + pad
    return float(left), float(top), float(right), float(bottom)
