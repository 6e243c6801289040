"""The person's own standing posture as one median frame: the zero of every angle, small enough to send around."""

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
from hinge_check.measure.lumbar import angles_from, features_against_standing, load_model
from hinge_check.measure.quantiles import median_known, median_of
from hinge_check.measure.standing import standing_frames
from hinge_check.measure.view import view_of

STORED_ROWS = ("landmarks", "world", "visibility", "edges", "border")
"""Rows of a track that a reference stores."""
FRAMES = 20
"""How often the median frame is repeated before the frames to measure: a third of the weight of the stand between two
repetitions, so that a single lock-out does not move the zero."""


@dataclass(frozen=True, slots=True)
class StandingReference:
    """The posture of a standing person.

    `rows` holds one frame, (1, ...) arrays by their names in `PoseTrack`. `firm` is true for a second and a half of
    stillness; otherwise this is the best stand before the person began to move.
    """

    rows: dict[str, FloatArray]
    near: Side
    yaw_deg: float
    height_px: float
    bend: float
    """Bend of the midpoint of both sides, by which phases are detected."""
    trunk: float
    thigh: float
    length: float
    """Hip to shoulder, pixels."""
    hip: Point
    ankle: Point
    depth: FloatArray
    """(B,) back profile, pixels; NaN where it was not seen."""
    angles: FloatArray
    """(2,) the model's angles in standing: lumbar flexion, turn of the trunk line over the pelvis."""
    firm: bool

    @property
    def forward(self) -> float:
        """+1 for a person facing right in the picture, -1 left."""
        return 1.0 if self.near == "right" else -1.0


def reference_of(rows: dict[str, FloatArray], info: TrackInfo, *, near: Side | None, firm: bool) -> StandingReference:
    """Return the reference of standing frames, (T, ...) arrays; `near` names the side towards the camera if known."""
    median_rows = {
        name: np.asarray(median_known(np.moveaxis(rows[name], 0, -1)), np.float32)[None] for name in STORED_ROWS
    }
    track = as_track(np.zeros(1), {**median_rows, **_unmeasured_rows(1)}, info)
    view = view_of(track, near or "auto")
    side: Side = view.near_side or "right"
    forward = 1.0 if side == "right" else -1.0
    pose = posture_of(track.landmarks[0], forward)
    trunk, thigh = _inclinations(track.landmarks[0], side)
    depth = read_profiles(np.asarray(track.edges[:, dorsal_row(side)], float))
    angles = np.full(2, np.nan)
    if np.isfinite(depth).all():
        features = features_against_standing(
            depth, np.array([pose.length]), depth[0], pose.length, np.zeros(1), view.yaw_deg
        )
        angles = load_model().referenced.read(features).angles[0]
    return StandingReference(
        rows=median_rows,
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
        angles=angles,
        firm=firm,
    )


def standing_rows(
    time_s: FloatArray, rows: dict[str, FloatArray], info: TrackInfo
) -> tuple[dict[str, FloatArray], Side] | None:
    """Return the frames in which the person stands tall and still, as `measure` finds them; None without any."""
    track = as_track(time_s, rows, info)
    near = view_of(track).near_side
    if near is None:
        return None
    parts = segments(Body(track, near), near)
    standing = standing_frames(time_s, parts.bend, parts.trunk, parts.knee)
    if standing.sum() < load_model().limits["min_standing_frames"]:
        return None
    return {name: rows[name][standing] for name in STORED_ROWS}, near


def reading_of(
    landmarks: FloatArray, edges: FloatArray, reference: StandingReference
) -> tuple[AngleReading | None, AngleReading | None]:
    """Return hip and lumbar flexion of one frame against the reference, unsmoothed; None where not measurable."""
    depth = read_profiles(np.asarray(edges[None, dorsal_row(reference.near)], float))
    if isnan(depth[0, 0]) or isnan(reference.angles[0]):  # a profile is known as a whole or not at all
        return None, None
    trunk, thigh = _inclinations(landmarks, reference.near)
    bend = np.array([(trunk - reference.trunk) - (thigh - reference.thigh)])
    length = np.array([dist(_midpoint(landmarks, "hip"), _midpoint(landmarks, "shoulder"))])
    features = features_against_standing(depth, length, reference.depth, reference.length, bend, reference.yaw_deg)
    regression = load_model().referenced
    estimate = angles_from(
        reference.angles,
        regression,
        regression.read(features),
        bend,
        yaw_deg=reference.yaw_deg,
        height_px=reference.height_px,
    )
    if not estimate.known[0]:
        return None, None
    (lumbar, over), (lumbar_se, over_se) = estimate.angles[0], estimate.se[0]
    return (
        AngleReading(float(bend[0] - over), float(np.hypot(over_se, THIGH_SE_DEG))),
        AngleReading(float(lumbar), float(lumbar_se)),
    )


def _inclinations(landmarks: FloatArray, near: Side) -> tuple[float, float]:
    """Return the inclination of the near side's trunk and thigh in (33, >=2) landmarks."""
    side, forward = (0, -1.0) if near == "left" else (1, 1.0)
    shoulder, hip, knee = (landmarks[JOINTS[name][side], :2].tolist() for name in ("shoulder", "hip", "knee"))
    return leaning(hip, shoulder, forward), leaning(knee, hip, forward)


def _midpoint(landmarks: FloatArray, joint: str) -> Point:
    """Return the midpoint of left and right."""
    (left_x, left_y), (right_x, right_y) = (landmarks[k, :2].tolist() for k in JOINTS[joint])
    return (left_x + right_x) / 2, (left_y + right_y) / 2


def _unmeasured_rows(n: int) -> dict[str, FloatArray]:
    """Return the remaining rows of a track, which were not measured."""
    unknown: FloatArray = np.full(n, np.nan, np.float32)
    return {"luma": unknown, "sharpness": unknown, "camera_shift": np.full((n, 2), np.nan, np.float32)}


def prepend_stand(
    time_s: FloatArray,
    rows: dict[str, FloatArray],
    reference: StandingReference | None,
    info: TrackInfo,
    *,
    closing: bool,
) -> tuple[PoseTrack, int]:
    """Return frames with the reference's stand before them, as one track, and the number of frames prepended.

    Parameters
    ----------
    closing
        Append the stand as well: a repetition is then complete as soon as it has turned, and its bottom can be
        measured while the person is still coming up.
    """
    if reference is None:
        return as_track(time_s, rows, info), 0
    step = median_of(np.diff(time_s)) if len(time_s) > 1 else 1 / 30
    # Longer than any gap that is bridged, so that nothing is smoothed across it.
    pause = max(0.5, 2 * step)
    ticks = np.arange(FRAMES) * step
    before = time_s[0] - pause - ticks[::-1]
    stand = {
        **{name: np.repeat(reference.rows[name], FRAMES, axis=0) for name in STORED_ROWS},
        **_unmeasured_rows(FRAMES),
    }
    times: list[FloatArray] = [before, time_s]
    parts = [stand, rows]
    if closing:
        times.append(time_s[-1] + pause + ticks)
        parts.append(stand)
    whole = {name: np.concatenate([part[name] for part in parts]) for name in rows}
    return as_track(np.concatenate(times), whole, info), FRAMES


def is_same_place(reference: StandingReference, hip: Point, length: float) -> bool:
    """Return whether the person is where the reference was taken, at the same distance from the camera."""
    moved = dist(hip, reference.hip) / reference.length
    return moved < 1.0 and 0.8 < length / reference.length < 1.25
