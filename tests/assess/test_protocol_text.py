from __future__ import annotations

import tomllib
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from hinge_check.assess.protocol_text import key_lines, line_of, render

TEXT = '''# a comment = 1
name = "x"  # not a [table]
long = """
inner = 1
[not.a.table]
"""
steps = [
  "a = 1",  # ] a bracket in a comment
  "b ]",
]
[limits.shallow]
value = 3
"reason" = 'it''s'
inline = { a = [1, 2], b = 2 }
[ reps ]
min.value = 4
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), 2),
        (("long",), 3),
        (("steps",), 7),
        (("limits", "shallow"), 11),
        (("limits", "shallow", "value"), 12),
        (("limits", "shallow", "reason"), 13),
        (("limits", "shallow", "inline"), 14),
        (("reps",), 15),
        (("reps", "min", "value"), 16),
    ],
)
def test_keys_are_found_on_their_lines(path: tuple[str, ...], line: int) -> None:
    assert key_lines(TEXT)[path] == line


def test_text_inside_a_value_is_not_a_key() -> None:
    assert ("inner",) not in key_lines(TEXT)
    assert ("not", "a", "table") not in key_lines(TEXT)


def test_a_key_inside_an_inline_table_has_the_line_of_its_table() -> None:
    assert line_of(key_lines(TEXT), ("limits", "shallow", "inline", "b")) == 14
    assert line_of(key_lines(TEXT), ("nowhere",)) == 1


words = st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=20)
figures = st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | words | st.lists(words, max_size=3)
tables: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.dictionaries(st.from_regex(r"[a-z_]{1,6}", fullmatch=True), figures, max_size=3),
    lambda inner: st.dictionaries(st.from_regex(r"[a-z_]{1,6}", fullmatch=True), inner, min_size=1, max_size=3),
    max_leaves=6,
)


@given(tables)
def test_rendered_text_reads_back(document: dict[str, Any]) -> None:
    def without_empty(table: dict[str, Any]) -> dict[str, Any]:
        inner = {k: without_empty(v) if isinstance(v, dict) else v for k, v in table.items()}
        return {k: v for k, v in inner.items() if v != {}}

    assert tomllib.loads(render(document)) == without_empty(document)
