"""Sentences of the PDF report, for a doctor new to the product. Every ± in it is a 95 % interval."""

from __future__ import annotations

import re

from hinge_check.assess import phrases
from hinge_check.assess.lumbar_range import POPULATION_WORDS
from hinge_check.assess.report import Fault, HingeReport, Summary
from hinge_check.clinic.accuracy import Accuracy
from hinge_check.format import Z95, with_error
from hinge_check.version import __version__

FOOTER = "Estimates from one ordinary video, with their error. They inform; they do not diagnose. Not a medical device."
INTERVAL = (
    "± is a stated 95 % interval. Against known angles it held the true lumbar flexion in {holds:.0%} of readings; "
    "≈ is a figure whose error is not known."
)

_ANGLES = (
    ("lumbar", "lumbar_flexion"),
    ("hip", "hip_flexion"),
    ("knee", "knee_flexion"),
    ("trunk", "trunk_inclination"),
)
_ERROR = re.compile(r" ± \d+(?:\.\d+)?(?:°/s²|°| s)?")
_COPIED = ("To watch:", "Rhythm,", "Lumbar flexion changes by")
"""Beginnings of the clinician's lines that are copied unchanged; the report rephrases the others."""


def findings(report: HingeReport) -> list[str]:
    """Return the findings in clinician words; that there is no fault is worth a line too."""
    s = report.summary
    if report.judged_as == "range":
        return [_range_test(report), *_notes(report)]
    out = [_fault(fault) for fault in report.faults]
    if s.lumbar_flexion_deg is None:
        out.insert(0, "The lower back could not be read in this recording: nothing that depends on it was judged.")
    elif not out:
        out = ["No departure beyond the limits of the exercise."]
    # those lines state one standard error: the figure stays, the error is that of the table
    out += [_ERROR.sub("", line) for line in report.cues.clinician if line.startswith(_COPIED)]
    return out + _range_share(s) + _notes(report)


def method(accuracy: Accuracy) -> list[str]:
    """Return in a few sentences what is measured and how well."""
    error, change = accuracy.mean_error, accuracy.smallest_change
    degrees = ", ".join(f"{name} {error[key]:g}°" for name, key in _ANGLES)
    return [
        "Hip flexion: the pelvis against the thighs. Lumbar flexion: the rib cage against the pelvis, rounding "
        "positive. Both are changes from the person's own tall stand, read at the bottom of the bend from the edge of "
        "the back in the picture: no marker, no sensor, one camera from the side. Lumbar and lower thoracic bend look "
        "alike from outside; rotation and side-bending are not seen.",
        f"Mean error ({accuracy.measured_on}): {degrees}. Single readings can be further off, most of all with a bar "
        "or arms before the back, loose tops and oblique views; the ± says how far. Real people may differ from the "
        "rendered ones that this was measured on.",
        f"Between two recordings a lumbar change below {change['lumbar_flexion']:g}° (hip "
        f"{change['hip_flexion']:g}°), or below the errors of both readings together, is no change.",
        "A rounded back is no injury and no diagnosis: bending the spine is normal, and rounding has not been shown to "
        "cause back pain (Saraceni 2020; Swain 2020). The limits are for practising; the clinician sets them.",
    ]


def provenance(report: HingeReport) -> str:
    """Return software, video, models and limits that made the report, as one paragraph."""
    p = report.provenance
    parts = [f"Software: hinge-check {__version__ if p is None else p.hinge_check}"]
    if p is not None:
        width, height = p.source_size
        slow = "" if p.speed == 1 else f", played at {p.speed:g} of real speed"
        estimator = "" if p.estimator_sha256 is None else f" ({p.estimator_sha256[:16]})"
        parts += [
            f"Video: {width} × {height}, {p.duration_s:.1f} s, {p.fps:.0f} a second{slow} ({p.source_sha256[:16]})",
            f"Pose model: MediaPipe Pose Landmarker {p.model} ({p.model_sha256[:16]})",
            f"Back estimator: {p.estimator}{estimator}",
        ]
    parts.append(f"Limits: {report.protocol.name} ({report.protocol.sha256[:16]})")
    return f"{'. '.join(parts)}. In brackets: the beginning of each SHA-256."


def _fault(fault: Fault) -> str:
    unit = phrases.UNITS.get(fault.unit, "")
    digits = 2 if fault.unit in ("s", "share", "ratio") else 0
    error = "" if fault.value_se is None or fault.unit == "dips" else f" ± {Z95 * fault.value_se:.{digits}f}{unit}"
    detail = f" ({fault.detail.replace(' deg', '°')})" if fault.detail else ""
    reps = ", ".join(str(rep) for rep in fault.reps)
    return (
        f"{phrases.TITLE[fault.code]}, {fault.severity}: {fault.value:.{digits}f}{unit}{error} against a limit of "
        f"{fault.limit:.{digits}f}{unit}; repetition{'' if len(fault.reps) == 1 else 's'} {reps}, clearest at "
        f"{fault.time_s:.1f} s{detail}."
    )


def _range_share(s: Summary) -> list[str]:
    if s.lumbar_share_of_range is not None:
        whole = with_error(s.lumbar_range_deg, s.lumbar_range_se_deg)
        return [f"Lumbar flexion is {s.lumbar_share_of_range:.0%} of this person's own full range ({whole})."]
    if s.lumbar_share_band is not None:
        return [f"This person's own full lumbar range is not known; usual ones are {POPULATION_WORDS}."]
    return []


def _range_test(report: HingeReport) -> str:
    c = report.calibration
    if c is None:
        return "A test of the person's own range; none could be stated."
    reached = with_error(c.lumbar_max_deg, c.lumbar_max_se_deg)
    bends = f"{c.reps} bend{'' if c.reps == 1 else 's'}"
    return (
        f"A test of the person's own range: lumbar flexion reached {reached} in the furthest of {bends}; usual maxima "
        f"are {POPULATION_WORDS}. Nothing is judged and nothing scored."
    )


def _notes(report: HingeReport) -> list[str]:
    return [f"{note.message} {note.advice}" for note in report.findings]
