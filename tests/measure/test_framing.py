"""Each finding and each refusal, on a track made to show it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hinge_check.capture.track import PoseTrack
from hinge_check.errors import ADVICE, Code
from hinge_check.measure.framing import picture_verdict, rep_findings, view_verdict
from hinge_check.measure.measure import measure
from hinge_check.measure.rep_rules import RepRules
from hinge_check.measure.types import Measurement, Rep
from hinge_check.measure.view import view_of
from tests.fakes import fake_track
from tests.stick_figure import Facing, bow, clock, hinges, mirrored, moved, scaled, stick

TIME = clock(8, 20)
WAY = hinges(TIME, 2)
N = len(TIME)


def good_clip(**changes: Any) -> PoseTrack:
    return stick(TIME, WAY, **changes).track


def measure_track(track: PoseTrack) -> Measurement:
    return measure(track, RepRules())


def refusal_code(track: PoseTrack) -> Code | None:
    m = measure_track(track)
    assert m.refusal is None or m.refusal.advice == ADVICE[m.refusal.code]
    assert m.refusal is None or m.refusal.message
    assert len(m.angles.bend) == len(m.phase) == len(m.standing) == len(m.back_px) == len(track)
    return None if m.refusal is None else m.refusal.code


def codes(track: PoseTrack) -> set[Code]:
    m = measure_track(track)
    assert m.refusal is None, m.refusal
    assert all(f.message and f.advice for f in m.findings)
    return {f.code for f in m.findings} - {Code.LUMBAR_NOT_MEASURABLE}


@pytest.mark.parametrize("facing", ["left", "right"])
def test_a_good_clip_has_no_findings(facing: Facing) -> None:
    m = measure_track(good_clip(facing=facing))
    assert m.refusal is None
    assert m.findings == ()
    assert len(m.reps) == 2


# -- the picture


def with_luma(track: PoseTrack, luma: float) -> PoseTrack:
    return replace(track, luma=np.where(np.arange(len(track)) % 4 == 0, luma, np.nan).astype(np.float32))


def test_black_is_too_dark() -> None:
    assert refusal_code(with_luma(fake_track(100), 3)) is Code.TOO_DARK


def test_dim_with_nobody_detected_is_too_dark() -> None:
    assert refusal_code(with_luma(fake_track(100), 25)) is Code.TOO_DARK
    assert refusal_code(with_luma(good_clip(gaps=[(1.0, 8.0)]), 25)) is Code.TOO_DARK


def test_dim_but_tracked_is_a_finding() -> None:
    assert codes(with_luma(good_clip(), 25)) == {Code.TOO_DARK}
    assert codes(with_luma(good_clip(), 45)) == set()
    assert refusal_code(with_luma(good_clip(), 10)) is Code.TOO_DARK


def test_one_dark_moment_is_ignored() -> None:
    track = good_clip()
    luma = np.array(track.luma)
    luma[: N // 4] = 0
    assert codes(replace(track, luma=luma)) == set()


def test_a_soft_picture_is_blurred() -> None:
    assert codes(replace(good_clip(), sharpness=np.full(N, 4, np.float32))) == {Code.BLURRED}


def test_a_track_without_samples_has_no_light_finding() -> None:
    nothing = np.full(N, np.nan, np.float32)
    assert codes(replace(good_clip(), luma=nothing, sharpness=nothing)) == set()


# -- the person's presence


def test_a_picture_without_a_person_is_refused() -> None:
    assert refusal_code(fake_track(100)) is Code.NO_PERSON


def test_a_person_lost_for_more_than_half_of_the_clip_is_refused() -> None:
    m = measure_track(good_clip(gaps=[(3.9, 8.0)]))
    assert m.refusal is not None
    assert m.refusal.code is Code.PERSON_LOST
    assert "49 %" in m.refusal.message


def test_a_person_seen_for_just_over_half_is_measured() -> None:
    m = measure_track(good_clip(gaps=[(4.15, 8.0)]))
    assert m.refusal is None
    assert [f.code for f in m.findings] == [Code.PERSON_LOST]
    assert len(m.reps) == 1


def test_a_person_lost_for_a_moment_is_ignored() -> None:
    assert codes(good_clip(gaps=[(1.5, 1.7)])) == set()


def test_findings_of_capture_are_passed_on() -> None:
    track = good_clip(findings=(("truncated", "Only the first 8 s could be read."),))
    (seen,) = measure_track(track).findings
    assert seen.code is Code.TRUNCATED
    assert seen.message == "Only the first 8 s could be read."
    assert seen.advice == ADVICE[Code.TRUNCATED]
    assert measure_track(replace(fake_track(50), info=track.info)).findings == (seen,)


# -- size and view


def test_far_away_is_too_small() -> None:
    assert refusal_code(good_clip(px_per_m=40)) is Code.PERSON_TOO_SMALL
    assert codes(good_clip(px_per_m=80)) == {Code.PERSON_TOO_SMALL}
    assert codes(good_clip(px_per_m=140)) == set()


def test_size_is_measured_in_the_source_picture() -> None:
    track = good_clip(px_per_m=80)
    assert codes(replace(track, info=replace(track.info, source_size=(3200, 2400)))) == set()


@pytest.mark.parametrize(("yaw", "where"), [(90.0, "front"), (60.0, "front"), (-60.0, "back"), (-90.0, "back")])
@pytest.mark.parametrize("facing", ["left", "right"])
def test_from_the_front_or_back_is_refused(yaw: float, where: str, facing: Facing) -> None:
    m = measure_track(good_clip(yaw=yaw, facing=facing, hip=60.0))
    assert m.refusal is not None
    assert m.refusal.code is Code.NOT_SIDE_VIEW
    assert where in m.refusal.message


@pytest.mark.parametrize("yaw", [-33.0, 30.0])
def test_somewhat_oblique_is_a_finding(yaw: float) -> None:
    assert codes(good_clip(yaw=yaw)) == {Code.NOT_SIDE_VIEW}
    assert codes(good_clip(yaw=yaw / 3)) == set()


def test_a_tilted_phone_is_a_finding() -> None:
    track = good_clip(hip=70.0, knee=5.0, shank=0.0, px_per_m=200)
    turn = np.radians(14.0)
    points = np.array(track.landmarks, float)
    x, y = points[..., 0] - 400, points[..., 1] - 300
    points[..., 0], points[..., 1] = (
        400 + x * np.cos(turn) - y * np.sin(turn),
        300 + x * np.sin(turn) + y * np.cos(turn),
    )
    assert Code.CAMERA_TILTED in codes(replace(track, landmarks=points.astype(np.float32)))


# -- parts outside the picture


def test_feet_outside_the_picture() -> None:
    m = measure_track(moved(good_clip(), 0, 75))
    assert m.refusal is not None
    assert m.refusal.code is Code.OUT_OF_FRAME
    assert m.refusal.message == "Your feet are outside the picture."


def test_a_head_outside_the_picture() -> None:
    # Standing, the ears are 1.66 m above the ground; the picture ends below them.
    m = measure_track(good_clip(feet=(0.45, 0.66), hip=20.0))
    assert m.refusal is not None
    assert m.refusal.code is Code.OUT_OF_FRAME
    assert m.refusal.message == "Your head is outside the picture."


def test_half_of_the_body_outside_the_picture() -> None:
    m = measure_track(moved(good_clip(), -370, 0))
    assert m.refusal is not None
    assert m.refusal.code is Code.OUT_OF_FRAME
    assert "shoulders, hips or knees" in m.refusal.message


def test_a_head_that_leaves_the_picture_at_the_bottom_is_a_finding() -> None:
    out = moved(good_clip(), 330, 0)
    m = measure_track(out)
    assert m.refusal is None
    assert [f.code for f in m.findings] == [Code.OUT_OF_FRAME]


@pytest.mark.parametrize(
    ("border", "words"), [(1, "Your head touches"), (3, "Your feet touch"), (0, "Your sides touch")]
)
def test_touching_the_edge_is_a_finding(border: int, words: str) -> None:
    track = good_clip()
    covered = np.zeros((N, 4), np.float32)
    covered[: N // 5, border] = 0.05
    (seen,) = measure_track(replace(track, border=covered)).findings
    assert seen.code is Code.OUT_OF_FRAME
    assert seen.message.startswith(words)


def test_a_few_stray_mask_pixels_at_the_edge_are_ignored() -> None:
    assert codes(replace(good_clip(), border=np.full((N, 4), 0.005, np.float32))) == set()


# -- the camera


def shift_camera(track: PoseTrack, *steps: tuple[int, float]) -> PoseTrack:
    shift = np.full((N, 2), np.nan, np.float32)
    shift[::4] = 0
    for frame, pixels in steps:
        shift[frame, 0] += pixels
    return replace(track, camera_shift=shift)


def test_a_pan_is_refused() -> None:
    # A fifth of 800 pixels, in small steps.
    m = measure_track(shift_camera(good_clip(), *((k, 9.0) for k in range(4, 84, 4))))
    assert m.refusal is not None
    assert m.refusal.code is Code.CAMERA_MOVED
    assert "22 %" in m.refusal.message or "23 %" in m.refusal.message


def test_a_bump_is_a_finding() -> None:
    assert codes(shift_camera(good_clip(), (40, 50.0))) == {Code.CAMERA_MOVED}
    assert codes(shift_camera(good_clip(), (40, 50.0), (44, -50.0))) == {Code.CAMERA_MOVED}


def test_trembling_is_ignored() -> None:
    rng = np.random.default_rng(0)
    assert codes(shift_camera(good_clip(), *((k, float(rng.normal(0, 2))) for k in range(0, N, 4)))) == set()


# -- other people


def company(*, dx: float = 300.0, factor: float = 1.0, visible: float = 1.0, seconds: float = 8.0) -> PoseTrack:
    """Return a person who hinges, and another who stands in the same picture."""
    other = stick(TIME, 0 * WAY, px_per_m=250 * factor).track.landmarks + np.array([dx, 0, 0], np.float32)
    people = np.concatenate([other[..., :2], np.full((N, 33, 1), visible, np.float32)], axis=2)
    people[seconds <= TIME] = np.nan
    return good_clip(people=people[:, None])


def test_another_person_in_the_picture_is_a_finding() -> None:
    track = company()
    assert track.scan_people.shape[1:] == (2, 33, 3)
    assert codes(track) == {Code.SEVERAL_PEOPLE}
    assert codes(mirrored(track)) == {Code.SEVERAL_PEOPLE}
    assert codes(scaled(track, 0.7)) == {Code.SEVERAL_PEOPLE}


def test_a_duplicate_a_distant_and_a_faint_person_do_not_count() -> None:
    assert codes(company(dx=15.0)) == set()
    assert codes(company(factor=0.3)) == set()
    assert codes(company(visible=0.2)) == set()


def test_a_person_passing_once_is_ignored() -> None:
    assert codes(company(seconds=0.9)) == set()


# -- movements of the person


def test_standing_holds_no_hinge() -> None:
    assert refusal_code(stick(TIME, 0 * WAY, noise_px=0.5).track) is Code.NO_HINGE


def test_talking_and_fidgeting_hold_no_hinge() -> None:
    fidget = np.max([bow(TIME, s, 0.4, 0.1, 0.4) for s in (1.0, 2.5, 4.0, 5.5)], axis=0)
    assert refusal_code(stick(TIME, fidget, hip=14.0, knee=8.0).track) is Code.NO_HINGE


def test_marching_on_the_spot_holds_no_hinge() -> None:
    feet = 0.3 * np.sin(2 * np.pi * 0.8 * TIME)
    assert refusal_code(stick(TIME, 0 * WAY, lift=feet, noise_px=0.5).track) is Code.NO_HINGE


def test_high_knees_bend_the_hip_but_not_the_trunk() -> None:
    feet = 0.7 * np.sin(2 * np.pi * 0.4 * TIME)
    track = stick(TIME, 0 * WAY, lift=feet).track
    points = track.landmarks
    rise = points[:, [25, 26], 1].mean(axis=1)
    assert np.ptp(rise) > 0.3 * (rise.max() - points[:, 23, 1].mean())
    assert refusal_code(track) is Code.NO_HINGE


def test_walking_through_the_picture_holds_no_hinge() -> None:
    feet = 0.12 * np.sin(2 * np.pi * 0.9 * TIME)
    track = stick(TIME, 0 * WAY, lift=feet, walk=0.25 * TIME - 1, noise_px=0.5).track
    assert refusal_code(track) is Code.NO_HINGE


def test_bending_while_walking_away_is_no_hinge() -> None:
    """Pick something up two steps away."""
    way = bow(TIME, 2.0)
    assert refusal_code(stick(TIME, way, walk=1.0 * bow(TIME, 2.2, 2.0, 9.0)).track) is Code.NO_HINGE


def test_feet_that_shift_are_a_finding() -> None:
    assert codes(stick(TIME, WAY, walk=0.25 * bow(TIME, 1.5, 0.5, 9.0)).track) == {Code.FEET_MOVED}
    assert codes(stick(TIME, WAY, walk=0.05 * bow(TIME, 1.5, 0.5, 9.0)).track) == set()


def test_feet_that_shift_between_reps_are_ignored() -> None:
    time = clock(9, 20)
    way = hinges(time, 2, every=5.0)
    assert codes(stick(time, way, walk=0.25 * bow(time, 4.2, 0.8, 9.0)).track) == set()


def test_a_rep_of_a_quarter_minute_may_be_slow_motion() -> None:
    time = clock(20, 10)
    way = bow(time, 2.0, 7.0, 1.0, 7.0)
    (seen,) = measure_track(stick(time, way).track).findings
    assert seen.code is Code.TEMPO_UNCERTAIN
    knowing: list[dict[str, Any]] = [
        {"speed": 0.125, "speed_source": "option"},
        {"speed": 1.0, "speed_source": "container"},
    ]
    for known in knowing:
        assert Code.TEMPO_UNCERTAIN not in {f.code for f in measure_track(stick(time, way, **known).track).findings}


def test_a_clip_that_never_stands_tall_has_no_reference() -> None:
    """Stay bent over from the first picture to the last, the trunk never under 30 degrees."""
    way = 0.75 + 0.25 * np.sin(2 * np.pi * 0.4 * TIME)
    m = measure_track(stick(TIME, way, hip=85.0).track)
    assert m.refusal is None
    assert not m.standing.any()
    assert Code.NO_STANDING_REFERENCE in {f.code for f in m.findings}
    assert len(m.reps) >= 2


# -- the parts of framing on their own


def test_reps_without_ankles_cause_no_finding_about_feet() -> None:
    track = good_clip()
    unseen = np.full((N, 2), np.nan)
    assert rep_findings(track, unseen, 125.0, (Rep(20, 40, 45, 50, 70),)) == ()
    assert rep_findings(track, unseen, 125.0, ()) == ()


def test_too_small_is_reported_before_any_finding_about_the_view() -> None:
    track = good_clip(px_per_m=40, yaw=80)
    verdict = view_verdict(track, view_of(track))
    assert verdict.refusal is not None
    assert verdict.refusal.code is Code.PERSON_TOO_SMALL


def test_the_picture_verdict_alone_needs_no_view() -> None:
    verdict = picture_verdict(good_clip())
    assert verdict.findings == ()
    assert verdict.refusal is None
