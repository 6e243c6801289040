"""The fields of a plan: as typed, their errors, and the form for the service."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from starlette.datastructures import FormData

from api.care.plan_schemas import PlanForm
from api.db import Plan
from api.pages.client.own_figures import parse_number
from api.pages.form_fields import form_text
from api.pages.plan.limits import own_limits
from api.pages.translations import Translator
from hinge_check.assess.protocol_schema import LIMITS

DOSE: Final[dict[str, tuple[float, float, bool]]] = {
    "sets": (1, 20, True),
    "reps": (1, 100, True),
    "load_kg": (0, 500, False),
    "days_per_week": (1, 7, True),
}
"""Lowest and highest value, and whether it is a whole number; as in `PlanForm`."""
MOST_NOTES: Final = 4000
MOST_WHY: Final = 300
FRESH: Final = {"sets": "3", "reps": "8", "load_kg": "", "days_per_week": "3"}
"""Dose a new plan begins with. Design: an ordinary dose of practice; the clinician sets it."""


@dataclass(slots=True)
class Fields:
    """The contents of the form, as typed."""

    step: str
    dose: dict[str, str]
    notes: str = ""
    why: str = ""
    limits: dict[str, str] = field(default_factory=dict)
    """By name, only those that were typed."""


def new_fields(step: str) -> Fields:
    """Return the fields of a new plan."""
    return Fields(step, dict(FRESH))


def plan_fields(plan: Plan) -> Fields:
    """Return the fields of a stored plan."""
    dose = {"sets": str(plan.sets), "reps": str(plan.reps), "days_per_week": str(plan.days_per_week)}
    dose["load_kg"] = "" if plan.load_kg is None else f"{plan.load_kg:g}"
    limits = {name: f"{value:g}" for name, value in own_limits(plan.limits).items()}
    return Fields(plan.step, dose, plan.notes, "", limits)


def typed_fields(form: FormData) -> Fields:
    """Return the fields of a form that was sent."""
    limits = {name: value for name in LIMITS if (value := form_text(form, f"limit-{name}", 40))}
    dose = {name: form_text(form, name, 40) for name in DOSE}
    # More than allowed, so that a text that is too long is reported and not cut.
    return Fields(
        form_text(form, "step", 64),
        dose,
        form_text(form, "notes", MOST_NOTES * 2),
        form_text(form, "why", 1000),
        limits,
    )


def field_errors(t: Translator, fields: Fields) -> dict[str, str]:
    """Return the errors by field, in the person's language; empty without any."""
    out = {}
    for name, (low, high, whole) in DOSE.items():
        text = fields.dose[name]
        if not text and name == "load_kg":
            continue
        value = parse_number(text)
        if value is None or not low <= value <= high or (whole and value != int(value)):
            out[name] = t("plan-wrong-whole" if whole else "plan-wrong-number", low=f"{low:g}", high=f"{high:g}")
    if len(fields.notes) > MOST_NOTES:
        out["notes"] = t("plan-wrong-long", most=MOST_NOTES)
    if len(fields.why) > MOST_WHY:
        out["why"] = t("plan-wrong-long", most=MOST_WHY)
    for name, text in fields.limits.items():
        spec, value = LIMITS[name], parse_number(text)
        if value is None or not spec.low <= value <= spec.high:
            out[f"limit-{name}"] = t("plan-wrong-number", low=f"{spec.low:g}", high=f"{spec.high:g}")
    return out


def limit_values(fields: Fields) -> dict[str, float]:
    """Return the limits as numbers; for fields without `field_errors`."""
    values = {name: parse_number(text) for name, text in fields.limits.items()}
    return {name: value for name, value in values.items() if value is not None}


def to_form(fields: Fields, limits: str | None) -> PlanForm:
    """Return the form for the service; for fields without `field_errors`.

    Raises
    ------
    pydantic.ValidationError
        The notes hold invisible characters.
    """
    dose = {name: parse_number(text) for name, text in fields.dose.items()}
    return PlanForm.model_validate({"step": fields.step, "limits": limits, "notes": fields.notes, **dose})
