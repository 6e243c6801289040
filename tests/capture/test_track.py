from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hinge_check.capture.track import FORMAT, PoseTrack, TrackInfo
from hinge_check.errors import Code, Refused
from hinge_check.measure.measure import measure
from hinge_check.measure.rep_rules import RepRules
from tests.fakes import fake_track
from tests.stick_figure import clock, hinges, stick

ARRAYS = [f.name for f in fields(PoseTrack) if f.name != "info"]


def some_track() -> PoseTrack:
    time = clock(4, 20)
    people = np.full((len(time), 1, 33, 3), np.nan, np.float32)
    track = stick(time, hinges(time, 1), noise_px=1.0, gaps=[(0.2, 0.3)], people=people).track
    info = replace(
        track.info,
        speed=0.125,
        speed_source="container",
        trim_s=(None, 4.5),
        findings=(("truncated", "Only the first 4 s of this video's 9 s could be read."),),
        versions={"hinge-check": "1", "av": "18.1.0"},
        fps=29.97002997002997,
    )
    return replace(track, info=info)


def assert_same(one: PoseTrack, other: PoseTrack) -> None:
    assert one.info == other.info
    for name in ARRAYS:
        a, b = getattr(one, name), getattr(other, name)
        assert a.dtype == b.dtype, name
        assert a.shape == b.shape, name
        assert a.tobytes() == b.tobytes(), name


def refusal(path: Path) -> Refused:
    with pytest.raises(Refused) as caught:
        PoseTrack.load(path)
    assert caught.value.code is Code.UNREADABLE
    return caught.value


@pytest.mark.parametrize("make", [some_track, fake_track])
def test_a_track_comes_back_bit_for_bit(tmp_path: Path, make: Callable[[], PoseTrack]) -> None:
    track = make()
    track.save(tmp_path / "track.npz")
    assert_same(PoseTrack.load(tmp_path / "track.npz"), track)
    assert [p.name for p in tmp_path.iterdir()] == ["track.npz"]


def test_the_same_track_is_the_same_file(tmp_path: Path) -> None:
    for name in ("one", "two"):
        some_track().save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_track_read_back_measures_alike(tmp_path: Path) -> None:
    track = some_track()
    track.save(tmp_path / "track.npz")
    one, two = measure(track, RepRules()), measure(PoseTrack.load(tmp_path / "track.npz"), RepRules())
    assert one.reps == two.reps
    assert one.angles.bend.tobytes() == two.angles.bend.tobytes()
    assert one.angles.lumbar_flexion.tobytes() == two.angles.lumbar_flexion.tobytes()


def test_saving_again_replaces_what_was_there(tmp_path: Path) -> None:
    fake_track().save(tmp_path / "track.npz")
    some_track().save(tmp_path / "track.npz")
    assert_same(PoseTrack.load(tmp_path / "track.npz"), some_track())


def test_a_track_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError):
        fake_track().save(tmp_path / "no such folder" / "track.npz")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError, match="No space left"):
        fake_track().save(tmp_path / "track.npz")
    assert list(tmp_path.iterdir()) == []


def write_text(path: Path) -> None:
    path.write_text("a list of things to buy")


def write_nothing(path: Path) -> None:
    path.write_bytes(b"")


def write_array(path: Path) -> None:
    with path.open("wb") as out:
        np.save(out, np.arange(3))


def write_arrays(path: Path) -> None:
    with path.open("wb") as out:
        np.savez(out, time_s=np.arange(3))


def write_objects(path: Path) -> None:
    with path.open("wb") as out:
        np.savez(out, meta=np.array({"format": FORMAT}, dtype=object))


def write_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("readme.txt", "hello")


def write_half(path: Path) -> None:
    some_track().save(path)
    path.write_bytes(path.read_bytes()[:-2000])


def write_damaged(path: Path) -> None:
    some_track().save(path)
    data = bytearray(path.read_bytes())
    middle = len(data) // 3
    data[middle : middle + 400] = bytes(400)
    path.write_bytes(data)


def write_garbled(path: Path) -> None:
    """Write an otherwise intact archive with an array that cannot be decompressed."""
    some_track().save(path)
    with zipfile.ZipFile(path) as archive:
        begin = archive.getinfo("landmarks.npy").header_offset
    data = bytearray(path.read_bytes())
    begin += (
        30
        + int.from_bytes(data[begin + 26 : begin + 28], "little")
        + int.from_bytes(data[begin + 28 : begin + 30], "little")
    )
    data[begin : begin + 200] = b"\xff" * 200
    path.write_bytes(data)


def write_folder(path: Path) -> None:
    path.mkdir()


def write_no_file(path: Path) -> None:
    assert not path.exists()


@pytest.mark.parametrize(
    "write",
    [
        write_text,
        write_nothing,
        write_array,
        write_arrays,
        write_objects,
        write_zip,
        write_half,
        write_damaged,
        write_garbled,
        write_folder,
        write_no_file,
    ],
)
def test_a_file_that_is_no_track_is_refused(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path / "track.npz")
    error = refusal(tmp_path / "track.npz")
    assert "not a track" in error.finding.message
    assert "track.npz" not in error.finding.message


def rewrite(path: Path, change: Callable[[dict[str, Any], dict[str, Any]], Any]) -> Path:
    """Save a track with its metadata and arrays changed."""
    some_track().save(path)
    with np.load(path) as data:
        arrays = dict(data)
    meta = json.loads(str(arrays.pop("meta")))
    changed = change(meta, arrays)
    with path.open("wb") as out:
        np.savez(out, meta=np.array(json.dumps(meta if changed is None else changed)), **arrays)
    return path


@pytest.mark.parametrize("version", [FORMAT + 1, 0, None, "1"])
def test_another_format_version_is_refused_whatever_else_it_holds(tmp_path: Path, version: Any) -> None:
    def later(meta: dict[str, Any], arrays: dict[str, Any]) -> None:
        meta["format"] = version
        arrays["time_ms"] = arrays.pop("time_s")

    error = refusal(rewrite(tmp_path / "track.npz", later))
    assert "another version" in error.finding.message


def without_size(meta: dict[str, Any], arrays: dict[str, Any]) -> None:  # noqa: ARG001
    del meta["frame_size"]


def with_more(meta: dict[str, Any], arrays: dict[str, Any]) -> None:  # noqa: ARG001
    meta["mood"] = "good"


def without_times(meta: dict[str, Any], arrays: dict[str, Any]) -> None:  # noqa: ARG001
    del arrays["time_s"]


def as_list(meta: dict[str, Any], arrays: dict[str, Any]) -> list[int]:  # noqa: ARG001
    return [1]


@pytest.mark.parametrize("change", [without_size, with_more, without_times, as_list])
def test_a_track_with_other_contents_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any], dict[str, Any]], Any]
) -> None:
    refusal(rewrite(tmp_path / "track.npz", change))


def test_frames_with_a_person() -> None:
    track = some_track()
    assert len(track) == 80
    assert np.flatnonzero(~track.seen).tolist() == [4, 5]
    assert not fake_track().seen.any()


def test_the_defaults_of_the_track_info() -> None:
    info = TrackInfo("00", (64, 36), (64, 36), 1.0, 30.0, "full", "11", {})
    assert (info.speed, info.speed_source, info.trim_s, info.findings) == (1.0, "assumed", None, ())
