"""Cues in three registers: for the client, for the clinician, for the ear. Figures come in, sentences go out."""

from __future__ import annotations

from collections.abc import Sequence

from hinge_check.assess import phrases
from hinge_check.assess.evidence import Evidence
from hinge_check.assess.lumbar_range import POPULATION_WORDS, describe_share, per_cent
from hinge_check.assess.report import Cues, Fault, Note, RepReport, Summary
from hinge_check.errors import Code

PRIORITY: tuple[str, ...] = (
    "lumbar_drift",
    "lumbar_flexion",
    "early_lumbar",
    "squatting",
    "lumbar_extension",
    "hips_first",
    "weight_shift",
    "shallow",
    "incomplete_lockout",
    "bouncing",
    "too_fast",
    "neck",
)
"""Order in which faults are mentioned: hip against lumbar is the question asked; depth and finish come after the
pattern, pace after those, the head last. Drift goes before flexion only where the set began well: then fewer
repetitions is the answer."""

ABOUT: dict[str, tuple[str, ...]] = {
    "spine": ("lumbar_flexion", "early_lumbar", "lumbar_extension", "lumbar_drift", "squatting"),
    "hip_drive": ("lumbar_flexion", "early_lumbar", "squatting", "weight_shift", "hips_first"),
    "knees": ("squatting", "hips_first"),
    "depth": ("shallow", "incomplete_lockout", "squatting"),
    "tempo": ("too_fast", "bouncing", "squatting"),
    "consistency": ("lumbar_drift", "squatting"),
}
"""Faults, by sub-score, that forbid telling the client to keep this. A squat is another movement: none of it is to be
kept."""

KEEP_FROM = 90.0
"""Sub-score from which on the client hears that something is worth keeping: the score of a value at warn."""


def sort_by_priority(faults: Sequence[Fault]) -> list[Fault]:
    """Sort faults by priority, the most helpful to mention first."""
    flexed = next((fault.reps for fault in faults if fault.code == "lumbar_flexion"), [])

    def rank(fault: Fault) -> float:
        if fault.code == "lumbar_drift" and 1 in flexed:
            return PRIORITY.index("early_lumbar") + 0.5
        return PRIORITY.index(fault.code)

    return sorted(faults, key=rank)


def cues(
    summary: Summary,
    reps: Sequence[RepReport],
    faults: Sequence[Fault],
    notes: Sequence[tuple[Evidence, list[int]]],
    findings: Sequence[Note],
) -> Cues:
    """Write the cues of an analysed clip."""
    ordered = sort_by_priority(faults)
    return Cues(
        client=[_keep(summary, faults), _change(ordered, findings)],
        clinician=_clinician(summary, reps, ordered, notes, findings),
        ear=[phrases.EAR[fault.code] for fault in ordered],
    )


def refusal_cues(refusal: Note) -> Cues:
    """Write the cues of a clip that could not be assessed: what was seen, what to do."""
    return Cues(client=[refusal.message, refusal.advice], clinician=[f"{refusal.code}: {refusal.message}"], ear=[])


def _keep(summary: Summary, faults: Sequence[Fault]) -> str:
    codes = {fault.code for fault in faults}
    for name, value in summary.subscores.items():
        if value is not None and value >= KEEP_FROM and not codes.intersection(ABOUT[name]):
            return phrases.KEEP[name]
    return phrases.KEEP["view"]


def _change(ordered: Sequence[Fault], findings: Sequence[Note]) -> str:
    if ordered:
        return phrases.CHANGE[ordered[0].code]
    unread = next((note for note in findings if note.code == Code.LUMBAR_NOT_MEASURABLE), None)
    return phrases.NO_CHANGE if unread is None else f"{phrases.NOT_MEASURED} {unread.advice}"


def _clinician(
    summary: Summary,
    reps: Sequence[RepReport],
    ordered: Sequence[Fault],
    notes: Sequence[tuple[Evidence, list[int]]],
    findings: Sequence[Note],
) -> list[str]:
    out = [set_line(summary), _score_line(summary)]
    out += [_fault_line(fault) for fault in ordered]
    out += [_note_line(evidence, at) for evidence, at in notes]
    out += _range_line(summary)
    out += _rhythm_line(reps)
    if summary.lumbar_drift_deg_per_rep is not None:
        out.append(f"Lumbar flexion changes by {summary.lumbar_drift_deg_per_rep:+.1f}° per repetition.")
    out += [note.message for note in findings if note.code == Code.LUMBAR_NOT_MEASURABLE]
    return out


def set_line(s: Summary) -> str:
    """Write the figures of the set as a line."""
    count = f"{s.reps} repetition{'' if s.reps == 1 else 's'}"
    lumbar = _degrees(s.lumbar_flexion_deg, s.lumbar_flexion_se_deg)
    of_range = describe_share(s, s)
    parts = [
        f"hip {_degrees(s.hip_flexion_deg, s.hip_flexion_se_deg)}",
        f"lumbar {lumbar}, {of_range}" if of_range else f"lumbar {lumbar}",
        f"hip share {'not measured' if s.hip_share is None else f'{s.hip_share:.2f}'}",
        f"knee {_degrees(s.knee_flexion_deg, None)}",
        f"trunk {_degrees(s.trunk_inclination_deg, None)}",
    ]
    return f"{count}; medians at the bottom, change from standing: {', '.join(parts)}."


def _range_line(s: Summary) -> list[str]:
    """Write whose range the share is of, and how certain it is."""
    if s.lumbar_share_band is not None:
        unknown = f"This person's own lumbar range is not known; usual maxima are {POPULATION_WORDS}"
        return [f"{unknown}. A calibration recording (--calibrate) gives it."]
    if s.lumbar_share_of_range is None:
        return []
    share, se = s.lumbar_share_of_range, s.lumbar_share_of_range_se
    error = "" if se is None else f" ± {100 * se:.0f} %"
    whole = _degrees(s.lumbar_range_deg, s.lumbar_range_se_deg)
    return [f"Share of this person's own lumbar range: {per_cent(share)} %{error}; range {whole}."]


def _score_line(s: Summary) -> str:
    parts = ", ".join(f"{n.replace('_', ' ')} {'-' if x is None else f'{x:.0f}'}" for n, x in s.subscores.items())
    if s.score is None:
        return f"No total score, since the spine could not be measured; parts: {parts}."
    error = "" if s.score_se is None else f" ± {s.score_se:.0f}"
    return f"Score {s.score:.0f}{error} of 100: {parts}."


def _fault_line(fault: Fault) -> str:
    value = _figure(fault.value, fault.unit, None if fault.unit == "dips" else fault.value_se)
    detail = f" ({fault.detail})" if fault.detail else ""
    return (
        f"{phrases.TITLE[fault.code]}, {fault.severity}, {_reps(fault.reps)}: {value}, limit "
        f"{_figure(fault.limit, fault.unit)}, at {fault.time_s:.2f} s, confidence {fault.confidence:.2f}{detail}."
    )


def _note_line(evidence: Evidence, at: list[int]) -> str:
    limit = evidence.limit
    values = [float(evidence.value[i]) for i in at]
    worst = max(values) if limit.direction == "above" else min(values)
    error = max(float(evidence.se[i]) for i in at)
    return (
        f"To watch: {phrases.TITLE[evidence.code].lower()} {_figure(worst, limit.unit, error)} in "
        f"{_reps([i + 1 for i in at])}; noted from {_figure(limit.warn, limit.unit)}, "
        f"limit {_figure(limit.value, limit.unit)}."
    )


def _rhythm_line(reps: Sequence[RepReport]) -> list[str]:
    parts = []
    for k, name in enumerate(("early", "mid", "late")):
        thirds = [rep.rhythm[k] for rep in reps if not rep.partial and len(rep.rhythm) == 3]
        both = [(t.hip_deg, t.lumbar_deg) for t in thirds if t.hip_deg is not None and t.lumbar_deg is not None]
        if not both:
            return []
        hip, lumbar = (sum(column) / len(both) for column in zip(*both, strict=True))
        parts.append(f"{name} {hip:.0f}°/{lumbar:.0f}°")
    return [f"Rhythm, hip/lumbar by thirds of the trunk's way down: {', '.join(parts)}."]


def _degrees(value: float | None, error: float | None) -> str:
    return "not measured" if value is None else _figure(value, "deg", error)


def _figure(value: float, unit: str, error: float | None = None) -> str:
    digits = 2 if unit in ("s", "share", "ratio") else 0
    sign = phrases.UNITS[unit]
    text = f"{value:.{digits}f}{sign}"
    return text if error is None else f"{text} ± {error:.{digits}f}{sign}"


def _reps(reps: Sequence[int]) -> str:
    if len(reps) == 1:
        return f"repetition {reps[0]}"
    if list(reps) == list(range(reps[0], reps[-1] + 1)):
        return f"repetitions {reps[0]} to {reps[-1]}"
    return f"repetitions {', '.join(str(rep) for rep in reps)}"
