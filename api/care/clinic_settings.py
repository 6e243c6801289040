"""A clinic's name and time zone."""

from __future__ import annotations

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.auth.accounts import ClinicOut
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.core.text_types import PersonName
from api.core.timezones import ZoneName
from api.db import Clinic, Deed


class ClinicSettingsOut(ClinicOut):
    """A clinic and the settings that hold for all of it."""

    time_zone: str = Field(description="IANA name: what counts as a day")


class ClinicForm(BaseModel):
    """Changes to a clinic; absent fields stay as they are."""

    name: PersonName | None = None
    time_zone: ZoneName | None = None


def read_clinic(db: Session, me: Principal) -> ClinicSettingsOut:
    """Return the person's own clinic."""
    return _clinic_out(db.get_one(Clinic, me.clinic_id))


def change_clinic(db: Session, me: Principal, trail: Trail, form: ClinicForm) -> ClinicSettingsOut:
    """Rename the person's own clinic, or set the time zone in which its days begin; commits."""
    clinic = db.get_one(Clinic, me.clinic_id)
    clinic.name = clinic.name if form.name is None else form.name
    clinic.time_zone = clinic.time_zone if form.time_zone is None else form.time_zone
    trail.record(db, Deed.CHANGED, "clinic", clinic.id, None)
    db.commit()
    return _clinic_out(clinic)


def _clinic_out(row: Clinic) -> ClinicSettingsOut:
    return ClinicSettingsOut.model_validate(row, from_attributes=True)
