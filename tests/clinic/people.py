"""Made-up people: reports, check-ins and recordings with known figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hinge_check.assess.protocol import load_protocol
from hinge_check.assess.report import (
    Cues,
    Fault,
    HingeReport,
    Note,
    ProtocolReport,
    Provenance,
    RepReport,
    Summary,
    ViewReport,
)
from hinge_check.clinic.checkin import CheckIn
from hinge_check.clinic.metrics import Recorded, SetMetrics
from hinge_check.errors import Code

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
STEP = "bodyweight_hinge"


def rep(number: int, *, hip: float | None = 65.0, lumbar: float | None = 10.0, **more: Any) -> RepReport:
    """Return a repetition of three seconds."""
    share = None if hip is None or lumbar is None else round(hip / (hip + lumbar), 2)
    values: dict[str, Any] = {
        "rep": number,
        "start_s": 3.0 * number,
        "bottom_s": 3.0 * number + 1.4,
        "end_s": 3.0 * number + 2.6,
        "hip_flexion_deg": hip,
        "hip_flexion_se_deg": None if hip is None else 4.0,
        "lumbar_flexion_deg": lumbar,
        "lumbar_flexion_se_deg": None if lumbar is None else 5.0,
        "knee_flexion_deg": 18.0,
        "trunk_inclination_deg": 70.0,
        "hip_share": share,
        "descent_s": 1.2,
        "bottom_hold_s": 0.2,
        "ascent_s": 1.1,
        "score": None if lumbar is None else 88.0,
        "score_se": None if lumbar is None else 3.0,
    }
    return RepReport(**{**values, **more})


def report(reps: Sequence[RepReport] | None = None, *, faults: Sequence[Fault] = (), **more: Any) -> HingeReport:
    """Return a report of a set; by default four even repetitions within the limits."""
    reps = [rep(k) for k in range(1, 5)] if reps is None else list(reps)
    protocol = load_protocol(STEP)
    first = reps[0]
    values: dict[str, Any] = {
        "status": "analysed",
        "refusal": None,
        "findings": [],
        "view": ViewReport(facing="right", near_side="right", yaw_deg=-4.0, yaw_se_deg=4.5),
        "reps": reps,
        "summary": Summary(
            reps=len(reps),
            hip_flexion_deg=first.hip_flexion_deg,
            hip_flexion_se_deg=first.hip_flexion_se_deg,
            lumbar_flexion_deg=first.lumbar_flexion_deg,
            lumbar_flexion_se_deg=first.lumbar_flexion_se_deg,
            knee_flexion_deg=18.0,
            trunk_inclination_deg=70.0,
            hip_share=first.hip_share,
            score=first.score,
            score_se=first.score_se,
            lumbar_drift_deg_per_rep=1.0 if len(reps) > 2 and first.lumbar_flexion_deg is not None else None,
        ),
        "faults": list(faults),
        "cues": Cues(client=["Keep that."], clinician=["To watch: neck position 52° ± 8° in repetition 1."], ear=[]),
        "protocol": ProtocolReport(
            name=protocol.name,
            title=protocol.title,
            sha256=protocol.sha256,
            limits={name: limit.value for name, limit in protocol.limits.items()},
            warns={name: limit.warn for name, limit in protocol.limits.items()},
        ),
        "provenance": Provenance(
            hinge_check="0.1.0",
            versions={},
            source_sha256="a" * 64,
            model="full",
            model_sha256="b" * 64,
            estimator="back profile",
            frame_size=(540, 960),
            source_size=(1080, 1920),
            fps=30.0,
            duration_s=14.0,
            speed=1.0,
            speed_source="container",
        ),
    }
    return HingeReport(**{**values, **more})


def refused_report() -> HingeReport:
    """Return a report of a recording filmed from the front."""
    note = Note(code=Code.NOT_SIDE_VIEW, message="You are filmed from the front.", advice="Turn to the side.")
    names = ("hip_flexion_deg", "lumbar_flexion_deg", "lumbar_flexion_se_deg", "hip_share", "score", "score_se")
    return report([rep(1)]).model_copy(
        update={"status": "refused", "refusal": note, "reps": [], "summary": Summary(reps=0, **dict.fromkeys(names))}
    )


def figures(**more: Any) -> SetMetrics:
    """Return figures of a set that meets every criterion."""
    values: dict[str, Any] = {
        "protocol": STEP,
        "reps": 10,
        "reps_judged": 10,
        "reps_in_band": 9,
        "hip_deg": 65.0,
        "hip_se_deg": 4.0,
        "lumbar_deg": 10.0,
        "lumbar_se_deg": 5.0,
        "lumbar_limit_deg": 20.0,
        "hip_share": 0.87,
        "hip_share_se": 0.06,
        "score": 88.0,
        "score_se": 3.0,
        "drift_deg": 3.0,
        "spread_deg": 6.0,
    }
    return SetMetrics(**{**values, **more})


def check_in(**more: Any) -> CheckIn:
    """Return a check-in that meets every criterion for a usual pain of 3."""
    return CheckIn(
        **{
            "pain_before": 3,
            "pain_worst": 4,
            "pain_after": 3,
            "pain_next_morning": 3,
            "rpe": 5.0,
            "load_kg": 0.0,
            **more,
        }
    )


def recorded_set(days_ago: int, set_figures: SetMetrics | None, said: CheckIn | None, **more: Any) -> Recorded:
    """Return a recording some days before `NOW`."""
    values: dict[str, Any] = {
        "recording_id": f"r{days_ago:03d}",
        "when": NOW - timedelta(days=days_ago, hours=6),
        "step": STEP,
        "figures": set_figures,
        "check_in": said,
    }
    return Recorded(**{**values, **more})
