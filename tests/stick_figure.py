"""A stick person with known angles: a `PoseTrack` without video or inference.

A planar body of shank, thigh, pelvis and thorax is bent by knob curves, given a width from left to right, turned by
the camera's yaw and seen from afar (parallel projection). Its back edge is a line a hand's breadth behind the trunk
that bulges as the lumbar spine flexes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from hinge_check.arrays import FloatArray
from hinge_check.capture.track import EDGE_S, PoseTrack, TrackInfo

Facing = Literal["left", "right"]
Knob = float | FloatArray
"""A figure is the value at the bottom of the movement; an array (T,) is the curve itself."""

SHANK, THIGH, TRUNK, ARM = 0.43, 0.43, 0.5, 0.55
"""Metres; the trunk is hip to shoulder in standing, half pelvis with lumbar spine, half thorax."""
ANKLE_HEIGHT = 0.08
BACK_DEPTH, FRONT_DEPTH = 0.11, 0.12
"""Metres from the hip-shoulder line to the back and to the belly in standing."""
HALF_HIPS, HALF_SHOULDERS, HALF_HEAD = 0.09, 0.18, 0.07
STANDING_KNEE = STANDING_SHANK = 5.0

SWAP = np.arange(33)
for _left, _right in ((1, 4), (2, 5), (3, 6), (7, 8), (9, 10), *((k, k + 1) for k in range(11, 33, 2))):
    SWAP[_left], SWAP[_right] = _right, _left


def ease(x: FloatArray) -> FloatArray:
    """Rise from 0 to 1 with minimum jerk."""
    x = np.clip(x, 0.0, 1.0)
    return np.asarray(x**3 * (10 - 15 * x + 6 * x * x))


def bow(time_s: FloatArray, start: float, down: float = 1.2, hold: float = 0.3, up: float = 1.0) -> FloatArray:
    """Return 0 standing .. 1 at the bottom: one movement that begins at `start`."""
    low = start + down
    return np.minimum(ease((time_s - start) / down), 1 - ease((time_s - low - hold) / up))


def clock(seconds: float, fps: float = 30.0) -> FloatArray:
    """Return frame times from 0."""
    return np.arange(round(seconds * fps)) / fps


def hinges(time_s: FloatArray, reps: int = 2, lead: float = 1.0, every: float = 3.2) -> FloatArray:
    """Return a set of bows with a stand before, between and after."""
    return np.asarray(np.max([bow(time_s, lead + k * every) for k in range(reps)], axis=0))


@dataclass(frozen=True, slots=True)
class Stick:
    """A track and the angles that are in it, (T,) degrees from vertical (+ forward), knee 0 straight."""

    track: PoseTrack
    trunk: FloatArray
    bend: FloatArray
    """Trunk minus thigh."""
    knee: FloatArray
    shank: FloatArray


def stick(
    time_s: FloatArray,
    way: FloatArray,
    *,
    hip: Knob = 80.0,
    lumbar: Knob = 5.0,
    knee: Knob = 18.0,
    shank: Knob = -2.0,
    walk: Knob = 0.0,
    lift: Knob = 0.0,
    facing: Facing = "right",
    yaw: float = 0.0,
    px_per_m: float = 250.0,
    size: tuple[int, int] = (800, 600),
    feet: tuple[float, float] = (0.45, 0.92),
    noise_px: float = 0.0,
    seed: int = 0,
    gaps: Sequence[tuple[float, float]] = (),
    people: FloatArray | None = None,
    **info: Any,
) -> Stick:
    """Return a stick person moving along `way`.

    Parameters
    ----------
    time_s : (T,) media seconds
    way : (T,) 0 standing .. 1 at the bottom
    hip, lumbar
        Flexion, degrees; standing is 0.
    knee, shank
        Knee flexion and shank inclination, degrees; in standing `STANDING_KNEE` and `STANDING_SHANK`.
    walk
        Metres walked forward (a curve; a figure moves the feet along `way`).
    lift
        Metres by which left and right foot are raised in turn: a curve, + left, - right; the knees fold for it.
    yaw
        Camera off the sagittal plane, degrees, + towards the person's front.
    px_per_m, size, feet
        Scale, picture size, and where the feet stand as shares of it.
    noise_px
        Standard deviation of every landmark coordinate.
    gaps
        [from, to) seconds in which nobody is seen.
    people : (T, P, 33, 3)
        Everybody else seen at each frame; the person themself is put in front, a scan is made about once a second.
    **info
        Fields of `TrackInfo` to be otherwise.
    """
    time_s, way = np.asarray(time_s, float), np.asarray(way, float)

    def curve(knob: Knob, standing: float = 0.0) -> FloatArray:
        return np.asarray(knob, float) if np.ndim(knob) else standing + (float(np.asarray(knob)) - standing) * way

    shank_deg, knee_deg = curve(shank, STANDING_SHANK), curve(knee, STANDING_KNEE)
    thigh_deg = shank_deg - knee_deg
    pelvis_deg = curve(hip) + thigh_deg  # the thigh stands upright
    thorax_deg = pelvis_deg + curve(lumbar)
    ankle = np.stack([curve(walk), np.full(len(way), ANKLE_HEIGHT)], axis=1)
    knees = ankle + _up(SHANK, shank_deg)
    hips = knees + _up(THIGH, thigh_deg)
    waist = hips + _up(TRUNK / 2, pelvis_deg)
    shoulder = waist + _up(TRUNK / 2, thorax_deg)
    ear = shoulder + _up(0.22, thorax_deg)
    hand = shoulder - np.array([0.0, ARM])
    body = np.zeros((len(way), 33, 3))  # forward, up, to the person's left; metres

    def put(index: int, points: FloatArray, aside: float) -> None:
        body[:, index, :2], body[:, index, 2] = points, aside

    look = _up(0.1, thorax_deg + 90)
    for k in range(11):
        put(k, ear + look * (1.0 if k == 0 else 0.8), 0.0)
    for side, (s, foot) in enumerate(((1.0, curve(lift)), (-1.0, -curve(lift)))):
        raised = np.stack([np.zeros(len(way)), np.maximum(foot, 0.0)], axis=1)
        put(7 + side, ear, s * HALF_HEAD)
        put(11 + side, shoulder, s * HALF_SHOULDERS)
        put(13 + side, (shoulder + hand) / 2, s * HALF_SHOULDERS)
        for k in (15, 17, 19, 21):
            put(k + side, hand, s * HALF_SHOULDERS)
        put(23 + side, hips, s * HALF_HIPS)
        # A raised foot takes the knee half its way up and forward.
        put(25 + side, knees + raised / 2 + raised[:, ::-1] * 0.8, s * HALF_HIPS)
        put(27 + side, ankle + raised, s * HALF_HIPS)
        put(29 + side, ankle + raised + np.array([-0.06, -0.05]), s * HALF_HIPS)
        put(31 + side, ankle + raised + np.array([0.17, -0.07]), s * HALF_HIPS)

    turn = np.radians(yaw)
    across = body[..., 0] * np.cos(turn) + body[..., 2] * np.sin(turn)
    away = body[..., 2] * np.cos(turn) - body[..., 0] * np.sin(turn)
    seen_from = np.stack([across, -body[..., 1], away], axis=-1)
    world = seen_from - seen_from[:, [23, 24]].mean(axis=1, keepdims=True)
    pixels = seen_from * px_per_m
    pixels[..., 2] = world[..., 2] * px_per_m
    pixels[..., 0] += feet[0] * size[0]
    pixels[..., 1] += feet[1] * size[1]
    if noise_px:
        pixels[..., :2] += np.random.default_rng(seed).normal(0.0, noise_px, pixels[..., :2].shape)
    edges = _edges(curve(lumbar), px_per_m)
    blur = np.full_like(edges, 0.03 * px_per_m)
    gone = np.zeros(len(way), bool)
    for begin, end in gaps:
        gone |= (time_s >= begin) & (time_s < end)
    for array in (pixels, world, edges, blur):
        array[gone] = np.nan
    fps = float(1 / np.median(np.diff(time_s)))
    length = float(time_s[-1] + 1 / fps)
    scans = np.flatnonzero(np.diff(np.floor(time_s), prepend=-1.0) > 0) if people is not None else np.zeros(0, int)
    own = np.concatenate([pixels[..., :2], np.where(gone, np.nan, 1.0)[:, None, None] * np.ones((1, 33, 1))], axis=2)
    everybody = own[scans, None] if people is None else np.concatenate([own[:, None], people], axis=1)[scans]
    track = PoseTrack(
        time_s=time_s,
        landmarks=pixels.astype(np.float32),
        world=world.astype(np.float32),
        visibility=np.where(gone[:, None], 0.0, np.ones((1, 33))).astype(np.float32),
        edges=edges.astype(np.float32),
        edge_blur=blur.astype(np.float32),
        border=np.zeros((len(way), 4), np.float32),
        luma=np.full(len(way), 120.0, np.float32),
        sharpness=np.full(len(way), 200.0, np.float32),
        camera_shift=np.zeros((len(way), 2), np.float32),
        scan_time_s=time_s[scans],
        scan_people=everybody.astype(np.float32),
        info=replace(TrackInfo("00", size, size, length, fps, "full", "11", {"hinge-check": "0"}), **info),
    )
    chord = shoulder - hips
    trunk_deg = np.degrees(np.arctan2(chord[:, 0], chord[:, 1]))
    out = Stick(track, trunk_deg, trunk_deg - thigh_deg, knee_deg, shank_deg)
    return out if facing == "right" else replace(out, track=mirrored(track))


def _up(length: float, degrees: FloatArray) -> FloatArray:
    """Return (T, 2) forward, up."""
    turn = np.radians(degrees)
    return length * np.stack([np.sin(turn), np.cos(turn)], axis=1)


def _edges(lumbar_deg: FloatArray, px_per_m: float) -> FloatArray:
    """Return (T, 2, K) back (row 0, facing right) and belly; the back bulges as the waist lies behind the chord."""
    sag = TRUNK / 2 * np.sin(np.radians(lumbar_deg) / 2)
    bulge = sag[:, None] * np.clip(4 * EDGE_S * (1 - EDGE_S), 0.0, None)
    return np.stack([BACK_DEPTH + bulge, FRONT_DEPTH - bulge], axis=1) * px_per_m


def mirrored(track: PoseTrack) -> PoseTrack:
    """Return the same scene in a mirror: left becomes right, for the picture and for the body."""
    width = track.info.frame_size[0]

    def flip(points: FloatArray, about: float) -> FloatArray:
        out = np.array(points[..., SWAP, :])
        out[..., 0] = about - out[..., 0]
        return out

    shift = track.camera_shift * np.array([-1, 1], np.float32)
    return replace(
        track,
        landmarks=flip(track.landmarks, width),
        world=flip(track.world, 0.0),
        visibility=track.visibility[:, SWAP],
        edges=track.edges[:, ::-1],
        edge_blur=track.edge_blur[:, ::-1],
        border=track.border[:, [2, 1, 0, 3]],
        camera_shift=shift,
        scan_people=flip(track.scan_people, width),
    )


def scaled(track: PoseTrack, factor: float) -> PoseTrack:
    """Return the same scene filmed with `factor` times the pixels."""
    width, height = (round(side * factor) for side in track.info.frame_size)
    people = track.scan_people * np.array([factor, factor, 1], np.float32)
    return replace(
        track,
        landmarks=track.landmarks * np.float32(factor),
        edges=track.edges * np.float32(factor),
        edge_blur=track.edge_blur * np.float32(factor),
        scan_people=people,
        info=replace(track.info, frame_size=(width, height), source_size=(width, height)),
    )


def moved(track: PoseTrack, dx: float, dy: float) -> PoseTrack:
    """Return the person elsewhere in the picture, pixels."""
    by = np.array([dx, dy, 0], np.float32)
    return replace(track, landmarks=track.landmarks + by, scan_people=track.scan_people + by)
