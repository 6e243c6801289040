"""Heads are covered: the person's, also across gaps, other people's, and everything when no person is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from hinge_check.analysis import Analysis
from hinge_check.arrays import BoolArray
from hinge_check.present.overlay import Overlay
from hinge_check.present.privacy import HeadCover, heads

Make = Callable[..., Analysis]
Picture = npt.NDArray[np.uint8]


def noise(size: tuple[int, int]) -> Picture:
    """Return a picture in which every pixel differs, so that whatever was covered shows at once."""
    width, height = size
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def covered(cover: HeadCover, size: tuple[int, int], time_s: float) -> BoolArray:
    """Return where the picture changed."""
    before = noise(size)
    after = before.copy()
    cover.apply(after, time_s, (1.0, 1.0))
    return np.asarray((before != after).any(axis=2))


@pytest.mark.parametrize("size", [(640, 360), (360, 640)])
def test_face_and_ear_are_covered_in_every_frame(make_analysis: Make, size: tuple[int, int]) -> None:
    track = make_analysis(size=size).track
    cover = HeadCover(track)
    for k in range(0, len(track), 7):
        mask = covered(cover, size, float(track.time_s[k]))
        for x, y in track.landmarks[k, :11, :2]:
            around = mask[int(y) - 5 : int(y) + 6, int(x) - 5 : int(x) + 6]
            assert around.mean() > 0.95
        assert mask.mean() < 0.15  # the body stays to be judged


def test_no_detail_survives_under_the_cover(make_analysis: Make, picture: Callable[..., Picture]) -> None:
    analysis = make_analysis(size=(1280, 720))
    source = picture(analysis, 0.0)
    x, y = analysis.track.landmarks[0, :11, :2].mean(axis=0)
    face = np.s_[int(y) - 20 : int(y) + 21, int(x) - 20 : int(x) + 21]
    assert np.abs(np.diff(source[face].astype(int), axis=1)).mean() > 60
    HeadCover(analysis.track).apply(source, 0.0, (1.0, 1.0))
    assert np.abs(np.diff(source[face].astype(int), axis=1)).mean() < 3


def test_a_short_gap_is_bridged_wider(make_analysis: Make) -> None:
    track = make_analysis(unseen=(2.0, 2.8)).track
    whole = make_analysis().track
    cover = HeadCover(track)
    for time_s in (2.1, 2.4, 2.7):
        mask = covered(cover, (640, 360), time_s)
        k = int(np.abs(whole.time_s - time_s).argmin())
        x, y = whole.landmarks[k, 0, :2]
        assert mask[int(y), int(x)]
        assert mask.mean() < 0.3


def test_nobody_found_for_long_covers_the_whole_picture(make_analysis: Make) -> None:
    cover = HeadCover(make_analysis(unseen=(2.0, 5.0)).track)
    assert covered(cover, (640, 360), 3.5).mean() > 0.98
    assert covered(cover, (640, 360), 60.0).mean() > 0.98
    nobody = HeadCover(make_analysis(unseen=(-1.0, 100.0)).track)
    assert covered(nobody, (640, 360), 1.0).mean() > 0.98


def test_other_people_are_covered_until_the_next_scan(make_analysis: Make) -> None:
    track = make_analysis().track
    other = track.landmarks[0].copy()
    other[:, 0] -= 200  # another person standing to the left
    people = np.full((2, 2, 33, 3), np.nan, np.float32)
    people[0, 0], people[0, 1] = track.landmarks[0], other
    cover = HeadCover(replace(track, scan_time_s=np.array([0.0, 4.0]), scan_people=people))
    x, y = (int(v) for v in other[0, :2])
    alone = HeadCover(track)
    for time_s in (0.0, 3.9):
        assert covered(cover, (640, 360), time_s)[y - 8 : y + 9, x - 8 : x + 9].mean() > 0.95
        assert not covered(alone, (640, 360), time_s)[y, x]


def test_the_overlay_covers_before_it_draws(make_analysis: Make) -> None:
    analysis = make_analysis()
    rgb = noise((640, 360))
    plain, covering = Overlay(analysis).draw(rgb, 0.0), Overlay(analysis, blur_face=True).draw(rgb, 0.0)
    changed = (plain != covering).any(axis=2)
    assert changed.any()
    assert not changed[Overlay(analysis).layout.picture[1] :].any()


def test_a_head_is_at_least_a_third_of_a_trunk() -> None:
    person = np.full((33, 2), 0.0)
    person[[11, 12]] = (0.0, 20.0)
    person[[23, 24]] = (0.0, 120.0)
    _, radius = heads(person)
    assert radius == pytest.approx(35.0)
