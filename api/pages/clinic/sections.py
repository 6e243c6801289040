"""The pages of the clinic's settings, as its navigation lists them."""

from __future__ import annotations

from typing import Final

SECTIONS: Final[tuple[tuple[str, str, str], ...]] = (
    ("people", "/clinic", "people"),
    ("protocols", "/clinic/protocols", "angle"),
    ("ladder", "/clinic/texts/ladder", "trend-up"),
    ("readiness", "/clinic/readiness", "chart"),
    ("consent", "/clinic/texts/consent", "check"),
    ("red_flags", "/clinic/texts/red_flags", "comment"),
    ("keeping", "/clinic/keeping", "clock"),
    ("tokens", "/clinic/tokens", "key"),
    ("trail", "/clinic/trail", "eye"),
)
"""Name, address, icon."""
