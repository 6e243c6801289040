"""Schemas of plans in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api.core.text_types import Notes


class PlanForm(BaseModel):
    """An exercise to prescribe."""

    step: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(description="Of the ladder")
    limits: Annotated[str, StringConstraints(max_length=65536)] | None = Field(
        default=None,
        description='What is changed for this person: TOML that begins with extends = "PROTOCOL"; null for none',
    )
    sets: int = Field(ge=1, le=20)
    reps: int = Field(ge=1, le=100)
    load_kg: float | None = Field(default=None, ge=0, le=500, allow_inf_nan=False)
    days_per_week: int = Field(ge=1, le=7)
    notes: Notes = Field(default="", description="For the client")


class RescoringOut(BaseModel):
    """Progress of scoring the earlier recordings again by these limits."""

    total: int
    done: int
    failed: int
    progress: float = Field(ge=0, le=1)


class PlanOut(BaseModel):
    """One version of one prescribed exercise."""

    id: str
    thread_id: str = Field(description="The same for every version")
    version: int
    step: str
    title: str | None = Field(description="Of the step; null when the ladder has it no more")
    instructions: list[str]
    protocol: str | None = Field(description="By which recordings are judged; null where it is checked in only")
    limits: str | None
    overrides: dict[str, float | str | bool] = Field(description="What the limits change, figure by figure")
    protocol_sha256: str | None
    sets: int
    reps: int
    load_kg: float | None
    days_per_week: int
    notes: str
    created_at: datetime
    created_by: str | None
    superseded_at: datetime | None = Field(description="When a newer version took its place")
    ended_at: datetime | None
