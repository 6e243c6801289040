"""Editable content: TOML files of the package or of a clinic, checked alike."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Generic, TypeVar

from hinge_check.assess.protocol_check import Problem, find_unknown, refuse
from hinge_check.assess.protocol_text import KeyPath, key_lines, parse, read

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wording:
    """The version of the words a person was shown, to be stored with their answers.

    `version` is the one the file states, `sha256` is of `text`, the whole file.
    """

    version: str
    sha256: str
    text: str


def wording(document: Mapping[str, Any], text: str) -> Wording:
    """Return the wording of a checked document that has a `version`."""
    return Wording(document["version"], sha256_of(text), text)


def sha256_of(text: str) -> str:
    """Return the SHA-256 of a text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class ContentFile(Generic[T]):
    """A content file: how to read it, check it completely, and build its content.

    Parameters
    ----------
    file
        The bundled file, beside this module.
    what
        Its name in messages.
    problems
        Returns all problems of a document.
    make
        Builds the content from a valid document and its text.
    """

    file: str
    what: str
    problems: Callable[[Mapping[str, Any]], list[Problem]]
    make: Callable[[Mapping[str, Any], str], T]

    def from_text(self, text: str) -> T:
        """Build the content from TOML text.

        Raises
        ------
        UsageError
            Every problem of the text, one a line, each with its line number and a suggestion.
        """
        document = parse(text)
        refuse(self.problems(document), key_lines(text))
        return self.make(document, text)

    def load(self, path: str | Path | None = None) -> T:
        """Load a clinic's own file, or the bundled content without a path.

        Raises
        ------
        UsageError
            As `from_text`; also when the file cannot be read, or is not UTF-8.
        """
        return self._bundled if path is None else self.from_text(read_content(self.file, path, self.what))

    @cached_property
    def _bundled(self) -> T:
        return self.from_text(read_content(self.file, None, self.what))


def read_content(bundled: str, path: str | Path | None, what: str) -> str:
    """Return the text of a clinic's own file, or of the bundled one without a path.

    Raises
    ------
    UsageError
        The file cannot be read, or is not UTF-8.
    """
    if path is not None:
        return read(Path(path), what)
    return resources.files("hinge_check.clinic").joinpath(bundled).read_text(encoding="utf-8")


def find_missing_text(table: Mapping[str, Any], path: KeyPath, keys: Iterable[str]) -> list[Problem]:
    """Return the keys that are missing, not text, or empty."""
    out = []
    for key in keys:
        name = ".".join((*path, key))
        if key not in table:
            out.append(Problem(path, f"missing {name}"))
        elif not (isinstance(table[key], str) and table[key].strip()):
            out.append(Problem((*path, key), f"{name} must be text"))
    return out


def find_missing_sentences(table: Mapping[str, Any], path: KeyPath, keys: Iterable[str]) -> list[Problem]:
    """Return the keys that are missing or not a list of sentences."""
    out = []
    for key in keys:
        name, given = ".".join((*path, key)), table.get(key)
        if key not in table:
            out.append(Problem(path, f"missing {name}"))
        elif not (isinstance(given, list) and given and all(isinstance(s, str) and s.strip() for s in given)):
            out.append(Problem((*path, key), f'{name} must be a list of sentences, for example ["Stand tall."]'))
    return out


def find_invalid_choice(given: Any, path: KeyPath, allowed: Iterable[str]) -> list[Problem]:
    """Return the problem of a value that is not one of the allowed words."""
    allowed = list(allowed)
    if given in allowed:
        return []
    near = difflib.get_close_matches(str(given), allowed, n=1, cutoff=0.5)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return [Problem(path, f"{'.'.join(path)} is '{given}'; it must be one of {', '.join(allowed)}{hint}")]


def read_tables(
    document: Mapping[str, Any], section: str, keys: Iterable[str], *, known: Iterable[str] | None = None
) -> tuple[dict[str, Mapping[str, Any]], list[Problem]]:
    """Return the tables below `[section.name]` by name, in the order of the file, and the problems of their keys.

    Parameters
    ----------
    keys
        All keys that such a table may have.
    known
        All names allowed; any name without it.
    """
    given = document.get(section)
    if not isinstance(given, Mapping) or not given:
        return {}, [Problem((section,), f"missing {section}: write [{section}.name] and its keys below, one a table")]
    out: dict[str, Mapping[str, Any]] = {}
    problems = [] if known is None else find_unknown(given, (section,), known)
    for name, table in given.items():
        if not isinstance(table, Mapping):
            problems.append(Problem((section, name), f"{section}.{name} must be a table: write [{section}.{name}]"))
            continue
        problems += find_unknown(table, (section, name), keys)
        out[name] = table
    return out, problems
