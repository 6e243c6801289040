from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from hinge_check.capture.pose import PeopleScan
from hinge_check.capture.silhouette import trunk_edges
from hinge_check.capture.track import EDGE_S, PoseTrack, TrackInfo
from hinge_check.capture.track_builder import TrackBuilder
from hinge_check.errors import Code, Refused
from tests.replay import ReplayedScan, Rgb, band, pose_of
from tests.stick_figure import clock, hinges, stick

SIZE = (200, 150)
INFO = TrackInfo("00", SIZE, SIZE, 2.0, 30.0, "full", "11", {})


def figure(seconds: float = 2.0, fps: float = 30.0, **changes: Any) -> PoseTrack:
    time = clock(seconds, fps)
    return stick(time, hinges(time, 1, lead=0.2), px_per_m=62, size=SIZE, **changes).track


def picture(k: int) -> Rgb:
    rgb = np.random.default_rng(1).integers(0, 255, (SIZE[1], SIZE[0], 3)).astype(np.uint8)
    rgb[:8, :8] = k
    return rgb


def built(track: PoseTrack, *, mask: bool = True, scan: ReplayedScan | None = None) -> PoseTrack:
    builder = TrackBuilder(cast("PeopleScan | None", scan))
    for k, time in enumerate(track.time_s.tolist()):
        builder.add(time, picture(k), pose_of(track, k, mask=mask))
    return builder.track(INFO)


def test_poses_are_stored_unchanged() -> None:
    given = figure(gaps=[(0.5, 0.7)])
    out = built(given)
    assert out.info is INFO
    assert out.time_s.tolist() == given.time_s.tolist()
    for name in ("landmarks", "world", "visibility"):
        assert np.array_equal(getattr(out, name), getattr(given, name), equal_nan=True), name
        assert getattr(out, name).dtype == np.float32
    assert np.array_equal(out.seen, given.seen)


def test_edges_are_those_of_the_mask() -> None:
    given = figure()
    out = built(given)
    assert out.edges.shape == out.edge_blur.shape == (len(given), 2, len(EDGE_S))
    k = 20
    points = given.landmarks[k]
    hip, shoulder = points[[23, 24], :2].mean(axis=0), points[[11, 12], :2].mean(axis=0)
    edges, blur = trunk_edges(band(points, SIZE), hip, shoulder)
    assert np.array_equal(out.edges[k], edges, equal_nan=True)
    assert np.array_equal(out.edge_blur[k], blur, equal_nan=True)
    assert np.isfinite(edges).any()
    # Of somebody upright the band reaches the picture's upper and lower border.
    assert out.border[0, 1] > 0.05
    assert out.border[0, 0] == 0


def test_without_a_mask_or_a_person_there_are_no_edges() -> None:
    out = built(figure(), mask=False)
    assert np.isnan(out.edges).all()
    assert np.isnan(out.edge_blur).all()
    assert (out.border == 0).all()
    gone = built(figure(gaps=[(0.5, 1.0)]))
    lost = (gone.time_s >= 0.5) & (gone.time_s < 1.0)
    assert np.isnan(gone.edges[lost]).all()
    assert (gone.visibility[lost] == 0).all()
    assert np.isfinite(gone.edges[~lost]).any(axis=(1, 2)).all()


@pytest.mark.parametrize("fps", [10.0, 30.0, 60.0])
def test_light_and_camera_are_sampled_five_times_a_second(fps: float) -> None:
    out = built(figure(3.0, fps))
    sampled = np.isfinite(out.luma)
    assert sampled[0]
    assert 14 <= sampled.sum() <= 15
    assert np.diff(out.time_s[sampled]).min() >= 0.199
    assert np.array_equal(np.isfinite(out.sharpness), sampled)
    assert (out.luma[sampled] > 100).all()
    moved = np.isfinite(out.camera_shift[:, 0])
    assert not moved[0]
    assert not moved[~sampled].any()
    assert np.abs(out.camera_shift[moved]).max() < 0.5


def test_other_people_are_scanned_once_a_second() -> None:
    people = np.arange(4 * 2 * 33 * 3, dtype=np.float32).reshape(4, 2, 33, 3)
    scan = ReplayedScan(people)
    out = built(figure(3.5), scan=scan)
    assert scan.looks == 4
    assert out.scan_time_s == pytest.approx([0, 1, 2, 3], abs=0.04)
    assert np.array_equal(out.scan_people, people)


def test_there_is_no_scan_where_it_is_not_wanted() -> None:
    out = built(figure())
    assert out.scan_people.shape == (0, 1, 33, 3)
    assert out.scan_time_s.shape == (0,)


@pytest.mark.parametrize("count", [0, 1])
def test_a_single_picture_is_no_clip(count: int) -> None:
    builder = TrackBuilder()
    for k in range(count):
        builder.add(0.0, picture(k), None)
    with pytest.raises(Refused) as caught:
        builder.track(INFO)
    assert caught.value.code is Code.TOO_SHORT


def test_a_track_may_be_read_while_it_grows() -> None:
    """Read repeatedly, as the live path does."""
    given, builder = figure(), TrackBuilder()
    lengths = []
    for k, time in enumerate(given.time_s.tolist()):
        builder.add(time, picture(k), pose_of(given, k))
        if k in (9, 29):
            lengths.append(len(builder.track(INFO)))
    assert lengths == [10, 30]
