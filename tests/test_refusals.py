"""Every refusal and finding end to end: a file as a user may bring it, the real pose model, messages and files.

The footage is made of the sample videos while the tests run (see `tests.degrade_clips`).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from hinge_check.analysis import analyze
from hinge_check.assess.protocol import load_protocol
from hinge_check.assess.report import HingeReport
from hinge_check.cli import app
from hinge_check.errors import Code
from hinge_check.options import CaptureOptions
from hinge_check.results import OURS
from tests import clips, samples
from tests.degrade_clips import (
    Footage,
    black,
    cropped,
    dimmed,
    empty_room,
    far_away,
    joined,
    sample,
    scaled,
    shoot,
    standing,
    with_bystander,
    with_moved_camera,
)

ROOT = Path(__file__).parents[1]
SYNTHETIC = ROOT.parent / "shared" / "clips" / "synthetic"

JARGON = re.compile(
    r"\b(nan|none|null|inf|error|errno|exception|traceback|pts|codec|landmark|yaw|nonetype|ffmpeg|mediapipe|invalid)\b",
    re.I,
)
"""Words a client does not have to know."""


@pytest.fixture(scope="module", autouse=True)
def _model() -> None:
    samples.full_model()


pytestmark = pytest.mark.model


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def stderr_text(result: Result) -> str:
    """Return the text on stderr, whatever the width of the terminal."""
    return " ".join(result.stderr.split())


def is_plain_language(message: str, advice: str) -> bool:
    """Return whether they are one or two whole sentences each, without file names and jargon."""
    both = f"{message} {advice}"
    return (
        all(text[:1].isupper() and text[-1:] == "." and len(text) < 160 for text in (message, advice))
        and JARGON.search(both) is None
        and re.search(r"[/\\]\w|\.\w{3}\b(?<!\d)|_|\bv\.mp4", both) is None
    )


def analyse_refused(video: Path, code: Code, *options: str | Path, track: bool = True) -> dict[str, Any]:
    """Analyse a video that is refused, check everything a refusal has to be, and return the report."""
    before = set(video.parent.iterdir())
    result = run("analyze", video, "--json", *options)
    assert result.exit_code == 3, result.output
    out = video.with_suffix(".hinge")
    report: dict[str, Any] = json.loads((out / "report.json").read_text("utf-8"))
    assert report == json.loads(result.stdout)
    assert report["status"] == "refused"
    refusal = report["refusal"]
    assert refusal["code"] == code, refusal
    assert is_plain_language(refusal["message"], refusal["advice"]), refusal
    assert f"{refusal['message']} ({code})" in stderr_text(result)
    assert refusal["advice"] in stderr_text(result)
    assert "Traceback" not in result.output
    # Nothing but the reason, and the track where there is one: no curves, no video, no scratch folder.
    assert {path.name for path in out.iterdir()} == {"report.json"} | ({"track.npz"} if track else set())
    assert set(video.parent.iterdir()) == before | {out}
    assert report["faults"] == []
    assert report["summary"]["score"] is None
    assert all(rep["score"] is None for rep in report["reps"])
    return report


def analyse_accepted(video: Path, **options: Any) -> HingeReport:
    """Return the report of a video that is not refused."""
    report = analyze(video, load_protocol("bodyweight_hinge"), options=CaptureOptions(**options)).report
    assert report.status == "analysed", report.refusal
    assert all(is_plain_language(note.message, note.advice) for note in report.findings), report.findings
    return report


def findings(report: HingeReport) -> set[Code]:
    """Return the codes of the findings; whether the back's edge could be read is tested elsewhere."""
    return {note.code for note in report.findings} - {Code.LUMBAR_NOT_MEASURABLE}


def write_clip_of(tmp_path: Path, footage: Footage, **how: Any) -> Path:
    return shoot(footage, tmp_path / "v.mp4", **how)


@pytest.fixture
def good() -> Footage:
    """Provide one good repetition from the side."""
    return sample("neutral_good")


# -- the file


def _text(path: Path) -> Path:
    path.write_text("Dear clinician, here is my video.\n" * 50)
    return path


def _nothing(path: Path) -> Path:
    path.touch()
    return path


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


FILES: dict[str, tuple[Callable[[Path], Path], Code]] = {
    "empty file": (_nothing, Code.NOT_A_VIDEO),
    "text renamed": (_text, Code.NOT_A_VIDEO),
    "absent": (lambda path: path, Code.UNREADABLE),
    "folder": (_folder, Code.UNREADABLE),
    "index missing": (lambda path: clips.cut(clips.write_clip(path, n=60), 0.6), Code.TRUNCATED),
    "sound only": (lambda path: clips.write_tone(path), Code.NO_VIDEO_STREAM),
    "no picture": (clips.write_nothing, Code.TOO_SHORT),
    "one picture": (lambda path: clips.write_clip(path, n=1), Code.TOO_SHORT),
    "beyond 8K": (lambda path: clips.write_clip(path, n=2, size=(8192, 16)), Code.TOO_LARGE),
}


@pytest.mark.parametrize(("make", "code"), FILES.values(), ids=FILES.keys())
def test_a_file_that_is_no_video_is_refused(tmp_path: Path, make: Callable[[Path], Path], code: Code) -> None:
    analyse_refused(make(tmp_path / "v.mp4"), code, track=False)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything")
def test_a_file_without_read_permission_is_refused(tmp_path: Path) -> None:
    video = clips.write_clip(tmp_path / "v.mp4")
    video.chmod(0)
    analyse_refused(video, Code.UNREADABLE, track=False)


def test_a_clip_longer_than_the_limit_is_refused(tmp_path: Path, good: Footage) -> None:
    report = analyse_refused(write_clip_of(tmp_path, good), Code.TOO_LONG, "--max-minutes", "0.02", track=False)
    assert "2.5 seconds; the limit is 1.2 seconds" in report["refusal"]["message"]


def test_a_truncated_clip_is_analysed_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = write_clip_of(tmp_path, sample("neutral_good", seconds=5.0), container_options={"movflags": "+faststart"})
    report = analyse_accepted(clips.cut(whole, 0.6))
    assert findings(report) == {Code.TRUNCATED}
    assert report.summary.reps == 1  # of two
    (note,) = (note for note in report.findings if note.code is Code.TRUNCATED)
    assert "of this video's 5 seconds could be read" in note.message


# -- the picture, and the people in it


def test_eight_seconds_of_black_are_refused(tmp_path: Path) -> None:
    analyse_refused(write_clip_of(tmp_path, black(8.0)), Code.TOO_DARK)


def test_a_dim_room_is_a_finding_and_measured_all_the_same(tmp_path: Path, good: Footage) -> None:
    report = analyse_accepted(write_clip_of(tmp_path, dimmed(good, 0.17)))
    assert Code.TOO_DARK in findings(report)
    assert report.summary.reps == 1


def test_an_empty_room_is_refused(tmp_path: Path, good: Footage) -> None:
    analyse_refused(write_clip_of(tmp_path, empty_room(good)), Code.NO_PERSON)


@pytest.mark.parametrize("leaves", [True, False], ids=["leaves", "comes late"])
def test_a_person_present_for_less_than_half_of_the_video(tmp_path: Path, leaves: bool) -> None:
    some = sample("neutral_good", seconds=1.6)
    room = empty_room(sample("neutral_good"))
    parts = (some, room) if leaves else (room, some)
    analyse_refused(write_clip_of(tmp_path, joined(*parts)), Code.PERSON_LOST)


def test_a_person_of_sixty_pixels_is_too_small(tmp_path: Path, good: Footage) -> None:
    report = analyse_refused(write_clip_of(tmp_path, scaled(good, 0.2)), Code.PERSON_TOO_SMALL)
    assert report["view"]["person_height_px"] == pytest.approx(60, abs=6)


def test_a_person_too_far_away_for_the_pose_model(tmp_path: Path, good: Footage) -> None:
    """Detect nobody: 'there is nobody' would be the wrong message, and its advice no help."""
    report = analyse_refused(write_clip_of(tmp_path, far_away(good, 0.25)), Code.PERSON_TOO_SMALL)
    assert "% of the picture's height" in report["refusal"]["message"]


@pytest.mark.parametrize(
    ("frame", "words"),
    [({"bottom": 290}, "feet"), ({"top": 100}, "shoulders"), ({"left": 300, "right": 420}, "shoulders")],
    ids=["no feet", "no head and shoulders", "too narrow"],
)
def test_a_body_outside_the_picture_is_refused(
    tmp_path: Path, good: Footage, frame: dict[str, int], words: str
) -> None:
    report = analyse_refused(write_clip_of(tmp_path, cropped(good, **frame)), Code.OUT_OF_FRAME)
    assert words in report["refusal"]["message"]


@pytest.mark.parametrize(("frame", "word"), [({"bottom": 326}, "feet"), ({"top": 60}, "head")], ids=["soles", "crown"])
def test_a_body_that_touches_the_edge_is_a_finding(
    tmp_path: Path, good: Footage, frame: dict[str, int], word: str
) -> None:
    report = analyse_accepted(write_clip_of(tmp_path, cropped(good, **frame)))
    assert findings(report) == {Code.OUT_OF_FRAME}
    (note,) = (note for note in report.findings if note.code is Code.OUT_OF_FRAME)
    assert word in note.message
    assert report.summary.reps == 1


@pytest.mark.parametrize("left", [True, False], ids=["on the left", "on the right"])
@pytest.mark.parametrize(
    ("hinging", "watching", "side", "faults"),
    [("neutral_good", "squatty", "right", set()), ("rounded", "neutral_good", "left", {"lumbar_flexion"})],
)
def test_of_two_people_the_one_who_hinges_is_measured(
    tmp_path: Path, hinging: str, watching: str, side: str, faults: set[str], left: bool
) -> None:
    """Use two pairs: of the first the pose model tracks the one who hinges by itself, of the second the other one."""
    report = analyse_accepted(write_clip_of(tmp_path, with_bystander(sample(hinging), left=left, who=sample(watching))))
    assert findings(report) == {Code.SEVERAL_PEOPLE}
    assert report.summary.reps == 1
    assert report.view.near_side == side
    assert faults <= {fault.code for fault in report.faults}
    assert bool(report.faults) is bool(faults)


# -- the camera


@pytest.mark.skipif(not SYNTHETIC.is_dir(), reason="front_90.mp4 is not here: the folder ../shared is absent")
def test_a_front_view_is_refused(tmp_path: Path) -> None:
    video = write_clip_of(tmp_path, sample("front_90", folder=SYNTHETIC))
    report = analyse_refused(video, Code.NOT_SIDE_VIEW)
    assert "from the front" in report["refusal"]["message"]
    assert report["view"]["facing"] is None


def test_a_slightly_oblique_view_is_a_finding(tmp_path: Path) -> None:
    report = analyse_accepted(write_clip_of(tmp_path, sample("oblique_30")))
    assert findings(report) == {Code.NOT_SIDE_VIEW}
    assert report.view.yaw_deg == pytest.approx(30, abs=8)


@pytest.mark.parametrize("name", ["rounded", "neutral_good"], ids=["brick wall", "plain wall"])
def test_a_panning_camera_is_refused(tmp_path: Path, name: str) -> None:
    footage = sample(name)
    path = np.linspace(-100, 100, len(footage)).round().astype(int)
    report = analyse_refused(write_clip_of(tmp_path, with_moved_camera(footage, path)), Code.CAMERA_MOVED)
    share = re.search(r"(\d+) % of the picture", report["refusal"]["message"])
    assert share is not None
    assert int(share[1]) == pytest.approx(100 * 200 / 640, abs=4)


def test_a_bump_is_a_finding_and_measured_all_the_same(tmp_path: Path) -> None:
    footage = sample("rounded")
    bump = np.where(np.arange(len(footage)) > 20, 40, 0)
    report = analyse_accepted(write_clip_of(tmp_path, with_moved_camera(footage, bump)))
    assert findings(report) == {Code.CAMERA_MOVED}  # and the feet did not count as walking
    assert report.summary.reps == 1


# -- the movement


def test_standing_holds_no_hinge(tmp_path: Path, good: Footage) -> None:
    analyse_refused(write_clip_of(tmp_path, standing(good)), Code.NO_HINGE)


def test_a_squat_is_never_praised(tmp_path: Path) -> None:
    report = analyse_accepted(write_clip_of(tmp_path, sample("squatty")))
    assert "squatting" in {fault.code for fault in report.faults}
    assert "squatting" in report.reps[0].faults
    assert report.summary.score is None or report.summary.score < 70
    assert any("knee" in cue.lower() or "hips back" in cue.lower() for cue in report.cues.client)
    assert report.cues.ear


# -- several videos


def test_one_bad_video_does_not_stop_the_others(tmp_path: Path, good: Footage) -> None:
    shoot(good, tmp_path / "good.mp4")
    _text(tmp_path / "bad.mp4")
    result = run("analyze", tmp_path / "bad.mp4", tmp_path / "good.mp4", "--jobs", "2", "--json")
    assert result.exit_code == 3, result.output
    bad, fine = json.loads(result.stdout)
    assert bad["refusal"]["code"] == Code.NOT_A_VIDEO
    assert fine["status"] == "analysed"
    assert "(not_a_video)" in stderr_text(result)
    assert "Traceback" not in result.output
    assert {path.name for path in (tmp_path / "good.hinge").iterdir()} == OURS
    assert {path.name for path in (tmp_path / "bad.hinge").iterdir()} == {"report.json"}
    assert {path.name for path in tmp_path.iterdir()} == {"bad.mp4", "good.mp4", "bad.hinge", "good.hinge"}
