"""One analysis as a PDF of one or two pages, with the clinician's review, for a doctor new to the product.

No name is read from any file: the caller states who and when.
"""

from __future__ import annotations

from datetime import datetime

from hinge_check.assess import phrases
from hinge_check.assess.protocol import Protocol
from hinge_check.assess.report import HingeReport, RepReport
from hinge_check.clinic.accuracy import load_accuracy
from hinge_check.clinic.checkin import CheckIn
from hinge_check.clinic.pdf_page import MARGIN, WIDTH, Page
from hinge_check.clinic.pdf_phrases import FOOTER, INTERVAL, findings, method, provenance
from hinge_check.clinic.review import VERDICT_WORDS, Review
from hinge_check.format import with_error

DECIDING = ("lumbar_flexion", "early_lumbar", "lumbar_extension", "squatting", "shallow", "lumbar_drift")
"""Limits listed in every report; others only where a fault is beyond them or the clinician changed them."""

_STOPPED = {"pain": "for pain", "fatigue": "for fatigue", "other": "for another reason"}


def report_pdf(
    report: HingeReport,
    *,
    who: str,
    recorded_at: datetime,
    created_at: datetime,
    protocol: Protocol | None = None,
    chart_png: bytes | None = None,
    review: Review | None = None,
    check_in: CheckIn | None = None,
) -> bytes:
    """Return the report as PDF; the same arguments give the same bytes.

    Parameters
    ----------
    report
        Report of any recording, refused ones included.
    who
        What to call the person: a name, or an id where the reader must not know it.
    created_at
        Printed, and the document's creation date; aware, as `recorded_at`.
    protocol
        The protocol of the report, for the sources of its limits; without it they are listed without sources.
    chart_png
        chart.png of the analysis.
    review
        The published review; without it the report states that there is none yet.
    """
    page = Page("Hip hinge from video: report of one recording", FOOTER, created_at)
    _print_head(page, report, who, recorded_at, created_at, review)
    if report.status == "refused":
        _print_refusal(page, report)
        _print_review(page, review)
    else:
        _print_headline(page, report)
        _print_findings(page, report, review, check_in, chart_png)
        _print_reps(page, report)
        _print_limits(page, report, protocol)
        page.heading("What is measured, and how well")
        page.points(method(load_accuracy()), size=7.6)
    _print_provenance(page, report)
    return bytes(page.output())


def _print_head(
    page: Page, report: HingeReport, who: str, recorded_at: datetime, created_at: datetime, review: Review | None
) -> None:
    page.words("Hip hinge from video", size=16, bold=True)
    page.words("Report of one recording: how much of a forward bend came from the hips, how much from the lower back.",
               size=8.5, quiet=True)  # fmt: skip
    page.ln(1.5)
    reviewed = "not yet" if review is None else f"{review.by}, {_day(review.at)}"
    page.pairs(
        [
            ("Person", who),
            ("Recorded", _time(recorded_at)),
            ("Exercise", report.protocol.title),
            ("Report made", _time(created_at)),
            ("View", _view(report)),
            ("Reviewed", reviewed),
        ]
    )


def _view(report: HingeReport) -> str:
    view = report.view
    if view.yaw_deg is None:
        return "not told"
    side = "" if view.near_side is None else f"{view.near_side} side towards the camera, "
    return f"{side}{with_error(abs(view.yaw_deg), view.yaw_se_deg)} off a true side view"


def _print_refusal(page: Page, report: HingeReport) -> None:
    page.heading("This recording could not be measured")
    if report.refusal is not None:
        page.words(report.refusal.message)
        page.words(f"What helps: {report.refusal.advice}")


def _print_headline(page: Page, report: HingeReport) -> None:
    s = report.summary
    count = f"{s.reps} repetition{'' if s.reps == 1 else 's'}"
    page.heading(f"In short: {count}, medians at the bottom")
    limit = report.protocol.limits.get("lumbar_flexion")
    share = "not measured" if s.hip_share is None else f"{s.hip_share:.0%}"
    page.tiles(
        [
            ("Hip flexion", with_error(s.hip_flexion_deg, s.hip_flexion_se_deg) or "not measured", "from standing"),
            (
                "Lumbar flexion",
                with_error(s.lumbar_flexion_deg, s.lumbar_flexion_se_deg) or "not measured",
                "from standing" if limit is None else f"from standing; limit here {limit:.0f}°",
            ),
            ("Hip share of the bend", share, "hip ÷ (hip + lumbar)"),
            ("Score", with_error(s.score, s.score_se, "") or "none", "of 100, by the exercise's limits"),
        ]
    )
    page.words(INTERVAL.format(holds=load_accuracy().interval_holds["lumbar_flexion"]), size=7.2, quiet=True)


def _print_findings(
    page: Page, report: HingeReport, review: Review | None, check_in: CheckIn | None, chart_png: bytes | None
) -> None:
    """Print the findings, the review and the check-in beside the chart."""
    top, on = page.get_y(), page.page_no()
    chart_width = 74.0
    text_width = WIDTH if chart_png is None else WIDTH - chart_width - 5
    page.set_right_margin(page.w - MARGIN - text_width)
    page.heading("What was seen")
    page.points(findings(report), size=8, width=text_width)
    _print_review(page, review, width=text_width)
    _print_check_in(page, check_in)
    page.set_right_margin(MARGIN)
    if chart_png is not None:
        after, last = page.get_y(), page.page_no()
        page.page = on
        bottom = top + 2 + page.picture(chart_png, MARGIN + WIDTH - chart_width, top + 2, chart_width)
        page.page = last
        page.set_xy(MARGIN, after if last > on else max(after, bottom))


def _print_review(page: Page, review: Review | None, *, width: float = WIDTH) -> None:
    page.heading("The clinician's review")
    if review is None:
        page.words("There is no published review of this recording yet.", quiet=True)
        return
    if review.verdict is not None:
        page.words(f"Decision: {VERDICT_WORDS[review.verdict]}", bold=True)
    if review.summary:
        page.words(review.summary)
    comments = [
        comment.text if comment.time_s is None else f"at {comment.time_s:.1f} s: {comment.text}"
        for comment in sorted(review.comments, key=lambda c: (c.time_s is not None, c.time_s or 0.0))
    ]
    if comments:
        page.ln(1)
        page.points(comments, size=8, width=width)
    if review.corrections:
        page.ln(1)
        page.words("Seen otherwise by the clinician; computed values stay as they are:", size=8, quiet=True)
        page.points(
            [
                f"{c.what}: computed {c.computed}, clinician {c.corrected}" + (f" ({c.note})" if c.note else "")
                for c in review.corrections
            ],
            size=8,
            width=width,
        )


def _print_reps(page: Page, report: HingeReport) -> None:
    if not report.reps:
        return
    page.heading("Repetition by repetition")
    header = ("rep", "bottom at", "hip", "lumbar", "hip share", "knee", "trunk", "down / held / up", "score", "noted")
    page.grid(header, [_rep_row(rep) for rep in report.reps], (7, 13, 15, 15, 13, 10, 10, 24, 13, 40))


def _rep_row(rep: RepReport) -> tuple[str, ...]:
    tempo = " / ".join("–" if t is None else f"{t:.1f}" for t in (rep.descent_s, rep.bottom_hold_s, rep.ascent_s))
    noted = [phrases.TITLE[code].lower() for code in rep.faults if code in phrases.TITLE]
    return (
        str(rep.rep),
        f"{rep.bottom_s:.1f} s",
        with_error(rep.hip_flexion_deg, rep.hip_flexion_se_deg) or "–",
        with_error(rep.lumbar_flexion_deg, rep.lumbar_flexion_se_deg) or "–",
        "–" if rep.hip_share is None else f"{rep.hip_share:.0%}",
        _degrees(rep.knee_flexion_deg),
        _degrees(rep.trunk_inclination_deg),
        f"{tempo} s",
        with_error(rep.score, rep.score_se, "") or "–",
        ", ".join([*noted, *(["cut by the clip"] if rep.partial else [])]) or "nothing",
    )


def _print_check_in(page: Page, check_in: CheckIn | None) -> None:
    page.heading("What the person said", room=14)
    if check_in is None:
        page.words("Nothing was said about pain, effort or load.", quiet=True)
        return
    pains = (check_in.pain_before, check_in.pain_worst, check_in.pain_after, check_in.pain_next_morning)
    names = ("before", "worst during", "after", "next morning")
    pains_text = ", ".join(
        f"{name} {'not said' if pain is None else pain}" for name, pain in zip(names, pains, strict=True)
    )
    effort = "not said" if check_in.rpe is None else f"{check_in.rpe:g} of 10 (Borg CR10)"
    load = "not said" if check_in.load_kg is None else f"{check_in.load_kg:g} kg"
    stopped = "" if check_in.stopped_early is None else f" Stopped early {_STOPPED[check_in.stopped_early]}."
    page.words(f"Pain, 0 to 10: {pains_text}. Effort: {effort}. Load: {load}.{stopped}")
    if check_in.note:
        page.words(f"“{check_in.note}”")


def _print_limits(page: Page, report: HingeReport, protocol: Protocol | None) -> None:
    if report.judged_as == "range" or not report.protocol.limits:
        return
    named = {fault.code for fault in report.faults} | {key.split(".")[1] for key in report.protocol.overrides
                                                       if key.startswith("limits.")}  # fmt: skip
    names = [name for name in report.protocol.limits if name in DECIDING or name in named]
    page.heading("Limits that judged" if protocol is None else "Limits that judged, and where they come from")
    rows = []
    for name in names:
        limit = None if protocol is None else protocol.limits.get(name)
        unit = phrases.UNITS.get("" if limit is None else limit.unit, "")
        changed = any(key.startswith(f"limits.{name}.") for key in report.protocol.overrides)
        source = "" if limit is None else limit.reason
        whose = "set for this person"
        rows.append(
            (
                phrases.TITLE.get(name, name.replace("_", " ").capitalize()),
                f"{report.protocol.limits[name]:g}{unit}",
                f"{report.protocol.warns[name]:g}{unit}" if name in report.protocol.warns else "–",
                source if not changed else f"{whose}: {source}" if source else whose,
            )
        )
    page.grid(
        ("departure", "limit", "noted from", "" if protocol is None else "source"), rows, (34, 13, 17, 114), size=7
    )


def _print_provenance(page: Page, report: HingeReport) -> None:
    page.heading("How this report came about", size=9, room=16)
    page.words(f"{provenance(report)} The same of all gives the same report.", size=7, quiet=True)


def _degrees(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}°".replace("-", "−")


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M %Z}".rstrip()
