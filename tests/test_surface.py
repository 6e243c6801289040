"""The externally visible surface equals `tests/golden/surface.json`.

After an intended change refresh that file, and read what git shows as changed:

    python scripts/surface.py record --portable --out tests/golden/surface.json
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from scripts import surface, surface_cli, surface_live, surface_service, surface_source

ROOT = surface.HERE.parent
GOLDEN = json.loads((ROOT / "tests" / "golden" / "surface.json").read_text(encoding="utf-8"))["portable"]
REFRESH = "if intended: python scripts/surface.py record --portable --out tests/golden/surface.json"

COLLECT = {
    "source": lambda: surface_source.collect(ROOT),
    "service": surface_service.collect,
    "cli": lambda: surface_cli.collect(every_protocol=False),
    "live": surface_live.collect,
}


@pytest.mark.parametrize("part", surface.PORTABLE)
def test_surface_is_unchanged(part: str) -> None:
    current = json.loads(json.dumps(COLLECT[part]()["portable"]))
    assert list(surface.find_differences(GOLDEN[part], current)) == [], REFRESH


def test_golden_file_has_every_part() -> None:
    assert set(GOLDEN) == set(surface.PORTABLE) == set(COLLECT)


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, ["~ a: 1 -> 2"]),
        ({"a": 1}, {"a": True}, ["~ a: 1 -> true"]),
        ({"a": {"b": "x"}}, {"a": {}}, ['- a / b: "x"']),
        ({}, {"a": None}, ["+ a: null"]),
        ({"a": [1, 2]}, {"a": [2, 1]}, ["~ a[0]: 1 -> 2", "~ a[1]: 2 -> 1"]),
        ({"a": [1, 2]}, {"a": [2]}, ["- a: 1"]),
        ({"a": [1, 1]}, {"a": [1]}, ["~ a: 2 -> 1 entries"]),
    ],
)
def test_differences_are_listed(before: Any, after: Any, lines: list[str]) -> None:
    assert list(surface.find_differences(before, after)) == lines
