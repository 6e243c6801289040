"""Checks of a protocol document: every problem with its place, and a suggestion where there is a close one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hinge_check.assess import protocol_schema as schema
from hinge_check.assess.protocol_schema import ValueSpec
from hinge_check.assess.protocol_text import KeyPath, line_of
from hinge_check.errors import UsageError


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem with the value at `path`."""

    path: KeyPath
    message: str


def find_problems(document: Mapping[str, Any]) -> list[Problem]:
    """Find unknown keys, wrong types and units, and implausible figures in a document; missing keys are no problem."""
    out = find_unknown(document, (), schema.TOP_KEYS)
    for key in (*schema.TEXTS, "extends"):
        if key in document and not (isinstance(document[key], str) and document[key].strip()):
            out.append(Problem((key,), f"{key} must be text"))
    out += _instructions(document)
    if document.get("start", "standing") not in schema.STARTS:
        out.append(_not_a_start(("start",), document["start"]))
    for section, specs, keys in (
        ("limits", schema.LIMITS, schema.LIMIT_KEYS),
        ("targets", schema.TARGETS, schema.FIGURE_KEYS),
        ("reps", schema.REPS, schema.FIGURE_KEYS),
    ):
        out += check_values(document, section, specs, keys)
    out += _weights(document)
    out += _person(document)
    return out


def find_missing(document: Mapping[str, Any]) -> list[Problem]:
    """Find what a document without other problems lacks to be a complete protocol."""
    out = [Problem((), f"missing {key}") for key in (*schema.TEXTS, "start", "instructions") if key not in document]
    for section, specs, keys in (
        ("limits", schema.LIMITS, ("value", "warn", "reason")),
        ("targets", schema.TARGETS, ("value", "reason")),
        ("reps", schema.REPS, ("value", "reason")),
    ):
        figures = document.get(section, {})
        for name in specs:
            for key in keys:
                if key not in figures.get(name, {}):
                    out.append(Problem((section, name), f"missing {section}.{name}.{key}"))
    if "start" not in document.get("reps", {}):
        out.append(Problem(("reps",), "missing reps.start"))
    weights = document.get("weights", {})
    out += [
        Problem(("weights",), f"missing weights.{name}") for name in (*schema.WEIGHTS, "reason") if name not in weights
    ]
    return out


def find_inconsistent(document: Mapping[str, Any]) -> list[Problem]:
    """Find figures that contradict one another in a complete document."""
    out = []
    for name, spec in schema.LIMITS.items():
        value, warn = document["limits"][name]["value"], document["limits"][name]["warn"]
        if (warn > value) if spec.direction == "above" else (warn < value):
            text = f"limits.{name}.warn ({warn:g}) lies {spec.direction} its value ({value:g})"
            out.append(Problem(("limits", name, "warn"), text))
    if not any(document["weights"][name] > 0 for name in schema.WEIGHTS):
        out.append(Problem(("weights",), "all weights are 0; give at least one a weight"))
    if {"lumbar_max_se_deg"} == set(document.get("person", {})):
        text = "person.lumbar_max_se_deg is the error of lumbar_max_deg, which is missing"
        out.append(Problem(("person", "lumbar_max_se_deg"), text))
    if document["reps"]["stand_deg"]["value"] >= document["reps"]["min_range_deg"]["value"]:
        out.append(Problem(("reps", "stand_deg"), "reps.stand_deg must be smaller than reps.min_range_deg"))
    return out


def find_unknown(table: Mapping[str, Any], path: KeyPath, known: Iterable[str]) -> list[Problem]:
    """Find keys that are not known here, each with the closest one that is."""
    where = f" in [{'.'.join(path)}]" if path else ""
    known = list(known)
    out = []
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f"; did you mean '{near[0]}'?" if near else f"; known here: {', '.join(known)}"
            out.append(Problem((*path, key), f"unknown key '{key}'{where}{hint}"))
    return out


def refuse(problems: Sequence[Problem], lines: Mapping[KeyPath, int]) -> None:
    """Raise UsageError with every problem, one per line, in the order of the file; do nothing where there is none."""
    if problems:
        placed = sorted((line_of(lines, problem.path), index, problem) for index, problem in enumerate(problems))
        raise UsageError("\n".join(f"line {line}: {problem.message}" for line, _, problem in placed))


def _instructions(document: Mapping[str, Any]) -> list[Problem]:
    lines = document.get("instructions", ["x"])
    if isinstance(lines, list) and lines and all(isinstance(item, str) and item.strip() for item in lines):
        return []
    return [Problem(("instructions",), 'instructions must be a list of sentences, for example ["Stand tall."]')]


def _not_a_start(path: KeyPath, value: Any) -> Problem:
    near = difflib.get_close_matches(str(value), schema.STARTS, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return Problem(path, f"{'.'.join(path)} is {_describe(value)}; it must be one of {', '.join(schema.STARTS)}{hint}")


def check_values(
    document: Mapping[str, Any], section: str, specs: Mapping[str, ValueSpec], keys: tuple[str, ...]
) -> list[Problem]:
    """Find the problems of a section that has one table per figure."""
    table = document.get(section, {})
    if not isinstance(table, Mapping):
        return [Problem((section,), f"{section} must be a table: write [{section}.name] and its figures below")]
    extra = ("start",) if section == "reps" else ()
    out = find_unknown(table, (section,), (*specs, *extra))
    if section == "reps" and table.get("start", "either") not in schema.STARTS:
        out.append(_not_a_start(("reps", "start"), table["start"]))
    for name, spec in specs.items():
        if name not in table:
            continue
        path, figure = (section, name), table[name]
        if not isinstance(figure, Mapping):
            example = f"[{section}.{name}] with value = {figure if _is_number(figure) else f'{spec.high:g}'}"
            out.append(Problem(path, f"{section}.{name} must be a table: write {example} below it"))
            continue
        out += find_unknown(figure, path, keys)
        out += [p for key in ("value", "warn") if key in figure for p in _number(figure[key], (*path, key), spec)]
        if "unit" in figure and figure["unit"] != spec.unit:
            text = f"{section}.{name} is in {spec.unit} ({_words(spec)}), not {_describe(figure['unit'])}"
            out.append(Problem((*path, "unit"), text))
        if "reason" in figure and not isinstance(figure["reason"], str):
            out.append(Problem((*path, "reason"), f"{section}.{name}.reason must be text"))
    return out


def _weights(document: Mapping[str, Any]) -> list[Problem]:
    table = document.get("weights", {})
    if not isinstance(table, Mapping):
        return [Problem(("weights",), "weights must be a table: write [weights] and its figures below")]
    out = find_unknown(table, ("weights",), (*schema.WEIGHTS, "reason"))
    spec = ValueSpec("share", 0, 1)
    out += [p for name in schema.WEIGHTS if name in table for p in _number(table[name], ("weights", name), spec)]
    if "reason" in table and not isinstance(table["reason"], str):
        out.append(Problem(("weights", "reason"), "weights.reason must be text"))
    return out


def _person(document: Mapping[str, Any]) -> list[Problem]:
    table = document.get("person", {})
    if not isinstance(table, Mapping):
        return [Problem(("person",), "person must be a table: write [person] and its figures below")]
    out = find_unknown(table, ("person",), schema.PERSON)
    for name, spec in schema.PERSON.items():
        if name in table:
            out += _number(table[name], ("person", name), spec)
    return out


def _number(value: Any, path: KeyPath, spec: ValueSpec) -> list[Problem]:
    name = ".".join(path)
    if not _is_number(value):
        example = _example(value, spec)
        return [Problem(path, f"{name} is {_describe(value)}; write a number in {_words(spec)}, for example {example}")]
    if not spec.low <= value <= spec.high:  # NaN is refused here too
        span = f"{spec.low:g} to {spec.high:g} {spec.unit}"
        return [Problem(path, f"{name} = {value:g} is outside {span}; write {_words(spec)}")]
    return []


def _words(spec: ValueSpec) -> str:
    """Return the unit in words."""
    return schema.UNIT_WORDS[spec.unit]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _example(value: Any, spec: ValueSpec) -> str:
    """Return the number in a text such as "20 deg" if it is valid, else the middle of the range."""
    head = str(value).split()[0] if isinstance(value, str) and value.split() else ""
    try:
        number = float(head)
    except ValueError:
        number = float("nan")
    if spec.low <= number <= spec.high:
        return f"{number:.1f}"
    return f"{(spec.low + spec.high) / 2:.1f}"


def _describe(value: Any) -> str:
    return f'the text "{value}"' if isinstance(value, str) else repr(value).lower()
