"""The results folder is written completely or not at all."""

from __future__ import annotations

import errno
import json
import math
import os
from pathlib import Path
from typing import Any

import pytest

from hinge_check.assess.protocol import load_protocol
from hinge_check.assess.report import Provenance
from hinge_check.capture.track import PoseTrack
from hinge_check.errors import Code, Refused, UsageError, finding
from hinge_check.options import silent
from hinge_check.results import (
    OURS,
    check_writable,
    refusal_report,
    report_json,
    rescored_folder,
    results_folder,
    rewrite,
    write_refusal,
    write_results,
)
from tests.fakes import fake_analysis, fake_calibration, fake_report, use_plain_writers


@pytest.fixture(autouse=True)
def _writers(monkeypatch: pytest.MonkeyPatch) -> None:
    use_plain_writers(monkeypatch)


def write(out_dir: Path, **changed: Any) -> None:
    options: dict[str, Any] = {"with_video": True, "blur_face": False, "overwrite": False, "progress": silent}
    write_results(fake_analysis(), Path("lift.mp4"), out_dir, **{**options, **changed})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_everything_is_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    write(tmp_path / "new" / "lift.hinge")
    assert set(names(tmp_path / "new" / "lift.hinge")) == OURS
    assert names(tmp_path / "new") == ["lift.hinge"]
    assert len(PoseTrack.load(tmp_path / "new" / "lift.hinge" / "track.npz")) == 3


def test_the_folder_is_as_readable_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    write(tmp_path / "lift.hinge")
    assert (tmp_path / "lift.hinge").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_without_the_annotated_video(tmp_path: Path) -> None:
    write(tmp_path / "lift.hinge", with_video=False)
    assert set(names(tmp_path / "lift.hinge")) == OURS - {"annotated.mp4"}


def test_an_earlier_result_is_replaced_only_on_request(tmp_path: Path) -> None:
    out = tmp_path / "lift.hinge"
    write(out)
    (out / "notes.txt").write_text("mine")
    (out / "reps.csv").write_text("old")
    with pytest.raises(UsageError, match="--overwrite"):
        write(out)
    write(out, overwrite=True, with_video=False)
    # The program's own files are replaced, the stale video removed; a file that the user added stays.
    assert set(names(out)) == (OURS - {"annotated.mp4"}) | {"notes.txt"}
    assert (out / "reps.csv").read_text() == "reps.csv"
    assert names(tmp_path) == ["lift.hinge"]


def test_a_file_in_the_way_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "lift.hinge").write_text("mine")
    with pytest.raises(UsageError, match="no folder"):
        write(tmp_path / "lift.hinge", overwrite=True)
    assert (tmp_path / "lift.hinge").read_text() == "mine"


@pytest.mark.parametrize(
    ("error", "raised", "code"),
    [
        (OSError(errno.ENOSPC, "full"), Refused, Code.DISK_FULL),
        (OSError(errno.EDQUOT, "quota"), Refused, Code.DISK_FULL),
        (PermissionError(errno.EACCES, "no"), Refused, Code.OUTPUT_UNWRITABLE),
        (OSError(errno.EROFS, "read only"), Refused, Code.OUTPUT_UNWRITABLE),
        (OSError(errno.EIO, "broken"), OSError, None),
        (KeyboardInterrupt(), KeyboardInterrupt, None),
    ],
)
@pytest.mark.parametrize("earlier", [False, True])
def test_nothing_half_written_is_left(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    raised: type[BaseException],
    code: Code | None,
    earlier: bool,
) -> None:
    out = tmp_path / "lift.hinge"
    if earlier:
        write(out)

    def fails(video: Path, analysis: Any, path: Path, **options: Any) -> None:  # noqa: ARG001 - annotate's signature
        path.write_bytes(b"half")
        raise error

    monkeypatch.setattr("hinge_check.present.annotate.annotate", fails)
    with pytest.raises(raised) as caught:
        write(out, overwrite=True)
    if isinstance(caught.value, Refused):
        assert caught.value.code is code
    assert names(tmp_path) == (["lift.hinge"] if earlier else [])
    if earlier:
        assert (out / "annotated.mp4").read_text() == "lift.mp4 False"


@pytest.mark.parametrize("failing", [1, 2])
def test_interrupted_between_the_renames_the_earlier_result_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    out = tmp_path / "lift.hinge"
    write(out)
    (out / "reps.csv").write_text("earlier")
    rename, calls = Path.rename, 0

    def interrupted(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(out, overwrite=True)
    assert names(tmp_path) == ["lift.hinge"]
    assert (out / "reps.csv").read_text() == "earlier"


def test_the_output_folder_is_checked_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_writable(tmp_path / "a" / "b" / "lift.hinge")
    assert names(tmp_path / "a" / "b") == []
    (tmp_path / "file").write_text("")
    for bad in (tmp_path / "file" / "lift.hinge", tmp_path / "file" / "below" / "lift.hinge", tmp_path / ("x" * 300)):
        with pytest.raises(Refused) as caught:
            check_writable(bad)
        assert caught.value.code is Code.OUTPUT_UNWRITABLE

    def full(descriptor: int) -> None:  # noqa: ARG001 - fsync's signature
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused) as caught:
        check_writable(tmp_path / "lift.hinge")
    assert caught.value.code is Code.DISK_FULL


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    with pytest.raises(Refused) as caught:
        check_writable(tmp_path / "locked" / "lift.hinge")
    assert caught.value.code is Code.OUTPUT_UNWRITABLE


def test_a_refusal_writes_its_report_and_the_track_if_there_is_one(tmp_path: Path) -> None:
    report = fake_report(Code.NO_HINGE)
    write_refusal(report, tmp_path / "a.hinge", overwrite=False)
    assert names(tmp_path / "a.hinge") == ["report.json"]
    assert json.loads((tmp_path / "a.hinge" / "report.json").read_text())["refusal"]["code"] == "no_hinge"
    write_refusal(report, tmp_path / "b.hinge", track=fake_analysis().track, overwrite=False)
    assert names(tmp_path / "b.hinge") == ["report.json", "track.npz"]


def test_the_report_of_a_video_without_a_track() -> None:
    report = refusal_report(finding(Code.NOT_A_VIDEO, "This is a text file."), load_protocol("bow"))
    data = json.loads(report_json(report))
    assert data["status"] == "refused"
    assert data["refusal"]["code"] == "not_a_video"
    assert data["protocol"]["name"] == "bow"
    assert data["reps"] == []
    assert data["provenance"] is None
    assert data["summary"]["score"] is None


def test_report_json_is_the_same_every_time_and_has_null_for_what_is_missing() -> None:
    report = fake_report(lumbar=None)
    odd = report.model_copy(update={"summary": report.summary.model_copy(update={"hip_flexion_deg": math.nan})})
    text = report_json(odd)

    def never(literal: str) -> None:
        raise AssertionError(literal)

    data = json.loads(text, parse_constant=never)
    assert data["summary"]["hip_flexion_deg"] is None
    assert data["reps"][0]["lumbar_flexion_deg"] is None
    assert text == report_json(odd.model_copy(deep=True))
    assert text.endswith("}\n")


def test_report_json_does_not_depend_on_the_order_of_the_versions() -> None:
    versions = {"av": "18", "numpy": "2", "mediapipe": "1.2"}
    texts = set()
    for names in (list(versions), list(versions)[::-1]):
        provenance = Provenance(
            hinge_check="0.1.0",
            versions={name: versions[name] for name in names},
            source_sha256="00",
            model="full",
            model_sha256="11",
            estimator="none",
            frame_size=(640, 360),
            source_size=(640, 360),
            fps=30.0,
            duration_s=1.0,
            speed=1.0,
            speed_source="assumed",
        )
        texts.add(report_json(fake_report().model_copy(update={"provenance": provenance})))
    assert len(texts) == 1


def test_rescoring_in_place_replaces_what_depends_on_the_protocol(tmp_path: Path) -> None:
    out = tmp_path / "lift.hinge"
    write(out)
    before = (out / "track.npz").read_bytes()
    (out / "reps.csv").write_text("old")
    rewrite(fake_analysis(lumbar=30.0), out)
    assert set(names(out)) == OURS
    assert (out / "track.npz").read_bytes() == before
    assert (out / "reps.csv").read_text() == "reps.csv"
    assert json.loads((out / "report.json").read_text())["summary"]["lumbar_flexion_deg"] == 30.0


def test_rescoring_that_ends_in_a_refusal_leaves_no_stale_curves(tmp_path: Path) -> None:
    out = tmp_path / "lift.hinge"
    write(out)
    rewrite(fake_analysis(Code.NO_HINGE), out)
    assert names(out) == ["annotated.mp4", "report.json", "track.npz"]


def test_rescoring_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "lift.hinge"
    write(out)
    report = (out / "report.json").read_text()

    def full(analysis: Any, path: Path) -> None:  # noqa: ARG001 - draw_chart's signature
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("hinge_check.present.charts.draw_chart", full)
    with pytest.raises(Refused):
        rewrite(fake_analysis(lumbar=30.0), out)
    assert set(names(out)) == OURS
    assert (out / "report.json").read_text() == report


def test_a_calibration_writes_the_client_s_file_and_an_overwriting_lift_removes_it(tmp_path: Path) -> None:
    out = tmp_path / "bend.hinge"
    calibration = fake_calibration()
    options: dict[str, Any] = {"with_video": True, "blur_face": False, "progress": silent}
    write_results(calibration, Path("bend.mp4"), out, overwrite=False, **options)
    assert set(names(out)) == OURS | {"person.toml"}
    assert (out / "person.toml").read_text() == calibration.person
    larger = fake_calibration(lumbar_max=55.0)
    write_results(larger, Path("bend.mp4"), out, overwrite=True, **options)
    assert (out / "person.toml").read_text() == larger.person
    write_results(fake_analysis(), Path("bend.mp4"), out, overwrite=True, **options)
    assert set(names(out)) == OURS


def test_a_range_that_is_not_found_again_is_removed_but_stays_when_rescored_as_a_lift(tmp_path: Path) -> None:
    out = tmp_path / "bend.hinge"
    write(out)
    rewrite(fake_calibration(), out)
    rewrite(fake_analysis(), out)
    assert (out / "person.toml").exists()
    rewrite(fake_calibration(lumbar_max=None), out)
    assert set(names(out)) == OURS


@pytest.mark.parametrize(("calibrate", "judged"), [(False, "hinge"), (True, "range")])
def test_a_refusal_states_how_it_would_have_been_judged_and_by_which_range(calibrate: bool, judged: str) -> None:
    report = refusal_report(finding(Code.TOO_DARK, "Dark."), load_protocol(), calibrate=calibrate)
    assert report.judged_as == judged
    assert report.calibration is None
    assert report.summary.lumbar_range_source == "population"


def test_the_name_of_the_results_folder(tmp_path: Path) -> None:
    assert results_folder(Path("a/lift.mp4"), None) == Path("a/lift.hinge")
    assert results_folder(Path("a/lift.2.mp4"), Path("out")) == Path("out/lift.2.hinge")
    home = tmp_path / "lift.hinge"
    assert rescored_folder(home / "track.npz", None) == home
    assert rescored_folder(home / "track.npz", Path("out")) == Path("out/lift.hinge")
    assert rescored_folder(tmp_path / "set1.npz", Path("out")) == Path("out/set1.hinge")
