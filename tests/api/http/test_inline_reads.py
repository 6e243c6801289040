"""The thread in which short reads run."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import create_autospec

import pytest
from sqlalchemy.orm import Session

from api.http.inline_reads import inline_read


@pytest.mark.parametrize(("database", "at_once"), [("sqlite", True), ("postgresql", False)])
def test_a_read_runs_inline_where_it_cannot_block(database: str, at_once: bool) -> None:
    db = create_autospec(Session, instance=True)
    db.get_bind.return_value = SimpleNamespace(dialect=SimpleNamespace(name=database))

    @inline_read
    def route(number: int, db: Session) -> tuple[int, int]:  # noqa: ARG001 - `inline_read` looks at the signature
        return number, threading.get_ident()

    number, thread = asyncio.run(route(7, db=cast(Any, db)))
    assert number == 7
    assert (thread == threading.get_ident()) is at_once
