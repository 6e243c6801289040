"""Measurement accuracy, from `accuracy.toml`, and when a change is more than error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hinge_check.assess import protocol_check
from hinge_check.assess.protocol_check import Problem, find_unknown
from hinge_check.assess.protocol_schema import ValueSpec
from hinge_check.clinic.content import ContentFile, find_missing_text
from hinge_check.format import Z95

_DEGREES = ValueSpec("deg", 0.1, 60)
_CHANGES = {"lumbar_flexion": _DEGREES, "hip_flexion": _DEGREES}
_ERRORS = {**_CHANGES, "knee_flexion": _DEGREES, "trunk_inclination": _DEGREES}
_SECTIONS = {
    "smallest_change": _CHANGES,
    "mean_error": _ERRORS,
    "interval_holds": {"lumbar_flexion": ValueSpec("share", 0, 1)},
}
_TEXTS = ("measured_by", "table", "measured_on")


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Degrees by angle: smallest detectable change within a set, and mean absolute error at the bottom."""

    measured_by: str
    table: str
    measured_on: str
    smallest_change: Mapping[str, float]
    mean_error: Mapping[str, float]
    interval_holds: Mapping[str, float]
    """Share of readings whose stated 95 % interval contains the true value."""


def load_accuracy() -> Accuracy:
    """Return the figures of the last validation."""
    return _ACCURACY.load()


def accuracy_from_text(text: str) -> Accuracy:
    """Return figures from TOML text; raises as `ContentFile.from_text`."""
    return _ACCURACY.from_text(text)


def least_real_change(se_a: float | None, se_b: float | None, within: float = 0.0) -> float | None:
    """Return how far apart two readings must be to be called different.

    The larger of the smallest detectable change within a set and 1.96 times the root sum of squares of the two
    standard errors: between recordings clothes, camera and light differ too, and the stated errors include those.
    None where an error is not known, since then nothing can be called a change.
    """
    if se_a is None or se_b is None:
        return None
    return max(within, Z95 * math.hypot(se_a, se_b))


def _build(document: Mapping[str, Any], text: str) -> Accuracy:  # noqa: ARG001
    whence = (document[key] for key in _TEXTS)
    figures = ({name: float(given["value"]) for name, given in document[section].items()} for section in _SECTIONS)
    return Accuracy(*whence, *figures)


def _problems(document: Mapping[str, Any]) -> list[Problem]:
    out = find_unknown(document, (), (*_TEXTS, *_SECTIONS)) + find_missing_text(document, (), _TEXTS)
    for section, specs in _SECTIONS.items():
        out += protocol_check.check_values(document, section, specs, ("value", "unit", "reason"))
        lacks = [name for name in specs if name not in document.get(section, {})]
        out += [Problem((section,), f"missing {section}.{name}") for name in lacks]
    return out


_ACCURACY = ContentFile("accuracy.toml", "accuracy", _problems, _build)
