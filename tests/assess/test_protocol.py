from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from hinge_check.assess import protocol_schema as schema
from hinge_check.assess.protocol import (
    check_protocol,
    list_protocols,
    load_protocol,
    show_protocol,
)
from hinge_check.errors import UsageError

NAMES = [name for name, _ in list_protocols()]


def client_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "client.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_eight_exercises_exist() -> None:
    assert sorted(NAMES) == sorted(
        ["bow", "bodyweight_hinge", "dowel_hinge", "wall_tap", "rdl", "deadlift", "good_morning", "kettlebell_deadlift"]
    )
    assert all(title for _, title in list_protocols())


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_of_every_protocol_has_a_unit_and_a_reason(name: str) -> None:
    protocol = load_protocol(name)
    assert set(protocol.limits) == set(schema.LIMITS)
    assert set(protocol.targets) == set(schema.TARGETS)
    for key, limit in protocol.limits.items():
        assert limit.unit == schema.LIMITS[key].unit
        assert len(limit.reason) > 15, key
    assert protocol.instructions
    assert protocol.differs
    assert protocol.overrides == {}
    assert protocol.reps.stand_deg < protocol.reps.min_range_deg


@pytest.mark.parametrize("name", NAMES)
def test_the_printed_protocol_is_a_complete_protocol_file(name: str, tmp_path: Path) -> None:
    shown = show_protocol(name)
    again = load_protocol(client_file(tmp_path, shown))
    assert again.sha256 == load_protocol(name).sha256
    assert again.limits == load_protocol(name).limits
    assert tomllib.loads(shown)["name"] == name


def test_dashes_and_case_do_not_matter() -> None:
    assert load_protocol("Good-Morning") is load_protocol("good_morning")


def test_protocols_differ_where_the_exercises_do() -> None:
    allowance = {name: load_protocol(name).limits["squatting"].value for name in NAMES}
    assert allowance["bow"] < allowance["rdl"] < allowance["kettlebell_deadlift"] < allowance["deadlift"]
    assert load_protocol("bow").targets["hip_flexion"].value == 50.0
    assert load_protocol("deadlift").start == "floor"
    assert load_protocol("bow").reps.start == "standing"


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean 'deadlift'"):
        load_protocol("deadlfit")


def test_a_missing_file_is_a_usage_error_without_its_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as told:
        load_protocol(tmp_path / "anna.toml")
    assert "cannot be read" in str(told.value)
    assert "anna" not in str(told.value)


def test_a_client_file_overrides_and_is_marked_as_such(tmp_path: Path) -> None:
    path = client_file(tmp_path, 'extends = "rdl"\nname = "anna"\n[limits.lumbar_flexion]\nvalue = 25.0\n')
    protocol = load_protocol(str(path))
    assert protocol.overrides == {"limits.lumbar_flexion.value": 25.0}
    assert protocol.limits["lumbar_flexion"].value == 25.0
    # warn keeps its proportion, and no source is quoted for a figure it never gave
    assert protocol.limits["lumbar_flexion"].warn == pytest.approx(25.0 * 14 / 20)
    assert "Bengtsson" not in protocol.limits["lumbar_flexion"].reason
    assert protocol.limits["squatting"] == load_protocol("rdl").limits["squatting"]
    assert protocol.sha256 != load_protocol("rdl").sha256


def test_repeating_the_base_is_no_override(tmp_path: Path) -> None:
    text = 'extends = "rdl"\nstart = "standing"\n[limits.lumbar_flexion]\nvalue = 20\nwarn = 14.0\n'
    assert load_protocol(client_file(tmp_path, text)).overrides == {}


def test_every_kind_of_value_can_be_overridden(tmp_path: Path) -> None:
    text = """extends = "bow"
title = "Bow, slowly"
instructions = ["Stand tall.", "Bow."]
reps.start = "either"
[targets.descent]
value = 3
[weights]
tempo = 0.2
"""
    assert load_protocol(client_file(tmp_path, text)).overrides == {
        "title": "Bow, slowly",
        "instructions": "Stand tall. Bow.",
        "reps.start": "either",
        "targets.descent.value": 3.0,
        "weights.tempo": 0.2,
    }


def test_a_personal_range_sets_the_lumbar_limit_unless_the_file_does(tmp_path: Path) -> None:
    ranged = 'extends = "rdl"\n[person]\nlumbar_max_deg = 60.0\n'
    protocol = load_protocol(client_file(tmp_path, ranged))
    assert protocol.limits["lumbar_flexion"].value == pytest.approx(0.42 * 60, abs=0.05)
    assert protocol.overrides == {"person.lumbar_max_deg": 60.0}
    both = ranged + "[limits.lumbar_flexion]\nvalue = 15.0\n"
    assert load_protocol(client_file(tmp_path, both)).limits["lumbar_flexion"].value == 15.0


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        # a misspelt key, at three depths
        ("[limits.lumbar_flexon]\nvalue = 25.0", 2, "unknown key 'lumbar_flexon' in [limits]; did you mean 'lumbar_fl"),
        ("[limits.shallow]\nvalu = 40.0", 3, "unknown key 'valu' in [limits.shallow]; did you mean 'value'?"),
        ("\n\n[limit.shallow]\nvalue = 40.0", 4, "did you mean 'limits'?"),
        ("limits.shallow = {value = 40.0, wran = 45.0}", 2, "did you mean 'warn'?"),
        # a wrong type
        ('[limits.shallow]\nvalue = "40 deg"', 3, 'is the text "40 deg"; write a number in degrees, for example 40.0'),
        ("[limits.shallow]\nvalue = true", 3, "write a number"),
        ("[limits]\nshallow = 40.0", 3, "write [limits.shallow] with value = 40.0"),
        ("title = 3", 2, "title must be text"),
        ('instructions = "Bow."', 2, "must be a list"),
        ("person = 3", 2, "person must be a table"),
        # a wrong unit
        ('[limits.shallow]\nunit = "cm"', 3, 'is in deg (degrees), not the text "cm"'),
        ('[limits.shallow]\nvalue = "20 cm"', 3, "write a number in degrees"),
        ("[limits.lumbar_flexion]\nvalue = 0.3", 3, "0.3 is outside 3 to 80 deg"),
        ("[limits.early_lumbar]\nvalue = 35", 3, "outside 0.05 to 0.95 share"),
        ("[limits.too_fast]\nvalue = nan", 3, "outside"),
        # a contradiction
        ("[limits.lumbar_flexion]\nwarn = 25.0", 3, "lies above its value (20)"),
        ("[limits.shallow]\nwarn = 40.0", 3, "lies below its value (50)"),
        ("[reps.stand_deg]\nvalue = 30.0", 2, "smaller than reps.min_range_deg"),
        ('[reps]\nstart = "stading"', 3, "did you mean 'standing'?"),
        ("[weights]\nspine=0\nhip_drive=0\nknees=0\ndepth=0\ntempo=0\nconsistency=0", 2, "all weights are 0"),
        # not TOML
        ("[limits.shallow]\nvalue = 40 deg", 3, 'write the number alone and the unit as unit = "deg"'),
        ("[limits.shallow]\nvalue = 40,5", 3, "decimal point"),
        ("[limits.shallow", 2, "not TOML"),
    ],
)
def test_an_error_is_reported_with_line_and_suggestion(tmp_path: Path, text: str, line: int, said: str) -> None:
    told = check_protocol(client_file(tmp_path, f'extends = "rdl"\n{text}\n'))
    assert len(told) == 1, told
    assert told[0].startswith(f"line {line}: "), told
    assert said in told[0]


def test_all_problems_are_reported_at_once_in_order(tmp_path: Path) -> None:
    text = 'extends = "rdl"\nbad = 1\n[limits.shallow]\nvalue = "x"\nworse = 2\n'
    told = check_protocol(client_file(tmp_path, text))
    assert [line.split(":")[0] for line in told] == ["line 2", "line 4", "line 5"]


def test_loading_refuses_what_checking_finds(tmp_path: Path) -> None:
    path = client_file(tmp_path, 'extends = "rdl"\nbad = 1\n')
    with pytest.raises(UsageError, match="line 2: unknown key 'bad'"):
        load_protocol(path)


def test_a_file_of_a_few_figures_is_advised_to_extend(tmp_path: Path) -> None:
    told = check_protocol(client_file(tmp_path, "[limits.shallow]\nvalue = 40.0\n"))
    assert 'begin with: extends = "bodyweight_hinge"' in told[0]
    assert len(told) <= 5


def test_extending_an_unknown_protocol_is_reported(tmp_path: Path) -> None:
    assert check_protocol(client_file(tmp_path, 'extends = "rld"\n')) == [
        "line 1: extends names no bundled protocol: 'rld'; did you mean 'rdl'?"
    ]


def test_a_file_that_is_no_text_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "client.toml"
    path.write_bytes(b'extends = "rdl"\ntitle = "\xff"\n')
    assert check_protocol(path) == ["line 2: the protocol file is not UTF-8 text; save it as plain text (UTF-8)"]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "client.toml"
    path.write_bytes(b'\xef\xbb\xbfextends = "rdl"\n')
    assert check_protocol(path) == []
