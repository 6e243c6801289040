"""The suggestion: every criterion is shown, more pain never brings progress closer, and it stays a suggestion."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from hinge_check.clinic.checkin import CheckIn
from hinge_check.clinic.metrics import Recorded
from hinge_check.clinic.readiness import ONLY_A_SUGGESTION, TOWARD_PROGRESS, Suggestion, suggest
from hinge_check.clinic.readiness_rules import rules_from_text
from tests.clinic.people import NOW, STEP, check_in, figures, recorded_set

READY = (recorded_set(4, figures(), check_in()), recorded_set(2, figures(), check_in()))


def suggestion_for(records: Sequence[Recorded], **more: Any) -> Suggestion:
    return suggest(records, **{"step": STEP, "now": NOW, "baseline_pain": 3, **more})


def says(suggestion: Suggestion, code: str) -> str:
    return next(reason.says for reason in suggestion.reasons if reason.code == code)


def both(said: dict[str, Any], **measured: Any) -> list[Recorded]:
    """Return two equal sessions."""
    return [recorded_set(days, figures(**measured), check_in(**said)) for days in (4, 2)]


def last(said: dict[str, Any], **measured: Any) -> list[Recorded]:
    """Return a session that meets everything, then another."""
    return [READY[0], recorded_set(2, figures(**measured), check_in(**said))]


def test_two_good_sessions_may_go_on() -> None:
    suggestion = suggestion_for(READY)
    assert suggestion.verdict == "progress"
    assert {reason.says for reason in suggestion.reasons} == {"met", "info"}
    assert ONLY_A_SUGGESTION in suggestion.text


@pytest.mark.parametrize(
    ("records", "verdict", "code", "why"),
    [
        ([], "not_enough_data", "sessions", "unknown"),
        ([READY[0]], "not_enough_data", "sessions", "unknown"),
        ([READY[0], replace(READY[1], when=READY[0].when)], "not_enough_data", "sessions", "unknown"),  # one day
        ([recorded_set(40, figures(), check_in()), READY[1]], "not_enough_data", "sessions", "unknown"),  # long ago
        ([READY[0], replace(READY[1], step="bow")], "not_enough_data", "sessions", "unknown"),
        ([READY[0], recorded_set(2, figures(), None)], "not_enough_data", "pain_during", "unknown"),
        (last({"pain_next_morning": None}), "not_enough_data", "next_morning", "unknown"),
        (both({}, reps_judged=0, reps_in_band=0), "not_enough_data", "reps_in_band", "unknown"),  # the back unread
        (both({}, drift_deg=None), "not_enough_data", "drift", "unknown"),
        (last({}, reps_in_band=7), "hold", "reps_in_band", "hold"),
        (last({}, spread_deg=16.0), "hold", "steadiness", "hold"),
        (last({}, drift_deg=11.0), "hold", "drift", "hold"),
        (last({"pain_worst": 5}), "hold", "pain_during", "hold"),
        (last({"pain_after": 6}), "hold", "pain_during", "hold"),
        (last({"pain_next_morning": 4}), "hold", "next_morning", "hold"),
        (last({"pain_before": 4}), "hold", "pain_change", "hold"),  # 30 % of 3
        (last({"stopped_early": "pain"}), "hold", "stopped_early", "hold"),
        (last({"stopped_early": "fatigue"}), "hold", "stopped_early", "hold"),
        (last({"stopped_early": "other"}), "progress", "stopped_early", "met"),
        (both({}, reps_in_band=4), "regress", "reps_in_band", "regress"),
        (both({"pain_worst": 6}), "regress", "pain_during", "regress"),
        (both({"pain_next_morning": 5}), "regress", "pain_change", "regress"),
        (both({"pain_before": 5}), "regress", "pain_change", "regress"),
        (both({"stopped_early": "pain"}), "regress", "stopped_early", "regress"),
    ],
)
def test_each_criterion_can_decide(records: list[Recorded], verdict: str, code: str, why: str) -> None:
    suggestion = suggestion_for(records)
    assert suggestion.verdict == verdict
    assert says(suggestion, code) == why


def test_the_edges_are_accepted() -> None:
    fine = both({"pain_worst": 4, "pain_next_morning": 3}, reps_in_band=8, spread_deg=15.0, drift_deg=10.0)
    assert suggestion_for(fine).verdict == "progress"
    assert suggestion_for(both({"pain_worst": 5}), baseline_pain=5).verdict == "progress"
    assert (
        says(suggestion_for(both({"pain_worst": 6}), baseline_pain=6), "pain_during") == "hold"
    )  # above 5, though usual


def test_from_no_pain_at_all_points_alone_count() -> None:
    for pain, verdict in ((1, "met"), (2, "hold")):
        said = last({"pain_before": pain, "pain_worst": 0, "pain_after": 0, "pain_next_morning": 0})
        first = replace(said[0], check_in=check_in(pain_before=0, pain_worst=0, pain_after=0, pain_next_morning=0))
        assert says(suggestion_for([first, said[1]], baseline_pain=0), "pain_change") == verdict


def test_every_reason_says_figure_threshold_and_source() -> None:
    for reason in suggestion_for(both({"pain_worst": 6}, reps_in_band=4)).reasons:
        assert reason.text.endswith(".")
        assert reason.source
        assert reason.threshold is not None
        if reason.code not in ("stopped_early",):
            assert any(c.isdigit() for c in reason.text)
    band = suggestion_for(last({}, reps_in_band=7)).reasons[1]
    assert "9 of 10 (90%), 7 of 10 (70%)" in band.text
    assert "80%" in band.text
    assert (band.value, band.threshold) == (0.7, 0.8)


def test_usual_pain_comes_from_the_first_check_ins_when_nobody_gave_it() -> None:
    early = [
        recorded_set(days, None, check_in(pain_before=pain), step="bow") for days, pain in ((60, 2), (50, 6), (45, 3))
    ]
    assert suggestion_for([*early, *READY], baseline_pain=None).baseline_pain == 3
    assert suggestion_for([*early, *READY], baseline_pain=None).verdict == "progress"
    unknown = suggestion_for(READY, baseline_pain=None)
    assert unknown.baseline_pain is None
    assert unknown.verdict == "not_enough_data"


def test_a_step_that_is_not_filmed_goes_by_check_ins() -> None:
    said = [recorded_set(days, None, check_in()) for days in (4, 2)]
    assert suggestion_for(said, measured=False).verdict == "progress"
    assert suggestion_for(said).verdict == "not_enough_data"
    assert "drift" not in {reason.code for reason in suggestion_for(said, measured=False).reasons}


def test_where_the_back_is_hidden_what_can_be_seen_speaks() -> None:
    unread: dict[str, Any] = {"reps_judged": 0, "reps_in_band": 0, "drift_deg": None, "lumbar_deg": None}
    suggestion = suggestion_for(both({}, **unread, reps_seen=10, reps_in_shape=9), back_hidden=True)
    assert suggestion.verdict == "progress"
    assert (says(suggestion, "reps_in_band"), says(suggestion, "drift")) == ("met", "info")
    assert "cannot be read" in suggestion.text
    assert "video" in suggestion.text
    assert "9 of 10 (90%)" in suggestion.reasons[1].text
    assert (
        suggestion_for(both({}, **unread, reps_seen=10, reps_in_shape=9)).verdict == "not_enough_data"
    )  # elsewhere it must be
    seen = {(10, 7): "hold", (10, 4): "regress", (2, 2): "not_enough_data", (0, 0): "not_enough_data"}
    for (reps, good), verdict in seen.items():
        records = both({}, **unread, reps_seen=reps, reps_in_shape=good)
        assert suggestion_for(records, back_hidden=True).verdict == verdict
    assert (
        suggestion_for(both({"pain_worst": 5}, **unread, reps_seen=10, reps_in_shape=10), back_hidden=True).verdict
        == "hold"
    )
    assert (
        suggestion_for(both({}, **unread, reps_seen=10, reps_in_shape=9, spread_deg=20.0), back_hidden=True).verdict
        == "hold"
    )


def test_the_figures_that_were_used_say_whose_they_are() -> None:
    rules = rules_from_text("[figures.band_share]\nvalue = 0.7", "[figures.pain_at_most]\nvalue = 4")
    used = suggestion_for(READY, rules=rules).figures
    assert (used["band_share"].whose, used["pain_at_most"].whose, used["drift"].whose) == (
        "clinic",
        "person",
        "bundled",
    )
    assert used["pain_at_most"].source == "set for this person; it was 5"


def test_an_important_improvement_is_told() -> None:
    better = both({"pain_before": 1, "pain_worst": 2, "pain_after": 1, "pain_next_morning": 1})
    suggestion = suggestion_for(better)
    assert suggestion.verdict == "progress"
    assert any("has fallen by that much" in reason.text for reason in suggestion.reasons)


def test_the_clinician_can_change_every_threshold() -> None:
    rules = rules_from_text("[figures.pain_above_baseline]\nvalue = 2\n[figures.sessions]\nvalue = 1")
    suggestion = suggestion_for([recorded_set(2, figures(), check_in(pain_worst=5))], rules=rules)
    assert suggestion.verdict == "progress"
    assert dict(suggestion.overrides) == {"sessions": 1.0, "pain_above_baseline": 2.0}


PAIN = st.none() | st.integers(0, 10)
said = st.builds(
    CheckIn,
    pain_before=PAIN,
    pain_worst=PAIN,
    pain_after=PAIN,
    pain_next_morning=PAIN,
    stopped_early=st.sampled_from([None, None, "pain", "fatigue", "other"]),
)
reps = st.integers(0, 10)
measured = st.none() | st.builds(
    lambda judged, share, drift, spread: figures(
        reps_judged=judged, reps_in_band=round(judged * share), drift_deg=drift, spread_deg=spread
    ),
    reps,
    st.floats(0, 1),
    st.none() | st.floats(-20, 30),
    st.none() | st.floats(0, 40),
)
diary = st.lists(
    st.tuples(st.integers(0, 40), measured, st.none() | said), max_size=6, unique_by=lambda row: row[0]
).map(lambda rows: [recorded_set(*row) for row in rows])
usual = st.integers(0, 10)


def rank(suggestion: Suggestion) -> int:
    return TOWARD_PROGRESS.index(suggestion.verdict)


@settings(max_examples=150, deadline=None)
@given(records=diary, pain=usual, data=st.data())
def test_more_pain_never_moves_toward_progress(records: list[Recorded], pain: int, data: st.DataObject) -> None:
    with_pain = [k for k, record in enumerate(records) if record.check_in is not None]
    if not with_pain:
        return
    k = data.draw(st.sampled_from(with_pain))
    before = records[k].check_in
    assert before is not None
    name = data.draw(st.sampled_from(["pain_before", "pain_worst", "pain_after", "pain_next_morning"]))
    value = getattr(before, name)
    if value is None:
        return
    more = before.model_copy(update={name: data.draw(st.integers(value, 10))})
    hurts = [*records[:k], replace(records[k], check_in=more), *records[k + 1 :]]
    assert rank(suggestion_for(hurts, baseline_pain=pain)) <= rank(suggestion_for(records, baseline_pain=pain))


@settings(max_examples=100, deadline=None)
@given(records=diary, pain=usual, data=st.data())
def test_a_better_set_never_moves_away_from_progress(records: list[Recorded], pain: int, data: st.DataObject) -> None:
    filmed = [k for k, record in enumerate(records) if record.figures is not None]
    if not filmed:
        return
    k = data.draw(st.sampled_from(filmed))
    f = records[k].figures
    assert f is not None
    better = f.model_copy(
        update={
            "reps_in_band": data.draw(st.integers(f.reps_in_band, f.reps_judged)),
            "drift_deg": None if f.drift_deg is None else f.drift_deg - data.draw(st.floats(0, 20)),
            "spread_deg": None if f.spread_deg is None else f.spread_deg * data.draw(st.floats(0, 1)),
        }
    )
    improved = [*records[:k], replace(records[k], figures=better), *records[k + 1 :]]
    assert rank(suggestion_for(improved, baseline_pain=pain)) >= rank(suggestion_for(records, baseline_pain=pain))


@settings(max_examples=60, deadline=None)
@given(records=diary, pain=st.none() | usual, seed=st.integers(0, 9))
def test_order_of_the_records_says_nothing(records: list[Recorded], pain: int | None, seed: int) -> None:
    shuffled = list(records)
    random.Random(seed).shuffle(shuffled)
    assert suggestion_for(shuffled, baseline_pain=pain) == suggestion_for(records, baseline_pain=pain)


@settings(max_examples=60, deadline=None)
@given(records=diary, pain=usual)
def test_progress_needs_everything_known_and_met(records: list[Recorded], pain: int) -> None:
    suggestion = suggestion_for(records, baseline_pain=pain)
    assert (suggestion.verdict == "progress") == ({r.says for r in suggestion.reasons} <= {"met", "info"})
    assert len({reason.code for reason in suggestion.reasons}) == len(suggestion.reasons)
