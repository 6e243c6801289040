"""Matching of repetitions with the truth, and the facts about a clip."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hinge_check.measure.types import Rep
from validation.scores import match_reps, truth_at
from validation.truth import faultless_measurement, load_truth

NAMES = [
    "hip_l",
    "hip_r",
    "knee_l",
    "knee_r",
    "ankle_l",
    "ankle_r",
    "shoulder_l",
    "shoulder_r",
    "mid_hip",
    "mid_shoulder",
    "head",
    "elbow_l",
    "elbow_r",
]


def write_truth(path: Path, spec: dict[str, Any] | None = None, *, floor: bool = False) -> Path:
    """Write the truth of two hinges to 80 degrees of hip and 10 of lumbar flexion, over 2 degrees of lean at rest."""
    way = np.concatenate([np.zeros(10), np.linspace(0, 1, 10), np.ones(6), np.linspace(1, 0, 10)])
    way = np.concatenate([way, way, np.zeros(10)])
    if floor:
        way = way[20:]
    first = 0 if floor else 10
    reps = [{"start": first, "bottom_start": first + 10, "bottom_end": first + 15, "end": first + 25}]
    reps.append({key: value + 36 for key, value in reps[0].items()})
    if floor:
        reps = [
            {"start": 0, "bottom_start": 0, "bottom_end": 5, "end": 15},
            {"start": 26, "bottom_start": 36, "bottom_end": 41, "end": 51},
        ]
    height = {"head": 100.0, "ankle": 275.0, "hip": 190.0, "shoulder": 140.0, "knee": 230.0, "elbow": 160.0}
    px = {name: [200.0, height[name.replace("mid_", "").split("_")[0]]] for name in NAMES}
    frames = [
        {
            "t": k / 20,
            "hip_flexion": 80 * w,
            "lumbar_flexion": 10 * w + 0.5,
            "knee_flexion": 5 + 10 * w,
            "pelvis_tilt": 60 * w,
            "trunk_inclination": 2 + 65 * w,
            "shank_inclination": 5 - 10 * w,
            "neck_flexion": -20 * w,
            "px": px,
        }
        for k, w in enumerate(way)
    ]
    data = {"fps": 20, "reps": reps, "frames": frames} | ({"spec": spec} if spec else {})
    path.write_text(json.dumps(data))
    return path


def test_truth_is_change_from_standing_except_for_the_knee(tmp_path: Path) -> None:
    truth = load_truth(write_truth(tmp_path / "a.truth.json"), {"facing": "left"})
    at = truth.at_bottom(1)
    assert at["lumbar"] == pytest.approx(10.0)
    assert at["trunk"] == pytest.approx(65.0)
    assert at["knee"] == pytest.approx(15.0)
    assert truth.standing.sum() == len(truth.time_s) - 2 * 26
    assert truth.facing == "left"
    assert truth.height_px == pytest.approx(200.0)


def test_a_clip_that_starts_at_the_floor_is_recognised_by_its_first_rep(tmp_path: Path) -> None:
    truth = load_truth(write_truth(tmp_path / "a.truth.json", floor=True), {})
    assert [rep.from_floor for rep in truth.reps] == [True, False]
    assert truth.at_bottom(0)["hip"] == pytest.approx(80.0)


@pytest.mark.parametrize(
    ("clothes", "expected"),
    [
        ({"loose": 0.0}, "fitted"),
        ({"loose": 0.008}, "fitted"),
        ({"loose": 0.04}, "loose"),
        ({"loose": 0.0, "top": "hooded"}, "hooded"),
    ],
)
def test_clothing_is_classified(tmp_path: Path, clothes: dict[str, Any], expected: str) -> None:
    spec = {"camera": {"facing": "right", "yaw": -12.0}, "clothes": clothes, "arms": {"posture": "bar"}}
    truth = load_truth(write_truth(tmp_path / "a.truth.json", spec), {})
    assert truth.clothing == expected
    assert truth.yaw_deg == -12.0
    assert truth.arms == "bar"


def test_a_faultless_measurement_matches_the_truth(tmp_path: Path) -> None:
    truth = load_truth(write_truth(tmp_path / "a.truth.json"), {})
    m = faultless_measurement(truth)
    assert m.reps == truth.reps
    assert m.angles.hip_flexion[m.reps[0].bottom] == pytest.approx(80.0)
    assert m.angles.trunk_inclination[0] == pytest.approx(2.0)


def test_truth_is_interpolated_between_its_frames(tmp_path: Path) -> None:
    truth = load_truth(write_truth(tmp_path / "a.truth.json"), {})
    between = truth_at(truth, (truth.time_s[:-1] + truth.time_s[1:]) / 2)["hip"]
    assert between == pytest.approx((truth.angles["hip"][:-1] + truth.angles["hip"][1:]) / 2)
    assert np.isnan(truth_at(truth, np.array([-1.0, 99.0]))["hip"]).all()


def test_each_true_rep_is_matched_with_the_nearest_found_one_inside_it() -> None:
    seconds = np.arange(100) / 10
    true = [Rep(10, 15, 20, 25, 30), Rep(40, 45, 50, 55, 60), Rep(70, 75, 80, 85, 90)]
    seen = [Rep(10, 14, 21, 24, 29), Rep(41, 43, 44, 45, 46), Rep(46, 47, 49, 55, 60)]
    assert match_reps(true, seconds, seen, seconds) == [0, 2, None]
