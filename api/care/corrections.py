"""Corrections by a clinician, with the computed value beside each."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.core.text_types import Notes
from hinge_check.arrays import Side
from hinge_check.assess.report import HingeReport
from hinge_check.clinic.review import Correction as InWords

Seconds = Annotated[float, Field(ge=0, le=86400, allow_inf_nan=False)]


class _Correction(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Notes = ""


class SideCorrection(_Correction):
    """The other side of the body is towards the camera."""

    kind: Literal["side"]
    side: Side


class TrimCorrection(_Correction):
    """The set is another part of the video."""

    kind: Literal["trim"]
    start_s: Seconds
    end_s: Seconds

    @model_validator(mode="after")
    def _check_order(self) -> TrimCorrection:
        if self.end_s <= self.start_s:
            raise ValueError("the set must end after it starts")
        return self


class RepCorrection(_Correction):
    """A repetition has other bounds, is not one, or was missed."""

    kind: Literal["rep"]
    rep: int | None = Field(default=None, ge=1, le=1000, description="As computed; null for one that was not seen")
    start_s: Seconds | None = None
    bottom_s: Seconds | None = None
    end_s: Seconds | None = None
    is_none: bool = Field(default=False, description="This is no repetition")

    @model_validator(mode="after")
    def _check_moments(self) -> RepCorrection:
        moments = [moment for moment in (self.start_s, self.bottom_s, self.end_s) if moment is not None]
        if self.is_none:
            if self.rep is None or moments:
                raise ValueError("say which repetition is none, and no bounds")
        elif not moments or (self.rep is None and (self.start_s is None or self.end_s is None)):
            raise ValueError("say when it starts and ends")
        if sorted(set(moments)) != moments:
            raise ValueError("a repetition starts, reaches its bottom and ends, in this order")
        return self


class FaultCorrection(_Correction):
    """A reported fault is not one, or not in these repetitions."""

    kind: Literal["fault"]
    code: Annotated[str, Field(min_length=1, max_length=64)]
    reps: Annotated[list[Annotated[int, Field(ge=1, le=1000)]], Field(max_length=200)] | None = Field(
        default=None, description="In which it is wrong; null for all"
    )


AnyCorrection = Annotated[
    SideCorrection | TrimCorrection | RepCorrection | FaultCorrection, Field(discriminator="kind")
]


def computed_value(correction: AnyCorrection, report: HingeReport) -> dict[str, Any] | None:
    """Return the value of the analysis that a correction replaces; None where it has none."""
    if isinstance(correction, SideCorrection):
        return {"side": report.view.near_side}
    if isinstance(correction, TrimCorrection):
        trim = None if report.provenance is None else report.provenance.trim_s
        duration = None if report.provenance is None else report.provenance.duration_s
        start, end = trim or (None, None)
        return {"start_s": start or 0.0, "end_s": duration if end is None else end}
    if isinstance(correction, RepCorrection):
        for rep in report.reps:
            if rep.rep == correction.rep:
                return {"rep": rep.rep, "start_s": rep.start_s, "bottom_s": rep.bottom_s, "end_s": rep.end_s}
        return None
    for fault in report.faults:
        if fault.code == correction.code:
            return {
                "code": fault.code,
                "reps": fault.reps,
                "value": fault.value,
                "limit": fault.limit,
                "unit": fault.unit,
            }
    return None


def describe(kind: str, corrected: dict[str, Any], computed: dict[str, Any] | None, reason: str) -> InWords:
    """Describe a correction and the computed value, for the page that a doctor reads."""
    before = computed or {}
    if kind == "side":
        return InWords("side towards the camera", str(before.get("side") or "not found"), corrected["side"], reason)
    if kind == "trim":
        return InWords("part of the video", _span(before), _span(corrected), reason)
    if kind == "rep":
        what = "repetition" if corrected.get("rep") is None else f"repetition {corrected['rep']}"
        correction_text = "is none" if corrected.get("is_none") else _span(corrected)
        return InWords(what, _span(before) if before else "not seen", correction_text, reason)
    reps = corrected.get("reps")
    correction_text = "is none" if reps is None else f"is none in {', '.join(map(str, reps))}"
    named = ", ".join(map(str, before.get("reps", []))) if before else ""
    code = str(corrected["code"]).replace("_", " ")
    return InWords(f"fault: {code}", f"named in {named}" if named else "not named", correction_text, reason)


def _span(moments: dict[str, Any]) -> str:
    start, end = moments.get("start_s"), moments.get("end_s")
    return f"{_moment(start)} to {_moment(end)}"


def _moment(value: float | None) -> str:
    return "as computed" if value is None else f"{value:.2f} s"
