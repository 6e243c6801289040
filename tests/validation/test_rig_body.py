"""The posed body against the truth it states. Needs the rig's own environment (validation/rig/requirements.txt)."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from validation.rig.spec import ArmsSpec, BodySpec, CameraSpec, ClipSpec, ClothesSpec, MotionSpec, RenderSpec

SHARED = Path(__file__).parents[3] / "shared"

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("anny") is None, reason="needs the rig's environment (anny)"),
    pytest.mark.filterwarnings("default"),
    pytest.mark.slow,
]


def spec_of(**kinds: object) -> ClipSpec:
    return ClipSpec(**kinds)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("motion", "phenotype"),
    [
        (MotionSpec(hip=85.0, lumbar=5.0), {}),
        (MotionSpec(hip=55.0, lumbar=40.0, thoracic=15.0), {"gender": 1.0}),
        (MotionSpec(hip=60.0, lumbar=-12.0, knee=60.0, lumbar0=8.0), {"weight": 1.2, "age": 0.9}),
    ],
)
def test_the_skin_turns_by_the_stated_angles(motion: MotionSpec, phenotype: dict[str, float]) -> None:
    from validation.rig.check_truth import check_agreement

    found = check_agreement(spec_of(motion=motion, body=BodySpec(phenotype=phenotype)))
    assert found.faults() == []
    assert found.feet < 1e-3
    assert found.balance < 1e-3


def test_the_truth_names_every_joint_and_adds_up() -> None:
    from validation.rig.body import Body
    from validation.rig.kinematics import Knobs, Rig
    from validation.rig.truth import Landmarks, angles, spine_joints

    body = Body(BodySpec(), keep=False)
    rig = Rig(body, MotionSpec(lumbar0=6.0, thoracic0=4.0), ArmsSpec())
    marks = Landmarks(body)
    stand = angles(rig, rig.standing, marks.at(rig.standing, 0.0))
    assert [stand[n] for n in ("hip_flexion", "lumbar_flexion", "thoracic_flexion", "pelvis_tilt")] == [0, 0, 0, 0]
    pose = rig.pose(Knobs(hip=70, lumbar=25, knee=20, thoracic=10, neck=-15))
    bent = angles(rig, pose, marks.at(pose, 0.0))
    assert bent["hip_flexion"] == pytest.approx(70)
    assert bent["lumbar_flexion"] == pytest.approx(25)
    assert bent["thoracic_flexion"] == pytest.approx(10)
    assert bent["neck_flexion"] == pytest.approx(-15)
    assert bent["knee_flexion"] == pytest.approx(20, abs=0.1)
    assert bent["hip_flexion"] == pytest.approx(bent["pelvis_tilt"] - bent["thigh_tilt"])
    joints = spine_joints(rig, pose)
    assert sum(joints[n] for n in ("spine04", "spine03", "spine02", "spine01")) == pytest.approx(25)
    assert joints["thorax02"] + joints["thorax01"] == pytest.approx(10)


@pytest.mark.parametrize("posture", ["hanging", "forward", "crossed", "dowel", "bar"])
def test_every_arm_posture_holds_through_the_hinge(posture: str) -> None:
    from validation.rig.body import Body
    from validation.rig.kinematics import Knobs, Rig

    body = Body(BodySpec(), keep=False)
    arms = ArmsSpec(posture=posture, forward=40.0)  # type: ignore[arg-type]
    rig = Rig(body, MotionSpec(), arms)
    for knobs in (Knobs(), Knobs(hip=80, lumbar=5, knee=20), Knobs(hip=55, lumbar=45, knee=12)):
        pose = rig.pose(knobs)
        for side in "LR":
            wrist = pose.joints[body.index[f"wrist.{side}"]]
            if posture == "bar":
                assert pose.arms.stick is not None
                assert np.linalg.norm((wrist - pose.arms.stick[0])[1:]) < 0.12
            if posture == "crossed":
                chest = pose.joints[body.index["thorax02"]]
                assert np.linalg.norm(wrist - chest) < 0.35
        if posture == "dowel":
            assert pose.arms.stick is not None
            foot, tip = pose.arms.stick[:, 1:]
            along = (tip - foot) / np.linalg.norm(tip - foot)
            out = (pose.dorsal - foot) @ np.array([along[1], -along[0]])
            assert out.max() < 0  # the stick lies behind the back, nowhere in it


def test_a_mesh_set_is_complete_and_consistent(tmp_path: Path) -> None:
    from validation.rig.mesh_set import SIZE, write_shard

    path = tmp_path / "shard_000.npz"
    write_shard(path, 0, 2, seed=11)
    assert [p.name for p in tmp_path.iterdir()] == ["shard_000.npz"]
    with np.load(path) as data:
        names = list(data["joint_names"])
        angle = {name: data["angles"][:, i] for i, name in enumerate(data["angle_names"])}
        mask, px, standing = data["mask"], data["px"], data["rep"] == -1
        assert mask.shape == (44, SIZE, SIZE)
        assert set(data["clip"]) == {0, 1}
        assert angle["lumbar_flexion"][standing] == pytest.approx(0)
        assert data["spine"][:, :4].sum(1) == pytest.approx(angle["lumbar_flexion"], abs=0.01)
        hip = px[:, names.index("mid_hip")].astype(int)
        assert (mask[np.arange(44), hip[:, 1], hip[:, 0]] == 255).mean() > 0.8  # a held plate may hide it
        rows = (mask[standing] > 127).any(2)
        assert all(250 <= np.ptp(np.flatnonzero(row)) <= 305 for row in rows)


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared")
def test_the_first_clips_truth_is_reproduced() -> None:
    from validation.rig.body import Body
    from validation.rig.camera import place_camera
    from validation.rig.kinematics import Rig
    from validation.rig.motion import timeline
    from validation.rig.spec import load
    from validation.rig.truth import Landmarks, frame_truth

    name = "d05_rounded"
    spec = load(SHARED / "rig" / "specs" / f"{name}.json")
    truth = json.loads((SHARED / "clips" / "synthetic" / f"{name}.truth.json").read_text())
    body = Body(spec.body, keep=False)
    rig, marks, play = Rig(body, spec.motion, spec.arms), Landmarks(body), timeline(spec.motion, spec.seed)
    assert play.reps == truth["reps"]
    camera = place_camera(spec.camera, truth["width"], truth["height"])
    for number in (0, play.reps[1]["bottom_start"]):
        old = truth["frames"][number]
        new = frame_truth(rig, rig.pose(play.knobs[number]), marks, 0.0, camera, number, 0.0)
        for angle in ("hip_flexion", "lumbar_flexion", "knee_flexion", "pelvis_tilt", "trunk_inclination"):
            assert new[angle] == pytest.approx(old[angle], abs=0.02)


@pytest.mark.skipif(importlib.util.find_spec("bpy") is None, reason="needs the rig's environment (bpy)")
def test_a_clip_is_rendered_with_its_truth_and_masks(tmp_path: Path) -> None:
    import av

    from validation.rig.render import render

    spec = spec_of(
        name="tiny",
        motion=MotionSpec(fps=5, reps=1, tempo=(0.4, 0.2, 0.4, 0.2), lead=0.2, tail=0.2),
        arms=ArmsSpec(posture="bar", plate=0.2),
        clothes=ClothesSpec(top="hooded", sleeve=2.0),
        camera=CameraSpec(facing="left"),
        hair_style="long",
        render=RenderSpec(width=160, height=90, samples=1, plate_samples=1, mask_every=2),
    )
    render(spec, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["tiny.mask.npz", "tiny.mp4", "tiny.truth.json"]
    truth = json.loads((tmp_path / "tiny.truth.json").read_text())
    with av.open(str(tmp_path / "tiny.mp4")) as clip:
        pictures = [frame.to_ndarray(format="rgb24") for frame in clip.decode(video=0)]
    assert len(pictures) == truth["n_frames"] == len(truth["frames"])
    with np.load(tmp_path / "tiny.mask.npz") as masks:
        first = np.unpackbits(masks["bits"][0])[: 160 * 90].reshape(masks["shape"]).astype(bool)
        held = np.unpackbits(masks["held_bits"][0])[: 160 * 90].reshape(masks["shape"]).astype(bool)
    room = np.median(np.stack(pictures).astype(float), 0)
    assert first.sum() > 500
    assert held.any()
    assert not (first & held).any() or (first & held).mean() < 0.01
    assert np.abs(pictures[0].astype(float) - room).mean() < 40
