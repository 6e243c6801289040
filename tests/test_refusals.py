"""Every refusal and finding end to end: a file as a person may bring it, the real pose model, what is said and left.

The footage is made of the sample videos while the tests run (see `tests.filming`). Where nothing but the words and the
files matters the analysis is made once and handed on.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from hinge_check.analysis import Analysis, CaptureOptions, analyze
from hinge_check.assess.protocol import load_protocol
from hinge_check.assess.report import HingeReport
from hinge_check.capture import pose_models
from hinge_check.cli import app
from hinge_check.errors import ADVICE, Code
from hinge_check.results import OURS
from tests import clips, samples
from tests.filming import (
    LYING,
    Footage,
    black,
    cropped,
    dimmed,
    doubled,
    empty_room,
    far_away,
    halved,
    joined,
    lying,
    mirrored,
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


def said(result: Result) -> str:
    """What stood on stderr, whatever the width of the terminal."""
    return " ".join(result.stderr.split())


def in_plain_words(message: str, advice: str) -> bool:
    """One or two whole sentences each, without names of files and words from the workshop."""
    both = f"{message} {advice}"
    return (
        all(text[:1].isupper() and text[-1:] == "." and len(text) < 160 for text in (message, advice))
        and JARGON.search(both) is None
        and re.search(r"[/\\]\w|\.\w{3}\b(?<!\d)|_|\bv\.mp4", both) is None
    )


def refused(video: Path, code: Code, *options: str | Path, track: bool = True) -> dict[str, Any]:
    """Analyse a video that is refused, see to everything a refusal has to be, and give the report."""
    before = set(video.parent.iterdir())
    result = run("analyze", video, "--json", *options)
    assert result.exit_code == 3, result.output
    out = video.with_suffix(".hinge")
    report: dict[str, Any] = json.loads((out / "report.json").read_text("utf-8"))
    assert report == json.loads(result.stdout)
    assert report["status"] == "refused"
    refusal = report["refusal"]
    assert refusal["code"] == code, refusal
    assert in_plain_words(refusal["message"], refusal["advice"]), refusal
    assert f"{refusal['message']} ({code})" in said(result)
    assert refusal["advice"] in said(result)
    assert "Traceback" not in result.output
    # Nothing but the reason, and the track where there is one: no curves, no video, no scratch folder.
    assert {path.name for path in out.iterdir()} == {"report.json"} | ({"track.npz"} if track else set())
    assert set(video.parent.iterdir()) == before | {out}
    assert report["faults"] == []
    assert report["summary"]["score"] is None and all(rep["score"] is None for rep in report["reps"])
    return report


def analysed(video: Path, **options: Any) -> HingeReport:
    """The report of a video that is not refused."""
    report = analyze(video, load_protocol("bodyweight_hinge"), options=CaptureOptions(**options)).report
    assert report.status == "analysed", report.refusal
    assert all(in_plain_words(note.message, note.advice) for note in report.findings), report.findings
    return report


def found(report: HingeReport) -> set[Code]:
    """Codes of the findings; whether the back's edge could be read is a question of its own."""
    return {note.code for note in report.findings} - {Code.LUMBAR_NOT_MEASURABLE}


def shot(tmp_path: Path, footage: Footage, **how: Any) -> Path:
    return shoot(footage, tmp_path / "v.mp4", **how)


@pytest.fixture
def good() -> Footage:
    """One good repetition from the side."""
    return sample("neutral_good")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Analysis]:
    """The good repetition as a video, and its analysis; nobody changes either."""
    video = shoot(sample("neutral_good"), tmp_path_factory.mktemp("plain") / "plain.mp4")
    analysis = analyze(video, load_protocol("bodyweight_hinge"))
    assert analysis.report.status == "analysed"
    assert analysis.report.findings == []
    return video, analysis


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
def test_what_is_no_video_to_be_analysed(tmp_path: Path, make: Callable[[Path], Path], code: Code) -> None:
    refused(make(tmp_path / "v.mp4"), code, track=False)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything")
def test_a_file_one_may_not_open(tmp_path: Path) -> None:
    video = clips.write_clip(tmp_path / "v.mp4")
    video.chmod(0)
    refused(video, Code.UNREADABLE, track=False)


def test_longer_than_the_limit(tmp_path: Path, good: Footage) -> None:
    report = refused(shot(tmp_path, good), Code.TOO_LONG, "--max-minutes", "0.02", track=False)
    assert "2.5 seconds; the limit is 1.2 seconds" in report["refusal"]["message"]


def test_cut_off_in_the_middle_is_analysed_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = shot(tmp_path, sample("neutral_good", seconds=5.0), container_options={"movflags": "+faststart"})
    report = analysed(clips.cut(whole, 0.6))
    assert found(report) == {Code.TRUNCATED}
    assert report.summary.reps == 1  # of two
    (note,) = (note for note in report.findings if note.code is Code.TRUNCATED)
    assert "of this video's 5 seconds could be read" in note.message


# -- the picture, and who is in it


def test_eight_seconds_of_black(tmp_path: Path) -> None:
    refused(shot(tmp_path, black(8.0)), Code.TOO_DARK)


def test_a_dim_room_is_said_and_measured_all_the_same(tmp_path: Path, good: Footage) -> None:
    report = analysed(shot(tmp_path, dimmed(good, 0.17)))
    assert Code.TOO_DARK in found(report)
    assert report.summary.reps == 1


def test_nobody_in_the_room(tmp_path: Path, good: Footage) -> None:
    refused(shot(tmp_path, empty_room(good)), Code.NO_PERSON)


@pytest.mark.parametrize("leaves", [True, False], ids=["leaves", "comes late"])
def test_somebody_for_less_than_half_of_the_video(tmp_path: Path, leaves: bool) -> None:
    some = sample("neutral_good", seconds=1.6)
    room = empty_room(sample("neutral_good"))
    parts = (some, room) if leaves else (room, some)
    refused(shot(tmp_path, joined(*parts)), Code.PERSON_LOST)


def test_a_person_of_sixty_pixels(tmp_path: Path, good: Footage) -> None:
    report = refused(shot(tmp_path, scaled(good, 0.2)), Code.PERSON_TOO_SMALL)
    assert report["view"]["person_height_px"] == pytest.approx(60, abs=6)


def test_a_person_too_far_away_for_the_pose_model(tmp_path: Path, good: Footage) -> None:
    """The pose model sees nobody at all; 'there is nobody' would be the wrong word, and the advice no help."""
    report = refused(shot(tmp_path, far_away(good, 0.25)), Code.PERSON_TOO_SMALL)
    assert "% of the picture's height" in report["refusal"]["message"]


@pytest.mark.parametrize(
    ("frame", "words"),
    [({"bottom": 290}, "feet"), ({"top": 100}, "shoulders"), ({"left": 300, "right": 420}, "shoulders")],
    ids=["no feet", "no head and shoulders", "too narrow"],
)
def test_a_body_that_is_not_in_the_picture(tmp_path: Path, good: Footage, frame: dict[str, int], words: str) -> None:
    report = refused(shot(tmp_path, cropped(good, **frame)), Code.OUT_OF_FRAME)
    assert words in report["refusal"]["message"]


@pytest.mark.parametrize(("frame", "word"), [({"bottom": 326}, "feet"), ({"top": 60}, "head")], ids=["soles", "crown"])
def test_a_body_that_touches_the_edge(tmp_path: Path, good: Footage, frame: dict[str, int], word: str) -> None:
    report = analysed(shot(tmp_path, cropped(good, **frame)))
    assert found(report) == {Code.OUT_OF_FRAME}
    (note,) = (note for note in report.findings if note.code is Code.OUT_OF_FRAME)
    assert word in note.message
    assert report.summary.reps == 1


@pytest.mark.parametrize("left", [True, False], ids=["on the left", "on the right"])
@pytest.mark.parametrize(
    ("hinging", "watching", "side", "faults"),
    [("neutral_good", "squatty", "right", set()), ("rounded", "neutral_good", "left", {"lumbar_flexion"})],
)
def test_of_two_people_the_one_who_hinges(
    tmp_path: Path, hinging: str, watching: str, side: str, faults: set[str], left: bool
) -> None:
    """Of the first pair the pose model follows the one who hinges of its own accord, of the second the other one."""
    report = analysed(shot(tmp_path, with_bystander(sample(hinging), left=left, who=sample(watching))))
    assert found(report) == {Code.SEVERAL_PEOPLE}
    assert report.summary.reps == 1
    assert report.view.near_side == side
    assert faults <= {fault.code for fault in report.faults}
    assert bool(report.faults) is bool(faults)


# -- the camera


@pytest.mark.skipif(not SYNTHETIC.is_dir(), reason="front_90.mp4 is not here: the folder ../shared is absent")
def test_filmed_from_the_front(tmp_path: Path) -> None:
    video = shot(tmp_path, sample("front_90", folder=SYNTHETIC))
    report = refused(video, Code.NOT_SIDE_VIEW)
    assert "from the front" in report["refusal"]["message"]
    assert report["view"]["facing"] is None


def test_a_little_off_the_side(tmp_path: Path) -> None:
    report = analysed(shot(tmp_path, sample("oblique_30")))
    assert found(report) == {Code.NOT_SIDE_VIEW}
    assert report.view.yaw_deg == pytest.approx(30, abs=8)


@pytest.mark.parametrize("name", ["rounded", "neutral_good"], ids=["brick wall", "plain wall"])
def test_a_camera_that_pans(tmp_path: Path, name: str) -> None:
    footage = sample(name)
    path = np.linspace(-100, 100, len(footage)).round().astype(int)
    report = refused(shot(tmp_path, with_moved_camera(footage, path)), Code.CAMERA_MOVED)
    share = re.search(r"(\d+) % of the picture", report["refusal"]["message"])
    assert share is not None
    assert int(share[1]) == pytest.approx(100 * 200 / 640, abs=4)


def test_a_bump_is_said_and_measured_all_the_same(tmp_path: Path) -> None:
    footage = sample("rounded")
    bump = np.where(np.arange(len(footage)) > 20, 40, 0)
    report = analysed(shot(tmp_path, with_moved_camera(footage, bump)))
    assert found(report) == {Code.CAMERA_MOVED}  # nor did the feet walk
    assert report.summary.reps == 1


# -- what is done


def test_standing_holds_no_hinge(tmp_path: Path, good: Footage) -> None:
    refused(shot(tmp_path, standing(good)), Code.NO_HINGE)


def test_a_squat_is_never_praised(tmp_path: Path) -> None:
    report = analysed(shot(tmp_path, sample("squatty")))
    assert "squatting" in {fault.code for fault in report.faults}
    assert "squatting" in report.reps[0].faults
    assert report.summary.score is None or report.summary.score < 70
    assert any("knee" in cue.lower() or "hips back" in cue.lower() for cue in report.cues.client)
    assert report.cues.ear


# -- the same movement, filmed in another way


def near(one: HingeReport, other: HingeReport, *, within: float, lumbar: float) -> bool:
    """Whether two reports give the same angles, degrees."""
    a, b = one.summary, other.summary
    gaps = [
        abs((getattr(a, name) or np.nan) - (getattr(b, name) or np.nan))
        for name in ("hip_flexion_deg", "knee_flexion_deg", "trunk_inclination_deg")
    ]
    spine = abs((a.lumbar_flexion_deg or np.nan) - (b.lumbar_flexion_deg or np.nan))
    return a.reps == b.reps and max(gaps) <= within and spine <= lumbar


def test_turned_in_the_container(tmp_path: Path, plain: tuple[Path, Analysis], good: Footage) -> None:
    report = analysed(shot(tmp_path, lying(good), rotation=LYING))
    assert report.provenance is not None and report.provenance.source_size == (640, 360)
    assert near(report, plain[1].report, within=1, lumbar=1)
    assert report.view.near_side == "right"


def test_mirrored(tmp_path: Path, plain: tuple[Path, Analysis], good: Footage) -> None:
    """The arithmetic is the same to the last digit (tests/measure); the pose model itself sees a mirrored person
    differently: 2-3 pixels at the hip of a person of 290, which is 4-5 deg of hip flexion."""
    report = analysed(shot(tmp_path, mirrored(good)))
    assert (report.view.facing, report.view.near_side) == ("left", "left")
    assert near(report, plain[1].report, within=6, lumbar=4)
    assert report.summary.trunk_inclination_deg == pytest.approx(
        plain[1].report.summary.trunk_inclination_deg or np.nan, abs=3
    )


def test_half_as_many_pixels(tmp_path: Path, plain: tuple[Path, Analysis], good: Footage) -> None:
    report = analysed(shot(tmp_path, scaled(good, 0.5)))
    assert found(report) == {Code.PERSON_TOO_SMALL}
    assert near(report, plain[1].report, within=4, lumbar=4)


def test_sixty_pictures_a_second_and_fewer(tmp_path: Path, plain: tuple[Path, Analysis]) -> None:
    thirty = sample("neutral_good", fps=30.0)
    many = analysed(shoot(doubled(thirty), tmp_path / "60.mp4"))
    few = analysed(shoot(halved(sample("neutral_good")), tmp_path / "7.5.mp4"))
    assert near(many, plain[1].report, within=3, lumbar=3)
    assert few.summary.hip_flexion_deg == pytest.approx(plain[1].report.summary.hip_flexion_deg or np.nan, abs=5)
    # Tempo comes from times, not from counting pictures.
    for report in (many, few):
        mine, its = report.reps[0], plain[1].report.reps[0]
        assert mine.end_s - mine.start_s == pytest.approx(its.end_s - its.start_s, abs=0.35)


def test_slow_motion_changes_the_tempo_and_no_angle(plain: tuple[Path, Analysis], tmp_path: Path) -> None:
    video, usual = plain
    result = run("analyze", video, "--speed", "0.5", "--no-video", "--json", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    slow = HingeReport.model_validate_json(result.stdout)
    assert near(slow, usual.report, within=3, lumbar=3)
    for name in ("descent_s", "ascent_s"):
        assert getattr(slow.summary, name) == pytest.approx(0.5 * getattr(usual.report.summary, name), abs=0.15)
    assert slow.reps[0].end_s == pytest.approx(usual.report.reps[0].end_s, abs=0.2)  # as the player shows it
    assert slow.provenance is not None
    assert (slow.provenance.speed, slow.provenance.speed_source) == (0.5, "option")


def test_side_and_trim(tmp_path: Path) -> None:
    video = shot(tmp_path, sample("neutral_good", seconds=5.0))
    result = run("analyze", video, "--side", "right", "--trim", "2.4:", "--no-video", "--json")
    assert result.exit_code == 0, result.output
    report = HingeReport.model_validate_json(result.stdout)
    assert report.view.near_side == "right"
    assert report.summary.reps == 1
    truth = samples.truth("neutral_good")["reps"][1]
    assert report.reps[0].bottom_s == pytest.approx(truth["bottom_start"] / 30, abs=0.35)
    assert report.provenance is not None and report.provenance.trim_s == (2.4, None)


def test_a_span_without_the_repetition(plain: tuple[Path, Analysis], tmp_path: Path) -> None:
    result = run("analyze", plain[0], "--trim", ":0.4", "--json", "--out", tmp_path)
    assert result.exit_code == 3
    assert json.loads(result.stdout)["refusal"]["code"] == Code.NO_HINGE


# -- the place for the result


@pytest.fixture
def ready(plain: tuple[Path, Analysis], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plain video, its analysis made already: what is written is the same."""
    monkeypatch.setattr("hinge_check.batch.analyze", lambda *_, **__: plain[1])
    return plain[0]


def unwritten(result: Result, code: Code) -> None:
    """A result that could not be written: said, and on stdout the report that could not be put anywhere."""
    assert result.exit_code == 3, result.output
    report = json.loads(result.stdout)
    assert report["status"] == "refused"
    assert report["refusal"]["code"] == code
    assert in_plain_words(report["refusal"]["message"], ADVICE[code].replace(" (--out)", ""))
    assert f"({code})" in said(result) and ADVICE[code] in said(result)
    assert "Traceback" not in result.output


def test_a_place_that_cannot_be_written(ready: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    unwritten(run("analyze", ready, "--json", "--out", tmp_path / "file"), Code.OUTPUT_UNWRITABLE)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    if Path("/proc/self").exists():  # not even root may
        unwritten(run("analyze", ready, "--json", "--out", "/proc/self"), Code.OUTPUT_UNWRITABLE)


@contextlib.contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes, as on a disk that is nearly full."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_no_room_for_the_annotated_video(ready: Path, tmp_path: Path) -> None:
    """The last and largest file; all others are written by then."""
    sizes = _sizes(ready, tmp_path / "roomy")
    others = max(size for name, size in sizes.items() if name != "annotated.mp4")
    assert others < sizes["annotated.mp4"]
    with files_up_to((others + sizes["annotated.mp4"]) // 2):
        result = run("analyze", ready, "--json", "--out", tmp_path / "tight")
    unwritten(result, Code.DISK_FULL)
    assert list((tmp_path / "tight").iterdir()) == []


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_disk_that_is_full_half_way(ready: Path, tmp_path: Path, share: float) -> None:
    needed = sum(_sizes(ready, tmp_path / "roomy").values())
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk, round(share * needed)):
        unwritten(run("analyze", ready, "--json", "--out", disk), Code.DISK_FULL)
        assert list(disk.iterdir()) == []


@contextlib.contextmanager
def small_disk(where: Path, size: int) -> Iterator[None]:
    """A file system of its own of so many bytes; skips where that is not allowed."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(where)], capture_output=True, check=False
    )
    if made.returncode != 0:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run([umount, str(where)], check=True)


def _sizes(video: Path, out: Path) -> dict[str, int]:
    """Bytes of every file of a whole result."""
    assert run("analyze", video, "--out", out).exit_code == 0
    (folder,) = out.iterdir()
    assert {path.name for path in folder.iterdir()} <= OURS
    return {path.name: path.stat().st_size for path in folder.iterdir()}


# -- the program itself


STOPPED = """
import os, signal, sys
from hinge_check import cli, console
wanted = sys.argv.pop(1)
shown = console.Bars.update
def update(self, name, stage, done_s, total_s, frames):
    shown(self, name, stage, done_s, total_s, frames)
    if stage == wanted and frames >= 5:
        os.kill(os.getpid(), signal.SIGINT)
console.Bars.update = update
sys.argv[0] = "hinge-check"
cli.main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
@pytest.mark.parametrize("stage", ["analyse", "draw"])
def test_ctrl_c(plain: tuple[Path, Analysis], tmp_path: Path, stage: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", STOPPED, stage, "analyze", str(plain[0]), "--out", str(tmp_path), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 130, ended.stderr
    assert ended.stdout == ""
    assert "(interrupted)" in ended.stderr and ADVICE[Code.INTERRUPTED] in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_pose_model_is_missing(
    plain: tuple[Path, Analysis], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = pose_models.manifest()["full"]
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv(pose_models.FOLDER_VARIABLE, str(folder))
    monkeypatch.setattr(pose_models, "checkout_models", lambda: None)
    monkeypatch.setattr(pose_models, "cache_folder", lambda: tmp_path / "cache")
    result = run("analyze", plain[0], "--json", "--out", tmp_path / "out")
    assert result.exit_code == 4
    assert result.stdout == ""
    assert "(model_missing)" in said(result) and "Traceback" not in result.output
    for word in (spec.file, f"{spec.bytes:,} bytes", spec.sha256, str(folder), "models fetch full"):
        assert word in said(result), word
    assert not (tmp_path / "out").exists()
    (folder / spec.file).write_bytes(b"half a download")
    result = run("analyze", plain[0], "--out", tmp_path / "out")
    assert result.exit_code == 4 and "damaged" in said(result)


def test_of_several_videos_one_is_bad(tmp_path: Path, good: Footage) -> None:
    shoot(good, tmp_path / "good.mp4")
    _text(tmp_path / "bad.mp4")
    result = run("analyze", tmp_path / "bad.mp4", tmp_path / "good.mp4", "--jobs", "2", "--json")
    assert result.exit_code == 3, result.output
    bad, fine = json.loads(result.stdout)
    assert bad["refusal"]["code"] == Code.NOT_A_VIDEO
    assert fine["status"] == "analysed"
    assert "(not_a_video)" in said(result) and "Traceback" not in result.output
    assert {path.name for path in (tmp_path / "good.hinge").iterdir()} == OURS
    assert {path.name for path in (tmp_path / "bad.hinge").iterdir()} == {"report.json"}
    assert {path.name for path in tmp_path.iterdir()} == {"bad.mp4", "good.mp4", "bad.hinge", "good.hinge"}
