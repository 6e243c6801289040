"""The person's own standing, kept as one median frame: the zero of everything, small enough to hand back and forth."""

from __future__ import annotations

from dataclasses import dataclass
from math import dist, isnan

import numpy as np

from hinge_check.arrays import FloatArray, Side
from hinge_check.capture.track import PoseTrack, TrackInfo
from hinge_check.live.frame_buffer import as_track
from hinge_check.live.posture import Point, leaning, posture_of
from hinge_check.live.updates import AngleReading
from hinge_check.measure.angles import THIGH_SE_DEG, segments
from hinge_check.measure.back_profile import dorsal_row, read_profiles
from hinge_check.measure.body import JOINTS, Body
from hinge_check.measure.lumbar import features_against_standing, load_model
from hinge_check.measure.quantiles import median_known, median_of
from hinge_check.measure.standing import standing_frames
from hinge_check.measure.view import view_of

KEPT = ("landmarks", "world", "visibility", "edges", "border")
"""What is kept of the stand."""
FRAMES = 20
"""How often the median frame stands at the beginning of what is measured: as much weight as a third of the stand
between two repetitions, so that one lock-out does not move the zero."""


@dataclass(frozen=True, slots=True)
class StandingReference:
    """A standing person.

    `rows` holds one frame, (1, ...) arrays by their names in `PoseTrack`. `firm` when it was a second and a half of
    stillness; otherwise it is the best that was seen before the person began to move.
    """

    rows: dict[str, FloatArray]
    near: Side
    yaw_deg: float
    height_px: float
    bend: float
    """Of the middle of both sides: what the phases go by."""
    trunk: float
    thigh: float
    length: float
    """Hip to shoulder, pixels."""
    hip: Point
    ankle: Point
    depth: FloatArray
    """(B,) back profile, pixels; NaN where it was not seen."""
    zero: FloatArray
    """(2,) what the model reads in standing: lumbar flexion, turn of the trunk line over the pelvis."""
    firm: bool

    @property
    def forward(self) -> float:
        """+1 facing the picture's right."""
        return 1.0 if self.near == "right" else -1.0


def reference_of(rows: dict[str, FloatArray], info: TrackInfo, *, near: Side | None, firm: bool) -> StandingReference:
    """The reference of some standing frames, (T, ...) arrays; `near` names the side towards the camera if known."""
    one = {name: np.asarray(median_known(np.moveaxis(rows[name], 0, -1)), np.float32)[None] for name in KEPT}
    track = as_track(np.zeros(1), {**one, **_unlooked(1)}, info)
    view = view_of(track, near or "auto")
    side: Side = view.near_side or "right"
    forward = 1.0 if side == "right" else -1.0
    pose = posture_of(track.landmarks[0], forward)
    trunk, thigh = _trunk_thigh(track.landmarks[0], side)
    depth = read_profiles(np.asarray(track.edges[:, dorsal_row(side)], float))
    zero = np.full(2, np.nan)
    if np.isfinite(depth).all():
        features = features_against_standing(
            depth, np.array([pose.length]), depth[0], pose.length, np.zeros(1), view.yaw_deg
        )
        zero = load_model().referenced.read(features).angles[0]
    return StandingReference(
        rows=one,
        near=side,
        yaw_deg=view.yaw_deg,
        height_px=view.person_height_px,
        bend=pose.bend,
        trunk=trunk,
        thigh=thigh,
        length=pose.length,
        hip=pose.hip,
        ankle=pose.ankle,
        depth=depth[0],
        zero=zero,
        firm=firm,
    )


def standing_rows(
    time_s: FloatArray, rows: dict[str, FloatArray], info: TrackInfo
) -> tuple[dict[str, FloatArray], Side] | None:
    """The frames in which the person stands tall and still, as `measure` finds them; None where there are none."""
    track = as_track(time_s, rows, info)
    near = view_of(track).near_side
    if near is None:
        return None
    parts = segments(Body(track, near), near)
    standing = standing_frames(time_s, parts.bend, parts.trunk, parts.knee)
    if standing.sum() < load_model().limits["min_standing_frames"]:
        return None
    return {name: rows[name][standing] for name in KEPT}, near


def reading_of(
    landmarks: FloatArray, edges: FloatArray, zero: StandingReference
) -> tuple[AngleReading | None, AngleReading | None]:
    """Hip and lumbar flexion of one frame against the reference, unsmoothed; None where it cannot be told."""
    depth = read_profiles(np.asarray(edges[None, dorsal_row(zero.near)], float))
    if isnan(depth[0, 0]) or isnan(zero.zero[0]):  # a profile is known as a whole or not at all
        return None, None
    model = load_model()
    trunk, thigh = _trunk_thigh(landmarks, zero.near)
    bend = np.array([(trunk - zero.trunk) - (thigh - zero.thigh)])
    length = np.array([dist(_middle(landmarks, "hip"), _middle(landmarks, "shoulder"))])
    features = features_against_standing(depth, length, zero.depth, zero.length, bend, zero.yaw_deg)
    read = model.referenced.read(features)
    if not read.distance[0] <= model.limits["max_distance"]:
        return None, None
    coarse = max(1.0, model.limits["good_height_px"] / zero.height_px)
    lumbar_se, over_se = model.referenced.standard_error(read, bend, zero.yaw_deg)[0] * coarse
    lumbar, over = read.angles[0] - zero.zero
    return (
        AngleReading(float(bend[0] - over), float(np.hypot(over_se, THIGH_SE_DEG))),
        AngleReading(float(lumbar), float(lumbar_se)),
    )


def _trunk_thigh(landmarks: FloatArray, near: Side) -> tuple[float, float]:
    """Inclination of the near side's trunk and thigh in (33, >=2) landmarks."""
    side, forward = (0, -1.0) if near == "left" else (1, 1.0)
    shoulder, hip, knee = (landmarks[JOINTS[name][side], :2].tolist() for name in ("shoulder", "hip", "knee"))
    return leaning(hip, shoulder, forward), leaning(knee, hip, forward)


def _middle(landmarks: FloatArray, joint: str) -> Point:
    """Midway between left and right."""
    (left_x, left_y), (right_x, right_y) = (landmarks[k, :2].tolist() for k in JOINTS[joint])
    return (left_x + right_x) / 2, (left_y + right_y) / 2


def _unlooked(n: int) -> dict[str, FloatArray]:
    """The rest of some rows: nobody looked."""
    nothing: FloatArray = np.full(n, np.nan, np.float32)
    return {"luma": nothing, "sharpness": nothing, "camera_shift": np.full((n, 2), np.nan, np.float32)}


def prepend_stand(
    time_s: FloatArray, rows: dict[str, FloatArray], zero: StandingReference | None, info: TrackInfo, *, closing: bool
) -> tuple[PoseTrack, int]:
    """Some frames with the reference's stand before them, as one track, and how many frames were put before.

    Parameters
    ----------
    closing
        Put the stand behind them too: a repetition is then whole as soon as it has turned, and its bottom can be
        measured while the person is still coming up.
    """
    if zero is None:
        return as_track(time_s, rows, info), 0
    step = median_of(np.diff(time_s)) if len(time_s) > 1 else 1 / 30
    # Further off than any gap that is bridged, so that nothing is smoothed across.
    pause = max(0.5, 2 * step)
    ticks = np.arange(FRAMES) * step
    before = time_s[0] - pause - ticks[::-1]
    stand = {**{name: np.repeat(zero.rows[name], FRAMES, axis=0) for name in KEPT}, **_unlooked(FRAMES)}
    times: list[FloatArray] = [before, time_s]
    parts = [stand, rows]
    if closing:
        times.append(time_s[-1] + pause + ticks)
        parts.append(stand)
    whole = {name: np.concatenate([part[name] for part in parts]) for name in rows}
    return as_track(np.concatenate(times), whole, info), FRAMES


def is_same_place(zero: StandingReference, hip: Point, length: float) -> bool:
    """Whether somebody stands where the reference stood, at the same distance."""
    moved = dist(hip, zero.hip) / zero.length
    return moved < 1.0 and 0.8 < length / zero.length < 1.25
