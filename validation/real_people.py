"""Real people: the product's readings of clips whose rounding was judged by eye, as figures only.

The clips belong to others. Nothing of them enters the project: no frame, no track, no curve; what has been captured
is kept in the system's folder for temporary files, outside the project, and may be deleted at any time.
"""

from __future__ import annotations

import csv
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hinge_check.analysis import Analysis, reassess
from hinge_check.arrays import FloatArray
from hinge_check.assess.protocol import load_protocol
from hinge_check.assess.rep_values import rep_values
from hinge_check.assess.windows import bottom_window, median_known, medians
from hinge_check.cli.native_output import native_noise_hidden
from hinge_check.errors import Refused
from validation.agreement import auc
from validation.baseline import baseline
from validation.clipset import SHARED
from validation.track_cache import Setting, track_of

FOLDER = SHARED / "real"
TRACKS = Path(tempfile.gettempdir()) / "hinge-check-validation"

HINGES = ("deadlift", "rdl", "hinge")
"""Words in the catalogue's `exercise` that name a hinge."""

COPIES = ("der_",)
"""Names of clips derived from another one of the folder begin so; they would count twice."""

UNREADABLE = ("truncated", "not_a_video", "unreadable")

SCORES = ("lumbar", "crude", "curvature", "bend")
"""Product; crude edge measure, against standing and absolute; shoulder-hip-knee."""


@dataclass(frozen=True, slots=True)
class Person:
    """A real clip: its row of the catalogue and what the product found."""

    file: str
    side_view: bool
    hinge: bool
    squat: bool
    watched: int | None
    """Repetitions counted by eye; None where the watcher was unsure."""
    rounding: str
    counted: int
    refusal: str
    abstains: bool
    reps: dict[str, FloatArray]
    """`SCORES` -> value at the bottom of every repetition, degrees."""

    def middle(self, score: str) -> float:
        """Return the median over the repetitions; NaN without any."""
        return float(median_known(self.reps[score]))


def measure_catalogue(folder: Path = FOLDER, *, stale: bool = False) -> list[Person]:
    """Analyse every readable clip of the catalogue; empty where the folder is absent."""
    catalogue = folder / "catalog.csv"
    if not catalogue.is_file():
        return []
    with catalogue.open(newline="") as lines:
        return [_person(folder, row, stale) for row in csv.DictReader(lines) if not row["file"].startswith(COPIES)]


def _person(folder: Path, row: dict[str, str], stale: bool) -> Person:
    watched = row["reps_watched"].split()[0].lstrip("~")
    unsure = "~" in row["reps_watched"] or not watched.isdigit()
    reps: dict[str, FloatArray] = {score: np.zeros(0) for score in SCORES}
    try:
        track = track_of(folder / row["file"], Setting(), TRACKS, stale=stale)
    except Refused as refusal:
        analysis, refused = None, str(refusal.code)
    else:
        analysis = reassess(track, load_protocol())
        refused = "" if analysis.report.refusal is None else str(analysis.report.refusal.code)
        reps = _bottoms(analysis)
    return Person(
        file=row["file"],
        side_view=row["view"].startswith("side"),
        hinge=any(word in row["exercise"].lower() for word in HINGES),
        squat="squat" in row["exercise"].lower() and "deadlift" not in row["exercise"].lower(),
        watched=None if unsure else int(watched),
        rounding=row["lumbar_rounding"],
        counted=0 if analysis is None or refused else analysis.report.summary.reps,
        refusal=refused,
        abstains=analysis is None or bool(refused) or bool(analysis.measurement.angles.lumbar_abstains),
        reps=reps,
    )


def _bottoms(analysis: Analysis) -> dict[str, FloatArray]:
    m = analysis.measurement
    if analysis.report.status == "refused" or not m.reps:
        return {score: np.zeros(0) for score in SCORES}
    values, other = rep_values(m), baseline(analysis.track, m)
    real_s = m.angles.time_s * m.speed

    def at_bottom(series: FloatArray) -> FloatArray:
        return np.array([medians(series[None, bottom_window(rep, real_s)])[0] for rep in m.reps])

    return {
        "lumbar": values.lumbar,
        "crude": at_bottom(other.crude),
        "curvature": at_bottom(other.curvature),
        "bend": values.bend,
    }


def figures(people: list[Person]) -> dict[str, Any]:
    """Return AUCs over labelled clips, the order of the one person filmed both ways, counts and abstentions."""
    labelled = [p for p in people if p.side_view and p.hinge and p.rounding in ("none", "some", "marked")]
    label = np.array([p.rounding for p in labelled])
    clear = label != "some"
    out: dict[str, Any] = {"n": {kind: int((label == kind).sum()) for kind in ("none", "some", "marked")}}
    for score in SCORES:
        values = np.array([p.middle(score) for p in labelled])
        out[score] = {
            "marked": auc(values[clear], label[clear] == "marked"),
            "any": auc(values, label != "none"),
            "known": int(np.isfinite(values).sum()),
        }
    out["ordered"] = {}
    by_name = {p.file: p for p in people}
    correct, rounded = by_name.get("kb_dl_c_side.mp4"), by_name.get("kb_dl_r_side.mp4")
    if correct is not None and rounded is not None:
        for score in SCORES:
            low, high = correct.reps[score], rounded.reps[score]
            low, high = low[np.isfinite(low)], high[np.isfinite(high)]
            pairs = len(low) * len(high)
            out["ordered"][score] = (
                float((high[:, None] > low[None]).mean()) if pairs else float("nan"),
                float(high.min() - low.max()) if pairs else float("nan"),
                len(low),
                len(high),
            )
    counts = [p for p in people if p.side_view and p.hinge and p.watched is not None]
    off = np.array([abs(p.counted - (p.watched or 0)) for p in counts])
    out["counts"] = {"n": len(counts), "exact": int((off == 0).sum()), "one": int((off == 1).sum())}
    still = [p for p in people if p.watched == 0 and not p.squat and p.refusal not in UNREADABLE]
    out["no_hinge"] = {"n": len(still), "none": sum(p.counted == 0 for p in still)}
    return out


def section(people: list[Person]) -> list[str]:
    """Return the section as lines of markdown."""
    if not people:
        return ["The clips of real people are not at hand here (`../shared/clips/real`); this section was left out."]
    f = figures(people)
    n, counts = f["n"], f["counts"]
    names = {
        "lumbar": "product: lumbar flexion, median over the reps",
        "curvature": "crude edge measure, absolute",
        "crude": "crude edge measure, change from standing",
        "bend": "usual checker: shoulder-hip-knee",
    }
    lines = [
        f"Side views of hinges with rounding judged by eye: {n['none']} none, {n['some']} some, {n['marked']} marked. "
        f"With {n['marked']} marked clip(s) the first column says little; clips without a number are left out of it "
        "and counted in the last.",
        "",
        "| score, a clip | AUC marked against none | AUC marked or some against none | clips with a number |",
        "| --- | --- | --- | --- |",
    ]
    total = sum(n.values())
    for score in ("lumbar", "curvature", "crude", "bend"):
        row = f[score]
        lines.append(f"| {names[score]} | {row['marked']:.2f} | {row['any']:.2f} | {row['known']} of {total} |")
    lines += ["", "One person, correct and rounded in the same view:", ""]
    lines += ["| score | pairs of reps in order | least rounded minus greatest correct |", "| --- | --- | --- |"]
    for score, (share, gap, low, high) in f["ordered"].items():
        lines.append(f"| {names[score]} | {share:.0%} of {low} x {high} | {gap:+.0f}° |")
    lines += [
        "",
        f"Repetitions: exact on {counts['exact']} of {counts['n']} side views with a sure count, off by one on "
        f"{counts['one']}. Clips without a hinge: {f['no_hinge']['none']} of {f['no_hinge']['n']} counted none.",
    ]
    return lines


def main() -> None:
    """Print the results, one clip a line, and the section."""
    with native_noise_hidden():
        people = measure_catalogue()
    for p in people:
        middles = " ".join(f"{score} {p.middle(score):.0f}" for score in SCORES)
        verdict = p.refusal or ("abstains" if p.abstains else "")
        print(f"{p.file:24s} {p.rounding:10s} {p.counted}/{p.watched} {verdict} {middles}")
    print("\n".join(section(people)))


if __name__ == "__main__":
    main()
