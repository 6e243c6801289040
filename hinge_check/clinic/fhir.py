"""FHIR R4 (4.0.1): one person's recordings as a Bundle of type collection.

Patient without a name; per recording one Observation of the set and one per repetition, one of the check-in, Media for
the video and DocumentReference for report and PDF. Ids are derived from the caller's, so the same input gives the same
bundle. Angles have no LOINC code of their own meaning "from video": codes are local, with words beside them.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from hinge_check.assess.report import HingeReport, RepReport, Summary
from hinge_check.clinic.checkin import CheckIn

Resource = dict[str, Any]

_SPACE = uuid.UUID("8a2f4f0e-6c5b-4c39-9d1f-52d6a1c1b7d4")
"""Namespace of the ids in a bundle."""
CODES = f"urn:uuid:{uuid.uuid5(_SPACE, 'codes')}"
"""The local code system: no registered one has these quantities."""
UCUM = "http://unitsofmeasure.org"
_HL7 = "http://terminology.hl7.org/CodeSystem"
_UNCERTAINTY = "http://hl7.org/fhir/StructureDefinition/iso21090-uncertainty"

NOTE = (
    "Estimate from one ordinary video filmed from the side; changes from the person's own standing, at the bottom of "
    "the bend. Not a diagnosis; the uncertainty given is one standard error."
)

_Source = Summary | RepReport


@dataclass(frozen=True, slots=True)
class File:
    """A file beside the bundle; `url` is relative to it."""

    url: str
    media_type: str
    title: str
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class FhirRecording:
    """One recording. `when` is aware; `final` is true once a review is published."""

    recording_id: str
    when: datetime
    report: HingeReport | None
    check_in: CheckIn | None = None
    final: bool = False
    video: File | None = None
    documents: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class _Component:
    code: str
    text: str
    value: str
    se: str = ""
    unit: str = "deg"


_COMPONENTS = (
    _Component("hip-flexion", "Hip flexion (pelvis against thighs)", "hip_flexion_deg", "hip_flexion_se_deg"),
    _Component("lumbar-flexion", "Lumbar flexion (ribs against pelvis)", "lumbar_flexion_deg", "lumbar_flexion_se_deg"),
    _Component("hip-share", "Hip share of the bend: hip / (hip + lumbar)", "hip_share", unit="%"),
    _Component("knee-flexion", "Knee flexion", "knee_flexion_deg"),
    _Component("trunk-inclination", "Trunk inclination from vertical", "trunk_inclination_deg"),
)  # fmt: skip
_SAID = (
    ("pain-before", "Pain before the set, 0 to 10", "pain_before", "{score}"),
    ("pain-worst", "Worst pain during the set, 0 to 10", "pain_worst", "{score}"),
    ("pain-after", "Pain after the set, 0 to 10", "pain_after", "{score}"),
    ("pain-next-morning", "Pain the next morning, 0 to 10", "pain_next_morning", "{score}"),
    ("effort", "Effort, Borg CR10", "rpe", "{score}"),
    ("load", "Load", "load_kg", "kg"),
)


def fhir_bundle(
    person_id: str, recordings: Iterable[FhirRecording], *, created_at: datetime, pseudonym: str | None = None
) -> Resource:
    """Return a person's recordings as a Bundle, ready for `json.dumps`.

    Parameters
    ----------
    person_id
        Identifies the person to the maker of the bundle; not a name.
    created_at
        When the bundle was made; aware.
    pseudonym
        A name to show that is not the person's real one.
    """
    patient_id = _id("patient", person_id)
    patient: Resource = {
        "resourceType": "Patient",
        "id": patient_id,
        "identifier": [{"system": CODES, "value": person_id}],
    }
    if pseudonym is not None:
        patient["name"] = [{"use": "anonymous", "text": pseudonym}]
    resources = [patient]
    for recording in recordings:
        resources += _of_recording(recording, _reference(patient_id))
    return {
        "resourceType": "Bundle",
        "id": _id("bundle", person_id, created_at.isoformat()),
        "type": "collection",
        "timestamp": _instant(created_at),
        "entry": [{"fullUrl": f"urn:uuid:{r['id']}", "resource": r} for r in resources],
    }


def _of_recording(recording: FhirRecording, subject: Resource) -> list[Resource]:
    out: list[Resource] = []
    media = None if recording.video is None else _media(recording, recording.video, subject)
    derived = [] if media is None else [_reference(media["id"])]
    report = recording.report
    if report is not None and report.status == "analysed":
        reps = [_rep(recording, report, rep, subject, derived) for rep in report.reps if not rep.partial]
        out += [_set(recording, report, subject, derived, [_reference(rep["id"]) for rep in reps]), *reps]
    if (
        recording.check_in is not None
        and (observation := _check_in(recording, recording.check_in, subject)) is not None
    ):
        out.append(observation)
    about = [_reference(r["id"]) for r in out[:1]] + derived
    documents = [_document(recording, file, subject, about) for file in recording.documents]
    return [*out, *([] if media is None else [media]), *documents]


def _set(
    recording: FhirRecording, report: HingeReport, subject: Resource, derived: list[Resource], members: list[Resource]
) -> Resource:
    s = report.summary
    out = _observation(recording, "set", "hip-hinge-set", f"Hip hinge from video: {report.protocol.title}", subject)
    out["method"] = {"text": _software(report)}
    out["note"] = [{"text": f"Medians over {s.reps} repetition{'' if s.reps == 1 else 's'}. {NOTE}"}]
    out["component"] = [_angle(component, s) for component in _COMPONENTS]
    if s.score is not None:
        code = _code("score", "Score, 0 to 100, by the exercise's limits")
        out["component"].append({"code": code, "valueQuantity": _quantity(s.score, "{score}", s.score_se)})
    return _add_references(out, derived, members)


def _rep(
    recording: FhirRecording, report: HingeReport, rep: RepReport, subject: Resource, derived: list[Resource]
) -> Resource:
    out = _observation(recording, f"rep-{rep.rep}", "hip-hinge-repetition", f"Hip hinge, repetition {rep.rep}", subject)
    out["method"] = {"text": _software(report)}
    out["note"] = [{"text": f"Bottom at {rep.bottom_s:.2f} s of the recording. {NOTE}"}]
    out["component"] = [_angle(component, rep) for component in _COMPONENTS]
    return _add_references(out, derived, [])


def _check_in(recording: FhirRecording, check_in: CheckIn, subject: Resource) -> Resource | None:
    parts: list[Resource] = [
        {"code": _code(code, text), "valueQuantity": _quantity(getattr(check_in, name), unit)}
        for code, text, name, unit in _SAID
        if getattr(check_in, name) is not None
    ]
    if check_in.stopped_early is not None:
        stopped = {
            "code": _code("stopped-early", "Why the set was stopped early"),
            "valueString": check_in.stopped_early,
        }
        parts.append(stopped)
    if not parts and not check_in.note:
        return None
    out = _observation(recording, "check-in", "check-in", "Check-in around a set, as the person said it", subject)
    out["category"] = [_category("survey")]
    out["performer"] = [subject]
    if parts:
        out["component"] = parts
    if check_in.note:
        out["valueString"] = check_in.note
    return out


def _observation(recording: FhirRecording, part: str, code: str, text: str, subject: Resource) -> Resource:
    return {
        "resourceType": "Observation",
        "id": _id("observation", recording.recording_id, part),
        "status": "final" if recording.final else "preliminary",
        "category": [_category("activity")],
        "code": _code(code, text),
        "subject": subject,
        "effectiveDateTime": _instant(recording.when),
    }


def _add_references(out: Resource, derived: list[Resource], members: list[Resource]) -> Resource:
    """Add references where there are any: FHIR has no empty lists."""
    if derived:
        out["derivedFrom"] = derived
    if members:
        out["hasMember"] = members
    return out


def _angle(component: _Component, source: _Source) -> Resource:
    value = getattr(source, component.value)
    out: Resource = {"code": _code(component.code, component.text)}
    if value is None:
        absent = {"system": f"{_HL7}/data-absent-reason", "code": "unknown", "display": "Unknown"}
        out["dataAbsentReason"] = {"coding": [absent], "text": "Could not be measured in this recording"}
        return out
    shown = round(100 * value, 1) if component.unit == "%" else value
    out["valueQuantity"] = _quantity(shown, component.unit, getattr(source, component.se) if component.se else None)
    return out


def _quantity(value: float, unit: str, se: float | None = None) -> Resource:
    """Return a quantity in UCUM with its standard error as the registered extension."""
    out: Resource = {"value": value, "unit": {"deg": "degree", "{score}": "points"}.get(unit, unit)}
    if se is not None:
        out = {"extension": [{"url": _UNCERTAINTY, "valueDecimal": se}], **out}
    return {**out, "system": UCUM, "code": unit}


def _media(recording: FhirRecording, video: File, subject: Resource) -> Resource:
    duration = None
    if recording.report is not None and recording.report.provenance is not None:
        duration = recording.report.provenance.duration_s
    return {
        "resourceType": "Media",
        "id": _id("media", recording.recording_id),
        "status": "completed",
        "type": {"coding": [{"system": f"{_HL7}/media-type", "code": "video", "display": "Video"}]},
        "subject": subject,
        "createdDateTime": _instant(recording.when),
        **({} if duration is None else {"duration": duration}),
        "content": _attachment(video, recording.when),
    }


def _document(recording: FhirRecording, file: File, subject: Resource, about: Sequence[Resource]) -> Resource:
    return {
        "resourceType": "DocumentReference",
        "id": _id("document", recording.recording_id, file.url),
        "status": "current",
        "docStatus": "final" if recording.final else "preliminary",
        "type": {"text": "Report of a hip hinge recorded on video"},
        "subject": subject,
        "date": _instant(recording.when),
        "content": [{"attachment": _attachment(file, recording.when)}],
        **({"context": {"related": list(about)}} if about else {}),
    }


def _attachment(file: File, created: datetime) -> Resource:
    size = {} if file.bytes is None else {"size": file.bytes}
    made = _instant(created)
    return {"contentType": file.media_type, "url": file.url, **size, "title": file.title, "creation": made}


def _category(code: Literal["activity", "survey"]) -> Resource:
    return {"coding": [{"system": f"{_HL7}/observation-category", "code": code, "display": code.capitalize()}]}


def _code(code: str, text: str) -> Resource:
    return {"coding": [{"system": CODES, "code": code}], "text": text}


def _software(report: HingeReport) -> str:
    version = "" if report.provenance is None else f" {report.provenance.hinge_check}"
    return f"hinge-check{version}, pose and back outline from video, protocol {report.protocol.name}"


def _reference(resource_id: str) -> dict[str, str]:
    return {"reference": f"urn:uuid:{resource_id}"}


def _id(*what: str) -> str:
    return str(uuid.uuid5(_SPACE, "/".join(what)))


def _instant(at: datetime) -> str:
    """Return a time with its offset from UTC, as FHIR demands of every time of day.

    Raises
    ------
    ValueError
        A time without a time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a time needs its time zone")
    return at.isoformat(timespec="seconds")


def text_of(bundle: Mapping[str, Any]) -> str:
    """Return the bundle as JSON text."""
    return json.dumps(bundle, ensure_ascii=False, indent=1)
