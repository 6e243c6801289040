"""The contract of `hinge-check analyze`: options, exit codes, what goes to stdout and what to stderr."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from hinge_check.analysis import Analysis
from hinge_check.cli import app
from hinge_check.cli.batch import Job, Outcome
from hinge_check.cli.options import refuse_collisions
from hinge_check.errors import Code, InstallationError, Refused, finding
from hinge_check.options import CaptureOptions
from tests.cli.test_batch import ROOT, wait_for
from tests.fakes import fake_analysis, fake_calibration, fake_report, use_plain_writers


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


class FakeAnalyze:
    """Stands in for `analyze`: remembers how it was called, returns or raises what it was given."""

    def __init__(self) -> None:
        self.gives: Analysis | BaseException = fake_analysis()
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
    monkeypatch.setattr("hinge_check.cli.batch.analyze", analyze)
    monkeypatch.setattr("hinge_check.capture.pose_models.bundle", lambda name: name)
    use_plain_writers(monkeypatch)
    return analyze


@pytest.fixture
def lift(tmp_path: Path) -> Path:
    """Return a file that stands for a video."""
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
    assert "87° ± 4°" in result.stdout
    assert "Go a little slower." in result.stdout
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
    fake.gives = fake_calibration()
    result = run("analyze", bend, "--calibrate")
    assert result.exit_code == 0, result.stderr
    assert fake.calls[0]["calibrate"] is True
    person = tmp_path / "bend.hinge" / "person.toml"
    assert json.loads((tmp_path / "bend.hinge" / "report.json").read_text())["calibration"]["lumbar_max_deg"] == 49.0
    assert f"--protocol {person}" in result.stdout.replace("\n", "")
    assert run("protocols", "check", person).exit_code == 0
    fake.gives = fake_analysis()
    assert run("analyze", lift, "--protocol", person).exit_code == 0
    assert fake.calls[1]["protocol"].lumbar_max_deg == 49.0
    assert fake.calls[1]["calibrate"] is False
    assert not (lift.with_name("lift.hinge") / "person.toml").exists()


@pytest.mark.usefixtures("fake")
def test_json_is_the_report_alone_on_stdout(lift: Path) -> None:
    result = run("analyze", lift, "--json")
    assert json.loads(result.stdout) == json.loads(fake_report().model_dump_json())
    assert result.stdout == (lift.with_name("lift.hinge") / "report.json").read_text()
    assert "87°" in result.stderr


@pytest.mark.usefixtures("fake")
def test_an_earlier_result_is_kept_unless_overwrite(lift: Path) -> None:
    assert run("analyze", lift).exit_code == 0
    again = run("analyze", lift)
    assert again.exit_code == 2
    assert "--overwrite" in again.stderr
    assert again.stdout == ""
    assert run("analyze", lift, "--overwrite").exit_code == 0


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("late", [False, True], ids=["no track", "a track without a hinge"])
def test_refused_video_is_exit_3_with_a_reason_and_a_report(
    fake: FakeAnalyze, lift: Path, late: bool, as_json: bool
) -> None:
    fake.gives = fake_analysis(Code.NO_HINGE) if late else Refused(Code.NO_HINGE, "No hinge was found.")
    result = run("analyze", lift, *(["--json"] if as_json else []))
    assert result.exit_code == 3
    assert "(no_hinge)" in result.stderr
    assert "push your hips back" in result.stderr.replace("\n", " ")
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
    assert result.exit_code == 3
    assert "(unreadable)" in result.stderr
    assert not (tmp_path / "nowhere").exists()


def test_unwritable_output_is_found_before_the_work(fake: FakeAnalyze, lift: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("analyze", lift, "--out", tmp_path / "file")
    assert result.exit_code == 3
    assert "(output_unwritable)" in result.stderr
    assert fake.calls == []


def test_full_disk_leaves_nothing(fake: FakeAnalyze, lift: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(video: Path, analysis: Analysis, out: Path, **options: Any) -> None:  # noqa: ARG001 - annotate's signature
        out.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hinge_check.present.annotate.annotate", full)
    result = run("analyze", lift, "--json")
    assert result.exit_code == 3
    assert "(disk_full)" in result.stderr
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
    assert result.stdout == ""
    assert "Put it there." in result.stderr
    assert fake.calls == []


def test_unexpected_error_is_exit_4_with_a_short_word(
    fake: FakeAnalyze, lift: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.gives = ZeroDivisionError("one by nought")
    result = run("analyze", lift)
    assert result.exit_code == 4
    assert "ZeroDivisionError" in result.stderr
    assert "Traceback" not in result.stderr
    monkeypatch.setenv("HINGE_CHECK_DEBUG", "1")
    assert "Traceback" in run("analyze", lift).stderr


def test_ctrl_c_is_exit_130(fake: FakeAnalyze, lift: Path) -> None:
    fake.gives = KeyboardInterrupt()
    result = run("analyze", lift)
    assert result.exit_code == 130
    assert "(interrupted)" in result.stderr
    assert [path.name for path in lift.parent.iterdir()] == ["lift.mp4"]


SLOW = """
import sys, time
from pathlib import Path
import pytest
from tests import fakes
import hinge_check.cli.batch, hinge_check.capture.pose_models, hinge_check.present.annotate
from hinge_check.cli import main
fakes.use_plain_writers(pytest.MonkeyPatch())
def slow(video, analysis, out, **options):
    out.write_bytes(b"half")
    time.sleep(60)
hinge_check.present.annotate.annotate = slow
hinge_check.cli.batch.analyze = lambda *given, **options: fakes.fake_analysis()
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
    assert out == ""
    assert "(interrupted)" in said
    assert "Traceback" not in said
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
    assert result.stdout == ""
    assert result.stderr != ""
    assert fake.calls == []
    assert not lift.with_name("lift.hinge").exists()


def test_no_video_at_all_is_exit_2() -> None:
    assert run("analyze").exit_code == 2


def test_videos_that_would_write_to_one_folder_are_refused_up_front(
    fake: FakeAnalyze, lift: Path, tmp_path: Path
) -> None:
    (tmp_path / "b").mkdir()
    for other in (lift, lift.with_suffix(".mov"), tmp_path / "b" / "lift.mp4"):
        result = run("analyze", lift, other, "--out", tmp_path / "out")
        assert result.exit_code == 2
        assert "both write" in result.stderr
    assert fake.calls == []
    assert not (tmp_path / "out").exists()
    refuse_collisions([lift, tmp_path / "b" / "lift.mp4"], [lift.with_suffix(".hinge"), tmp_path / "b" / "lift.hinge"])


def test_several_videos(fake: FakeAnalyze, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = finding(Code.NO_PERSON, "Nobody was found.")
    ends = [
        Outcome(0, fake_report(), written=True),
        Outcome(3, fake_report(Code.NO_PERSON), refusal, written=True),
        Outcome(4, failure="It crashed."),
    ]

    def batch(jobs: list[Job], *, parallel: int, on_progress: Any, on_outcome: Any) -> list[Outcome]:
        assert parallel == 2
        for index in range(len(jobs)):
            on_progress(index, "analyse", 0.5, 1.0, 15)
            on_outcome(index, ends[index])
        return ends[: len(jobs)]

    monkeypatch.setattr("hinge_check.cli.batch.run_batch", batch)
    videos = [tmp_path / f"{name}.mp4" for name in "abc"]
    result = run("analyze", *videos, "--jobs", "2", "--json")
    assert result.exit_code == 4
    assert [r and r["status"] for r in json.loads(result.stdout)] == ["analysed", "refused", None]
    assert "Nobody was found. (no_person)" in result.stderr
    assert "It crashed." in result.stderr
    result = run("analyze", *videos[:2], "--jobs", "2")
    assert result.exit_code == 3
    assert "a.mp4: Slower down" in result.stdout
    assert "no_person" not in result.stdout
    assert fake.calls == []
