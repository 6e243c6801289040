"""The drawings: one for everything the product can say, well formed, small and anatomically right."""

from __future__ import annotations

import math
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from api.pages.illustrations import FILES, ICONS, NAMES, drawing, figure, icon, logo, shapes
from api.pages.illustrations.body import ANKLE, MIDFOOT, Pose, bent, centre_of_mass, inclination, joints_of
from api.pages.illustrations.mark import standalone
from api.pages.illustrations.postures import hinge, measured
from api.pages.illustrations.props import KETTLEBELL_HEIGHT, PLATE_RADIUS
from hinge_check.assess.phrases import CHANGE, KEEP
from hinge_check.assess.protocol_schema import WEIGHTS
from hinge_check.clinic.ladder import load_ladder
from hinge_check.errors import Code
from scripts.draw_illustrations import draw
from scripts.illustrations.demonstrations import loop
from scripts.illustrations.exercises import EXERCISES, LYING, pose_of
from scripts.illustrations.filming_advice import FILMS, NOT_FILMED

ROOT = Path(__file__).resolve().parents[3]
PROTOCOLS = sorted(path.stem for path in (ROOT / "hinge_check/assess/protocols").glob("*.toml"))
STANDING = sorted(set(EXERCISES) - LYING)
CSS = (ROOT / "api/web/css/drawings.css").read_text(encoding="utf-8")


def everything() -> dict[str, str]:
    """Every piece of markup by name."""
    markup = {name: str(drawing(name)) for name in NAMES}
    markup |= {f"icon {name}": str(icon(name)) for name in ICONS}
    return markup | {"figure": str(figure(hip=70, knee=20, trunk=55, lumbar=12, load="bar")), "logo": str(logo())}


EVERYTHING = everything()


def test_the_committed_files_are_what_the_script_draws() -> None:
    """`make illustrations` draws them."""
    assert {path.name: path.read_text("utf-8") for path in FILES.iterdir()} == draw()


def test_every_step_protocol_fault_subscore_and_refusal_has_its_drawing() -> None:
    wanted = {f"demo-{step}" for step in [*(step.name for step in load_ladder().steps), *PROTOCOLS]}
    wanted |= {f"change-{code}" for code in CHANGE} | {f"keep-{name}" for name in [*KEEP, *WEIGHTS]}
    wanted |= {f"film-{code.value}" for code in Code} | {"setup_phone", "setup_top"}
    assert wanted - set(NAMES) == set()


def test_every_refusal_is_either_drawn_or_listed_as_not_about_filming() -> None:
    """A new code has to be put in one of the two on purpose."""
    assert set(FILMS) | NOT_FILMED == {code.value for code in Code}
    assert set(FILMS) & NOT_FILMED == set()


@pytest.mark.parametrize("name", EVERYTHING)
def test_markup_is_well_formed_small_and_allowed_by_the_content_security_policy(name: str) -> None:
    text = EVERYTHING[name]
    root = ElementTree.fromstring(text)
    for element in root.iter():
        assert not {"style", "id", "href", "fill", "stroke"} & set(element.attrib)
        assert not any(attribute.startswith("on") for attribute in element.attrib)
        assert element.tag.split("}")[-1] not in {"script", "style", "foreignObject", "text", "image", "use"}
    assert len(text.encode()) < (25_000 if "drawing-animated" in text else 12_288)
    assert "nan" not in text
    assert "inf" not in text


def test_every_class_has_its_rule_and_every_colour_its_dark_value() -> None:
    used = {
        name for text in EVERYTHING.values() for value in re.findall(r'class="([^"]*)"', text) for name in value.split()
    }
    assert {name for name in used if f".{name}" not in CSS} <= {"drawing-animated", "d-s"}
    blocks = re.findall(r"\{[^{}]*--drawing-skin:[^{}]*\}", CSS)
    assert len(blocks) == 1
    definitions = re.findall(r"(--drawing-[a-z-]+):", blocks[0])
    assert len(definitions) == len(set(definitions))
    assert definitions == re.findall(r"(--drawing-[a-z-]+): light-dark\(#[0-9a-f]{6}, #[0-9a-f]{6}\);", blocks[0])
    assert set(re.findall(r"var\((--drawing-[a-z-]+)\)", CSS)) == set(definitions)


def test_words_are_the_callers_and_escaped() -> None:
    shown = drawing("setup_phone", title="<b>Téléphone</b>", desc="à hauteur & côté")
    root = ElementTree.fromstring(shown)
    assert root.attrib["role"] == "img"
    assert [element.text for element in root[:2]] == ["<b>Téléphone</b>", "à hauteur & côté"]
    assert ElementTree.fromstring(drawing("setup_phone")).attrib["aria-hidden"] == "true"


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        drawing("change-nothing")
    with pytest.raises(KeyError):
        drawing("../files/setup_phone")
    with pytest.raises(KeyError):
        icon("nothing")


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_loop_closes_and_has_a_motionless_twin(exercise: str) -> None:
    text = EVERYTHING[f"demo-{exercise}"]
    assert 'class="drawing-still" display="none"' in text
    still = str(drawing(f"demo-{exercise}", animated=False))
    assert "animate" not in still
    assert "drawing-moving" not in still
    root = ElementTree.fromstring(text)
    animations = [element for element in root.iter() if "animate" in element.tag]
    assert animations
    for element in animations:
        values, times = element.attrib["values"].split(";"), element.attrib["keyTimes"].split(";")
        assert values[0] == values[-1]
        assert len(values) == len(times)
        assert (times[0], times[-1]) == ("0", "1")
        assert [float(time) for time in times] == sorted(float(time) for time in times)
        if element.attrib["attributeName"] == "d":
            assert len({re.sub(r"[-\d. ]+", "", value) for value in values}) == 1, (
                "shapes must morph command by command"
            )


@pytest.mark.parametrize("lumbar", [-25.0, 0.0, 20.0, 50.0])
def test_the_drawn_lumbar_curve_has_the_requested_angle(lumbar: float) -> None:
    """Thorax on pelvis, read from two short lines along the trunk's axis, below and above the lumbar spine."""
    low, high = ([bent((0.0, height), lumbar, 0.0) for height in heights] for heights in ((2.0, 9.0), (30.0, 40.0)))
    assert inclination(high[0], high[1]) - inclination(low[0], low[1]) == pytest.approx(lumbar, abs=1e-6)


def test_the_back_edge_is_hollow_in_standing_and_rounded_when_flexed() -> None:
    """Dorsal bulge of the drawn edge over its chord: positive when round, in units of the drawing."""

    def bulge(lumbar: float) -> float:
        points = [bent(point, lumbar, 0.0) for point in shapes.LUMBAR_EDGE]
        (x0, y0), (x1, y1), (x, y) = points[0], points[-1], points[len(points) // 2]
        length = math.dist(points[0], points[-1])
        return ((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / length

    assert bulge(0) < -0.4 < 1.0 < bulge(45)


@pytest.mark.parametrize("exercise", STANDING)
def test_hips_travel_back_over_planted_feet_and_the_back_stays_long(exercise: str) -> None:
    build = EXERCISES[exercise][0]
    poses = [build(share / 6) for share in range(7)]
    hips = [joints_of(pose).hip[0] for pose in poses]
    assert hips == sorted(hips, reverse=True)
    assert hips[-1] < -8
    assert all(pose.ankle == (0.0, -ANKLE) for pose in poses)
    assert max(abs(pose.lumbar) for pose in poses) <= 6
    assert poses[-1].hip > 2 * poses[-1].lumbar + 40


def test_loads_meet_the_floor_at_the_far_end() -> None:
    for exercise, height in (("deadlift", PLATE_RADIUS), ("kettlebell_deadlift", KETTLEBELL_HEIGHT)):
        assert joints_of(EXERCISES[exercise][0](1.0)).hand[1] == pytest.approx(-height, abs=0.5)


def test_a_standing_pose_balances_over_the_middle_of_the_foot() -> None:
    for hip, knee, lumbar in ((0.0, 2.0, 0.0), (80.0, 20.0, 5.0), (60.0, 90.0, 40.0)):
        assert centre_of_mass(hinge(hip, knee, lumbar)) == pytest.approx(MIDFOOT, abs=0.1)


def test_nothing_sinks_into_the_floor() -> None:
    for exercise in EXERCISES:
        for pose in loop(exercise):
            joints = joints_of(pose)
            for joint in (
                joints.ankle,
                joints.knee,
                joints.hip,
                joints.shoulder,
                joints.elbow,
                joints.wrist,
                joints.hand,
            ):
                assert joint[1] < -1.2, exercise


@pytest.mark.parametrize("exercise", STANDING)
def test_a_measured_pose_is_drawn_with_its_own_angles(exercise: str) -> None:
    angles = pose_of(exercise, "bottom")
    pose = measured(angles)
    assert (pose.hip, pose.knee, pose.trunk, pose.lumbar) == pytest.approx(
        (angles["hip"], angles["knee"], angles["trunk"], angles["lumbar"]), abs=0.2
    )
    assert pose_of(exercise, 0)["hip"] == pytest.approx(0, abs=0.1)


def test_a_lumbar_spine_that_was_not_read_is_drawn_dotted() -> None:
    assert "d-unread" in figure(hip=60, knee=15, trunk=50, lumbar=None)
    assert "d-unread" not in figure(hip=60, knee=15, trunk=50, lumbar=0)
    assert "<path" in figure()


def test_lying_exercises_have_no_measured_pose() -> None:
    with pytest.raises(KeyError):
        pose_of("bridge", "bottom")


def test_the_committed_files_of_the_mark_are_the_mark() -> None:
    assert (ROOT / "api/web/img/favicon.svg").read_text(encoding="utf-8") == standalone()
    assert (ROOT / "api/web/img/apple-touch-icon.png").read_bytes()[16:24] == (180).to_bytes(4, "big") * 2


def test_a_default_pose_stands() -> None:
    assert abs(Pose().trunk) < 3
    assert Pose().hip == 0
