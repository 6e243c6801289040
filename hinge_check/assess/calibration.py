"""Calibration recordings: slow maximal forward bends give the person's own lumbar range.

A range test, not a lift: the back is asked to bend as far as it can, so nothing is a fault and nothing is scored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_check.assess import digits, phrases
from hinge_check.assess.faults import lumbar_se
from hinge_check.assess.lumbar_range import POPULATION_MAX_DEG, POPULATION_WORDS
from hinge_check.assess.protocol import PERSON_SHARE, Protocol
from hinge_check.assess.protocol_schema import PERSON
from hinge_check.assess.protocol_text import parse, render
from hinge_check.assess.rep_values import RepValues
from hinge_check.assess.report import Calibration, Cues, Note
from hinge_check.capture.track import TrackInfo
from hinge_check.errors import ADVICE, Code, Finding, finding
from hinge_check.version import __version__

LEAST_TRUNK_DEG = 45.0
"""Least trunk inclination of a bend that may count as maximal, degrees: design. A free forward bend of healthy people
comes to 111 degrees of hip and back together (Esola 1996); below 45 something other than the back stopped the bend."""

TRIALS = 6
"""Trials within which 85 % of people reach their largest lumbar flexion, standing and seated mixed (Frey 2020)."""

Z95 = 1.96
"""Standard errors in half a 95 % interval of a normal distribution."""

CALIBRATED_TO_DEG = 55.0
"""Lumbar flexion, degrees, below which 99 % of the postures lie that the estimator was calibrated on (validation's mesh
set): above it may read too little, and the clinician is told."""

_BEND = "Bend forward slowly, letting your back round, as far as is comfortable; then stand up tall again."


@dataclass(frozen=True, slots=True)
class RangeTest:
    """The result of a calibration recording: the range, or the reason why none is stated."""

    calibration: Calibration | None
    reason: Finding | None


def range_test(v: RepValues, *, stands: bool) -> RangeTest:
    """Determine the person's own range from their bends.

    The largest median over a bottom counts, since a range is what was reached at least once. Its error is that of one
    bend: most of it (clothes, camera, body) is the same in all of them.

    Parameters
    ----------
    stands
        True when a still, tall stand is the zero: a range counted from a guess is not stated.
    """
    lumbar = np.where(np.isfinite(v.lumbar) & np.isfinite(v.trunk), v.lumbar, np.nan)
    deep = np.isfinite(lumbar) & (v.trunk >= LEAST_TRUNK_DEG)
    if not np.isfinite(lumbar).any():
        return _without_range("Your back could not be read in any of the bends.")
    if not stands:
        message = "You do not stand tall and still anywhere, so there is no zero to count your range from."
        return _without_range(message, ADVICE[Code.NO_STANDING_REFERENCE])
    if not deep.any():
        furthest = float(v.trunk[np.isfinite(lumbar)].max())
        message = f"Your trunk came {furthest:.0f}° forward; your range is read from {LEAST_TRUNK_DEG:.0f}° on."
        return _without_range(message, _BEND)
    best = int(np.nanargmax(np.where(deep, lumbar, np.nan)))
    most, spec = float(lumbar[best]), PERSON["lumbar_max_deg"]
    if not spec.low <= most <= spec.high:
        message = f"Your lower back read {most:.0f}° at your furthest, outside {spec.low:g}° to {spec.high:g}°."
        return _without_range(message, _BEND)
    hips = v.hip[deep & np.isfinite(v.hip)]
    calibration = Calibration(
        lumbar_max_deg=digits.to_digits(most, digits.DEGREES),
        lumbar_max_se_deg=digits.to_digits(lumbar_se(v)[best], digits.DEGREES),
        hip_max_deg=digits.to_digits(hips.max(), digits.DEGREES) if len(hips) else None,
        reps=int(deep.sum()),
    )
    return RangeTest(calibration, None)


def _without_range(message: str, advice: str | None = None) -> RangeTest:
    """Return a range test without a range, with the reason."""
    return RangeTest(None, finding(Code.LUMBAR_NOT_MEASURABLE, message, advice))


def no_bend() -> Finding:
    """Return the refusal of a calibration recording without a bend."""
    return finding(Code.NO_HINGE, "There is no forward bend to be seen in this video.", f"Film from the side. {_BEND}")


def range_cues(calibration: Calibration | None, note: Note | None, set_line: str) -> Cues:
    """Write the cues of a range test.

    Parameters
    ----------
    note
        The reason why there is no calibration.
    set_line
        The figures of the set, for the clinician.
    """
    judged = "Range test: no faults are named and no score is given."
    if calibration is None:
        why = [] if note is None else [note.message]
        advice = [] if note is None else [note.advice]
        client = [" ".join([phrases.RANGE_NOT_MEASURED, *why]), *advice]
        return Cues(client=client, clinician=[set_line, judged, *why], ear=[])
    c = calibration
    hips = "" if c.hip_max_deg is None else phrases.RANGE_HIPS.format(hip=c.hip_max_deg)
    bends = f"{c.reps} bend{'' if c.reps == 1 else 's'}"
    remark = ""
    if c.lumbar_max_deg + Z95 * c.lumbar_max_se_deg < min(POPULATION_MAX_DEG):
        # a back held straight gives a small range too, and the recording cannot tell which of the two it was
        remark = " It is below them: was the back let round as far as it goes?"
    elif c.lumbar_max_deg > CALIBRATED_TO_DEG:
        remark = f" Above {CALIBRATED_TO_DEG:.0f}° little was there to calibrate on: it may be read too small."
    clinician = [
        set_line,
        judged,
        f"Lumbar maximum over {bends}: {c.lumbar_max_deg:.0f}° ± {c.lumbar_max_se_deg:.0f}°; usual maxima are "
        f"{POPULATION_WORDS}.{remark}",
        f"85 % of people reach their maximum within {TRIALS} trials, standing and seated (Frey 2020); "
        f"this recording holds {bends}, standing, so the true maximum may be larger.",
        f"With person.toml as protocol the lumbar limit is {PERSON_SHARE:.0%} of it, "
        f"{PERSON_SHARE * c.lumbar_max_deg:.0f}° (maximum neutral in a loaded hold, case study), unless the file "
        "sets one.",
    ]
    again = phrases.RANGE_AGAIN if c.reps < TRIALS else phrases.RANGE_DONE
    return Cues(
        client=[phrases.RANGE_REACHED.format(lumbar=c.lumbar_max_deg, hips=hips), again], clinician=clinician, ear=[]
    )


def person_file(protocol: Protocol, calibration: Calibration, info: TrackInfo) -> str:
    """Write the protocol used with the person's own range added, as TOML that `load_protocol` reads.

    The changes of the protocol in use are kept, so that the file can take its place; its name and title are left out
    where it may inherit them: they may be a person's.
    """
    document = parse(protocol.own)
    if "extends" in document:
        document = {key: value for key, value in document.items() if key not in ("name", "title")}
    document.pop("person", None)
    document["person"] = {
        "lumbar_max_deg": calibration.lumbar_max_deg,
        "lumbar_max_se_deg": calibration.lumbar_max_se_deg,
    }
    hips = "" if calibration.hip_max_deg is None else f", hips {calibration.hip_max_deg:.1f} deg"
    return (
        "# The person's own lumbar range, from a calibration recording (slow maximal forward bends): the largest of\n"
        f"# {calibration.reps}, with its standard error; change from the person's own standing{hips}.\n"
        f"# hinge-check {__version__}, recording sha256 {info.source_sha256[:16]}.\n"
        f"# 85 % of people reach their furthest within {TRIALS} trials, standing and seated (Frey 2020): where a\n"
        "# later recording goes further, its file takes the place of this one.\n" + render(document)
    )
