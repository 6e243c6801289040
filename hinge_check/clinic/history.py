"""How a person's figures go over their recordings, and which differences are more than error.

Hip, lumbar, share and score are compared only between recordings of the same protocol: another exercise is no change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

from hinge_check.clinic.accuracy import Accuracy, least_real_change, load_accuracy
from hinge_check.clinic.metrics import Recorded, SetMetrics, by_time
from hinge_check.clinic.readiness_rules import Rules, load_rules
from hinge_check.format import Z95

Metric = Literal["hip_share", "hip_deg", "lumbar_deg", "score", "pain_before", "pain_worst", "rpe", "load_kg"]
Versus = Literal["first", "previous"]
_P = TypeVar("_P")


@dataclass(frozen=True, slots=True)
class Change:
    """A difference to an earlier recording.

    `real` is None where it cannot be told: an error is not known, or no rule exists for the metric.
    """

    versus: Versus
    recording_id: str
    difference: float
    least_real: float | None
    real: bool | None


@dataclass(frozen=True, slots=True)
class Point:
    """One recording in a series; `half_width` is 1.96 standard errors.

    A `live` one is a session of live coaching: `recording_id` is then that session's.
    """

    recording_id: str
    when: datetime
    protocol: str | None
    value: float
    half_width: float | None
    changes: tuple[Change, ...] = ()
    """To the first and to the previous recording that may be compared; none for the first of all."""
    live: bool = False

    @property
    def since_previous(self) -> Change | None:
        """To the previous one: of the second of all, whose first is its previous, that to the first."""
        return self.changes[-1] if self.changes else None


@dataclass(frozen=True, slots=True)
class Series:
    """One metric over time, oldest first; recordings without it are left out. `rule` says when a change is real."""

    metric: Metric
    title: str
    unit: str
    rule: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class History:
    """All series, and where their errors come from."""

    series: tuple[Series, ...]
    about: str

    def of(self, metric: Metric) -> Series:
        """One series."""
        return next(series for series in self.series if series.metric == metric)


@dataclass(frozen=True, slots=True)
class _Measured:
    """A metric out of the figures of a set: value, standard error, smallest change within a set."""

    metric: Metric
    title: str
    unit: str
    value: Callable[[SetMetrics], float | None]
    se: Callable[[SetMetrics], float | None]
    angle: str = ""


_MEASURED = (
    _Measured("hip_share", "Hip share of the bend", "share", lambda f: f.hip_share, lambda f: f.hip_share_se),
    _Measured("hip_deg", "Hip flexion", "deg", lambda f: f.hip_deg, lambda f: f.hip_se_deg, "hip_flexion"),
    _Measured(
        "lumbar_deg", "Lumbar flexion", "deg", lambda f: f.lumbar_deg, lambda f: f.lumbar_se_deg, "lumbar_flexion"
    ),
    _Measured("score", "Score", "points", lambda f: f.score, lambda f: f.score_se),
)
_SAID: tuple[tuple[Metric, str, str], ...] = (
    ("pain_before", "Pain before the set", "points"),
    ("pain_worst", "Worst pain during the set", "points"),
    ("rpe", "Effort", "points"),
    ("load_kg", "Load", "kg"),
)


def history(records: Sequence[Recorded], *, accuracy: Accuracy | None = None, rules: Rules | None = None) -> History:
    """Every series of a person.

    Parameters
    ----------
    records
        Recordings of one person, any order.
    accuracy
        What validation measured; the bundled figures without it.
    rules
        Whose minimal important change of pain is used; the bundled figures without it.
    """
    accuracy = load_accuracy() if accuracy is None else accuracy
    rules = load_rules() if rules is None else rules
    ordered = by_time(records)
    series = [_measured(ordered, metric, accuracy) for metric in _MEASURED]
    series += [_said(ordered, *said, rules) for said in _SAID]
    about = (
        f"Errors: the standard errors stated with each recording, and the smallest detectable changes of "
        f"{accuracy.table} ({accuracy.measured_by}, on {accuracy.measured_on})."
    )
    return History(tuple(series), about)


def _measured(ordered: Sequence[Recorded], metric: _Measured, accuracy: Accuracy) -> Series:
    within = accuracy.smallest_change.get(metric.angle, 0.0)
    latest: dict[str, list[tuple[Point, float | None]]] = {}
    points = []
    for record in ordered:
        if record.figures is None or (value := metric.value(record.figures)) is None:
            continue
        se, earlier = metric.se(record.figures), latest.setdefault(record.figures.protocol, [])
        changes = tuple(
            _change(versus, other, value, least_real_change(other_se, se, within))
            for versus, (other, other_se) in _compared(earlier)
        )
        half = None if se is None else Z95 * se
        point = Point(record.recording_id, record.when, record.figures.protocol, value, half, changes, record.live)
        points.append(point)
        latest[record.figures.protocol] = [*earlier[:1], (point, se)]
    floor = f", and never below {within:g}°, the smallest detectable change within a set" if within else ""
    rule = (
        "A change is called real when it is larger than 1.96 times the root sum of squares of the two standard "
        f"errors{floor}. Only recordings of the same exercise are compared."
    )
    return Series(metric.metric, metric.title, metric.unit, rule, tuple(points))


def _said(ordered: Sequence[Recorded], metric: Metric, title: str, unit: str, rules: Rules) -> Series:
    """What the client said. Pain has a published important change; effort and load are what they are."""
    is_pain = metric.startswith("pain")
    points: list[Point] = []
    for record in ordered:
        value = None if record.check_in is None else getattr(record.check_in, metric)
        if value is None:
            continue
        changes = tuple(
            _change(versus, other, value, _important(other.value, rules) if is_pain else None, inclusive=True)
            for versus, other in _compared(points)
        )
        protocol = None if record.figures is None else record.figures.protocol
        points.append(Point(record.recording_id, record.when, protocol, float(value), None, changes, record.live))
    rule = "As the client said it; changes are not judged."
    if is_pain:
        rule = (
            f"A change is called important from {rules['pain_rise_points']:g} points or "
            f"{rules['pain_rise_share']:.0%} of the earlier value, whichever is larger: "
            f"{rules.figures['pain_rise_points'].source}."
        )
    return Series(metric, title, unit, rule, tuple(points))


def _important(earlier: float, rules: Rules) -> float:
    return max(rules["pain_rise_points"], rules["pain_rise_share"] * earlier)


def _compared(ends: Sequence[_P]) -> list[tuple[Versus, _P]]:
    """The first and the previous of earlier points; the first alone where they are one and the same."""
    if not ends:
        return []
    return [("first", ends[0])] if len(ends) == 1 else [("first", ends[0]), ("previous", ends[-1])]


def _change(versus: Versus, other: Point, value: float, least: float | None, *, inclusive: bool = False) -> Change:
    difference = round(value - other.value, 6)
    size = abs(difference)
    real = None if least is None else size > least or (inclusive and size == least)
    return Change(versus, other.recording_id, difference, least, real)
