"""Schemas of the ladder and of a clinic's content files in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api.db import ContentKind


class StepOut(BaseModel):
    """One exercise of the ladder."""

    name: str
    title: str
    protocol: str | None = Field(description="By which recordings are judged; null where it is checked in only")
    instructions: list[str]
    ready: str = Field(description="What readiness for the next step looks like")
    source: str
    back_hidden: bool = Field(description="The back cannot be read at this exercise: something lies over it")


class LadderOut(BaseModel):
    """Steps in order; the clinician decides where a person starts and how fast they progress."""

    title: str
    note: str
    sha256: str
    steps: list[StepOut]


class ContentOut(BaseModel):
    """A file that a clinic may write."""

    kind: ContentKind
    own: bool = Field(description="The clinic's; else what comes with the service")
    text: str = Field(description="TOML")
    updated_at: datetime | None


class ContentForm(BaseModel):
    """A clinic's own file."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=65536)] = Field(description="TOML")
