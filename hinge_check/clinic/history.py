"""A person's figures over their recordings, and which differences are more than error.

Hip, lumbar, share and score are compared only within one protocol: another exercise is not a change.
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

    `real` is None where it cannot be decided: an error is unknown, or no rule exists for the metric.
    """

    versus: Versus
    recording_id: str
    difference: float
    least_real: float | None
    real: bool | None


@dataclass(frozen=True, slots=True)
class Point:
    """One recording in a series; `half_width` is 1.96 standard errors.

    With `live` it is a session of live coaching, and `recording_id` is the id of that session.
    """

    recording_id: str
    when: datetime
    protocol: str | None
    value: float
    half_width: float | None
    changes: tuple[Change, ...] = ()
    """Changes to the first and to the previous comparable recording; none for the very first."""
    live: bool = False

    @property
    def since_previous(self) -> Change | None:
        """Change to the previous recording; for the second one, whose previous is the first, the change to that."""
        return self.changes[-1] if self.changes else None


@dataclass(frozen=True, slots=True)
class Series:
    """One metric over time, oldest first; recordings without it are left out. `rule` states when a change is real."""

    metric: Metric
    title: str
    unit: str
    rule: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class History:
    """All series, and the source of their errors."""

    series: tuple[Series, ...]
    about: str

    def of(self, metric: Metric) -> Series:
        """Return the series of a metric."""
        return next(series for series in self.series if series.metric == metric)


@dataclass(frozen=True, slots=True)
class _MetricReader:
    """How to read a metric from the figures of a set: value, standard error, smallest change within a set."""

    metric: Metric
    title: str
    unit: str
    value: Callable[[SetMetrics], float | None]
    se: Callable[[SetMetrics], float | None]
    angle: str = ""


_MEASURED = (
    _MetricReader("hip_share", "Hip share of the bend", "share", lambda f: f.hip_share, lambda f: f.hip_share_se),
    _MetricReader("hip_deg", "Hip flexion", "deg", lambda f: f.hip_deg, lambda f: f.hip_se_deg, "hip_flexion"),
    _MetricReader(
        "lumbar_deg", "Lumbar flexion", "deg", lambda f: f.lumbar_deg, lambda f: f.lumbar_se_deg, "lumbar_flexion"
    ),
    _MetricReader("score", "Score", "points", lambda f: f.score, lambda f: f.score_se),
)
_REPORTED: tuple[tuple[Metric, str, str], ...] = (
    ("pain_before", "Pain before the set", "points"),
    ("pain_worst", "Worst pain during the set", "points"),
    ("rpe", "Effort", "points"),
    ("load_kg", "Load", "kg"),
)


def history(records: Sequence[Recorded], *, accuracy: Accuracy | None = None, rules: Rules | None = None) -> History:
    """Return every series of a person.

    Parameters
    ----------
    records
        Recordings of one person, any order.
    accuracy
        Results of the validation; the bundled figures without it.
    rules
        Source of the minimal important change of pain; the bundled figures without it.
    """
    accuracy = load_accuracy() if accuracy is None else accuracy
    rules = load_rules() if rules is None else rules
    ordered = by_time(records)
    series = [_measured_series(ordered, metric, accuracy) for metric in _MEASURED]
    series += [_reported_series(ordered, *reported, rules) for reported in _REPORTED]
    about = (
        f"Errors: the standard errors stated with each recording, and the smallest detectable changes of "
        f"{accuracy.table} ({accuracy.measured_by}, on {accuracy.measured_on})."
    )
    return History(tuple(series), about)


def _measured_series(ordered: Sequence[Recorded], metric: _MetricReader, accuracy: Accuracy) -> Series:
    within = accuracy.smallest_change.get(metric.angle, 0.0)
    latest: dict[str, list[tuple[Point, float | None]]] = {}
    points = []
    for record in ordered:
        if record.figures is None or (value := metric.value(record.figures)) is None:
            continue
        se, earlier = metric.se(record.figures), latest.setdefault(record.figures.protocol, [])
        changes = tuple(
            _change(versus, other, value, least_real_change(other_se, se, within))
            for versus, (other, other_se) in _comparison_points(earlier)
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


def _reported_series(ordered: Sequence[Recorded], metric: Metric, title: str, unit: str, rules: Rules) -> Series:
    """Return a series of what the client reported. Only pain has a published minimal important change."""
    is_pain = metric.startswith("pain")
    points: list[Point] = []
    for record in ordered:
        value = None if record.check_in is None else getattr(record.check_in, metric)
        if value is None:
            continue
        changes = tuple(
            _change(versus, other, value, _important_change(other.value, rules) if is_pain else None, inclusive=True)
            for versus, other in _comparison_points(points)
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


def _important_change(earlier: float, rules: Rules) -> float:
    return max(rules["pain_rise_points"], rules["pain_rise_share"] * earlier)


def _comparison_points(ends: Sequence[_P]) -> list[tuple[Versus, _P]]:
    """Return the first and the previous of earlier points; only the first where they are the same."""
    if not ends:
        return []
    return [("first", ends[0])] if len(ends) == 1 else [("first", ends[0]), ("previous", ends[-1])]


def _change(versus: Versus, other: Point, value: float, least: float | None, *, inclusive: bool = False) -> Change:
    difference = round(value - other.value, 6)
    size = abs(difference)
    real = None if least is None else size > least or (inclusive and size == least)
    return Change(versus, other.recording_id, difference, least, real)
