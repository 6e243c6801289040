"""Figures of a protocol or of readiness in a form, and the TOML of a clinic that changes some of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData

from api.pages.client.own_figures import parse_number
from api.pages.form_fields import form_text
from api.pages.plan.limits import FIRST
from api.pages.translations import Translator
from hinge_check.assess.protocol import load_protocol
from hinge_check.assess.protocol_schema import LIMITS, REPS, TARGETS, WEIGHTS, ValueSpec
from hinge_check.assess.protocol_text import parse
from hinge_check.clinic.readiness_rules import FIGURES, WHOLE, load_rules

MOST_WHY: Final = 600
WEIGHTS_WHY: Final = "weights.reason"
_WHOLE: Final = frozenset({*WHOLE, "signs"})


@dataclass(frozen=True, slots=True)
class Shape:
    """A figure: its bundled value and what it may be."""

    section: str
    name: str
    spec: ValueSpec
    value: float
    warn: float | None
    """Value from which the clinician is warned; None where a figure has only one value."""
    reason: str | None
    """Where it comes from; None where a whole section has one source."""

    @property
    def key(self) -> str:
        """Return its path in the file."""
        return f"{self.section}.{self.name}"

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the names of its numbers in a form."""
        if self.section == "weights":
            return (self.key,)
        return (f"{self.key}.value",) if self.warn is None else (f"{self.key}.value", f"{self.key}.warn")

    @property
    def why(self) -> str:
        """Return the name of its reason in a form."""
        return f"{self.key}.reason"

    @property
    def whole(self) -> bool:
        """Return whether it is a whole number."""
        return self.spec.unit in _WHOLE

    @property
    def further(self) -> bool:
        """Return whether it is a further condition of another figure."""
        return self.section == "limits" and self.name not in FIRST


def shapes_of_protocol(name: str) -> list[Shape]:
    """Return a protocol's limits (those that name a fault first), targets, figures of a repetition, and weights."""
    shipped = parse(load_protocol(name).text)
    order = {each: at for at, each in enumerate(FIRST)}
    limits = sorted(LIMITS, key=lambda each: order.get(each, len(order)))
    out = [_shape("limits", each, LIMITS[each], shipped["limits"][each]) for each in limits]
    out += [_shape("targets", each, spec, shipped["targets"][each]) for each, spec in TARGETS.items()]
    out += [_shape("reps", each, spec, shipped["reps"][each]) for each, spec in REPS.items()]
    share = ValueSpec("share", 0, 1)
    return [*out, *(Shape("weights", each, share, shipped["weights"][each], None, None) for each in WEIGHTS)]


def shapes_of_readiness() -> list[Shape]:
    """Return the figures of the readiness rule."""
    shipped = load_rules().figures
    return [
        Shape("figures", name, spec, shipped[name].value, None, shipped[name].source) for name, spec in FIGURES.items()
    ]


def weights_reason(name: str) -> str:
    """Return the source of the weights of a bundled protocol."""
    return str(parse(load_protocol(name).text)["weights"]["reason"])


def _shape(section: str, name: str, spec: ValueSpec, given: Mapping[str, Any]) -> Shape:
    return Shape(section, name, spec, given["value"], given.get("warn"), given["reason"])


def fields_of(shapes: Sequence[Shape], own: Mapping[str, Any], holds: Mapping[str, Any]) -> dict[str, str]:
    """Return the contents of the form: the numbers in force, and the clinic's own reasons.

    Parameters
    ----------
    own
        The clinic's document.
    holds
        The whole document in force, with the clinic's values in it.
    """
    out = {}
    for shape in shapes:
        there = holds[shape.section][shape.name]
        for key in shape.keys:
            out[key] = f"{there if shape.section == 'weights' else there[key.rpartition('.')[2]]:g}"
        mine = own.get(shape.section, {}).get(shape.name, {})
        if shape.reason is not None:
            out[shape.why] = mine.get("reason", "")
    if any(shape.section == "weights" for shape in shapes):
        out[WEIGHTS_WHY] = own.get("weights", {}).get("reason", "")
    return out


def read_form(form: FormData, fields: Mapping[str, str]) -> dict[str, str]:
    """Read these fields from the form, as typed."""
    return {key: form_text(form, key, 2 * MOST_WHY) for key in fields}


def find_errors(t: Translator, shapes: Sequence[Shape], fields: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong, by field, in the person's language."""
    out = {}
    for shape in shapes:
        numbers = {key: parse_number(fields[key]) for key in shape.keys}
        for key, value in numbers.items():
            if value is None or not shape.spec.low <= value <= shape.spec.high:
                out[key] = t("clinic-wrong-range", low=f"{shape.spec.low:g}", high=f"{shape.spec.high:g}")
            elif shape.whole and value != int(value):
                out[key] = t("clinic-wrong-whole")
        if shape.warn is not None and not out.keys() & set(shape.keys):
            value, warn = (numbers[key] for key in shape.keys)
            assert value is not None
            assert warn is not None
            if (warn > value) if shape.spec.direction == "above" else (warn < value):
                out[shape.keys[1]] = t(f"clinic-wrong-warn-{shape.spec.direction}", limit=f"{value:g}")
    for key, text in fields.items():
        if key.endswith(".reason") and len(text) > MOST_WHY:
            out[key] = t("clinic-wrong-long", most=MOST_WHY)
        elif key.endswith(".reason") and not all(mark.isprintable() for mark in text):
            out[key] = t("clinic-wrong-hidden")
    return out


def differs(shape: Shape, fields: Mapping[str, str]) -> bool:
    """Return whether the numbers differ from the bundled ones; a field that holds no number differs too."""
    return [parse_number(fields[key]) for key in shape.keys] != [
        each for each in (shape.value, shape.warn) if each is not None
    ]


def document_of(shapes: Sequence[Shape], fields: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the clinic's document: only what differs, and whatever it holds besides these figures.

    Parameters
    ----------
    fields
        Fields in which `find_errors` finds none.
    before
        The clinic's document so far.
    """
    names = {(shape.section, shape.name) for shape in shapes}
    sections = list(dict.fromkeys(shape.section for shape in shapes))
    out = {key: value for key, value in before.items() if key not in sections}
    for section in sections:
        table = {
            key: value
            for key, value in before.get(section, {}).items()
            if (section, key) not in names and key != "reason"
        }
        for shape in shapes:
            if shape.section == section and (entry := _entry(shape, fields)):
                table[shape.name] = entry
        if section == "weights" and fields[WEIGHTS_WHY]:
            table["reason"] = fields[WEIGHTS_WHY]
        if table:
            out[section] = table
    return out


def _entry(shape: Shape, fields: Mapping[str, str]) -> Any:
    values = [parse_number(fields[key]) for key in shape.keys]
    if shape.section == "weights":
        return values[0] if differs(shape, fields) else None
    entry: dict[str, Any] = {}
    if differs(shape, fields):
        numbers = [int(each) if shape.whole and each is not None else each for each in values]
        entry = dict(zip(("value", "warn"), numbers, strict=False))
    if fields[shape.why]:
        entry["reason"] = fields[shape.why]
    return entry
