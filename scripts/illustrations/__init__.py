"""The drawings of the pages, drawn by code from the angles of the joints (`scripts/draw_illustrations.py`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from scripts.illustrations.change_advice import CHANGES
from scripts.illustrations.demonstrations import demonstration
from scripts.illustrations.exercises import EXERCISES
from scripts.illustrations.filming_advice import FILMS, NOT_FILMED
from scripts.illustrations.keep_advice import KEEPS
from scripts.illustrations.scene import Picture
from scripts.illustrations.setup import beside, from_above

PICTURES: Final[dict[str, Callable[[], Picture]]] = {
    **{f"demo-{name}": partial(demonstration, name) for name in EXERCISES},
    "setup_phone": beside,
    "setup_top": from_above,
    **{f"change-{code}": build for code, build in CHANGES.items()},
    **{f"keep-{name}": build for name, build in KEEPS.items()},
    **{f"film-{code}": build for code, build in FILMS.items()},
    **{f"film-{code}": beside for code in sorted(NOT_FILMED)},
}
"""Every drawing by name, in the order of the design sheet."""
