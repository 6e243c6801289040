"""Protocol files as text: reading, the lines of keys, syntax errors in plain words, and writing a protocol back."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hinge_check.errors import UsageError

KeyPath = tuple[str, ...]

_HEADER = re.compile(r"^\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=(.*)$""")
_AT_LINE = re.compile(r"\s*\(at line (\d+), column (\d+)\)")
_STRING = re.compile(r""""(?:\\.|[^"\\])*"|'[^']*'|#.*$""")


def read(path: Path, what: str) -> str:
    """Read the text of a file; `what` it is, such as 'protocol', goes into the refusal.

    Raises
    ------
    UsageError
        The file cannot be read, or is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"line 1: the {what} file cannot be read: {error.strerror or error}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError(f"line {line}: the {what} file is not UTF-8 text; save it as plain text (UTF-8)") from error


def parse(text: str) -> dict[str, Any]:
    """Parse TOML text to a dict.

    Raises
    ------
    UsageError
        With the line of the first syntax error and, where it can be guessed, what was probably meant.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = _AT_LINE.search(str(error))
        line = int(where.group(1)) if where else max(1, len(text.splitlines()))
        message = _AT_LINE.sub("", str(error)).replace(" (at end of document)", "")
        source = text.splitlines()[line - 1] if text.splitlines() else ""
        hint = ""
        if re.search(r"=\s*[+-]?\d+(\.\d+)?\s*[A-Za-z°%]", source):
            hint = '; write the number alone and the unit as unit = "deg"'
        elif re.search(r"=\s*[+-]?\d+,\d+", source):
            hint = "; write a decimal point, not a comma"
        raise UsageError(f"line {line}: not TOML: {message[:1].lower()}{message[1:]}{hint}") from error


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the line number of every table header and key, 1 for the first line.

    Tomllib gives no positions. This reads only what a protocol needs: headers, (dotted) keys, and values over several
    lines, whose inner lines are skipped. The text must be valid TOML.
    """
    lines: dict[KeyPath, int] = {}
    table: KeyPath = ()
    depth, quote = 0, ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not quote and depth == 0:
            if not line or line.startswith("#"):
                continue
            if header := _HEADER.match(line):
                table = _split(header.group(1))
                lines.setdefault(table, number)
                continue
            if key := _KEY.match(line):
                lines.setdefault((*table, *_split(key.group(1))), number)
                line = key.group(2).strip()
        depth, quote = _open_after(line, depth, quote)
    return lines


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """Return the line of a key, else of the first key below it, else of the nearest table around it; 1 without any."""
    for end in range(len(path), 0, -1):
        below = [line for key, line in lines.items() if key[:end] == path[:end]]
        if below:
            return min(below)
    return 1


def render(document: Mapping[str, Any]) -> str:
    """Write a document as TOML: plain keys first, then one table per figure, in the order of the document.

    Not by tomli-w: a protocol's identity is the SHA-256 of this text, which is in every report and in the key of every
    stored analysis, so not a space of it may change. tomli-w aligns no equals signs and indents the items of a list by
    four: all eight bundled protocols would get another hash. It cannot write comments either, as `person_file` does.
    """
    return "\n".join(_tables(document, ())).strip() + "\n"


def _tables(table: Mapping[str, Any], path: KeyPath) -> list[str]:
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    out = [f"\n[{'.'.join(path)}]"] if path and plain else []
    width = max((len(key) for key in plain), default=0)
    out += [f"{key:<{width}} = {_value(value)}" for key, value in plain.items()]
    for key, value in table.items():
        if isinstance(value, Mapping):
            out += _tables(value, (*path, key))
    return out


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[\n" + "".join(f"  {_value(item)},\n" for item in value) + "]"
    # JSON strings and numbers are valid TOML
    return json.dumps(value, ensure_ascii=False)


def _split(dotted: str) -> KeyPath:
    parts = re.findall(r"""[^."']+|"[^"]*"|'[^']*'""", dotted)
    return tuple(part.strip().strip("\"'") for part in parts if part.strip())


def _open_after(line: str, depth: int, quote: str) -> tuple[int, str]:
    """Return the bracket depth and the open triple quote after a line of a value."""
    while True:
        if quote:
            end = line.find(quote)
            if end < 0:
                return depth, quote
            line, quote = line[end + 3 :], ""
        starts = [(line.find(mark), mark) for mark in ('"""', "'''") if mark in line]
        at, mark = min(starts, default=(len(line), ""))
        bare = _STRING.sub("", line[:at])
        depth += sum(bare.count(c) for c in "[{") - sum(bare.count(c) for c in "]}")
        if not mark:
            return max(depth, 0), ""
        line, quote = line[at + 3 :], mark
