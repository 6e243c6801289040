"""The command line's contract: options, exit codes, what goes to stdout and what to stderr."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from typer.testing import CliRunner, Result

from hinge_check import __version__
from hinge_check.analysis import Analysis, CaptureOptions
from hinge_check.batch import Job, Outcome
from hinge_check.cli import app
from hinge_check.cli_options import check_positive, parse_trim, refuse_collisions
from hinge_check.errors import Code, InstallationError, Refused, UsageError, finding
from tests.fakes import made_up_analysis, made_up_calibration, made_up_report, use_plain_writers
from tests.test_batch import ROOT, wait_for


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


class FakeAnalyze:
    """Stands in for `analyze`: remembers how it was called, gives or raises what it was told."""

    def __init__(self) -> None:
        self.gives: Analysis | BaseException = made_up_analysis()
        self.calls: list[dict[str, Any]] = []

    def __call__(self, video: Path, protocol: Any, **options: Any) -> Analysis:
        self.calls.append({"video": video, "protocol": protocol, **options})
        options["progress"]("analyse", 1.0, 2.0, 30)
        if isinstance(self.gives, BaseException):
            raise self.gives
        return self.gives


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeAnalyze:
    """No pose model, no video: everything around them is real."""
    analyze = FakeAnalyze()
    monkeypatch.setattr("hinge_check.batch.analyze", analyze)
    monkeypatch.setattr("hinge_check.capture.pose_models.bundle", lambda name: name)
    use_plain_writers(monkeypatch)
    return analyze


@pytest.fixture
def lift(tmp_path: Path) -> Path:
    """A file that stands for a video."""
    path = tmp_path / "lift.mp4"
    path.write_bytes(b"video")
    return path


def test_sensible_without_any_option(fake: FakeAnalyze, lift: Path) -> None:
    result = run("analyze", lift)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    out = lift.with_name("lift.hinge")
    assert (out / "annotated.mp4").read_text() == "lift.mp4 False"
    assert json.loads((out / "report.json").read_text())["status"] == "analysed"
    assert "87° ± 4°" in result.stdout and "Go a little slower." in result.stdout
    assert str(out) in result.stdout.replace("\n", "")
    call = fake.calls[0]
    assert call["protocol"].name == "bodyweight_hinge"
    assert call["side"] == "auto"
    assert call["options"] == CaptureOptions()


def test_every_option_reaches_the_analysis(fake: FakeAnalyze, lift: Path, tmp_path: Path) -> None:
    options = "--protocol rdl --model heavy --side left --trim 2:14.5 --speed 0.125 --max-minutes 20 --blur-face"
    result = run("analyze", lift, "--out", tmp_path / "out", *options.split())
    assert result.exit_code == 0, result.stderr
    call = fake.calls[0]
    assert call["protocol"].name == "rdl"
    assert call["side"] == "left"
    assert call["calibrate"] is False
    assert call["options"] == CaptureOptions("heavy", (2.0, 14.5), 0.125, 1200.0)
    assert (tmp_path / "out" / "lift.hinge" / "annotated.mp4").read_text() == "lift.mp4 True"
    assert not lift.with_name("lift.hinge").exists()


def test_without_the_annotated_video(fake: FakeAnalyze, lift: Path) -> None:
    assert run("analyze", lift, "--no-video").exit_code == 0
    assert len(fake.calls) == 1
    assert not (lift.with_name("lift.hinge") / "annotated.mp4").exists()


def test_a_calibration_leaves_a_protocol_that_the_next_analysis_takes(
    fake: FakeAnalyze, lift: Path, tmp_path: Path
) -> None:
    bend = tmp_path / "bend.mp4"
    bend.write_bytes(b"video")
    fake.gives = made_up_calibration()
    result = run("analyze", bend, "--calibrate")
    assert result.exit_code == 0, result.stderr
    assert fake.calls[0]["calibrate"] is True
    person = tmp_path / "bend.hinge" / "person.toml"
    assert json.loads((tmp_path / "bend.hinge" / "report.json").read_text())["calibration"]["lumbar_max_deg"] == 49.0
    assert f"--protocol {person}" in result.stdout.replace("\n", "")
    assert run("protocols", "check", person).exit_code == 0
    fake.gives = made_up_analysis()
    assert run("analyze", lift, "--protocol", person).exit_code == 0
    assert fake.calls[1]["protocol"].lumbar_max_deg == 49.0
    assert fake.calls[1]["calibrate"] is False
    assert not (lift.with_name("lift.hinge") / "person.toml").exists()


@pytest.mark.usefixtures("fake")
def test_json_is_the_report_alone_on_stdout(lift: Path) -> None:
    result = run("analyze", lift, "--json")
    assert json.loads(result.stdout) == json.loads(made_up_report().model_dump_json())
    assert result.stdout == (lift.with_name("lift.hinge") / "report.json").read_text()
    assert "87°" in result.stderr


@pytest.mark.usefixtures("fake")
def test_an_earlier_result_is_kept_unless_overwrite(lift: Path) -> None:
    assert run("analyze", lift).exit_code == 0
    again = run("analyze", lift)
    assert again.exit_code == 2
    assert "--overwrite" in again.stderr and again.stdout == ""
    assert run("analyze", lift, "--overwrite").exit_code == 0


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("late", [False, True], ids=["no track", "a track without a hinge"])
def test_refused_video_is_exit_3_with_a_reason_and_a_report(
    fake: FakeAnalyze, lift: Path, late: bool, as_json: bool
) -> None:
    fake.gives = made_up_analysis(Code.NO_HINGE) if late else Refused(Code.NO_HINGE, "No hinge was found.")
    result = run("analyze", lift, *(["--json"] if as_json else []))
    assert result.exit_code == 3
    assert "(no_hinge)" in result.stderr and "push your hips back" in result.stderr.replace("\n", " ")
    report = (lift.with_name("lift.hinge") / "report.json").read_text()
    assert json.loads(report)["refusal"]["code"] == "no_hinge"
    assert result.stdout == (report if as_json else "")
    assert (lift.with_name("lift.hinge") / "track.npz").exists() is late


@pytest.mark.usefixtures("fake")
def test_absent_video_is_unreadable_and_a_mistyped_folder_is_not_made(tmp_path: Path) -> None:
    assert run("analyze", tmp_path / "absent.mp4").exit_code == 3
    report = json.loads((tmp_path / "absent.hinge" / "report.json").read_text())
    assert report["refusal"]["code"] == "unreadable"
    result = run("analyze", tmp_path / "nowhere" / "absent.mp4")
    assert result.exit_code == 3 and "(unreadable)" in result.stderr
    assert not (tmp_path / "nowhere").exists()


def test_unwritable_output_is_found_before_the_work(fake: FakeAnalyze, lift: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("analyze", lift, "--out", tmp_path / "file")
    assert result.exit_code == 3 and "(output_unwritable)" in result.stderr
    assert fake.calls == []


def test_full_disk_leaves_nothing(fake: FakeAnalyze, lift: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(video: Path, analysis: Analysis, out: Path, **options: Any) -> None:  # noqa: ARG001 - annotate's signature
        out.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hinge_check.present.annotate.annotate", full)
    result = run("analyze", lift, "--json")
    assert result.exit_code == 3 and "(disk_full)" in result.stderr
    assert json.loads(result.stdout)["refusal"]["code"] == "disk_full"
    assert [path.name for path in lift.parent.iterdir()] == ["lift.mp4"]
    assert len(fake.calls) == 1


def test_missing_model_is_exit_4_before_any_video(
    fake: FakeAnalyze, lift: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise InstallationError(Code.MODEL_MISSING, f"The pose model '{name}' is not here.", "Put it there.")

    monkeypatch.setattr("hinge_check.capture.pose_models.bundle", missing)
    result = run("analyze", lift, "--json")
    assert result.exit_code == 4
    assert result.stdout == "" and "Put it there." in result.stderr
    assert fake.calls == []


def test_unexpected_error_is_exit_4_with_a_short_word(
    fake: FakeAnalyze, lift: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.gives = ZeroDivisionError("one by nought")
    result = run("analyze", lift)
    assert result.exit_code == 4
    assert "ZeroDivisionError" in result.stderr and "Traceback" not in result.stderr
    monkeypatch.setenv("HINGE_CHECK_DEBUG", "1")
    assert "Traceback" in run("analyze", lift).stderr


def test_ctrl_c_is_exit_130(fake: FakeAnalyze, lift: Path) -> None:
    fake.gives = KeyboardInterrupt()
    result = run("analyze", lift)
    assert result.exit_code == 130 and "(interrupted)" in result.stderr
    assert [path.name for path in lift.parent.iterdir()] == ["lift.mp4"]


SLOW = """
import sys, time
from pathlib import Path
import pytest
from tests import fakes
import hinge_check.batch, hinge_check.capture.pose_models, hinge_check.present.annotate
from hinge_check.cli import main
fakes.use_plain_writers(pytest.MonkeyPatch())
def slow(video, analysis, out, **options):
    out.write_bytes(b"half")
    time.sleep(60)
hinge_check.present.annotate.annotate = slow
hinge_check.batch.analyze = lambda *given, **options: fakes.made_up_analysis()
hinge_check.capture.pose_models.bundle = lambda name: name
sys.argv = ["hinge-check", "analyze", sys.argv[1]]
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_it_writes_it_leaves_nothing(lift: Path, sent: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(lift)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for(lambda: list(lift.parent.glob(".hinge-*/annotated.mp4")), process)
        process.send_signal(sent)
        out, said = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 130
    assert out == "" and "(interrupted)" in said and "Traceback" not in said
    assert [path.name for path in lift.parent.iterdir()] == ["lift.mp4"]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--trim", "5"],
        ["--trim", "9:2"],
        ["--speed", "0"],
        ["--speed", "nan"],
        ["--jobs", "0"],
        ["--side", "front"],
        ["--protocol", "squad"],
        ["--max-minutes", "-1"],
        ["--no-such-option"],
    ],
)
def test_wrong_options_are_exit_2(fake: FakeAnalyze, lift: Path, wrong: list[str]) -> None:
    result = run("analyze", lift, *wrong)
    assert result.exit_code == 2, result.output
    assert result.stdout == "" and result.stderr != ""
    assert fake.calls == [] and not lift.with_name("lift.hinge").exists()


def test_no_video_at_all_is_exit_2() -> None:
    assert run("analyze").exit_code == 2


def test_videos_that_would_write_to_one_folder_are_refused_up_front(
    fake: FakeAnalyze, lift: Path, tmp_path: Path
) -> None:
    (tmp_path / "b").mkdir()
    for other in (lift, lift.with_suffix(".mov"), tmp_path / "b" / "lift.mp4"):
        result = run("analyze", lift, other, "--out", tmp_path / "out")
        assert result.exit_code == 2 and "both write" in result.stderr
    assert fake.calls == [] and not (tmp_path / "out").exists()
    refuse_collisions([lift, tmp_path / "b" / "lift.mp4"], [lift.with_suffix(".hinge"), tmp_path / "b" / "lift.hinge"])


def test_several_videos(fake: FakeAnalyze, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = finding(Code.NO_PERSON, "Nobody was found.")
    ends = [
        Outcome(0, made_up_report(), written=True),
        Outcome(3, made_up_report(Code.NO_PERSON), refusal, written=True),
        Outcome(4, failure="It crashed."),
    ]

    def batch(jobs: list[Job], *, parallel: int, on_progress: Any, on_outcome: Any) -> list[Outcome]:
        assert parallel == 2
        for index in range(len(jobs)):
            on_progress(index, "analyse", 0.5, 1.0, 15)
            on_outcome(index, ends[index])
        return ends[: len(jobs)]

    monkeypatch.setattr("hinge_check.batch.run_batch", batch)
    videos = [tmp_path / f"{name}.mp4" for name in "abc"]
    result = run("analyze", *videos, "--jobs", "2", "--json")
    assert result.exit_code == 4
    assert [r and r["status"] for r in json.loads(result.stdout)] == ["analysed", "refused", None]
    assert "Nobody was found. (no_person)" in result.stderr and "It crashed." in result.stderr
    result = run("analyze", *videos[:2], "--jobs", "2")
    assert result.exit_code == 3
    assert "a.mp4: Slower down" in result.stdout and "no_person" not in result.stdout
    assert fake.calls == []


@pytest.fixture
def track(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A track in a results folder that has the annotated video of an earlier assessment."""
    use_plain_writers(monkeypatch)
    again = Mock(return_value=made_up_analysis())
    monkeypatch.setattr("hinge_check.analysis.reassess", again)
    home = tmp_path / "lift.hinge"
    home.mkdir()
    made_up_analysis().track.save(home / "track.npz")
    (home / "annotated.mp4").write_text("earlier")
    return home / "track.npz"


def test_assess_rewrites_in_place(track: Path) -> None:
    result = run("assess", track, "--protocol", "rdl")
    assert result.exit_code == 0, result.stderr
    assert (track.parent / "reps.csv").exists() and (track.parent / "report.json").exists()
    assert "still shows the earlier" in result.stderr
    assert "87° ± 4°" in result.stdout


def test_assess_reads_a_track_as_a_calibration(track: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Mock(return_value=made_up_calibration())
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
    assert result.exit_code == 3 and "(unreadable)" in result.stderr
    none = Mock(return_value=made_up_analysis(Code.NO_HINGE))
    monkeypatch.setattr("hinge_check.analysis.reassess", none)
    result = run("assess", track)
    assert result.exit_code == 3 and "(no_hinge)" in result.stderr and result.stdout == ""
    assert json.loads((track.parent / "report.json").read_text())["refusal"]["code"] == "no_hinge"


def test_models_commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("hinge_check.capture.pose_models.folders", lambda: [tmp_path])
    assert run("models", "list").stdout.count("not here") == 3
    result = run("models", "verify")
    assert result.exit_code == 4 and "pose_landmarker_full.task" in result.stderr
    assert run("models", "verify", "fulll").exit_code == 2
    (tmp_path / "pose_landmarker_lite.task").write_bytes(b"wrong")
    assert "damaged file" in run("models", "list").stdout
    assert run("models", "verify").exit_code == 4
    assert run("models", "fetch", "huge").exit_code == 2


def test_protocols_commands(tmp_path: Path) -> None:
    listed = run("protocols", "list").stdout
    assert "bow" in listed and "deadlift" in listed
    shown = run("protocols", "show", "rdl")
    assert shown.exit_code == 0 and "[limits.lumbar_flexion]" in shown.stdout
    own = tmp_path / "own.toml"
    own.write_text(shown.stdout)
    assert run("protocols", "check", own).exit_code == 0
    own.write_text("[limits.lumbar_flexon]\nvalue = 20.0\n")
    result = run("protocols", "check", own)
    assert result.exit_code == 2 and "lumbar_flexion" in result.stderr
    assert run("protocols", "show", "nothing").exit_code == 2


def test_schema_describes_the_report() -> None:
    schema = json.loads(run("schema").stdout)
    assert {"status", "refusal", "findings", "view", "reps", "summary", "faults", "cues"} <= set(schema["properties"])
    report = json.loads(made_up_report().model_dump_json())
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
