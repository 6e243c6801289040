"""A person too far away for the pose model, and a bystander who does not hinge."""

from __future__ import annotations

import numpy as np
import pytest

from hinge_check.arrays import FloatArray
from hinge_check.capture import capture_clip
from hinge_check.capture.distant_person import PARTS, Rgb, person_in_parts
from hinge_check.capture.people import HINGE_RANGE_DEG, bend_range, box_of
from hinge_check.capture.video import Frame
from tests.stick_figure import clock, hinges, stick

SIZE = (960, 540)
TIME = clock(3.0, 20)


def speck(x: float, y: float, size: float = 60.0, seen: float = 0.9) -> FloatArray:
    """Return landmarks of a person `size` pixels tall around a place, (33, 3)."""
    rng = np.random.default_rng(3)
    spread = rng.uniform(-0.5, 0.5, (33, 2)) * [0.4 * size, size]
    return np.column_stack([spread + np.array([x, y]), np.full(33, seen)])


class Close:
    """A detector that sees whoever stands wholly or partly in the part of a picture it is given."""

    def __init__(self, *people: FloatArray) -> None:
        self._people = people
        self.looks = 0

    def __call__(self, part: Rgb) -> FloatArray:
        self.looks += 1
        top, left = (int(v) * 8 for v in part[0, 0, :2])  # where it was cut out, as encoded in the picture
        out = np.full((4, 33, 3), np.nan)
        height, width = part.shape[:2]
        for row, person in zip(out, self._people, strict=False):
            inside = (person[:, 0] > left) & (person[:, 0] < left + width)
            if (inside & (person[:, 1] > top) & (person[:, 1] < top + height)).any():
                row[:] = person - [left, top, 0]
        return out


def picture() -> Rgb:
    """Return a picture whose pixels encode their position, in eighths."""
    rgb = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    rgb[..., 0] = np.arange(SIZE[1])[:, None] // 8
    rgb[..., 1] = np.arange(SIZE[0])[None, :] // 8
    return rgb


@pytest.mark.parametrize("place", [(80, 90), (480, 270), (700, 430), (315, 180)])
def test_a_small_person_is_found_where_they_are(place: tuple[float, float]) -> None:
    person = speck(*place)
    found = person_in_parts(Close(person), picture())
    assert found is not None
    assert found == pytest.approx(person, abs=8)  # the picture's own accuracy


def test_each_part_is_searched_once_and_an_empty_picture_finds_nobody() -> None:
    close = Close()
    assert person_in_parts(close, picture()) is None
    assert close.looks == (2 * PARTS - 1) ** 2


def test_a_person_cut_by_every_part_or_hardly_visible_does_not_count() -> None:
    assert person_in_parts(Close(speck(480, 270, size=400)), picture()) is None
    assert person_in_parts(Close(speck(480, 270, seen=0.3)), picture()) is None


def test_of_two_people_the_most_visible_is_chosen() -> None:
    best = person_in_parts(Close(speck(200, 150, seen=0.6), speck(700, 400, seen=0.95)), picture())
    assert best is not None
    assert best[:, 0].mean() == pytest.approx(700, abs=15)


def test_the_bend_separates_a_squat_and_a_shallow_hinge_from_standing() -> None:
    way = hinges(TIME, 1)
    squat = stick(TIME, way, hip=75.0, knee=80.0).track.landmarks
    shallow = stick(TIME, way, hip=34.0, knee=5.0).track.landmarks
    standing = stick(TIME, 0 * way, noise_px=1.0).track.landmarks
    assert bend_range(squat) > HINGE_RANGE_DEG
    assert bend_range(shallow) > HINGE_RANGE_DEG
    assert bend_range(standing) < 0.3 * HINGE_RANGE_DEG
    assert bend_range(np.full((5, 33, 3), np.nan)) == 0.0


def test_the_box_holds_the_whole_person() -> None:
    track = stick(TIME, hinges(TIME, 1), size=SIZE).track
    left, top, right, bottom = box_of(track)
    points = track.landmarks[..., :2]
    assert (points >= [left, top]).all()
    assert (points <= [right, bottom]).all()
    assert right - left < 2 * np.ptp(points[..., 0])


def test_a_person_is_painted_over_and_nothing_else() -> None:
    rgb = picture()
    before = rgb.copy()
    (frame,) = capture_clip._blank(iter([Frame(0.5, rgb)]), (100.0, 50.0, 200.0, 540.0), inside=True)
    assert (frame.rgb[50:, 100:200] == 128).all()
    assert np.array_equal(frame.rgb[:50], before[:50])
    assert np.array_equal(frame.rgb[:, 200:], before[:, 200:])
    assert np.array_equal(rgb, before)  # the picture itself is unchanged
