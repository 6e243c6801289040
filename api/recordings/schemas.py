"""Schemas of recordings and analyses in the API."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from api.core.problems import RefusalReason
from api.db import AnalysisState, RecordingState
from hinge_check.options import SideChoice


class ProbeResult(BaseModel):
    """Properties of a video file; stored in the recording as its probe."""

    container: str
    codec: str
    duration_s: float
    width: int
    height: int
    fps: float
    frames: int
    rotation_deg: int
    mirrored: bool
    has_sound: bool
    playback_speed: float | None


class RecordingOut(BaseModel):
    """One video of one client."""

    id: str
    client_id: str
    state: RecordingState
    progress: float = Field(ge=0, le=1, description="Of the analysis asked for last")
    analysis_id: str | None = Field(description="The analysis asked for last")
    refusal: RefusalReason | None = Field(description="Why it was refused or failed")
    protocol: str
    side: SideChoice
    speed: float | None
    trim_start_s: float | None
    trim_end_s: float | None
    bytes: int = Field(description="As they arrived")
    media_type: str
    video: ProbeResult | None
    created_at: datetime
    updated_at: datetime


class AnalysisOut(BaseModel):
    """One analysis of a recording."""

    id: str
    recording_id: str
    state: AnalysisState
    progress: float = Field(ge=0, le=1)
    protocol: str
    protocol_sha256: str
    reassess_of: str | None = Field(description="The analysis whose track was scored again")
    version: str
    model_sha256: str
    error: RefusalReason | None
    created_at: datetime
    finished_at: datetime | None
