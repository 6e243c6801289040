"""Documents name code that exists: a module that is moved or renamed takes its mentions along."""

from __future__ import annotations

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/*.md", "models/*.md", "sample_videos/*.md", "validation/README.md")
    for path in ROOT.glob(pattern)
)
LATER = re.compile(r"^(results|data|data-demo|build|store|cache)/|/cache/|node_modules")
"""Folders that only a run makes."""

_CODE = re.compile(r"```.*?```|`([^`\n]+)`", re.DOTALL)
_MODULE = re.compile(r"((?:api|hinge_check|validation)(?:\.[a-z]\w*)+)(?::([\w.]+)|\.([A-Z]\w*))?")
_PATH = re.compile(r"((?:[\w-]+/)+[\w.*-]*)(?::(\w+))?")
_TO_BE_FILLED_IN = re.compile(r"\b(NAME|CODE|FILE|ID|XX|000N\w*)\b")
_SHORT_FOR = ("", "hinge_check/", "validation/")
"""Where a path may begin: a document on the library leaves its name out, one beside the rig leaves out its own."""


def mentions(document: str) -> list[str]:
    """Return what stands in backticks."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [found for found in _CODE.findall(text) if found and not _TO_BE_FILLED_IN.search(found)]


def names_in(module: str) -> set[str]:
    """Names a module defines, with those within its classes, read without importing it."""
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return defined(Path(spec.origin))


def defined(path: Path) -> set[str]:
    """Names a file of Python defines or imports."""
    names: set[str] = set()
    body: list[tuple[str, ast.stmt]] = [("", node) for node in ast.parse(path.read_text(encoding="utf-8")).body]
    for before, node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(before + node.name)
        if isinstance(node, ast.ClassDef):
            body += [(f"{before}{node.name}.", each) for each in node.body]
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        names |= {before + target.id for target in targets if isinstance(target, ast.Name)}
    return names


def exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("document", DOCUMENTS)
def test_modules_and_names_are_there(document: str) -> None:
    missing = []
    for mention in mentions(document):
        found = _MODULE.fullmatch(mention)
        if found is None:
            continue
        module, name = found[1], found[2] or found[3]
        if not exists(module):  # perhaps a function, named without a colon
            module, _, name = module.rpartition(".")
        if not exists(module) or (name and name not in names_in(module)):
            missing.append(mention)
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_are_there(document: str) -> None:
    missing = []
    for mention in mentions(document):
        found = _PATH.fullmatch(mention)
        if found is None or LATER.search(mention):
            continue
        path, name = found[1], found[2]
        paths = [each for start in (*_SHORT_FOR, str(Path(document).parent) + "/") for each in ROOT.glob(start + path)]
        if not paths or (name and name not in defined(paths[0])):
            missing.append(mention)
    assert not missing
