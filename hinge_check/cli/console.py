"""Output of the command line: progress bars, a table of the result, the reason where there is none.

Digits follow the measurement's accuracy: whole degrees, hip share in steps of five per cent, tenths of a second.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress as RichProgress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from hinge_check.assess.lumbar_range import describe_share
from hinge_check.results import PERSON

if TYPE_CHECKING:
    from hinge_check.assess.report import HingeReport, RepReport, Summary
    from hinge_check.errors import Finding

NOT_MEASURABLE = "–"

_STAGES = {"analyse": "reading the video", "draw": "drawing the video"}
_NAME = 16
"""Characters of a file name that fit beside the numbers in a terminal of 80."""

_TEMPO = "share: of the bend, from the hips; tempo: seconds down/held/up; ±: 95 % interval"

_Z95 = 1.96
"""Standard errors in half a 95 % interval of a normal distribution."""


def degrees(value: float | None, se: float | None = None) -> str:
    """Format an angle in whole degrees with its 95 % interval: 41° ± 12°."""
    if value is None or not math.isfinite(value):
        return NOT_MEASURABLE
    text = f"{round(value)}°"
    return text if se is None or not math.isfinite(se) else f"{text} ± {round(_Z95 * se)}°"


def share(value: float | None) -> str:
    """Format a hip share in per cent, to the nearest five."""
    return NOT_MEASURABLE if value is None or not math.isfinite(value) else f"{5 * round(20 * value)} %"


def score(value: float | None, se: float | None = None) -> str:
    """Format a score of 100 with its 95 % interval."""
    if value is None or not math.isfinite(value):
        return NOT_MEASURABLE
    return f"{round(value)}" if se is None or not math.isfinite(se) else f"{round(value)} ± {round(_Z95 * se)}"


def tempo(rep: RepReport | Summary) -> str:
    """Format the seconds down, held, up: 1.2/0.3/0.9."""
    parts = (rep.descent_s, rep.bottom_hold_s, rep.ascent_s)
    if all(part is None for part in parts):
        return NOT_MEASURABLE
    return "/".join(NOT_MEASURABLE if part is None else f"{part:.1f}" for part in parts)


def rep_table(report: HingeReport) -> Table:
    """Return a table with one row per rep and one for the set."""
    table = _table("rep")
    for rep in report.reps:
        table.add_row(f"{rep.rep}{'*' if rep.partial else ''}", *_row(rep))
    table.add_section()
    table.add_row("set", *_row(report.summary), style="bold")
    legend = [_TEMPO]
    if of_range := range_line(report.summary):
        legend.append(of_range)
    if report.judged_as == "range":
        legend.append("a range test: nothing is judged, so there is no score")
    if any(rep.partial for rep in report.reps):
        legend.append("* cut by the start or the end of the video")
    table.caption = "\n".join(legend)
    return table


def range_line(summary: Summary) -> str:
    """Return which share of which range the set's lumbar flexion is; empty where not measured or without a range."""
    of_range, band, se = (
        describe_share(summary, summary),
        summary.lumbar_range_band_deg,
        summary.lumbar_share_of_range_se,
    )
    if not of_range:
        return ""
    if band is not None:
        return f"lumbar: {of_range} ({band[0]:.0f}° to {band[1]:.0f}° by age)"
    return f"lumbar: {of_range}" + ("" if se is None else f" (share ± {round(100 * _Z95 * se)} %)")


def set_table(rows: Sequence[tuple[str, HingeReport]]) -> Table:
    """Return a table with one row per video."""
    table = _table("video", "reps")
    for name, report in rows:
        # Shortened here: a narrow terminal would otherwise take the room from the numbers.
        short = name if len(name) <= _NAME else f"{name[: _NAME // 2 - 1]}…{name[-_NAME // 2 :]}"
        table.add_row(escape(short), str(report.summary.reps), *_row(report.summary))
    return table


def _table(*first: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", caption_justify="left", caption=_TEMPO)
    table.add_column(first[0], overflow="fold")
    for name in (*first[1:], "hips", "lumbar", "share", "knees", "tempo", "score"):
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _row(values: RepReport | Summary) -> tuple[str, ...]:
    return (
        degrees(values.hip_flexion_deg, values.hip_flexion_se_deg),
        degrees(values.lumbar_flexion_deg, values.lumbar_flexion_se_deg),
        share(values.hip_share),
        degrees(values.knee_flexion_deg),
        tempo(values),
        score(values.score, values.score_se),
    )


def show_cue(console: Console, name: str, report: HingeReport) -> None:
    """Print the top cue of one video among several."""
    if report.cues.ear:
        console.print(f"{escape(name)}: {escape(report.cues.ear[0])}", highlight=False, soft_wrap=True)


def show_result(console: Console, report: HingeReport, where: Path | None) -> None:
    """Print the complete result of one video."""
    console.print(rep_table(report))
    for cue in report.cues.client:
        console.print(f"[bold]›[/bold] {escape(cue)}", highlight=False)
    for note in report.findings:
        console.print(f"[dim]{escape(note.message)} {escape(note.advice)}[/dim]", highlight=False)
    if where is not None:
        show_place(console, where)
        if report.calibration is not None:
            person = escape(str(where / PERSON))
            console.print(f"This person's lifts from now on: --protocol {person}", highlight=False, soft_wrap=True)


def show_place(console: Console, where: Path) -> None:
    """Print where the results are."""
    console.print(f"Result: {escape(str(where))}", highlight=False, soft_wrap=True)


def show_problem(console: Console, problem: Finding, *, name: str | None = None) -> None:
    """Print why there is no result, and what to do."""
    before = "" if name is None else f"{escape(name)}: "
    console.print(f"{before}{escape(problem.message)} [dim]({problem.code})[/dim]", highlight=False, soft_wrap=True)
    console.print(escape(problem.advice), highlight=False, soft_wrap=True)


def show_failure(console: Console, failure: str, *, name: str | None = None) -> None:
    """Print an error other than a refusal."""
    before = "" if name is None else f"{name}: "
    console.print(escape(before + failure), highlight=False, soft_wrap=True)


class ProgressBars:
    """Progress bars on stderr, one for each video under way, with frames per second and the time left.

    Silent where stderr is not a terminal.
    """

    def __init__(self, console: Console) -> None:
        self._bars = RichProgress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, tuple[str, TaskID, float]] = {}

    def __enter__(self) -> ProgressBars:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def update(self, name: str, stage: str, done_s: float, total_s: float, frames: int) -> None:
        """Advance the bar of the video `name`; a new stage starts a new bar."""
        known, task, since = self._tasks.get(name, ("", TaskID(-1), 0.0))
        if known != stage:
            self.done(name)
            task = self._bars.add_task(f"{name}: {_STAGES.get(stage, stage)}", total=total_s or None, rate="")
            since = time.monotonic()
            self._tasks[name] = (stage, task, since)
        elapsed = time.monotonic() - since
        rate = f"{frames / elapsed:.0f} frames/s" if elapsed > 0.5 else ""
        self._bars.update(task, completed=done_s, total=total_s or None, rate=rate)

    def done(self, name: str) -> None:
        """Remove the bar of a video."""
        if name in self._tasks:
            self._bars.remove_task(self._tasks.pop(name)[1])
