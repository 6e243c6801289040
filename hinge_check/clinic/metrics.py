"""The figures of one recording that history and readiness need, small enough to be stored beside the report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hinge_check.assess import digits
from hinge_check.assess.report import HingeReport, RepReport
from hinge_check.clinic.checkin import CheckIn

OUT_OF_BAND: frozenset[str] = frozenset(
    {"lumbar_flexion", "early_lumbar", "lumbar_extension", "squatting", "hips_first", "shallow"}
)
"""Faults that put a repetition out of band: those of the hinge's shape, not of pace, neck, balance and lock-out."""


class SetMetrics(BaseModel):
    """Figures of one set, computed from a report once and stored as JSON. Degrees; None where not measurable."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_version: Literal[1] = 1
    protocol: str
    reps: int = Field(description="Complete repetitions, those cut by the clip apart")
    reps_judged: int = Field(description="Of these, whose back could be read")
    reps_in_band: int = Field(description="Of these, within the protocol's limits")
    reps_seen: int | None = Field(default=None, description="Complete repetitions whose trunk and knee could be read")
    reps_in_shape: int | None = Field(
        default=None, description="Of these, without a fault of shape in what could be seen; the back may be hidden"
    )
    hip_deg: float | None
    hip_se_deg: float | None
    lumbar_deg: float | None
    lumbar_se_deg: float | None
    lumbar_limit_deg: float | None
    hip_share: float | None
    hip_share_se: float | None
    score: float | None
    score_se: float | None
    drift_deg: float | None = Field(description="Rise of lumbar flexion from the first to the last repetition")
    spread_deg: float | None = Field(description="Largest difference of trunk inclination between repetitions")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording of a person, with their check-in.

    Parameters
    ----------
    when
        When it was filmed or arrived, in the person's time zone: recordings of a calendar day form a session.
    step
        Step of the ladder it was prescribed for.
    figures
        None where nothing was measured: refused, or a step that is not filmed.
    check_in
        None where the client did not check in.
    live
        Measured in live coaching: there is no recording, and `recording_id` is the id of the live session.
    """

    recording_id: str
    when: datetime
    step: str
    figures: SetMetrics | None
    check_in: CheckIn | None
    live: bool = False


def set_metrics(report: HingeReport) -> SetMetrics | None:
    """Return the figures of a report; None for a refused recording, and for a range test, which is not an exercise.

    A repetition is in band when its back was read, lies within the protocol's limits of lumbar flexion and extension,
    and has none of the faults `OUT_OF_BAND`.
    """
    if report.status == "refused" or report.judged_as == "range":
        return None
    s, limits = report.summary, report.protocol.limits
    whole = [rep for rep in report.reps if not rep.partial]
    judged = [rep for rep in whole if rep.lumbar_flexion_deg is not None]
    seen = [r for r in whole if r.trunk_inclination_deg is not None and r.knee_flexion_deg is not None]
    trunks = [rep.trunk_inclination_deg for rep in whole if rep.trunk_inclination_deg is not None]
    drift = s.lumbar_drift_deg_per_rep
    return SetMetrics(
        protocol=report.protocol.name,
        reps=len(whole),
        reps_judged=len(judged),
        reps_in_band=sum(_is_in_band(rep, limits) for rep in judged),
        reps_seen=len(seen),
        reps_in_shape=sum(not OUT_OF_BAND.intersection(rep.faults) for rep in seen),
        hip_deg=s.hip_flexion_deg,
        hip_se_deg=s.hip_flexion_se_deg,
        lumbar_deg=s.lumbar_flexion_deg,
        lumbar_se_deg=s.lumbar_flexion_se_deg,
        lumbar_limit_deg=limits.get("lumbar_flexion"),
        hip_share=s.hip_share,
        hip_share_se=share_se(s.hip_flexion_deg, s.hip_flexion_se_deg, s.lumbar_flexion_deg, s.lumbar_flexion_se_deg),
        score=s.score,
        score_se=s.score_se,
        drift_deg=None if drift is None else digits.degrees(drift * (len(judged) - 1)),
        spread_deg=digits.degrees(max(trunks) - min(trunks)) if len(trunks) > 1 else None,
    )


def metrics_json(report: str) -> dict[str, Any] | None:
    """Return the metrics of a report's JSON text, to be stored beside it; None where nothing was measured."""
    try:
        metrics = set_metrics(HingeReport.model_validate_json(report))
    except ValidationError:
        return None
    return None if metrics is None else metrics.model_dump(mode="json")


def share_se(hip: float | None, hip_se: float | None, lumbar: float | None, lumbar_se: float | None) -> float | None:
    """Return the standard error of hip / (hip + lumbar), first order.

    The two errors are taken as fully opposed, the worst case: one outline is split in two, so what is added to the
    back is taken from the hips. None where a figure is missing or there is no bend.
    """
    if hip is None or hip_se is None or lumbar is None or lumbar_se is None or hip + lumbar <= 0:
        return None
    return float(digits.to_digits((abs(lumbar) * hip_se + abs(hip) * lumbar_se) / (hip + lumbar) ** 2, 3))


def by_time(records: Sequence[Recorded]) -> list[Recorded]:
    """Sort oldest first; recordings of the same moment by id, so that the order is always the same."""
    return sorted(records, key=lambda record: (record.when, record.recording_id))


def _is_in_band(rep: RepReport, limits: dict[str, float]) -> bool:
    assert rep.lumbar_flexion_deg is not None
    low, high = -limits.get("lumbar_extension", math.inf), limits.get("lumbar_flexion", math.inf)
    return low <= rep.lumbar_flexion_deg <= high and not OUT_OF_BAND.intersection(rep.faults)
