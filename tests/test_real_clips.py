"""Real recordings of real people, which stay outside the project: repetition counts, and plausible values.

Without the folder ../shared every test here is skipped. A few clips are looked at each time; HINGE_FULL_REAL=1 looks at
all of them (several minutes).
"""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from hinge_check.analysis import analyze
from hinge_check.assess.protocol import load_protocol
from hinge_check.assess.report import HingeReport
from hinge_check.errors import Code, Refused
from hinge_check.options import CaptureOptions
from tests import samples

FOLDER = Path(__file__).parents[2] / "shared" / "clips" / "real"
FULL = os.environ.get("HINGE_FULL_REAL") == "1"

COUNTED = ("dowel_hinge", "dl_trapbar", "dl_white_bg", "dl_gym_good", "yt_dl_neutral")
"""Side views looked at each time."""

pytestmark = [
    pytest.mark.model,
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the real clips are not here: the folder ../shared is absent"),
]


@pytest.fixture(scope="module", autouse=True)
def _model() -> None:
    samples.full_model()


@dataclass(frozen=True, slots=True)
class Clip:
    """Facts about a clip from watching it."""

    file: str
    view: str
    exercise: str
    reps: int | None
    """None where they were hard to count."""

    @property
    def name(self) -> str:
        """Return the name without its suffix."""
        return Path(self.file).stem


@cache
def catalogue() -> dict[str, Clip]:
    """Return clips by name; empty without ../shared."""
    if not FOLDER.is_dir():
        return {}
    with (FOLDER / "catalog.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    clips = []
    for row in rows:
        counted = re.match(r"\d+", row["reps_watched"])
        clips.append(Clip(row["file"], row["view"], row["exercise"], int(counted[0]) if counted else None))
    return {clip.name: clip for clip in clips}


@cache
def report_of(name: str, trim_s: tuple[float | None, float | None] | None = None) -> HingeReport | Code:
    """Return the report of a clip, or why there is none; each is analysed once."""
    options = CaptureOptions(trim_s=trim_s)
    try:
        analysis = analyze(FOLDER / catalogue()[name].file, load_protocol("bodyweight_hinge"), options=options)
    except Refused as refused:
        return refused.code
    return analysis.report


def refusal_of(report: HingeReport | Code) -> Code | None:
    """Return why it was refused, before or after the pose model looked at it."""
    if isinstance(report, Code):
        return report
    return None if report.refusal is None else report.refusal.code


def sane(report: HingeReport) -> bool:
    """Return whether a body could have done what the report says."""
    return all(
        value is None or low <= value <= high
        for rep in report.reps
        for value, low, high in (
            (rep.hip_flexion_deg, -10, 150),
            (rep.knee_flexion_deg, -20, 160),
            (rep.trunk_inclination_deg, -20, 130),
            (rep.lumbar_flexion_deg, -40, 90),
        )
    )


@pytest.mark.parametrize("name", COUNTED)
def test_the_repetitions_of_a_side_view_are_counted(name: str) -> None:
    report = report_of(name)
    assert isinstance(report, HingeReport)
    assert report.status == "analysed", report.refusal
    assert report.summary.reps == catalogue()[name].reps
    assert sane(report)


def test_an_empty_picture_and_a_broken_upload_are_refused() -> None:
    assert refusal_of(report_of("nobody_rot_hevc")) is Code.NO_PERSON
    assert refusal_of(report_of("corrupt_trunc")) is Code.TRUNCATED


@pytest.mark.parametrize(("name", "trim_s"), [("curl_side", (0.0, 3.0)), ("walk_both_ways", (2.0, 4.5))])
def test_a_clip_without_a_hinge_is_refused(name: str, trim_s: tuple[float, float]) -> None:
    """A part of each: the whole of them is looked at with the rest."""
    assert refusal_of(report_of(name, trim_s)) is Code.NO_HINGE


# -- all of them

full = pytest.mark.skipif(not FULL, reason="takes minutes: set HINGE_FULL_REAL=1")


@full
def test_side_views_are_counted_exactly_nine_times_in_ten() -> None:
    counts = {}
    for clip in catalogue().values():
        if clip.view.startswith("side") and "-oblique" not in clip.view and clip.reps:
            report = report_of(clip.name)
            counts[clip.name] = (clip.reps, report.summary.reps if isinstance(report, HingeReport) else 0)
    wrong = {name: pair for name, pair in counts.items() if pair[0] != pair[1]}
    assert len(counts) >= 10
    assert len(wrong) <= 0.1 * len(counts), wrong
    assert all(abs(true - read) <= 1 for true, read in wrong.values()), wrong


@full
@pytest.mark.parametrize("name", sorted(catalogue()))
def test_no_clip_gives_implausible_values(name: str) -> None:
    report = report_of(name)
    if isinstance(report, Code):
        return
    clip = catalogue()[name]
    if report.status == "analysed":
        assert sane(report)
        assert report.reps
    if "squat" in clip.exercise and report.status == "analysed":
        assert all("squatting" in rep.faults for rep in report.reps)
    if clip.reps == 0 and "squat" not in clip.exercise:
        assert refusal_of(report) is not None


@full
def test_a_front_view_and_a_far_one_are_refused() -> None:
    assert refusal_of(report_of("dl_front_round")) is Code.NOT_SIDE_VIEW
    assert refusal_of(report_of("dl_far_small")) in (Code.PERSON_LOST, Code.PERSON_TOO_SMALL)
