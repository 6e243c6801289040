"""Every clip with truth through the product, and the resulting figures.

    python -m validation.run                  # writes validation/RESULTS.md and validation/figures/
    python -m validation.run --sweep          # also bundles, inference rates and picture sizes (slow the first time)
    python -m validation.run --clips FOLDER --out OTHER.md

What has been captured once is kept in validation/cache/tracks, so that a change after capture is scored in seconds.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hinge_check.cli.native_output import native_noise_hidden
from hinge_check.measure.lumbar import load_model
from hinge_check.options import CaptureOptions
from validation import accuracy, conduct, degradation, plots, real_people
from validation.clipset import Clip, find_clips, options
from validation.groups import is_side_view
from validation.markdown import number, percent, table
from validation.scores import ClipScore, RepScore, score_clip
from validation.track_cache import Setting, track_of

OUT = Path(__file__).with_name("RESULTS.md")

SWEEP: tuple[Setting, ...] = (
    Setting(),
    Setting(model="heavy"),
    Setting(rate_hz=15.0),
    Setting(rate_hz=10.0),
    Setting(long_edge=480),
    Setting(long_edge=640),
)


def score_clips(clips: Sequence[Clip], setting: Setting, *, stale: bool = False) -> list[ClipScore]:
    """Capture (or read back), measure, assess and compare every clip."""
    return [score_clip(clip, track_of(clip.video, setting, stale=stale)) for clip in clips]


def reps_of(clips: Sequence[ClipScore]) -> list[RepScore]:
    """List every true repetition of these clips."""
    return [rep for c in clips for rep in c.reps]


def sweep(clips: Sequence[Clip], *, stale: bool = False) -> list[str]:
    """Compare the same few clips by bundle, rate and size."""
    chosen = [clip for clip in clips if clip.name in options()["sweep"]["clips"]]
    rows = []
    for setting in SWEEP:
        done = score_clips(chosen, setting, stale=stale)
        reps = reps_of(done)
        exact = sum(c.counted == len(c.clip.truth.reps) for c in done)
        errors = [number(accuracy.mae(accuracy.errors(reps, angle))) for angle in ("lumbar", "hip", "knee", "trunk")]
        rows.append((setting.label, percent(accuracy.lumbar_coverage(reps)), *errors, f"{exact} of {len(done)}"))
    lines = [f"On {len(chosen)} clips, {sum(len(clip.truth.reps) for clip in chosen)} reps; mean absolute errors, °."]
    lines += ["(A rate above a clip's own changes nothing; nor does a size above its own.)", ""]
    head = ("bundle, rate, long edge", "coverage", "lumbar", "hip", "knee", "trunk", "counts exact")
    return lines + table(head, rows)


def _introduction(clips: Sequence[Clip], model: str, reps: int, *, stale: bool) -> list[str]:
    """Return title, data and terms."""
    estimator = load_model()
    return [
        "# Accuracy",
        "",
        "Written by `python -m validation.run`; every figure comes from that command. Degrees unless said otherwise.",
        *(["", "**Not for publishing: some tracks were captured by earlier code (`--stale`).**"] if stale else []),
        "",
        f"{len(clips)} rendered clips, {reps} repetitions, through capture, measure and assess as a user's video "
        f"goes. Bundle {model}; estimator {estimator.name} ({estimator.sha256[:12]}). A value is what the report "
        "states of a repetition's bottom; the truth is the median over the true bottom, as change from the true stand "
        "(knee: absolute). Agreement statistics: poseaudit 0.7, the repetitions of one clip resampled together; limits "
        "are for repeated readings. *Usual* is what checkers without a back see: shoulder-hip-knee as hip flexion, the "
        "hip-shoulder line as a straight back. *Crude edge* is a cubic through the back edge, end tangent against end "
        "tangent.",
        "",
        "The estimator is fitted on outlines of other bodies alone (`validation/calibrate.py`). How those outlines are "
        "degraded was measured on the clips of the set `shared` (last section), so the set `own` is the stricter test.",
        "",
    ]


def report(
    clips: Sequence[Clip], model: str, *, with_sweep: bool, with_real: bool, figures: Path | None, stale: bool = False
) -> str:
    """Return the whole text of RESULTS.md."""
    done = score_clips(clips, Setting(model=model), stale=stale)
    reps = reps_of(done)
    judged = [rep for c in done if not c.refused for rep in c.reps]
    people = real_people.measure_catalogue(stale=stale) if with_real else []
    real = real_people.figures(people) if people else None
    observed = [degradation.observe(c.clip, c.analysis.track) for c in done if abs(c.clip.truth.yaw_deg) <= 60]
    lines = [
        *_introduction(clips, model, len(reps), stale=stale),
        "## What was asked, and what came out",
        "",
        *accuracy.targets(reps, real),
        "## Angle by angle",
        "",
        "At the bottom, all clips that were judged; last column: mean absolute error over all frames of the reps.",
        "",
        *accuracy.angles(judged, done),
        "![Bland-Altman](figures/bland_altman.png)",
        "![Reading against truth](figures/scatter.png)",
        "![Error over the repetition](figures/cycles.png)",
        "",
        "## Where it holds and where not",
        "",
        *accuracy.groups(reps),
        "## Rounded or not",
        "",
        *accuracy.rounding(reps),
        "## Abstaining",
        "",
        "Side views and oblique ones alike, refused clips counting as not given.",
        "",
        *accuracy.abstention(reps),
        "![Error against coverage](figures/coverage.png)",
        "",
        "## Faults",
        "",
        "Deserved: what the clip's true angles get from the same rules.",
        "",
        *conduct.faults(done),
        "## Counts, times, view, repeatability",
        "",
        *conduct.counts_and_times(done, [rep for rep in reps if is_side_view(rep)]),
    ]
    if with_sweep:
        lines += ["## Bundle, rate and size", "", *sweep(clips, stale=stale)]
    lines += ["## Real people", "", *real_people.section(people), ""] if with_real else []
    lines += ["## Every clip", "", "Largest lumbar error first; repetitions apart by strokes.", ""]
    lines += conduct.every_clip(done)
    lines += ["## Figures that the product's constants quote", "", *conduct.constants(done)]
    lines += ["## How MediaPipe sees a known body", "", *degradation.table(observed), ""]
    if figures is not None:
        plots.draw(done, judged, figures)
    return "\n".join(lines).rstrip("\n") + "\n"


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=CaptureOptions().model, help="pose bundle: lite, full or heavy")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--clips", type=Path, nargs="+", metavar="FOLDER", help="only clips with truth in these")
    parser.add_argument("--sweep", action="store_true", help="compare bundles, rates and sizes too")
    parser.add_argument("--stale", action="store_true", help="take tracks that earlier capture code made, too")
    parser.add_argument("--no-real", action="store_true", help="leave out the clips of real people")
    chosen = parser.parse_args()
    clips = find_clips(chosen.clips)
    if not clips:
        parser.error("no clip with truth was found; render some: see validation/README.md")
    figures = plots.FOLDER if chosen.out.resolve() == OUT.resolve() else chosen.out.parent / "figures"
    np.seterr(all="ignore")
    with native_noise_hidden():
        text = report(
            clips,
            chosen.model,
            with_sweep=chosen.sweep,
            with_real=not chosen.no_real,
            figures=figures,
            stale=chosen.stale,
        )
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    part = chosen.out.with_suffix(".part")
    part.write_text(text)
    part.replace(chosen.out)
    print(f"{len(clips)} clips: {chosen.out}")


if __name__ == "__main__":
    main()
