"""The pose estimator on a bundled sample; needs the model 'full'."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hinge_check.capture.pose import MediaPipePose, PeopleScan, Pose, _image
from hinge_check.capture.track import PoseTrack, TrackInfo
from hinge_check.capture.track_builder import TrackBuilder
from hinge_check.errors import Code, InstallationError
from tests.replay import Rgb
from tests.samples import first_frames, full_model

FRAMES = 40


@pytest.fixture(scope="module")
def model() -> Path:
    return full_model()


@pytest.fixture(scope="module")
def frames() -> list[tuple[int, Rgb]]:
    return [(round(1000 * frame.time_s), frame.rgb) for frame in first_frames("rounded", FRAMES)]


def run(model: Path, frames: list[tuple[int, Rgb]]) -> PoseTrack:
    builder = TrackBuilder()
    with MediaPipePose(model) as estimator:
        for time_ms, rgb in frames:
            builder.add(time_ms / 1000, rgb, estimator.estimate(time_ms, rgb))
    height, width = frames[0][1].shape[:2]
    return builder.track(TrackInfo("00", (width, height), (width, height), 1.0, 30.0, "full", "11", {}))


@pytest.fixture(scope="module")
def track(model: Path, frames: list[tuple[int, Rgb]]) -> PoseTrack:
    return run(model, frames)


# -- the gate before MediaPipe, which accepts arrays that are not contiguous and garbles them silently

PICTURE = np.random.default_rng(0).integers(0, 255, (40, 60, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(PICTURE[..., ::-1], id="BGR to RGB"),
        pytest.param(PICTURE[:, ::-1], id="mirrored"),
        pytest.param(PICTURE[::-1], id="upside down"),
        pytest.param(np.rot90(PICTURE), id="turned"),
        pytest.param(PICTURE.transpose(1, 0, 2), id="transposed"),
        pytest.param(PICTURE[4:30, 4:30], id="cut out"),
        pytest.param(PICTURE[::2, ::2], id="thinned"),
    ],
)
def test_an_array_that_would_be_garbled_is_refused(view: Rgb) -> None:
    with pytest.raises(ValueError, match="C-contiguous"):
        _image(view)
    copied = np.ascontiguousarray(view)
    assert np.array_equal(_image(copied).numpy_view(), copied)


@pytest.mark.parametrize("wrong", [PICTURE.astype(np.float32), PICTURE[..., 0].copy(), PICTURE.astype(np.int8)])
def test_another_kind_of_array_is_refused(wrong: Rgb) -> None:
    with pytest.raises(ValueError, match="uint8"):
        _image(wrong)


# -- bundles that cannot be opened


def test_an_absent_bundle_is_a_missing_model(tmp_path: Path) -> None:
    for make in (MediaPipePose, PeopleScan):
        with pytest.raises(InstallationError) as caught:
            make(tmp_path / "absent.task")
        assert caught.value.code is Code.MODEL_MISSING


def test_a_file_that_is_no_bundle_is_a_missing_model(tmp_path: Path) -> None:
    (tmp_path / "wrong.task").write_bytes(b"not a bundle" * 100)
    with pytest.raises(InstallationError) as caught:
        MediaPipePose(tmp_path / "wrong.task")
    assert caught.value.code is Code.MODEL_MISSING
    assert "wrong.task" not in caught.value.finding.message


# -- on a sample


@pytest.mark.model
def test_a_person_is_found_where_they_are(track: PoseTrack) -> None:
    assert track.seen.all()
    height, width = 360, 640
    shown = track.landmarks[:, [0, 11, 12, 23, 24, 25, 26], :2]
    assert (shown > 0).all()
    assert (shown < [width, height]).all()
    assert (track.landmarks[:, 0, 1] < track.landmarks[:, 28, 1]).all()  # y grows downwards
    assert (np.abs(track.world[:, [23, 24]].mean(axis=1)) < 0.02).all()  # origin between the hips
    assert ((track.visibility >= 0) & (track.visibility <= 1)).all()
    assert np.isfinite(track.edges).any(axis=(1, 2)).all()


@pytest.mark.model
def test_the_same_clip_twice_is_the_same_track(model: Path, frames: list[tuple[int, Rgb]], track: PoseTrack) -> None:
    again = run(model, frames)
    for name in ("landmarks", "world", "visibility", "edges", "edge_blur", "border"):
        assert getattr(again, name).tobytes() == getattr(track, name).tobytes(), name


@pytest.mark.model
def test_two_at_once_do_not_mix(model: Path, frames: list[tuple[int, Rgb]], track: PoseTrack) -> None:
    """Analyse every clip with its own instance: another person in between changes nothing."""
    with MediaPipePose(model) as one, MediaPipePose(model) as other:
        for k, (time_ms, rgb) in enumerate(frames[:8]):
            pose = one.estimate(time_ms, rgb)
            other.estimate(time_ms, np.ascontiguousarray(rgb[:, ::-1]))
            assert pose is not None
            assert np.array_equal(pose.landmarks, track.landmarks[k])


@pytest.mark.model
def test_a_pose_is_arrays_of_the_pictures_size(model: Path, frames: list[tuple[int, Rgb]]) -> None:
    with MediaPipePose(model) as estimator:
        poses = [estimator.estimate(time_ms, rgb) for time_ms, rgb in frames[:3]]
    first, _, last = poses
    assert isinstance(first, Pose)
    assert isinstance(last, Pose)
    assert first.landmarks.shape == first.world.shape == (33, 3)
    assert first.visibility.shape == (33,)
    assert first.mask is not None
    assert last.mask is not None
    assert first.mask.shape == (360, 640)
    assert first.mask.dtype == np.float32
    assert 0 <= first.mask.min() < 0.1 < 0.9 < first.mask.max() <= 1
    # The mask is the pose's own, not a view of MediaPipe's buffer: reading on does not change it.
    assert first.mask.flags.owndata or first.mask.base.flags.owndata  # type: ignore[union-attr]
    assert not np.shares_memory(first.mask, last.mask)


@pytest.mark.model
def test_equal_and_backward_times_survive(model: Path, frames: list[tuple[int, Rgb]]) -> None:
    with MediaPipePose(model) as estimator:
        for time_ms in (0, 0, 0, 33, 33, 20, 100):
            assert estimator.estimate(time_ms, frames[0][1]) is not None


@pytest.mark.model
def test_a_picture_of_nobody_has_no_pose(model: Path) -> None:
    with MediaPipePose(model) as estimator:
        assert estimator.estimate(0, np.full((240, 320, 3), 90, np.uint8)) is None


@pytest.mark.model
def test_an_invalid_array_is_refused_by_the_estimator(model: Path, frames: list[tuple[int, Rgb]]) -> None:
    with MediaPipePose(model) as estimator, pytest.raises(ValueError, match="C-contiguous"):
        estimator.estimate(0, frames[0][1][..., ::-1])


@pytest.mark.model
def test_a_closed_estimator_refuses_to_work(model: Path, frames: list[tuple[int, Rgb]]) -> None:
    with MediaPipePose(model) as estimator:
        estimator.estimate(0, frames[0][1])
    estimator.close()  # a second time does nothing
    with pytest.raises(RuntimeError, match="closed"):
        estimator.estimate(33, frames[1][1])


@pytest.mark.model
def test_a_scan_finds_everybody_in_the_picture(model: Path, frames: list[tuple[int, Rgb]], track: PoseTrack) -> None:
    scan = PeopleScan(model, people=3)
    one = scan.look(frames[0][1])
    assert one.shape == (3, 33, 3)
    assert np.isnan(one[1:]).all()
    trunk = [11, 12, 23, 24]
    assert np.abs(one[0, trunk, :2] - track.landmarks[0, trunk, :2]).max() < 25
    assert (one[0, trunk, 2] > 0.8).all()
    # The same figure twice, side by side and mirrored.
    person = frames[0][1][:, 200:440]
    two = scan.look(np.ascontiguousarray(np.hstack([person, person[:, ::-1]])))
    hips = two[:, 23:25, 0].mean(axis=1)
    assert np.isfinite(hips).sum() == 2
    assert np.isnan(scan.look(np.full((240, 320, 3), 90, np.uint8))).all()
    scan.close()
