"""The figures that people are shown, from RESULTS.md into hinge_check/clinic/accuracy.toml.

    python -m validation.clinic_accuracy

after `python -m validation.run`.
"""

from __future__ import annotations

import re
from pathlib import Path

from hinge_check.clinic.accuracy import accuracy_from_text

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "validation" / "RESULTS.md"
FIGURES = ROOT / "hinge_check" / "clinic" / "accuracy.toml"

_ANGLE = r"^\| {} \| \d+ \| [-+.\d]+ \| ([.\d]+)"
_CHANGE = r"^\| smallest detectable change within a set, {} \| ([.\d]+)°"
ROWS: dict[tuple[str, str], str] = {
    ("smallest_change", "lumbar_flexion"): _CHANGE.format("lumbar"),
    ("smallest_change", "hip_flexion"): _CHANGE.format("hip"),
    **{
        ("mean_error", name): _ANGLE.format(name.replace("_", " "))
        for name in ("lumbar_flexion", "hip_flexion", "knee_flexion", "trunk_inclination")
    },
    ("interval_holds", "lumbar_flexion"): r"interval of lumbar flexion holds the truth[^|]*\|[^|]*\| (\d+) %",
}
"""Where in RESULTS.md each figure stands."""


def figures_of(results: str) -> dict[tuple[str, str], float]:
    """Map section and name of every figure to its value in the text of RESULTS.md."""
    out = {}
    for key, pattern in ROWS.items():
        found = re.search(pattern, results, re.MULTILINE)
        if found is None:
            raise ValueError(f"RESULTS.md has no row for {'.'.join(key)}")
        out[key] = float(found.group(1)) / (100 if key[0] == "interval_holds" else 1)
    return out


def refreshed(text: str, figures: dict[tuple[str, str], float]) -> str:
    """Return the text of accuracy.toml with new values; comments stay."""
    for (section, name), value in figures.items():
        text, count = re.subn(rf"(\[{section}\.{name}\]\nvalue\s+= )[.\d]+", rf"\g<1>{value:g}", text)
        if count != 1:
            raise ValueError(f"accuracy.toml has no [{section}.{name}] that begins with its value")
    accuracy_from_text(text)
    return text


def main() -> None:
    """Rewrite accuracy.toml."""
    text = refreshed(FIGURES.read_text(encoding="utf-8"), figures_of(RESULTS.read_text(encoding="utf-8")))
    FIGURES.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
