"""The commands beside `analyze`, and what options mean: exit codes, what goes to stdout and what to stderr."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import Mock

import pytest

from hinge_check import __version__
from hinge_check.cli.options import check_positive, parse_trim
from hinge_check.errors import Code, UsageError
from tests.cli.test_analyze import run
from tests.fakes import fake_analysis, fake_calibration, fake_report, use_plain_writers


@pytest.fixture
def track(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a track in a results folder that has the annotated video of an earlier assessment."""
    use_plain_writers(monkeypatch)
    again = Mock(return_value=fake_analysis())
    monkeypatch.setattr("hinge_check.analysis.reassess", again)
    home = tmp_path / "lift.hinge"
    home.mkdir()
    fake_analysis().track.save(home / "track.npz")
    (home / "annotated.mp4").write_text("earlier")
    return home / "track.npz"


def test_assess_rewrites_in_place(track: Path) -> None:
    result = run("assess", track, "--protocol", "rdl")
    assert result.exit_code == 0, result.stderr
    assert (track.parent / "reps.csv").exists()
    assert (track.parent / "report.json").exists()
    assert "still shows the earlier" in result.stderr
    assert "87° ± 4°" in result.stdout


def test_assess_reads_a_track_as_a_calibration(track: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Mock(return_value=fake_calibration())
    monkeypatch.setattr("hinge_check.analysis.reassess", asked)
    assert run("assess", track, "--calibrate").exit_code == 0
    assert asked.call_args.kwargs == {"side": "auto", "calibrate": True}
    assert "lumbar_max_deg = 49.0" in track.with_name("person.toml").read_text()


def test_assess_json_prints_and_writes_nothing(track: Path) -> None:
    result = run("assess", track, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["summary"]["reps"] == 2
    assert not (track.parent / "report.json").exists()


def test_assess_elsewhere(track: Path, tmp_path: Path) -> None:
    result = run("assess", track, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0
    assert json.loads((tmp_path / "out" / "lift.hinge" / "report.json").read_text()) == json.loads(result.stdout)
    assert run("assess", track, "--out", tmp_path / "out").exit_code == 2
    assert run("assess", track, "--out", tmp_path / "out", "--overwrite").exit_code == 0


def test_assess_of_what_is_no_track_or_has_no_hinge(track: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (track.parent / "no.npz").write_text("no")
    result = run("assess", track.parent / "no.npz")
    assert result.exit_code == 3
    assert "(unreadable)" in result.stderr
    none = Mock(return_value=fake_analysis(Code.NO_HINGE))
    monkeypatch.setattr("hinge_check.analysis.reassess", none)
    result = run("assess", track)
    assert result.exit_code == 3
    assert "(no_hinge)" in result.stderr
    assert result.stdout == ""
    assert json.loads((track.parent / "report.json").read_text())["refusal"]["code"] == "no_hinge"


def test_models_commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("hinge_check.capture.pose_models.folders", lambda: [tmp_path])
    assert run("models", "list").stdout.count("not here") == 3
    result = run("models", "verify")
    assert result.exit_code == 4
    assert "pose_landmarker_full.task" in result.stderr
    assert run("models", "verify", "fulll").exit_code == 2
    (tmp_path / "pose_landmarker_lite.task").write_bytes(b"wrong")
    assert "damaged file" in run("models", "list").stdout
    assert run("models", "verify").exit_code == 4
    assert run("models", "fetch", "huge").exit_code == 2


def test_protocols_commands(tmp_path: Path) -> None:
    listed = run("protocols", "list").stdout
    assert "bow" in listed
    assert "deadlift" in listed
    shown = run("protocols", "show", "rdl")
    assert shown.exit_code == 0
    assert "[limits.lumbar_flexion]" in shown.stdout
    own = tmp_path / "own.toml"
    own.write_text(shown.stdout)
    assert run("protocols", "check", own).exit_code == 0
    own.write_text("[limits.lumbar_flexon]\nvalue = 20.0\n")
    result = run("protocols", "check", own)
    assert result.exit_code == 2
    assert "lumbar_flexion" in result.stderr
    assert run("protocols", "show", "nothing").exit_code == 2


def test_schema_describes_the_report() -> None:
    schema = json.loads(run("schema").stdout)
    assert {"status", "refusal", "findings", "view", "reps", "summary", "faults", "cues"} <= set(schema["properties"])
    report = json.loads(fake_report().model_dump_json())
    assert set(report) == set(schema["properties"])


def test_version() -> None:
    assert run("--version").stdout == f"hinge-check {__version__}\n"


def test_help_comes_within_half_a_second() -> None:
    script = Path(sys.executable).with_name("hinge-check")
    if not script.exists():
        pytest.skip("hinge-check is not installed beside this Python")
    took = []
    for _ in range(3):  # the best of three: the first may read from a cold disk
        start = time.perf_counter()
        subprocess.run([script, "--help"], capture_output=True, check=True, env={**os.environ, "COLUMNS": "80"})
        took.append(time.perf_counter() - start)
    assert min(took) <= 0.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [(None, None), ("2:14.5", (2.0, 14.5)), (":10", (None, 10.0)), ("2:", (2.0, None)), (" 0 : 1 ", (0.0, 1.0))],
)
def test_trim(text: str | None, expected: tuple[float | None, float | None] | None) -> None:
    assert parse_trim(text) == expected


@pytest.mark.parametrize("text", ["", ":", "5", "1:2:3", "a:b", "-1:4", "4:4", "5:2", ":0", "nan:2", "1:inf"])
def test_trim_that_is_no_range(text: str) -> None:
    with pytest.raises(UsageError, match="--trim"):
        parse_trim(text)


def test_positive() -> None:
    check_positive("--speed", None)
    check_positive("--speed", 0.125)
    for wrong in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(UsageError, match="--speed"):
            check_positive("--speed", wrong)
