"""Ladder, questions, consent, figures: the bundled files are valid, and mistakes of a clinic are reported."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hinge_check.assess import protocol
from hinge_check.clinic.accuracy import accuracy_from_text
from hinge_check.clinic.consent import consent_from_text, load_consent
from hinge_check.clinic.content import read_content
from hinge_check.clinic.ladder import check_ladder, ladder_from_text, load_ladder
from hinge_check.clinic.readiness_rules import load_rules, rules_from_text
from hinge_check.clinic.red_flags import load_questions, questions_from_text
from hinge_check.errors import UsageError

LADDER, QUESTIONS, CONSENT = (read_content(f"{name}.toml", None, name) for name in ("ladder", "red_flags", "consent"))
ALARMING = re.compile(
    r"\b(danger\w*|emergency!|severe|serious|fail\w*|wrong way|abnormal|disease|warning)\b", re.IGNORECASE
)


def line_with(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_the_ladder_goes_from_lying_to_the_deadlift() -> None:
    ladder = load_ladder()
    names = [step.name for step in ladder.steps]
    assert names[0] == "bridge"
    assert names[-1] == "deadlift"
    assert [step.name for step in ladder.steps if not step.measured] == ["bridge", "bird_dog"]
    assert {step.protocol for step in ladder.steps if step.measured} <= set(protocol.LADDER)
    assert ladder.before("bridge") is None
    assert ladder.after("deadlift") is None
    following = ladder.after("bow")
    assert following is not None
    assert following.name == "dowel_hinge"
    assert all(step.source for step in ladder.steps)


def test_a_step_that_is_not_there_gets_a_suggestion() -> None:
    with pytest.raises(UsageError, match="Did you mean 'bow'"):
        load_ladder().step("bows")


@pytest.mark.parametrize(
    ("load", "text", "old", "new", "says"),
    [
        (ladder_from_text, LADDER, 'protocol = "wall_tap"', 'protocol = "wall_tab"', "did you mean 'wall_tap'"),
        (ladder_from_text, LADDER, "[steps.rdl]", "[steps.rdl]\nreddy = 1", "unknown key 'reddy' in [steps.rdl]"),
        (questions_from_text, QUESTIONS, 'unsure   = "note"', 'unsure   = "notes"', "did you mean 'note'"),
        (
            consent_from_text,
            CONSENT,
            "[agreements.store_video]",
            "[agreements.store_vidio]",
            "did you mean 'store_video'",
        ),
        (rules_from_text, "[figures.band_shar]\nvalue = 0.7", "", "", "did you mean 'band_share'"),
        (rules_from_text, '[figures.pain_at_most]\nvalue = "4"', "", "", "write a number in points"),
        (rules_from_text, "[figures.sessions]\nvalue = 1.5", "", "", "must be a whole number"),
        (rules_from_text, "[figures.band_share]\nvalue = 0.3", "", "", "must not be larger than figures.band_share"),
        (accuracy_from_text, "[smallest_change.lumber]\nvalue = 1", "", "", "did you mean 'lumbar_flexion'"),
    ],
)
def test_a_problem_is_named_with_its_line(load: Callable[[str], Any], text: str, old: str, new: str, says: str) -> None:
    broken = text.replace(old, new, 1) if old else text
    with pytest.raises(UsageError) as caught:
        load(broken)
    lines = str(caught.value).splitlines()
    assert all(re.match(r"line \d+: ", line) for line in lines)
    found = next(line for line in lines if says in line)
    if old:
        at = int(found.split(":")[0].removeprefix("line "))
        assert abs(at - line_with(broken, new.splitlines()[-1])) <= 1


def test_questions_must_keep_an_urgent_one() -> None:
    with pytest.raises(UsageError, match="no question leads to seek_care"):
        questions_from_text(QUESTIONS.replace('"seek_care"\n', '"ask_clinician"\n'))


def test_not_sure_never_leads_further_than_yes() -> None:
    text = QUESTIONS.replace('yes      = "note"\nunsure   = "note"', 'yes      = "note"\nunsure   = "seek_care"')
    with pytest.raises(UsageError, match="leads further than yes"):
        questions_from_text(text)


def test_a_clinics_own_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(LADDER.replace('title    = "Bridge"', 'title    = "Beckenheben"'), encoding="utf-8")
    assert load_ladder(path).steps[0].title == "Beckenheben"
    assert check_ladder(path) == []
    assert load_ladder(path).sha256 != load_ladder().sha256
    path.write_text("title = \n", encoding="utf-8")
    assert check_ladder(path)[0].startswith("line 1: not TOML")
    assert check_ladder(tmp_path / "none.toml")[0].startswith("line 1: the ladder file cannot be read")


def test_wordings_are_told_apart_by_their_digest() -> None:
    changed = consent_from_text(CONSENT.replace("Nothing goes to anybody else.", "It stays here."))
    assert changed.wording.sha256 != load_consent().wording.sha256
    assert load_consent().wording.version
    assert load_questions().wording.version


def test_a_changed_figure_quotes_no_source_it_did_not_have() -> None:
    rules = rules_from_text("[figures.pain_at_most]\nvalue = 4", "[figures.sessions]\nvalue = 3\nreason = 'agreed'")
    assert rules["pain_at_most"] == 4
    assert "it was 5" in rules.figures["pain_at_most"].source
    assert rules.figures["sessions"].source == "agreed"
    assert dict(rules.overrides) == {"pain_at_most": 4.0, "sessions": 3.0}
    assert rules.sha256 != load_rules().sha256
    assert rules_from_text(rules.text).sha256 == rules.sha256


def test_every_figure_of_the_rule_says_where_it_comes_from() -> None:
    for figure in load_rules().figures.values():
        assert figure.source.startswith("design") or re.search(r"\b(19|20)\d\d\b", figure.source)


def test_words_for_clients_are_calm() -> None:
    questions, consent = load_questions(), load_consent()
    said = [line for told in questions.texts.values() for line in (told.title, *told.lines)]
    said += [q.question for q in questions.questions] + [questions.intro, consent.intro]
    said += [words for a in consent.agreements for words in (a.text, a.withdrawal)]
    said += [line for step in load_ladder().steps for line in step.instructions]
    assert [line for line in said if ALARMING.search(line) or "!" in line] == []


def test_figures_checked_when_they_were_written_are_never_refused_later() -> None:
    clinic, person = "[figures.band_share]\nvalue = 0.5", "[figures.band_share_back]\nvalue = 0.6"
    with pytest.raises(UsageError, match="must not be larger"):
        rules_from_text(clinic, person)
    assert rules_from_text(clinic, person, strict=False)["band_share_back"] == 0.6


def test_an_exercise_may_say_that_the_back_is_hidden() -> None:
    assert [step.name for step in load_ladder().steps if step.back_hidden] == ["dowel_hinge"]
    with pytest.raises(UsageError, match=r"line 51.*steps\.dowel_hinge\.back is 'covered'"):
        ladder_from_text(load_ladder().text.replace('"hidden"\nins', '"covered"\nins'))
