from __future__ import annotations

import json
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hinge_check.assess import phrases
from hinge_check.assess.assess import assess
from hinge_check.assess.protocol import load_protocol
from hinge_check.assess.report import HingeReport, json_schema
from hinge_check.errors import Code, finding
from hinge_check.measure.types import HingeAngles, Measurement
from tests.assess.hinges import hinges, track_for

PROTOCOL = load_protocol()


def report_of(m: Measurement) -> HingeReport:
    return assess(track_for(m), m, PROTOCOL)


def test_a_good_set_has_no_fault() -> None:
    report = report_of(hinges())
    assert report.status == "analysed"
    assert report.refusal is None
    assert report.faults == []
    assert report.summary.reps == len(report.reps) == 3
    assert report.summary.hip_share == pytest.approx(82 / 87, abs=0.011)
    assert report.summary.lumbar_flexion_se_deg == 4.0  # of one, as of three: it does not shrink
    assert report.summary.lumbar_drift_deg_per_rep == pytest.approx(0.0, abs=0.05)
    assert [rep.rep for rep in report.reps] == [1, 2, 3]
    assert report.provenance is not None
    assert report.provenance.estimator_sha256


def test_faults_are_listed_for_the_set_and_for_their_repetitions() -> None:
    report = report_of(hinges([{}, {"lumbar": 35.0, "hip": 60.0}, {}]))
    fault = next(one for one in report.faults if one.code == "lumbar_flexion")
    assert fault.reps == [2]
    assert (fault.limit, fault.unit, fault.severity) == (20.0, "deg", "marked")
    assert fault.value == pytest.approx(35.0, abs=0.2)
    assert fault.value_se == 4.0
    assert 0.99 < fault.confidence <= 1
    assert report.reps[1].start_s < fault.time_s < report.reps[1].end_s
    assert [("lumbar_flexion" in rep.faults) for rep in report.reps] == [False, True, False]


def test_the_report_is_deterministic_to_the_byte() -> None:
    m = hinges([{"lumbar": 18.0}, {"lumbar": 25.0}, {"lumbar": 31.0}])
    assert report_of(m).model_dump_json() == report_of(m).model_dump_json()


def test_numbers_have_no_more_digits_than_their_error_allows() -> None:
    def decimals(value: float | None) -> int:
        return 0 if value is None else len(str(float(value)).split(".")[1].rstrip("0"))

    report = report_of(hinges([{"lumbar": 17.123456, "hip": 77.7777}] * 3, se=3.14159))
    for rep in report.reps:
        for key, value in rep.model_dump().items():
            most = 1 if key.endswith(("_deg", "score_se")) else 2
            if isinstance(value, float):
                assert decimals(value) <= most, key
        assert decimals(rep.score) == 0
    assert decimals(report.summary.score) == 0
    assert "NaN" not in report.model_dump_json()


def test_without_the_lumbar_spine_there_is_no_hip_no_share_no_total() -> None:
    m = hinges(lumbar_known=False)
    m = replace(m, findings=(finding(Code.LUMBAR_NOT_MEASURABLE, "A loose top hides your back."),))
    report = report_of(m)
    assert report.status == "analysed"
    for rep in report.reps:
        assert (rep.hip_flexion_deg, rep.lumbar_flexion_deg, rep.hip_share, rep.score) == (None, None, None, None)
        assert (rep.hip_flexion_se_deg, rep.lumbar_flexion_se_deg, rep.score_se) == (None, None, None)
        assert rep.knee_flexion_deg is not None
    assert report.summary.score is None
    assert report.summary.subscores["depth"] is not None
    assert report.cues.client[1].startswith(phrases.NOT_MEASURED)
    assert any("loose top" in line for line in report.cues.clinician)


def test_a_refused_measurement_keeps_its_curves_and_judges_nothing() -> None:
    refusal = finding(Code.NOT_SIDE_VIEW, "The camera sees you 80° from the side.")
    m = replace(hinges([{"lumbar": 45.0}]), refusal=refusal, findings=(finding(Code.TOO_DARK, "It is dark."),))
    report = report_of(m)
    assert report.status == "refused"
    assert report.refusal is not None
    assert report.refusal.code == Code.NOT_SIDE_VIEW
    assert [note.code for note in report.findings] == [Code.TOO_DARK]
    assert report.view.facing == "right"
    assert len(report.reps) == 1
    assert report.faults == []
    assert report.reps[0].score is None
    assert report.summary.score is None
    assert report.cues.client == [refusal.message, refusal.advice]


def test_no_repetition_is_no_hinge() -> None:
    report = report_of(replace(hinges(), reps=()))
    assert report.status == "refused"
    assert report.refusal is not None
    assert report.refusal.code == Code.NO_HINGE
    assert report.reps == []
    assert report.summary.reps == 0
    assert report.summary.hip_flexion_deg is None


def test_nothing_measured_at_all() -> None:
    m = hinges()
    nothing = np.full(len(m.angles.time_s), np.nan)
    names = {field.name for field in fields(HingeAngles)} - {"time_s", "lumbar_quality", "lumbar_abstains"}
    columns: dict[str, Any] = dict.fromkeys(names, nothing)
    angles = replace(m.angles, **columns)
    refused = replace(
        m, angles=angles, reps=(), standing=np.zeros(len(nothing), bool), refusal=finding(Code.NO_PERSON, "Nobody.")
    )
    assert report_of(refused).status == "refused"
    # and even with repetitions but no angle, nothing is invented
    report = report_of(replace(m, angles=angles))
    assert report.summary.score is None
    assert report.faults == []


def test_findings_of_capture_are_reported_once() -> None:
    m = hinges()
    track = track_for(m)
    info = replace(track.info, findings=(("truncated", "The file stops at 9 s."), ("too_dark", "Dark.")))
    m = replace(m, findings=(finding(Code.TOO_DARK, "It is dark."),))
    report = assess(replace(track, info=info), m, PROTOCOL)
    assert [(note.code, note.message) for note in report.findings] == [
        (Code.TOO_DARK, "It is dark."),
        (Code.TRUNCATED, "The file stops at 9 s."),
    ]


def test_doubtful_speed_keeps_tempo_out_of_the_verdict() -> None:
    m = hinges(tempo=(0.3, 0.0, 0.3))
    doubtful = replace(m, findings=(finding(Code.TEMPO_UNCERTAIN, "This may be slow motion."),))
    assert "too_fast" in {fault.code for fault in report_of(m).faults}
    assert report_of(doubtful).faults == []
    assert report_of(doubtful).summary.subscores["tempo"] is None


def test_a_cut_repetition_is_counted_but_left_out_of_the_medians() -> None:
    m = hinges([{}, {}, {"lumbar": 40.0}])
    m = replace(m, reps=(*m.reps[:2], replace(m.reps[2], partial=True)))
    report = report_of(m)
    assert report.summary.reps == 3
    assert [rep.partial for rep in report.reps] == [False, False, True]
    assert {fault.code for fault in report.faults} == {"lumbar_flexion"}
    assert report.summary.lumbar_flexion_deg == pytest.approx(5.0, abs=0.2)


def test_the_protocol_and_its_overrides_are_in_the_report(tmp_path: Path) -> None:
    path = tmp_path / "client.toml"
    path.write_text('extends = "rdl"\n[limits.lumbar_flexion]\nvalue = 45.0\n')
    m = hinges([{"lumbar": 41.0, "hip": 58.0}] * 3)
    report = assess(track_for(m), m, load_protocol(path))
    assert report.protocol.overrides == {"limits.lumbar_flexion.value": 45.0}
    assert report.protocol.limits["lumbar_flexion"] == 45.0
    assert "lumbar_flexion" not in {fault.code for fault in report.faults}


def test_the_report_matches_its_published_schema() -> None:
    schema = json_schema()
    data = json.loads(report_of(hinges([{"lumbar": 41.0}])).model_dump_json())
    assert set(data) == set(schema["properties"])
    assert set(schema["$defs"]["Summary"]["properties"]) == set(data["summary"])
    assert json.loads(HingeReport.model_validate(data).model_dump_json()) == data


def test_a_minute_is_assessed_in_milliseconds() -> None:
    m = hinges([{}] * 14, tempo=(1.6, 0.4, 1.5))
    track = track_for(m)
    assess(track, m, PROTOCOL)
    took = []
    for _ in range(5):
        begin = time.perf_counter()
        assess(track, m, PROTOCOL)
        took.append(time.perf_counter() - begin)
    # meant for 5 ms; the issue allows 50 for measuring and assessing together, on a busy machine
    assert min(took) < 0.025
