"""Schemas of reviews in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.care.annotation_shapes import Drawing
from api.care.corrections import AnyCorrection, Seconds
from api.core.text_types import BodyId, Notes
from api.db import ReviewState, Verdict


class CommentForm(BaseModel):
    """Text, and optionally a drawing, at a moment of the video."""

    model_config = ConfigDict(extra="forbid")

    time_s: Seconds | None = Field(default=None, description="Of the video; null for the recording as a whole")
    text: Notes = ""
    drawing: Drawing | None = None


class ReviewForm(BaseModel):
    """A whole draft."""

    model_config = ConfigDict(extra="forbid")

    summary: Notes = ""
    verdict: Verdict | None = Field(default=None, description="The clinician's own; no suggestion ever sets it")
    analysis_id: BodyId | None = Field(default=None, description="Which was looked at; the newest without it")
    comments: Annotated[list[CommentForm], Field(max_length=200)] = Field(default_factory=list)
    corrections: Annotated[list[AnyCorrection], Field(max_length=100)] = Field(default_factory=list)


class CorrectionOut(BaseModel):
    """A correction by the clinician, and the computed value beside it."""

    kind: str
    corrected: AnyCorrection
    computed: dict[str, Any] | None


class ReviewOut(BaseModel):
    """A review."""

    id: str
    recording_id: str
    number: int
    state: ReviewState
    version: int = Field(description="Also the ETag")
    analysis_id: str | None
    clinician_id: str | None
    verdict: Verdict | None
    summary: str
    comments: list[CommentForm]
    corrections: list[CorrectionOut]
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    seen_at: datetime | None = Field(description="When the client first read it")
