"""Position of person and camera: the first thing to fix, by the same findings as a recording gets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_check.arrays import Side
from hinge_check.capture.landmarks import ANKLES, HIPS
from hinge_check.capture.track import PoseTrack
from hinge_check.errors import Code, Finding
from hinge_check.measure.framing import BORDER_SHARE, picture_verdict, view_verdict
from hinge_check.measure.lumbar import load_model
from hinge_check.measure.view import view_of

LOOK_S = 0.7
"""Window of the check, seconds: a shorter one flickers with every step, a longer one lags behind the advice that was
just followed."""

_ORDER = (
    "more_light",
    "step_into_view",
    "show_whole_body",
    "show_head",
    "show_feet",
    "move_back",
    "come_closer",
    "turn_side_on",
    "one_person",
    "steady_camera",
    "face_level",
)
"""What to fix first: without light or a whole body nothing else can be judged."""

_BY_CODE = {
    Code.TOO_DARK: "more_light",
    Code.NO_PERSON: "step_into_view",
    Code.PERSON_LOST: "step_into_view",
    Code.PERSON_TOO_SMALL: "come_closer",
    Code.NOT_SIDE_VIEW: "turn_side_on",
    Code.CAMERA_MOVED: "steady_camera",
    Code.CAMERA_TILTED: "face_level",
    Code.SEVERAL_PEOPLE: "one_person",
}


@dataclass(frozen=True, slots=True)
class FramingCheck:
    """The first thing to fix about the framing."""

    code: str | None
    """Code of the instruction; None when all is well."""
    blocks: bool
    """Whether nothing can be measured like this; otherwise it would only be better."""
    near: Side | None
    """Side of the body towards the camera."""


def check_framing(track: PoseTrack, others: int) -> FramingCheck:
    """Return the first thing to fix in the last moments; `others` counts people besides the tracked one."""
    view = view_of(track)
    picture = picture_verdict(track)
    if picture.refusal is not None:
        return FramingCheck(_instruction(picture.refusal, track), True, view.near_side)
    viewpoint = view_verdict(track, view)
    if viewpoint.refusal is not None:
        return FramingCheck(_instruction(viewpoint.refusal, track), True, view.near_side)
    optional = [
        code for finding in picture.findings + viewpoint.findings if (code := _instruction(finding, track)) is not None
    ]
    if abs(view.yaw_deg) > load_model().limits["max_yaw_deg"]:  # the back cannot be read beyond it
        optional.append("turn_side_on")
    if others:
        optional.append("one_person")
    return FramingCheck(min(optional, key=_ORDER.index, default=None), False, view.near_side)


def _instruction(finding: Finding, track: PoseTrack) -> str | None:
    """Return the instruction for a finding; None for what cannot be fixed on the spot."""
    if finding.code == Code.OUT_OF_FRAME:
        return _cut_off_advice(track)
    return _BY_CODE.get(finding.code)


def _cut_off_advice(track: PoseTrack) -> str:
    """Return as advice which part of the body is outside the picture."""
    points = track.landmarks[track.seen, :, :2]
    touches = track.border[track.seen] > BORDER_SHARE
    width, height = track.info.frame_size
    top = bool((points[:, 0, 1] < 0).mean() > 0.5 or touches[:, 1].mean() > 0.5)
    bottom = bool((points[:, ANKLES, 1].min(axis=1) > height).mean() > 0.5 or touches[:, 3].mean() > 0.5)
    hips = points[:, HIPS, 0].mean(axis=1)
    if top and bottom:
        return "move_back"
    if np.median(hips) < 0.1 * width or np.median(hips) > 0.9 * width or not (top or bottom):
        return "show_whole_body"
    return "show_head" if top else "show_feet"
