"""Protocols: an exercise with its targets and limits. TOML in `protocols/`; a client's file overrides any value."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from hinge_check.assess import protocol_schema as schema
from hinge_check.assess.protocol_check import Problem, find_inconsistent, find_missing, find_problems, refuse
from hinge_check.assess.protocol_schema import Direction
from hinge_check.assess.protocol_text import key_lines, parse, read, render
from hinge_check.errors import UsageError
from hinge_check.measure.rep_rules import RepRules

DEFAULT = "bodyweight_hinge"

LADDER: tuple[str, ...] = (
    "bow",
    "bodyweight_hinge",
    "dowel_hinge",
    "wall_tap",
    "rdl",
    "good_morning",
    "kettlebell_deadlift",
    "deadlift",
)
"""Bundled protocols, from the first step to the last."""

PERSON_SHARE = 0.42
"""Share of a person's own full lumbar flexion that still counts as neutral when the file gives that range: 42 % was
reached in a loaded hold meant to be as neutral as possible (case study, field note 3.2); about 60-70 % in ordinary
lifting. Of the 42 degrees of lumbar flexion of Esola 1996 it gives 17.5, close to the general 20."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure beyond which a fault may be named.

    Between `warn` and `value` only the clinician is told. `direction` says which side of the figure is a departure.
    """

    value: float
    warn: float
    unit: str
    reason: str
    direction: Direction = "above"


@dataclass(frozen=True, slots=True)
class Target:
    """A figure that the client is asked to reach."""

    value: float
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class Protocol:
    """One exercise: what is asked, what is allowed, and how much each part counts.

    `text` is the whole protocol as TOML after all overrides; `sha256` is of that text. `own` is the content of a
    client's file itself, or one line that extends a bundled protocol: what another file may build on.
    """

    name: str
    title: str
    start: str
    differs: str
    instructions: tuple[str, ...]
    reps: RepRules
    targets: Mapping[str, Target]
    limits: Mapping[str, Limit]
    weights: Mapping[str, float]
    lumbar_max_deg: float | None
    lumbar_max_se_deg: float | None
    overrides: Mapping[str, float | str | bool]
    text: str
    own: str
    sha256: str


def load_protocol(name_or_path: str | Path = DEFAULT) -> Protocol:
    """Load a bundled protocol by name ('-' and '_' alike), or a client's file.

    Raises
    ------
    UsageError
        Unknown name; a file that cannot be read; or every problem of the file, one per line, each with its line
        number and a suggestion.
    """
    if _is_file(name_or_path):
        return _from_text(read(Path(name_or_path), "protocol"), default_name="client")
    name = str(name_or_path).strip().lower().replace("-", "_")
    if name not in LADDER:
        near = difflib.get_close_matches(name, LADDER, n=1, cutoff=0.5)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise UsageError(f"No protocol is called '{name_or_path}'.{hint} Known: {', '.join(LADDER)}.")
    return _load_bundled(name)


def protocol_from_text(text: str, base_of: Callable[[str], Protocol] | None = None) -> Protocol:
    """Read a protocol from TOML.

    Parameters
    ----------
    base_of
        Returns the protocol that the text extends, by one of the bundled names: for a clinic with versions of its own.
        The bundled protocols without it.

    Raises
    ------
    UsageError
        Every problem of the text, one per line, each with its line number and a suggestion.
    """
    return _from_text(text, default_name="client", base_of=base_of)


def list_protocols() -> list[tuple[str, str]]:
    """Return (name, title) of every bundled protocol, from the first step of the ladder to the last."""
    return [(name, _load_bundled(name).title) for name in LADDER]


def show_protocol(name_or_path: str | Path) -> str:
    """Return a protocol as complete TOML, every figure with its reason: readable, and loadable as a file."""
    return load_protocol(name_or_path).text


def check_protocol(path: str | Path) -> list[str]:
    """Return the problems of a protocol file, each with its line; empty when it is sound."""
    try:
        load_protocol(Path(path))
    except UsageError as error:
        return str(error).splitlines()
    return []


def _is_file(name_or_path: str | Path) -> bool:
    if isinstance(name_or_path, Path):
        return True
    return name_or_path.lower().endswith(".toml") or "/" in name_or_path or "\\" in name_or_path


@cache
def _load_bundled(name: str) -> Protocol:
    text = resources.files("hinge_check.assess").joinpath("protocols", f"{name}.toml").read_text(encoding="utf-8")
    return _from_text(text, default_name=name, bundled=True)


def _from_text(
    text: str, *, default_name: str, bundled: bool = False, base_of: Callable[[str], Protocol] | None = None
) -> Protocol:
    own = parse(text)
    lines = key_lines(text)
    refuse(find_problems(own), lines)
    base: dict[str, Any] = {}
    base_name = own.get("extends")
    if base_name is not None:
        base_name = base_name.strip().lower().replace("-", "_")
        if base_name not in LADDER or (bundled and base_name == default_name):
            near = difflib.get_close_matches(base_name, LADDER, n=1, cutoff=0.5)
            hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(LADDER)}"
            refuse([Problem(("extends",), f"extends names no bundled protocol: '{own['extends']}'; {hint}")], lines)
        base = parse((_load_bundled if base_of is None else base_of)(base_name).text)
    document = _merge(base, own, base_name or "")
    missing_keys = find_missing(document)
    if missing_keys:
        if base_name is None and len(missing_keys) > 3:
            hint = (
                f'{len(missing_keys)} keys are missing; to change a few figures only, begin with: extends = "{DEFAULT}"'
            )
            missing_keys = [Problem((), hint), *missing_keys[:3]]
        refuse(missing_keys, lines)
    refuse(find_inconsistent(document), lines)
    source = {"extends": default_name} if bundled else own
    return _build(document, {} if bundled else _overrides(base, own), render(source))


def _merge(base: Mapping[str, Any], own: Mapping[str, Any], base_name: str) -> dict[str, Any]:
    """Merge `own` over `base`, in the order of the schema; fill in units.

    A limit whose `value` is replaced without a `warn` keeps the ratio of warn to value; one replaced without a `reason`
    (or with the reason of the replaced figure) states what it replaces, so that no source is quoted for a figure it
    never gave.
    """
    out: dict[str, Any] = {}
    for key in ("name", "title", "start", "differs", "instructions"):
        if key in own or key in base:
            out[key] = own.get(key, base.get(key))
    for section, specs in (("reps", schema.REPS), ("targets", schema.TARGETS), ("limits", schema.LIMITS)):
        below, above = base.get(section, {}), own.get(section, {})
        table: dict[str, Any] = {}
        if section == "reps" and ("start" in above or "start" in below):
            table["start"] = above.get("start", below.get("start"))
        for name, spec in specs.items():
            if name not in below and name not in above:
                continue
            table[name] = _figure(below.get(name, {}), above.get(name, {}), spec, base_name)
        if table:
            out[section] = table
    weights = {**base.get("weights", {}), **own.get("weights", {})}
    if weights:
        numbers = {name: float(weights[name]) for name in schema.WEIGHTS if name in weights}
        out["weights"] = {**numbers, **({"reason": weights["reason"]} if "reason" in weights else {})}
    person = {**base.get("person", {}), **own.get("person", {})}
    if person:
        out["person"] = {name: float(value) for name, value in person.items()}
    return out


def _figure(
    below: Mapping[str, Any], above: Mapping[str, Any], spec: schema.ValueSpec, base_name: str
) -> dict[str, Any]:
    figure = {**below, **above}
    out: dict[str, Any] = {}
    if "value" in figure:
        out["value"] = float(figure["value"])
    if "warn" in figure:
        out["warn"] = float(figure["warn"])
    changed = "value" in above and "value" in below and float(above["value"]) != float(below["value"])
    if changed and "warn" in below and "warn" not in above and below["value"]:
        out["warn"] = round(below["warn"] * out["value"] / below["value"], 4)
    out["unit"] = spec.unit
    if changed and above.get("reason", below.get("reason")) == below.get("reason"):
        out["reason"] = f"set in this file; {base_name} has {below['value']:g} {spec.unit}"
    elif "reason" in figure:
        out["reason"] = figure["reason"]
    return out


def _overrides(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, float | str | bool]:
    """Return the figures in which `own` differs from `base`, by dotted key; reasons and names are not figures."""
    out: dict[str, float | str | bool] = {}
    if not base:
        return out
    for path, value in _leaves(own, ()):
        if path[-1] == "reason" or path in (("extends",), ("name",)):
            continue
        before: Any = base
        for key in path:
            before = before.get(key) if isinstance(before, Mapping) else None
        if value != before:
            if isinstance(value, list):
                value = " ".join(value)
            out[".".join(path)] = float(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return out


def _leaves(table: Mapping[str, Any], path: tuple[str, ...]) -> list[tuple[tuple[str, ...], Any]]:
    out: list[tuple[tuple[str, ...], Any]] = []
    for key, value in table.items():
        out += _leaves(value, (*path, key)) if isinstance(value, Mapping) else [((*path, key), value)]
    return out


def _build(document: Mapping[str, Any], overrides: Mapping[str, float | str | bool], own: str) -> Protocol:
    text = render(document)
    limits = {
        name: Limit(figure["value"], figure["warn"], spec.unit, figure["reason"], spec.direction)
        for name, spec in schema.LIMITS.items()
        for figure in (document["limits"][name],)
    }
    person = document.get("person", {})
    own_range = person.get("lumbar_max_deg")
    if own_range is not None and "limits.lumbar_flexion.value" not in overrides:
        limits["lumbar_flexion"] = _personal_limit(limits["lumbar_flexion"], own_range)
    reps = document["reps"]
    return Protocol(
        name=document["name"],
        title=document["title"],
        start=document["start"],
        differs=document["differs"],
        instructions=tuple(document["instructions"]),
        reps=RepRules(start=reps["start"], **{name: reps[name]["value"] for name in schema.REPS}),
        targets={
            name: Target(figure["value"], figure["unit"], figure["reason"])
            for name, figure in document["targets"].items()
        },
        limits=limits,
        weights={name: document["weights"][name] for name in schema.WEIGHTS},
        lumbar_max_deg=own_range,
        lumbar_max_se_deg=person.get("lumbar_max_se_deg"),
        overrides=dict(overrides),
        text=text,
        own=own,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def _personal_limit(general: Limit, own_range: float) -> Limit:
    value = round(PERSON_SHARE * own_range, 1)
    return Limit(
        value,
        round(value * general.warn / general.value, 1),
        general.unit,
        f"{PERSON_SHARE:.0%} of this person's own {own_range:g} degrees of lumbar flexion",
        general.direction,
    )
