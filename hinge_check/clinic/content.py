"""Editable content: TOML that comes with the package, or a clinic's own, checked alike."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from hinge_check.assess.protocol_check import Problem, unknown
from hinge_check.assess.protocol_text import KeyPath, read


@dataclass(frozen=True, slots=True)
class Wording:
    """Which words a person was shown: to be stored with what they answered.

    `version` is what the file calls itself, `sha256` is of `text`, the whole file.
    """

    version: str
    sha256: str
    text: str


def wording(document: Mapping[str, Any], text: str) -> Wording:
    """The wording of a checked document that has a `version`."""
    return Wording(document["version"], digest(text), text)


def digest(text: str) -> str:
    """SHA-256 of a text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def text_of(bundled: str, path: str | Path | None, what: str) -> str:
    """A clinic's own file, or the bundled one without a path.

    Raises
    ------
    UsageError
        The file cannot be read, or is not UTF-8.
    """
    if path is not None:
        return read(Path(path), what)
    return resources.files("hinge_check.clinic").joinpath(bundled).read_text(encoding="utf-8")


def not_text(table: Mapping[str, Any], path: KeyPath, keys: Iterable[str]) -> list[Problem]:
    """Keys that are absent, or no text, or empty."""
    out = []
    for key in keys:
        name = ".".join((*path, key))
        if key not in table:
            out.append(Problem(path, f"missing {name}"))
        elif not (isinstance(table[key], str) and table[key].strip()):
            out.append(Problem((*path, key), f"{name} must be text"))
    return out


def not_sentences(table: Mapping[str, Any], path: KeyPath, keys: Iterable[str]) -> list[Problem]:
    """Keys that are absent, or no list of sentences."""
    out = []
    for key in keys:
        name, given = ".".join((*path, key)), table.get(key)
        if key not in table:
            out.append(Problem(path, f"missing {name}"))
        elif not (isinstance(given, list) and given and all(isinstance(s, str) and s.strip() for s in given)):
            out.append(Problem((*path, key), f'{name} must be a list of sentences, for example ["Stand tall."]'))
    return out


def not_one_of(given: Any, path: KeyPath, allowed: Iterable[str]) -> list[Problem]:
    """A value that must be one of a few words."""
    allowed = list(allowed)
    if given in allowed:
        return []
    near = difflib.get_close_matches(str(given), allowed, n=1, cutoff=0.5)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return [Problem(path, f"{'.'.join(path)} is '{given}'; it must be one of {', '.join(allowed)}{hint}")]


def tables(
    document: Mapping[str, Any], section: str, keys: Iterable[str], *, known: Iterable[str] | None = None
) -> tuple[dict[str, Mapping[str, Any]], list[Problem]]:
    """The tables below `[section.name]` by name, in the order of the file, and what is amiss with their keys.

    Parameters
    ----------
    keys
        All that such a table may hold.
    known
        All names there may be; any without it.
    """
    given = document.get(section)
    if not isinstance(given, Mapping) or not given:
        return {}, [Problem((section,), f"missing {section}: write [{section}.name] and its keys below, one a table")]
    out: dict[str, Mapping[str, Any]] = {}
    found = [] if known is None else unknown(given, (section,), known)
    for name, table in given.items():
        if not isinstance(table, Mapping):
            found.append(Problem((section, name), f"{section}.{name} must be a table: write [{section}.{name}]"))
            continue
        found += unknown(table, (section, name), keys)
        out[name] = table
    return out, found
