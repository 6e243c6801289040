"""Specs of rendered clips: read, checked, refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from validation.rig.spec import PHENOTYPE, ClipSpec, from_mapping, load

CLIPS = Path(__file__).parents[2] / "validation" / "clips"


def test_toml_overrides_defaults_and_takes_its_name_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bow.toml"
    path.write_text(
        """
        seed = 3
        [motion]
        hip = [50.0, 60]
        start = "floor"
        [body.phenotype]
        weight = 1.1
        [camera]
        facing = "left"
        [[background.props]]
        box = [1, 0.2, 0.9, 0.5, 0.35, 1.8]
        color = [0.3, 0.2, 0.1]
        """
    )
    spec = load(path)
    assert spec.name == "bow"
    assert spec.motion.hip == (50.0, 60.0)
    assert spec.motion.start == "floor"
    assert spec.motion.lumbar == 5.0
    assert spec.body.phenotype == {**PHENOTYPE, "weight": 1.1}
    assert spec.background.props[0].box[5] == 1.8


def test_a_written_spec_reads_back() -> None:
    spec = from_mapping(ClipSpec, {"name": "a", "motion": {"lumbar": [1.0, 2.0]}, "arms": {"posture": "bar"}})
    again = from_mapping(ClipSpec, json.loads(json.dumps(spec.as_dict())))
    assert again == spec


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"motion": {"hips": 80}}, "unknown"),
        ({"arms": {"posture": "akimbo"}}, "none of"),
        ({"motion": {"tempo": [1.0, 1.0]}}, "number of entries"),
        ({"camera": {"yaw": "side"}}, "float is wanted"),
        ({"body": 3}, "a table is wanted"),
        ({"motion": {"hip": "deep"}}, "does not fit"),
        ({"motion": {"fps": True}}, None),
    ],
)
def test_an_invalid_spec_is_refused_with_its_place(data: dict[str, object], words: str | None) -> None:
    if words is None:
        assert from_mapping(ClipSpec, data).motion.fps == 1  # a TOML true is an int to Python; harmless
        return
    with pytest.raises(ValueError, match=words):
        from_mapping(ClipSpec, data)


def test_the_json_of_the_first_clips_still_reads(tmp_path: Path) -> None:
    path = tmp_path / "d00.json"
    path.write_text(json.dumps({"motion": {"hip": 80, "arm_forward": 7.5, "seed": 9}, "seed": 4}))
    spec = load(path)
    assert (spec.arms.forward, spec.seed, spec.motion.hip) == (7.5, 4, 80.0)


def test_every_validation_clip_reads_and_states_what_it_shows() -> None:
    specs = [load(path) for path in sorted(CLIPS.glob("*.toml"))]
    assert len(specs) >= 24
    assert all(spec.kind for spec in specs)
    assert len({spec.seed for spec in specs}) == len(specs)
    assert {spec.arms.posture for spec in specs} == {"hanging", "forward", "crossed", "dowel", "bar"}
    assert {spec.clothes.top for spec in specs} >= {"shirt", "hooded"}
    assert any(spec.motion.start == "floor" for spec in specs)
    assert any(spec.render.height > spec.render.width for spec in specs)
