"""Check-in: pain, effort and load around a set, in the client's own figures."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Pain: TypeAlias = Annotated[int | None, Field(ge=0, le=10, strict=True)]
StoppedEarly = Literal["pain", "fatigue", "other"]


class CheckIn(BaseModel):
    """What a client reports about one recording. Pain on the numeric rating scale, 0 none to 10 worst imaginable.

    Everything may be left out: what was not asked is None, never 0. Next morning's pain comes a day later.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    pain_before: Pain = Field(default=None, description="Just before the set")
    pain_worst: Pain = Field(default=None, description="The worst during the set")
    pain_after: Pain = Field(default=None, description="Right after the set")
    pain_next_morning: Pain = Field(default=None, description="The next morning, on getting up")
    rpe: float | None = Field(
        default=None,
        ge=0,
        le=10,
        multiple_of=0.5,
        description="Effort, Borg CR10: 0 none at all, 10 extremely strong",
    )
    load_kg: float | None = Field(default=None, ge=0, le=500, description="0 without any; None not said")
    note: str = Field(default="", max_length=2000)
    stopped_early: StoppedEarly | None = Field(default=None, description="Why; None when the set was finished")
