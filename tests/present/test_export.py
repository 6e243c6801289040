"""Tables and chapters as other programs read them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hinge_check.analysis import Analysis
from hinge_check.assess.phrases import EAR
from hinge_check.assess.report import Provenance
from hinge_check.present.export import angles_columns, write_angles_csv, write_chapters_vtt, write_reps_csv

Make = Callable[..., Analysis]

REPS = (
    "rep,start_s,bottom_s,end_s,hip_flexion_deg,hip_flexion_se_deg,lumbar_flexion_deg,lumbar_flexion_se_deg,"
    "knee_flexion_deg,trunk_inclination_deg,hip_share,descent_s,bottom_hold_s,ascent_s,score,faults"
)
ANGLES = (
    "time_s,rep,phase,trunk_inclination_deg,hip_flexion_deg,lumbar_flexion_deg,lumbar_flexion_se_deg,"
    "pelvic_tilt_deg,knee_flexion_deg,shank_inclination_deg,neck_flexion_deg"
)


def rows(path: Path) -> list[dict[str, str]]:
    """Read a table back."""
    assert b"\r" not in path.read_bytes()
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_reps(make_analysis: Make, tmp_path: Path) -> None:
    path = tmp_path / "reps.csv"
    analysis = make_analysis(reps=3)
    write_reps_csv(analysis.report, path)
    assert path.read_text(encoding="utf-8").splitlines()[0] == REPS
    table = rows(path)
    assert [row["rep"] for row in table] == ["1", "2", "3"]
    assert table[0]["start_s"] == "1.000"
    assert table[0]["hip_flexion_deg"] == "60.0"
    assert table[0]["hip_share"] == "0.667"
    assert table[0]["faults"].split(";") == ["lumbar_flexion", "neck"]


def test_unmeasured_values_are_empty(make_analysis: Make, tmp_path: Path) -> None:
    path = tmp_path / "reps.csv"
    analysis = make_analysis(lumbar=float("nan"))
    write_reps_csv(analysis.report, path)
    for column in ("lumbar_flexion_deg", "lumbar_flexion_se_deg", "hip_share", "score", "faults"):
        assert {row[column] for row in rows(path)} == {""}
    path = tmp_path / "angles.csv"
    write_angles_csv(analysis, path)
    assert {row["lumbar_flexion_deg"] for row in rows(path)} == {""}


def test_angles(make_analysis: Make, tmp_path: Path) -> None:
    path = tmp_path / "angles.csv"
    analysis = make_analysis(reps=2, unseen=(0.2, 0.4))
    write_angles_csv(analysis, path)
    assert path.read_text(encoding="utf-8").splitlines()[0] == ANGLES
    table = rows(path)
    assert len(table) == len(analysis.track)
    for row, time, hip in zip(table, analysis.track.time_s, analysis.measurement.angles.hip_flexion, strict=True):
        assert float(row["time_s"]) == pytest.approx(time, abs=5e-4)
        if np.isnan(hip):
            assert row["hip_flexion_deg"] == ""
        else:
            assert float(row["hip_flexion_deg"]) == pytest.approx(hip, abs=0.05)
    assert table[0]["rep"] == ""
    assert table[0]["phase"] == "stand"
    assert table[30]["rep"] == "1"
    assert table[30]["phase"] == "descent"
    assert table[-1]["rep"] == ""
    assert {row["rep"] for row in table} == {"", "1", "2"}
    assert not any(value.startswith("-0.0") for row in table for value in row.values())


def test_chapters_parse_as_webvtt(make_analysis: Make, tmp_path: Path) -> None:
    path = tmp_path / "chapters.vtt"
    analysis = make_analysis(reps=2)
    write_chapters_vtt(analysis.report, path)
    text = path.read_bytes().decode("utf-8")
    blocks = text.split("\n\n")
    assert blocks[0] == "WEBVTT"
    assert text.endswith("\n")
    assert "\r" not in text
    assert len(blocks) == 3
    for block, rep in zip(blocks[1:], analysis.report.reps, strict=True):
        name, timing, words = block.strip().split("\n")
        match = re.fullmatch(r"(\d\d):(\d\d):(\d\d\.\d{3}) --> (\d\d):(\d\d):(\d\d\.\d{3})", timing)
        assert match is not None
        start, end = (int(h) * 3600 + int(m) * 60 + float(s) for h, m, s in (match.groups()[:3], match.groups()[3:]))
        assert start == pytest.approx(rep.start_s, abs=1e-3)
        assert end == pytest.approx(rep.end_s, abs=1e-3)
        assert name == f"rep-{rep.rep}"
        assert words.startswith(f"Rep {rep.rep}: hips 60 ± 6°, back 30 ± 8°, score 82 ± 6")
        assert words.endswith(EAR["lumbar_flexion"])
        assert "-->" not in words


def test_chapters_of_a_trimmed_recording_follow_the_annotated_video(make_analysis: Make, tmp_path: Path) -> None:
    report = make_analysis(reps=1).report
    made = Provenance(
        hinge_check="0",
        versions={},
        source_sha256="0" * 64,
        model="full",
        model_sha256="0" * 64,
        estimator="edge",
        frame_size=(640, 360),
        source_size=(640, 360),
        fps=20.0,
        duration_s=4.0,
        speed=1.0,
        speed_source="assumed",
        trim_s=(0.75, 4.0),
    )
    write_chapters_vtt(report.model_copy(update={"provenance": made}), tmp_path / "chapters.vtt")
    assert "00:00:00.250 --> 00:00:03.250" in (tmp_path / "chapters.vtt").read_text(encoding="utf-8")


def test_without_reps_the_files_are_still_complete(make_analysis: Make, tmp_path: Path) -> None:
    report = make_analysis(reps=0).report
    write_chapters_vtt(report, tmp_path / "chapters.vtt")
    write_reps_csv(report, tmp_path / "reps.csv")
    assert (tmp_path / "chapters.vtt").read_text(encoding="utf-8") == "WEBVTT\n"
    assert (tmp_path / "reps.csv").read_text(encoding="utf-8") == REPS + "\n"


def test_columns_state_what_the_table_states(make_analysis: Make, tmp_path: Path) -> None:
    path = tmp_path / "angles.csv"
    analysis = make_analysis(reps=2, unseen=(0.2, 0.4))
    write_angles_csv(analysis, path)
    convert: dict[str, Callable[[str], object]] = {"rep": int, "phase": str}
    table = rows(path)
    assert angles_columns(analysis) == {
        name: [convert.get(name, float)(row[name]) if row[name] else None for row in table] for name in table[0]
    }
