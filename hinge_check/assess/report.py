"""HingeReport, the one type of results. Degrees, seconds of media time, `None` where not measurable."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hinge_check.arrays import Side
from hinge_check.errors import Code

Status = Literal["analysed", "refused"]

_Share = Annotated[
    float | None, Field(description="Lumbar flexion at the bottom over the person's own maximum; null without one")
]
_ShareSe = Annotated[float | None, Field(description="Standard error of the share, that of the range in it")]
_ShareBand = Annotated[
    tuple[float, float] | None,
    Field(
        description="Without a range of the person's own: the share of the population's largest (low) and smallest "
        "(high) maximum; the error of measuring is not in it"
    ),
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Note(_Model):
    """A finding or a refusal."""

    code: Code
    message: str
    advice: str


class ViewReport(_Model):
    """How the camera sees the person."""

    facing: Side | None = Field(description="Where the person faces in the picture")
    near_side: Side | None = Field(description="Side of the body towards the camera")
    yaw_deg: float | None = Field(description="Camera off the sagittal plane; 0 is a true side view")
    yaw_se_deg: float | None
    roll_deg: float | None = Field(default=None, description="Camera roll estimated from the standing body")
    person_height_px: float | None = None
    seen_share: float | None = Field(default=None, description="Share of frames in which the person was found")


class RhythmThird(_Model):
    """Lumbar share of the bend within a third of the trunk's descent (lumbopelvic rhythm)."""

    third: Literal["early", "mid", "late"]
    hip_deg: float | None
    lumbar_deg: float | None


class RepReport(_Model):
    """One repetition; angles at its bottom, from the person's own standing."""

    rep: int
    start_s: float
    bottom_s: float
    end_s: float
    hip_flexion_deg: float | None
    hip_flexion_se_deg: float | None
    lumbar_flexion_deg: float | None
    lumbar_flexion_se_deg: float | None
    knee_flexion_deg: float | None
    trunk_inclination_deg: float | None
    pelvic_tilt_deg: float | None = None
    shank_inclination_deg: float | None = None
    neck_flexion_deg: float | None = None
    hip_share: float | None
    descent_s: float | None
    bottom_hold_s: float | None
    ascent_s: float | None
    rhythm: list[RhythmThird] = Field(default_factory=list)
    score: float | None
    score_se: float | None = None
    faults: list[str] = Field(default_factory=list)
    partial: bool = Field(default=False, description="Cut by the start or the end of the clip")
    lumbar_share_of_range: _Share = None
    lumbar_share_of_range_se: _ShareSe = None
    lumbar_share_band: _ShareBand = None


class Summary(_Model):
    """The set as a whole: medians over the reps."""

    reps: int
    hip_flexion_deg: float | None
    hip_flexion_se_deg: float | None = None
    lumbar_flexion_deg: float | None
    lumbar_flexion_se_deg: float | None
    knee_flexion_deg: float | None = None
    trunk_inclination_deg: float | None = None
    hip_share: float | None
    score: float | None
    score_se: float | None
    subscores: dict[str, float | None] = Field(default_factory=dict)
    descent_s: float | None = None
    bottom_hold_s: float | None = None
    ascent_s: float | None = None
    lumbar_drift_deg_per_rep: float | None = None
    lumbar_share_of_range: _Share = None
    lumbar_share_of_range_se: _ShareSe = None
    lumbar_share_band: _ShareBand = None
    lumbar_range_deg: float | None = Field(
        default=None, description="The person's own maximal lumbar flexion, from the protocol; null when not known"
    )
    lumbar_range_se_deg: float | None = Field(default=None, description="Its standard error, where the protocol has it")
    lumbar_range_band_deg: tuple[float, float] | None = Field(
        default=None, description="The population's maxima, oldest and youngest (Troke 2001), where it stands in"
    )
    lumbar_range_source: Literal["person", "population"] | None = Field(
        default=None, description="Whose range the shares are of"
    )


class Calibration(_Model):
    """The person's own range, from slow maximal forward bends."""

    lumbar_max_deg: float = Field(description="Lumbar flexion at the bottom of the furthest bend, from standing")
    lumbar_max_se_deg: float
    hip_max_deg: float | None = Field(description="Largest hip flexion at the bottom of a bend")
    reps: int = Field(description="Bends that were far enough to count")


class Fault(_Model):
    """A named departure beyond the protocol's limit, with its evidence."""

    code: str
    reps: list[int]
    time_s: float = Field(description="Media time of the clearest example")
    value: float
    value_se: float | None = Field(default=None, description="Standard error of the value")
    limit: float
    unit: str
    confidence: float = Field(ge=0, le=1)
    severity: Literal["mild", "marked"]
    detail: str = ""


class Cues(_Model):
    """Words in three registers."""

    client: list[str] = Field(description="First what to keep, then the one thing to change")
    clinician: list[str]
    ear: list[str] = Field(description="Under six words each")


class ProtocolReport(_Model):
    """The protocol that judged, and what a client's file changed in it."""

    name: str
    title: str
    sha256: str
    overrides: dict[str, float | str | bool] = Field(default_factory=dict)
    limits: dict[str, float] = Field(default_factory=dict, description="Beyond these a fault may be named")
    warns: dict[str, float] = Field(default_factory=dict, description="From these on the clinician is told")
    targets: dict[str, float] = Field(default_factory=dict, description="What the client was asked to do")


class Provenance(_Model):
    """What made this report: same bytes in, same report out."""

    hinge_check: str
    versions: dict[str, str]
    source_sha256: str
    model: str
    model_sha256: str
    estimator: str
    estimator_sha256: str | None = None
    frame_size: tuple[int, int]
    source_size: tuple[int, int]
    fps: float
    duration_s: float
    speed: float
    speed_source: str
    trim_s: tuple[float | None, float | None] | None = None


class HingeReport(_Model):
    """The whole result of one recording."""

    schema_version: Literal[1] = 1
    status: Status
    judged_as: Literal["hinge", "range"] = Field(
        default="hinge", description="A range test (calibration recording) has no faults and no scores"
    )
    refusal: Note | None
    findings: list[Note]
    view: ViewReport
    reps: list[RepReport]
    summary: Summary
    faults: list[Fault]
    cues: Cues
    protocol: ProtocolReport
    calibration: Calibration | None = Field(
        default=None, description="Of a range test, unless a finding says why the range is not stated"
    )
    provenance: Provenance | None


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of `HingeReport`, as written to report.json."""
    return HingeReport.model_json_schema(mode="serialization")
