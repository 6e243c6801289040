"""The process that scores tracks again, one after the other, until its standard input ends.

Like `api.worker.analysis_process`, it knows neither database nor store nor secret. It is kept because starting takes a
hundred times as long as scoring: two hundred recordings by changed limits are a matter of seconds. Curves and charts
are separate jobs: writing them takes ten times as long as scoring.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic import ValidationError

from api.worker.analysis_process import (
    ChildJob,
    ChildOutcome,
    apply_limits,
    outcome_of,
    protocol_stdout,
    write_angles_json,
)


class RescoringJob(ChildJob):
    """A track to score, or the curves and the chart of one already scored."""

    only_curves: bool = False


def main() -> None:
    """Entry point of `python -m api.worker.rescoring_process`."""
    limited = False
    with protocol_stdout() as out:
        for line in sys.stdin:
            try:
                job = RescoringJob.model_validate_json(line)
            except ValidationError:
                out.write(ChildOutcome(outcome="broken", reason="not a job").model_dump_json() + "\n")
                continue
            if not limited:
                apply_limits(job)
                limited = True
            out.write(outcome_of(lambda job=job: rescore(job)).model_dump_json() + "\n")  # type: ignore[misc]
            out.flush()


def rescore(job: RescoringJob) -> ChildOutcome:
    """Score a track and write what follows from the score to `job.out`; the track itself stays where it was.

    Raises
    ------
    HingeError, UsageError, OSError
        As `hinge_check.reassess`, and as writing files does.
    """
    from hinge_check.analysis import reassess
    from hinge_check.assess.protocol import protocol_from_text
    from hinge_check.capture.track import PoseTrack
    from hinge_check.present.export import write_angles_csv, write_chapters_vtt, write_reps_csv
    from hinge_check.results import ANGLES, CHAPTERS, CHART, REPORT, REPS, report_json

    assert job.track is not None
    analysis = reassess(PoseTrack.load(job.track), protocol_from_text(job.protocol), side=job.side)
    report, out = analysis.report, job.out
    seconds = analysis.track.info.duration_s
    out.mkdir()
    if job.only_curves:
        from hinge_check.present.charts import draw_chart

        if report.refusal is None:
            write_angles_csv(analysis, out / ANGLES)
            write_angles_json(analysis, out)
            draw_chart(analysis, out / CHART)
        return ChildOutcome(outcome="done", video_s=seconds)
    if report.refusal is None:
        write_reps_csv(report, out / REPS)
        write_chapters_vtt(report, out / CHAPTERS)
    _write(out / REPORT, report_json(report))
    if report.refusal is not None:
        return ChildOutcome(outcome="refused", reason=report.refusal.code.value, video_s=seconds)
    return ChildOutcome(outcome="done", video_s=seconds)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
