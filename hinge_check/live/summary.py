"""The end of a session: the report, as of a recording, and a short summary."""

from __future__ import annotations

from dataclasses import replace
from math import isnan

from hinge_check.assess import phrases
from hinge_check.assess.assess import judge
from hinge_check.assess.report import HingeReport
from hinge_check.capture.track import TrackInfo
from hinge_check.errors import Code, finding
from hinge_check.live.rep_log import RepLog, no_rows
from hinge_check.live.updates import Phrase, SessionSummary
from hinge_check.measure.types import View

_TIMES = ("start_s", "bottom_s", "early_s", "top_s", "end_s")
_NO_VIEW = View(None, None, float("nan"), float("nan"), float("nan"), float("nan"), 0.0)


def report_of(rep_log: RepLog, info: TrackInfo, first_s: float) -> HingeReport:
    """Return the report of everything counted; times count from the session's first frame."""
    if rep_log.rows is None or rep_log.view is None:
        no_rep = finding(Code.NO_HINGE, "No repetition was seen in this session.")
        return judge(info, rep_log.view or _NO_VIEW, no_rows(), rep_log.protocol, refusal=no_rep)
    origin = 0.0 if isnan(first_s) else first_s
    rows = replace(rep_log.rows, **{name: getattr(rep_log.rows, name) - origin for name in _TIMES})
    return judge(info, rep_log.view, rows, rep_log.protocol, findings=rep_log.findings)


def summary_of(rep_log: RepLog, report: HingeReport, sets: int) -> SessionSummary:
    """Return the summary of a session, with the one thing to keep and the one to change."""
    praise = change = None
    if report.status == "analysed":
        text_to_keep = report.cues.client[0]
        code = next((name for name, text in phrases.KEEP.items() if text == text_to_keep), None)
        if code is not None:
            praise = Phrase(code, text_to_keep)
        if report.faults:
            change = Phrase(report.faults[0].code, phrases.CHANGE[report.faults[0].code])
    by_set = tuple(rep_log.count_in_set(set_number) for set_number in range(1, sets + 1))
    return SessionSummary(
        sets=sum(1 for count in by_set if count),
        reps=rep_log.total,
        reps_by_set=by_set,
        best=rep_log.best,
        worst=rep_log.worst if rep_log.best and rep_log.worst and rep_log.worst.total != rep_log.best.total else None,
        trend_deg_per_rep=report.summary.lumbar_drift_deg_per_rep,
        fault_reps={fault.code: len(fault.reps) for fault in report.faults},
        praise=praise,
        change=change,
    )
