"""Whether the tracked figure is the person: far away, hallucinated, or lost behind a moving camera."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hinge_check.capture.track import PoseTrack
from hinge_check.errors import Code
from hinge_check.measure.framing import FAR_SHARE, picture_verdict
from hinge_check.measure.measure import measure
from hinge_check.measure.rep_rules import RepRules
from tests.stick_figure import clock, hinges, stick

TIME = clock(8, 20)
WAY = hinges(TIME, 2)


def good_clip() -> PoseTrack:
    return stick(TIME, WAY).track


def hide_person(track: PoseTrack, *, heights: list[float]) -> PoseTrack:
    """Track nobody; at so many scans a person filled this share of the picture's height (0: nobody)."""
    people = np.full((len(heights), 4, 33, 3), np.nan, np.float32)
    for look, share in zip(people, heights, strict=True):
        if share:
            look[0] = np.linspace(0, share * 0.94 * track.info.frame_size[1], 33)[:, None]
    return replace(
        track,
        landmarks=np.full_like(track.landmarks, np.nan),
        world=np.full_like(track.world, np.nan),
        scan_time_s=track.time_s[: 20 * len(heights) : 20].copy(),
        scan_people=people,
    )


def code(track: PoseTrack) -> Code | None:
    refusal = picture_verdict(track).refusal
    return None if refusal is None else refusal.code


def test_a_distant_person_is_asked_to_come_closer() -> None:
    verdict = picture_verdict(hide_person(good_clip(), heights=[0.17, 0.0, 0.12]))
    assert verdict.refusal is not None
    assert verdict.refusal.code is Code.PERSON_TOO_SMALL
    assert "17 %" in verdict.refusal.message


@pytest.mark.parametrize("heights", [[], [0.0, 0.0, 0.0], [0.2, 0.0, 0.0], [FAR_SHARE + 0.1] * 3])
def test_an_empty_picture_stays_empty(heights: list[float]) -> None:
    assert code(hide_person(good_clip(), heights=heights)) is Code.NO_PERSON


def test_a_person_who_leaves_is_not_far_away() -> None:
    track = stick(TIME, WAY, gaps=[(3.0, 8.0)]).track
    assert code(track) is Code.PERSON_LOST


@pytest.mark.parametrize(("share", "wanted"), [(0.0, None), (0.1, None), (0.5, Code.PERSON_LOST)])
def test_an_upside_down_figure_is_no_person(share: float, wanted: Code | None) -> None:
    """Refuse the pose model's false figures, made of netting or a headless body: they do not stand on their feet."""
    track = good_clip()
    points = track.landmarks.copy()
    rows = slice(0, round(share * len(points)))
    points[rows, :, 1] = track.info.frame_size[1] - points[rows, :, 1]
    verdict = picture_verdict(replace(track, landmarks=points))
    assert (verdict.refusal.code if verdict.refusal else None) is wanted


def test_a_bumped_camera_does_not_count_as_walking() -> None:
    track = good_clip()
    bump = 0.06 * max(track.info.frame_size)
    points, shift = track.landmarks.copy(), np.zeros_like(track.camera_shift)
    middle = measure(track, RepRules()).reps[0].bottom
    points[middle:, :, 0] += bump
    shift[middle, 0] = bump
    moved = measure(replace(track, landmarks=points, camera_shift=shift), RepRules())
    assert [f.code for f in moved.findings if f.code is not Code.LUMBAR_NOT_MEASURABLE] == [Code.CAMERA_MOVED]
    walked = measure(replace(track, landmarks=points), RepRules())
    assert Code.FEET_MOVED in {f.code for f in walked.findings}
