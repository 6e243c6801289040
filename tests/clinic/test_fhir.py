"""The bundle against the FHIR R4B models (the same for these resources as R4), required codes and references."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from pydantic import BaseModel, ValidationError

from hinge_check.clinic.fhir import UCUM, FhirRecording, File, fhir_bundle, text_of
from tests.clinic.people import NOW, check_in, refused_report, rep, report

VIDEO = File("recordings/2026-11-22_r1/original.mp4", "video/mp4", "Video", 1000)
PDF = File("recordings/2026-11-22_r1/report.pdf", "application/pdf", "Report")


def bundle(*recordings: FhirRecording, **more: Any) -> dict[str, Any]:
    return fhir_bundle("p1", recordings, created_at=NOW, **more)


def full() -> FhirRecording:
    return FhirRecording("r1", NOW, report(), check_in(note="stiff", stopped_early="fatigue"), True, VIDEO, (PDF,))


def of_type(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in told["entry"] if entry["resource"]["resourceType"] == name]


def wrong_codes(model: BaseModel) -> list[str]:
    """Return values outside a required set of codes, which the models describe but do not enforce."""
    out = []
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        extra = field.json_schema_extra
        allowed = extra.get("enum_values") if isinstance(extra, dict) else None
        if isinstance(allowed, list) and value is not None and value not in allowed:
            out.append(f"{name}={value}")
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, BaseModel):
                out += wrong_codes(part)
    return out


def check(told: dict[str, Any]) -> None:
    """Check that it is valid FHIR, that its references resolve, and that its ids are its own."""
    assert wrong_codes(Bundle.model_validate_json(text_of(told))) == []
    urls = [entry["fullUrl"] for entry in told["entry"]]
    assert len(set(urls)) == len(urls)
    referred = re.findall(r'"reference": "([^"]+)"', json.dumps(told))
    assert set(referred) <= set(urls)
    assert not re.search(r"\[\]|\{\}|: null|: \"\"", json.dumps(told))  # FHIR has no empty values


@pytest.mark.parametrize(
    "recordings",
    [
        (),
        (full(),),
        (full(), FhirRecording("r2", NOW, None, check_in(), False)),
        (FhirRecording("r1", NOW, refused_report(), None, False, VIDEO),),
        (FhirRecording("r1", NOW, report([rep(1, hip=None, lumbar=None)])),),
        (FhirRecording("r1", NOW, None, None, False, None, (PDF,)),),
        (FhirRecording("r1", NOW, None, type(check_in())(note="only words")),),
        (FhirRecording("r1", NOW, None, type(check_in())()),),
    ],
)
def test_every_bundle_is_valid(recordings: tuple[FhirRecording, ...]) -> None:
    check(bundle(*recordings))


def test_the_check_can_fail() -> None:
    told = bundle(full())
    of_type(told, "Observation")[0]["status"] = "done"
    with pytest.raises(AssertionError, match="status=done"):
        check(told)
    of_type(told, "Observation")[0]["surprise"] = 1
    with pytest.raises(ValidationError):
        check(told)


def test_what_an_observation_holds() -> None:
    told = bundle(full())
    whole, *reps = of_type(told, "Observation")[:5]
    assert whole["status"] == "final"
    assert whole["effectiveDateTime"] == "2026-11-22T18:00:00+00:00"
    assert [m["reference"] for m in whole["hasMember"]] == [f"urn:uuid:{r['id']}" for r in reps]
    assert whole["derivedFrom"] == [{"reference": f"urn:uuid:{of_type(told, 'Media')[0]['id']}"}]
    assert "Estimate" in whole["note"][0]["text"]
    parts = {c["code"]["coding"][0]["code"]: c for c in whole["component"]}
    assert set(parts) == {"hip-flexion", "lumbar-flexion", "hip-share", "knee-flexion", "trunk-inclination", "score"}
    lumbar = parts["lumbar-flexion"]["valueQuantity"]
    assert (lumbar["value"], lumbar["code"], lumbar["system"]) == (10.0, "deg", UCUM)
    assert lumbar["extension"][0]["valueDecimal"] == 5.0
    assert (parts["hip-share"]["valueQuantity"]["value"], parts["hip-share"]["valueQuantity"]["code"]) == (87.0, "%")


def test_what_could_not_be_measured_is_said_to_be_absent() -> None:
    whole = of_type(bundle(FhirRecording("r1", NOW, report([rep(1, hip=None, lumbar=None)]))), "Observation")[0]
    lumbar = next(c for c in whole["component"] if c["code"]["coding"][0]["code"] == "lumbar-flexion")
    assert "valueQuantity" not in lumbar
    assert lumbar["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert whole["status"] == "preliminary"


def test_a_person_has_no_name_but_a_pseudonym() -> None:
    assert "name" not in of_type(bundle(), "Patient")[0]
    assert of_type(bundle(pseudonym="Blue 7"), "Patient")[0]["name"] == [{"use": "anonymous", "text": "Blue 7"}]


def test_the_same_input_gives_the_same_bundle() -> None:
    assert text_of(bundle(full())) == text_of(bundle(full()))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        bundle(FhirRecording("r1", datetime(2026, 11, 22), report()))
