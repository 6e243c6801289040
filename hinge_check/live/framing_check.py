"""Where the person and the camera stand: the one thing to mend first, from the same verdicts as a recording gets."""

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
"""Seconds looked back on: shorter flickers with every step, longer lags behind the advice that was just followed."""

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
"""What to mend first: without light or a whole body nothing else can be judged."""

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
    """What is to be mended."""

    code: str | None
    """Instruction; None when all is well."""
    blocks: bool
    """Nothing can be measured like this; otherwise it would only be better."""
    near: Side | None
    """Side of the body towards the camera."""


def check_framing(track: PoseTrack, others: int) -> FramingCheck:
    """The first thing to mend in the last moments; `others` are people besides the tracked one."""
    view = view_of(track)
    picture = picture_verdict(track)
    if picture.refusal is not None:
        return FramingCheck(_instruction(picture.refusal, track), True, view.near_side)
    seen = view_verdict(track, view)
    if seen.refusal is not None:
        return FramingCheck(_instruction(seen.refusal, track), True, view.near_side)
    soft = [code for one in picture.findings + seen.findings if (code := _instruction(one, track)) is not None]
    if abs(view.yaw_deg) > load_model().limits["max_yaw_deg"]:  # the back is not read beyond it
        soft.append("turn_side_on")
    if others:
        soft.append("one_person")
    return FramingCheck(min(soft, key=_ORDER.index, default=None), False, view.near_side)


def _instruction(one: Finding, track: PoseTrack) -> str | None:
    """What to do about a finding; None for what cannot be mended on the spot."""
    if one.code == Code.OUT_OF_FRAME:
        return _cut_off(track)
    return _BY_CODE.get(one.code)


def _cut_off(track: PoseTrack) -> str:
    """Which part leaves the picture, as advice."""
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
