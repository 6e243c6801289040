from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from hinge_check.assess import phrases
from hinge_check.assess.assess import assess
from hinge_check.assess.cues import ABOUT, PRIORITY
from hinge_check.assess.faults import FAULTS
from hinge_check.assess.protocol import list_protocols, load_protocol
from hinge_check.assess.protocol_schema import WEIGHTS
from hinge_check.assess.report import HingeReport
from hinge_check.measure.types import Measurement
from tests.assess.hinges import hinges, track_for

ALARMING = re.compile(
    r"\b(danger|wrong|bad|injur|damag|fail|hurt|harm|risk|unsafe|dangerous|poor|terrible|weak|never|must|abnormal|pain)",
    re.IGNORECASE,
)


def report_of(m: Measurement) -> HingeReport:
    return assess(track_for(m), m, load_protocol())


def everything_a_client_reads() -> Iterator[str]:
    for catalogue in (phrases.CHANGE, phrases.EAR, phrases.KEEP):
        yield from catalogue.values()
    yield from (phrases.NO_CHANGE, phrases.NOT_MEASURED)
    for name, title in list_protocols():
        protocol = load_protocol(name)
        yield from (title, protocol.differs, *protocol.instructions)


def test_no_alarming_word_reaches_a_client() -> None:
    assert [text for text in everything_a_client_reads() if ALARMING.search(text)] == []


def test_no_alarming_word_is_in_the_clinician_s_titles() -> None:
    assert [text for text in phrases.TITLE.values() if ALARMING.search(text)] == []


@pytest.mark.parametrize("catalogue", [phrases.CHANGE, phrases.EAR, phrases.TITLE], ids=["change", "ear", "title"])
def test_every_fault_has_texts(catalogue: dict[str, str]) -> None:
    assert set(catalogue) == set(FAULTS) == set(PRIORITY)


def test_every_part_has_praise() -> None:
    assert set(phrases.KEEP) == {*WEIGHTS, "view"}
    assert set(ABOUT) == set(WEIGHTS)


def test_spoken_cues_have_fewer_than_six_words() -> None:
    assert all(len(text.split()) < 6 for text in phrases.EAR.values())


def test_a_client_gets_one_thing_to_keep_and_one_to_change() -> None:
    cues = report_of(hinges([{"lumbar": 35.0, "hip": 60.0, "neck": -75.0}] * 3)).cues
    assert len(cues.client) == 2
    assert cues.client[1] == phrases.CHANGE["lumbar_flexion"]
    assert cues.ear[0] == phrases.EAR["lumbar_flexion"]
    assert phrases.EAR["neck"] in cues.ear
    assert "back" not in cues.client[0].lower()  # what is to change is not praised


def test_a_good_set_gets_praise_and_the_rest_is_left_to_the_clinician() -> None:
    cues = report_of(hinges()).cues
    assert cues.client == [phrases.KEEP["spine"], phrases.NO_CHANGE]
    assert cues.ear == []


def test_a_squat_is_not_praised() -> None:
    squat = {"knee": 110.0, "trunk": 25.0, "shank": 40.0, "hips_back": 0.25, "hips_down": 0.8, "hip": 90.0}
    cues = report_of(hinges([{**squat, "lumbar": 12.0}] * 3)).cues
    assert cues.client[1] == phrases.CHANGE["squatting"]
    assert cues.client[0] == phrases.KEEP["view"]


def test_a_set_that_drifts_is_advised_to_be_shorter() -> None:
    cues = report_of(hinges([{"lumbar": x, "hip": 85 - x} for x in (5.0, 12.0, 22.0, 31.0)])).cues
    assert cues.client[1] == phrases.CHANGE["lumbar_drift"]
    rounded_at_once = report_of(hinges([{"lumbar": x, "hip": 85 - x} for x in (24.0, 30.0, 36.0, 42.0)])).cues
    assert rounded_at_once.client[1] == phrases.CHANGE["lumbar_flexion"]


def test_the_clinician_gets_figures_with_their_error() -> None:
    lines = report_of(hinges([{"lumbar": 41.0, "hip": 58.0}] * 3)).cues.clinician
    text = "\n".join(lines)
    assert "hip 58° ± 4°" in text
    assert "lumbar 41° ± 4°" in text
    assert "limit 20°" in text
    assert "repetitions 1 to 3" in text
    assert re.search(r"Score \d+ ± \d+ of 100", text)
    assert "early " in text


def test_the_clinician_is_informed_of_values_between_warn_and_limit() -> None:
    cues = report_of(hinges([{"lumbar": 17.0}] * 3)).cues
    assert any(line.startswith("To watch: lumbar flexion 17° ± 4°") for line in cues.clinician)
    assert cues.client[1] == phrases.NO_CHANGE


def test_without_the_lumbar_spine_no_back_is_praised_and_no_total_given() -> None:
    cues = report_of(hinges(lumbar_known=False)).cues
    assert cues.client[0] != phrases.KEEP["spine"]
    assert any(line.startswith("No total score") for line in cues.clinician)
    assert "not measured" in cues.clinician[0]
