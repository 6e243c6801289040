"""The person's own lumbar range: shares of it, the recording that measures it, the file that stores it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from matplotlib.axes import Axes

from hinge_check.analysis import Analysis
from hinge_check.assess.assess import assess
from hinge_check.assess.calibration import LEAST_TRUNK_DEG, person_file, range_test
from hinge_check.assess.lumbar_range import POPULATION_MAX_DEG, ratio_se, share_of
from hinge_check.assess.protocol import Protocol, check_protocol, load_protocol
from hinge_check.assess.report import Calibration, HingeReport, RepReport, Summary
from hinge_check.errors import Code, UsageError
from hinge_check.measure.types import Measurement
from hinge_check.present.charts import draw_chart
from tests.assess.hinges import hinges, track_for, values
from tests.assess.test_cues import ALARMING

PLAIN = load_protocol()
BEND = {"hip": 65.0, "lumbar": 49.0, "trunk": 95.0, "knee": 8.0}
"""A maximal forward bend."""


def client_file(tmp_path: Path, text: str, name: str = "client.toml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def with_range(most: float = 49.0, se: float | None = 4.0) -> Protocol:
    return replace(PLAIN, lumbar_max_deg=most, lumbar_max_se_deg=se)


def report_of(m: Measurement, protocol: Protocol = PLAIN, *, calibrate: bool = False) -> HingeReport:
    return assess(track_for(m), m, protocol, calibrate=calibrate)


def set_and_reps(report: HingeReport) -> list[Summary | RepReport]:
    return [report.summary, *report.reps]


def calibrate(*bends: dict[str, float], se: float = 4.0) -> HingeReport:
    return report_of(hinges([{**BEND, **bend} for bend in bends], tempo=(3.0, 0.6, 3.0), se=se), calibrate=True)


# shares


def test_share_of_the_persons_own_range() -> None:
    report = report_of(hinges([{"lumbar": 22.0}] * 3), with_range())
    s = report.summary
    assert s.lumbar_range_source == "person"
    assert (s.lumbar_range_deg, s.lumbar_range_se_deg, s.lumbar_range_band_deg) == (49.0, 4.0, None)
    # errors of 4 in 22 and of 4 in 49: 4/49 and 22 * 4/49**2
    for one in set_and_reps(report):
        assert one.lumbar_share_of_range == 0.45
        assert one.lumbar_share_of_range_se == pytest.approx(np.hypot(4 / 49, 22 * 4 / 49**2), abs=0.005)
        assert one.lumbar_share_band is None
    told = " ".join(report.cues.clinician)
    assert "lumbar 22° ± 4°, 45 % of this person's own 49°" in told
    assert "range 49° ± 4°" in told


def test_without_a_personal_range_the_population_s_band_is_used() -> None:
    report = report_of(hinges([{"lumbar": 22.0}] * 3))
    s = report.summary
    assert s.lumbar_range_source == "population"
    assert (s.lumbar_range_deg, s.lumbar_range_se_deg) == (None, None)
    assert s.lumbar_range_band_deg == POPULATION_MAX_DEG == (40.0, 72.0)
    for one in set_and_reps(report):
        assert one.lumbar_share_of_range is None
        assert one.lumbar_share_band == (0.31, 0.55)
    told = " ".join(report.cues.clinician)
    assert "30 to 55 % of a usual range" in told
    assert "Troke 2001" in told
    assert "--calibrate" in told


@pytest.mark.parametrize("protocol", [PLAIN, with_range()], ids=["population", "person"])
def test_an_unmeasured_value_has_no_share(protocol: Protocol) -> None:
    report = report_of(hinges(lumbar_known=False), protocol)
    for one in set_and_reps(report):
        assert (one.lumbar_share_of_range, one.lumbar_share_of_range_se, one.lumbar_share_band) == (None, None, None)
    assert report.summary.lumbar_range_source is not None
    assert " of this person's own" not in " ".join(report.cues.clinician)
    assert "usual" not in " ".join(report.cues.clinician)


def test_an_arched_back_has_a_negative_share_but_no_text_about_it() -> None:
    m = hinges([{"lumbar": -8.0}] * 3)
    band = report_of(m).summary.lumbar_share_band
    assert band == (-0.2, -0.11)
    report = report_of(m, with_range())
    assert report.summary.lumbar_share_of_range == pytest.approx(-8 / 49, abs=0.006)
    assert "% of this person's own" not in report.cues.clinician[0]


def test_a_range_without_an_error_counts_as_exact_and_an_unknown_error_stays_unknown() -> None:
    assert share_of(20.0, 4.0, with_range(40.0, None))["lumbar_share_of_range_se"] == 0.1
    assert share_of(20.0, float("nan"), with_range(40.0))["lumbar_share_of_range_se"] is None


@given(st.floats(5, 60), st.floats(0.5, 6), st.floats(30, 80), st.floats(0.5, 4))
def test_error_of_the_share_matches_a_simulation(part: float, part_se: float, whole: float, whole_se: float) -> None:
    rng = np.random.default_rng(1)
    drawn = (part + part_se * rng.standard_normal(4000)) / (whole + whole_se * rng.standard_normal(4000))
    # 4000 draws give a spread to within 1.1 %; the second order, left out, is under (4/30)**2
    assert ratio_se(part, part_se, whole, whole_se) == pytest.approx(drawn.std(), rel=0.08)


# the recording


def test_a_calibration_gives_the_largest_bend_and_judges_nothing() -> None:
    report = calibrate({"lumbar": 44.0}, {"lumbar": 49.0, "hip": 60.0}, {"lumbar": 47.0}, se=4.0)
    assert report.calibration == Calibration(lumbar_max_deg=49.0, lumbar_max_se_deg=4.0, hip_max_deg=65.0, reps=3)
    assert (report.status, report.judged_as) == ("analysed", "range")
    assert report.faults == []
    assert report.summary.score is None
    assert report.summary.subscores == {}
    assert all(rep.faults == [] and rep.score is None for rep in report.reps)
    assert report.summary.lumbar_flexion_deg == 47.0
    # as a lift the same bends are full of faults
    as_lift = report_of(hinges([{**BEND}] * 3, tempo=(3.0, 0.6, 3.0)))
    assert as_lift.faults
    assert as_lift.judged_as == "hinge"
    assert as_lift.calibration is None


def test_texts_about_a_range_are_calm_and_state_its_error() -> None:
    cues = calibrate({}, {}).cues
    assert cues.client[0] == (
        "This is as far as you bent today: about 49° from your lower back and 65° from your hips."
    )
    assert "six tries" in cues.client[1]
    assert cues.ear == []
    told = " ".join(cues.clinician)
    for words in ("49° ± 4°", "Frey 2020", "85 %", "Troke 2001", "42%", "2 bends"):
        assert words in told
    assert "No total score" not in told  # nothing is missing: no score was requested
    six = calibrate(*[{}] * 6).cues.client[1]
    assert "share of your own range" in six
    assert not any(ALARMING.search(text) for text in (*cues.client, six))


@pytest.mark.parametrize(
    ("lumbar", "se", "remark"),
    [(25.0, 4.0, "was the back let round"), (35.0, 4.0, None), (50.0, 4.0, None), (66.0, 4.0, "read too small")],
)
def test_a_range_far_from_the_norms_is_remarked_on(lumbar: float, se: float, remark: str | None) -> None:
    told = " ".join(calibrate({"lumbar": lumbar}, se=se).cues.clinician)
    for one in ("was the back let round", "read too small"):
        assert (one in told) == (one == remark)


@pytest.mark.parametrize(
    ("m", "said", "advice"),
    [
        (hinges([{**BEND, "trunk": 38.0}]), "38° forward", "as far as is comfortable"),
        (hinges([BEND], lumbar_known=False), "could not be read", "fitted top"),
        (hinges([BEND], stands=False), "tall and still", "two seconds"),
        (hinges([{**BEND, "lumbar": 9.0}]), "read 9°", "letting your back round"),
    ],
    ids=["shallow", "lumbar unknown", "no stand", "hardly bent"],
)
def test_a_range_that_cannot_be_measured_is_refused(m: Measurement, said: str, advice: str) -> None:
    report = report_of(m, calibrate=True)
    assert (report.status, report.judged_as, report.calibration) == ("analysed", "range", None)
    why = [note for note in report.findings if note.code == Code.LUMBAR_NOT_MEASURABLE]
    assert len(why) == 1
    assert said in why[0].message
    assert advice in why[0].advice
    assert report.cues.client[-1] == why[0].advice
    assert said in report.cues.client[0]
    assert not any(ALARMING.search(text) for text in report.cues.client)
    assert report.reps
    assert report.faults == []


def test_only_bends_that_go_far_enough_count() -> None:
    report = calibrate({"lumbar": 60.0, "trunk": LEAST_TRUNK_DEG - 5}, {"lumbar": 45.0})
    assert report.calibration is not None
    assert (report.calibration.lumbar_max_deg, report.calibration.reps) == (45.0, 1)


def test_a_bend_without_a_stated_error_gets_the_error_of_the_literature() -> None:
    test = range_test(values(hinges([BEND]), lumbar_se=float("nan")), stands=True)
    assert test.calibration is not None
    assert test.calibration.lumbar_max_se_deg == 7.0


def test_no_bend_at_all_is_refused_with_advice_about_bending() -> None:
    report = report_of(hinges([]), calibrate=True)
    assert report.refusal is not None
    assert report.refusal.code == Code.NO_HINGE
    assert "bend" in report.refusal.message
    assert "hips back" not in report.refusal.advice
    assert report.calibration is None
    assert report.judged_as == "range"


# the file

CALIBRATION = Calibration(lumbar_max_deg=49.3, lumbar_max_se_deg=4.2, hip_max_deg=70.1, reps=3)


def file_for(protocol: Protocol, tmp_path: Path) -> Path:
    text = person_file(protocol, CALIBRATION, track_for(hinges()).info)
    return client_file(tmp_path, text, "person.toml")


def test_the_file_is_the_used_protocol_plus_the_range(tmp_path: Path) -> None:
    path = file_for(load_protocol("rdl"), tmp_path)
    assert check_protocol(path) == []
    loaded, rdl = load_protocol(path), load_protocol("rdl")
    assert (loaded.name, loaded.lumbar_max_deg, loaded.lumbar_max_se_deg) == ("rdl", 49.3, 4.2)
    assert loaded.overrides == {"person.lumbar_max_deg": 49.3, "person.lumbar_max_se_deg": 4.2}
    assert loaded.limits["lumbar_flexion"].value == pytest.approx(0.42 * 49.3, abs=0.05)
    assert {k: v for k, v in loaded.limits.items() if k != "lumbar_flexion"} == {
        k: v for k, v in rdl.limits.items() if k != "lumbar_flexion"
    }
    text = path.read_text(encoding="utf-8")
    assert "Frey 2020" in text
    assert "the largest of\n# 3" in text


def test_a_client_s_own_file_is_carried_over_without_its_name(tmp_path: Path) -> None:
    own = client_file(
        tmp_path,
        '# for Jane\nextends = "deadlift"\nname = "jane"\ntitle = "Jane\'s \\"lift\\""\n'
        'instructions = ["One.", "Two."]\n'
        "[person]\nlumbar_max_deg = 60.0\n[limits.lumbar_flexion]\nvalue = 12.0\n[reps]\nstart = 'either'\n",
    )
    path = file_for(load_protocol(own), tmp_path)
    loaded = load_protocol(path)
    assert loaded.name == "deadlift"
    assert "jane" not in path.read_text(encoding="utf-8").lower()
    assert loaded.lumbar_max_deg == 49.3  # the new range, not the old
    assert loaded.limits["lumbar_flexion"].value == 12.0  # the clinician's limit stays
    assert loaded.instructions == ("One.", "Two.")
    assert loaded.reps.start == "either"
    # and once more: a file made from such a file is the same
    again = client_file(tmp_path, person_file(loaded, CALIBRATION, track_for(hinges()).info), "again.toml")
    assert load_protocol(again).sha256 == loaded.sha256


def test_a_complete_file_that_extends_nothing_is_carried_over_whole(tmp_path: Path) -> None:
    whole = client_file(tmp_path, load_protocol("bow").text)
    loaded = load_protocol(file_for(load_protocol(whole), tmp_path))
    assert loaded.name == "bow"
    assert loaded.lumbar_max_deg == 49.3


def test_an_error_without_its_range_and_an_implausible_one_are_refused(tmp_path: Path) -> None:
    alone = client_file(tmp_path, 'extends = "rdl"\n[person]\nlumbar_max_se_deg = 4.0\n')
    with pytest.raises(UsageError, match=r"^line 3: .*lumbar_max_deg, which is missing"):
        load_protocol(alone)
    wide = client_file(tmp_path, 'extends = "rdl"\n[person]\nlumbar_max_deg = 50.0\nlumbar_max_se_deg = 90.0\n')
    with pytest.raises(UsageError, match=r"^line 4: .*outside 0 to 40 deg"):
        load_protocol(wide)


def test_from_the_bend_to_the_share_of_the_next_lift(tmp_path: Path) -> None:
    bend = calibrate({}, {})
    assert bend.calibration is not None
    text = person_file(PLAIN, bend.calibration, track_for(hinges()).info)
    lift = report_of(hinges([{"lumbar": 22.0}] * 3), load_protocol(client_file(tmp_path, text)))
    assert lift.summary.lumbar_range_source == "person"
    assert lift.summary.lumbar_share_of_range == pytest.approx(22 / 49, abs=0.006)
    assert lift.protocol.limits["lumbar_flexion"] == pytest.approx(0.42 * 49, abs=0.06)


def test_the_chart_of_a_range_test_draws_the_range_and_no_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    draw = Axes.text

    def text(self: Axes, x: float, y: float, words: str, *rest: Any, **options: Any) -> Any:
        said.append(words)
        return draw(self, x, y, words, *rest, **options)

    monkeypatch.setattr(Axes, "text", text)
    m = hinges([BEND])
    draw_chart(Analysis(track_for(m), m, report_of(m, calibrate=True)), tmp_path / "chart.png")
    assert any("own full range 49°" in one for one in said)
    assert not any(re.search("limit", one) for one in said)
    said.clear()
    draw_chart(Analysis(track_for(m), m, report_of(m)), tmp_path / "chart.png")
    assert any("limit 20°" in one for one in said)
    assert not any("own full range" in one for one in said)
