"""Results of measuring: the arrays in flight between measure/, assess/ and present/.

Angles are degrees, change from the person's own standing unless said otherwise;
NaN where not seen. Times are media seconds (as in the file) unless named real.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from hinge_check.arrays import BoolArray, FloatArray, Side
from hinge_check.errors import Finding


class Phase(StrEnum):
    """The part of a repetition that a frame belongs to."""

    STAND = "stand"
    DESCENT = "descent"
    BOTTOM = "bottom"
    ASCENT = "ascent"
    NONE = ""
    """Outside any repetition and not standing still, or nobody seen."""


@dataclass(frozen=True, slots=True)
class View:
    """The camera's view of the person; decided once per clip."""

    facing: Side | None
    """Direction in which the person faces in the picture."""
    near_side: Side | None
    """Side of the body towards the camera."""
    yaw_deg: float
    yaw_se_deg: float
    roll_deg: float
    """Camera roll, + when the content of the picture is turned clockwise."""
    person_height_px: float
    """Height of the standing (or straightened) person in the source picture, pixels."""
    seen_share: float
    """Share of frames with a person, 0..1."""


@dataclass(frozen=True, slots=True)
class HingeAngles:
    """Angles of one clip over its frames, (T,) each, smoothed zero-lag.

    `trunk_inclination`, `shank_inclination` are absolute from vertical (+ forward); `knee_flexion` is
    absolute (0 straight); the others are changes from standing.
    """

    time_s: FloatArray
    trunk_inclination: FloatArray
    hip_flexion: FloatArray
    hip_se: FloatArray
    lumbar_flexion: FloatArray
    lumbar_se: FloatArray
    pelvic_tilt: FloatArray
    knee_flexion: FloatArray
    shank_inclination: FloatArray
    neck_flexion: FloatArray
    bend: FloatArray
    """Shoulder-hip-knee flexion, change from standing: hip and lumbar together, all that landmarks alone can show."""
    hips_back: FloatArray
    """Mid-hip behind mid-ankle, trunk lengths, change from standing, + backwards."""
    hips_down: FloatArray
    """Mid-hip lowered, trunk lengths, change from standing, + down."""
    wrist_forward: FloatArray
    """Mid-wrist in front of mid-ankle, trunk lengths, + forward (absolute)."""
    lumbar_quality: float
    """Of the whole clip, 0..1."""
    lumbar_abstains: str
    """Reason why lumbar flexion is not given for this clip, in plain words; empty when it is given."""


@dataclass(frozen=True, slots=True)
class Rep:
    """One repetition as frame indices; start <= bottom_start <= bottom <= bottom_end <= end.

    `start` is the last frame of standing (or of resting at the floor when `from_floor`), `end` the first
    frame of standing again. `partial` when the clip cuts it.
    """

    start: int
    bottom_start: int
    bottom: int
    bottom_end: int
    end: int
    from_floor: bool = False
    partial: bool = False
    bounces: int = 0
    """Extra dips within the bottom: 1 for a double dip."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """Everything measured on a track: the input of `assess`, of the overlay and of the charts.

    `refusal` is set when nothing can be assessed; arrays are still given then, where they exist.
    """

    view: View
    angles: HingeAngles
    reps: tuple[Rep, ...]
    phase: npt.NDArray[np.str_]
    """(T,) `Phase` values."""
    standing: BoolArray
    """(T,) frames of the still, tall stand that is the zero of the angles."""
    back_px: FloatArray
    """(T, B, 2) the back edge from sacrum to upper thorax, pixels of the analysed picture; NaN where not seen."""
    speed: float
    """Real seconds = media seconds * speed."""
    findings: tuple[Finding, ...]
    refusal: Finding | None
