"""The random people that calibration learns from."""

from __future__ import annotations

import numpy as np

from validation.rig.sampling import REACH, sample_clip, sample_peak, sample_poses


def test_a_number_and_a_seed_always_give_the_same_person() -> None:
    one, same = (sample_clip(np.random.default_rng([1, 7]), 7) for _ in range(2))
    assert one == same
    assert sample_clip(np.random.default_rng([1, 8]), 8).body != one.body


def test_hip_and_lumbar_flexion_are_independent() -> None:
    rng = np.random.default_rng(0)
    peaks = [sample_peak(rng) for _ in range(3000)]
    hip, lumbar = np.array([p.hip for p in peaks]), np.array([p.lumbar for p in peaks])
    assert abs(np.corrcoef(hip, lumbar)[0, 1]) < 0.3
    assert (hip + lumbar <= REACH + 15).all()
    assert ((hip > 80) & (np.abs(lumbar) < 5)).any()
    assert ((hip < 40) & (lumbar > 40)).any()


def test_poses_start_standing_and_reach_every_bottom() -> None:
    rng = np.random.default_rng(3)
    spec = sample_clip(rng, 0)
    poses = sample_poses(rng, spec.motion, hinges=3, each=7)
    assert len(poses) == 22
    assert (poses[0].rep, poses[0].knobs.hip, poses[0].knobs.lumbar) == (-1, 0.0, 0.0)
    for rep in range(3):
        assert [p.phase for p in poses if p.rep == rep][-1] == 1.0


def test_the_people_vary_as_widely_as_clients_will() -> None:
    clips = [sample_clip(np.random.default_rng([5, n]), n) for n in range(400)]
    stature = np.array([c.body.stature for c in clips])
    assert stature.min() >= 1.5
    assert stature.max() <= 1.95
    assert np.ptp(stature) > 0.3
    yaw = np.abs([c.camera.yaw for c in clips])
    assert yaw.max() <= 35
    assert (yaw <= 15).mean() > 0.6
    assert (yaw > 20).sum() > 10
    assert {c.arms.posture for c in clips} == {"hanging", "crossed", "forward", "bar", "dowel"}
    assert 0.05 < np.mean([c.clothes.top == "hooded" for c in clips]) < 0.3
    assert np.mean([c.clothes.loose > 0.03 for c in clips]) > 0.2
