"""Collects stable codes, environment variables, salts and migration ids from the source; part of `scripts/surface.py`.

Nothing is imported: every Python file of the checkout is parsed, so it does not matter which module defines a value.
Only values are recorded, never the names of classes or modules, which are free to change.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CODE = re.compile(r"[a-z][a-z0-9_]*")
VARIABLE = re.compile(r"HINGE_[A-Z0-9_]*[A-Z0-9]")
FEWEST = 3
"""Smallest dictionary that counts as a table of texts by code."""


def collect(root: Path) -> dict[str, Any]:
    """Collect codes, environment variable names, signature salts and migration ids of the checkout at `root`."""
    sources = [path.read_text(encoding="utf-8") for path in _files(root)]
    trees = [ast.parse(source) for source in sources]
    tops = [node for tree in trees for node in tree.body]
    # Walking every tree takes a second, and few files have anything of interest below module level.
    deep = [tree for source, tree in zip(sources, trees, strict=True) if "salt" in source.lower() or "HINGE_" in source]
    nodes = [node for tree in deep for node in ast.walk(tree)]
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    portable = {
        "codes": sorted(_codes(tops)),
        "texts_by_code": sorted({keys for tree in trees for keys in _tables(tree)}),
        "environment": sorted({text for text in texts if VARIABLE.fullmatch(text)}),
        "salts": sorted(set(_salts(nodes))),
        "migrations": sorted(_migrations(root)),
    }
    return {"portable": portable, "machine": {}}


def _files(root: Path) -> Iterator[Path]:
    for package in ("api", "hinge_check"):
        for path in sorted((root / package).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield path


def _codes(nodes: list[ast.stmt]) -> Iterator[str]:
    """Yield the values of each string enumeration, one line per enumeration."""
    for node in nodes:
        if isinstance(node, ast.ClassDef) and any(_name(base).endswith("StrEnum") for base in node.bases):
            values = [
                part.value.value
                for part in node.body
                if isinstance(part, ast.Assign) and isinstance(part.value, ast.Constant)
            ]
            yield " ".join(map(str, values))


def _tables(tree: ast.Module) -> Iterator[str]:
    """Yield the keys of each module-level table that maps codes to texts."""
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if not isinstance(value, ast.Dict) or len(value.keys) < FEWEST:
            continue
        keys = [key.value for key in value.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
        words = [part.value for part in value.values if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        are_codes = len(keys) == len(value.keys) and all(CODE.fullmatch(key) for key in keys)
        if are_codes and len(words) == len(keys) and any(" " in text for text in words):
            yield " ".join(sorted(keys))


def _salts(nodes: list[ast.AST]) -> Iterator[str]:
    """Yield the salts of signatures; a changed salt would invalidate every link already handed out."""
    for node in nodes:
        named: list[tuple[str, ast.AST | None]] = []
        if isinstance(node, ast.Assign):
            named = [(_name(target), node.value) for target in node.targets]
        elif isinstance(node, ast.Call):
            named = [(keyword.arg or "", keyword.value) for keyword in node.keywords]
        elif isinstance(node, ast.Dict):
            named = [(_name(key), value) for key, value in zip(node.keys, node.values, strict=True)]
        for name, value in named:
            if name.lower().endswith("salt") and isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def _migrations(root: Path) -> Iterator[str]:
    """Yield the id of each migration and of its predecessor; file names are free to change."""
    for path in sorted((root / "api" / "db").rglob("*.py")):
        found = {
            name: value.value
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(value := node.value, ast.Constant)
            for name in map(_name, node.targets if isinstance(node, ast.Assign) else [node.target])
        }
        if "revision" in found:
            yield f"{found['revision']!r} after {found.get('down_revision')!r}"


def _name(node: ast.AST | None) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


if __name__ == "__main__":
    json.dump(collect(Path(sys.argv[1])), sys.stdout)
