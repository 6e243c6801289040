"""Draws the illustrations of the pages into `api/pages/illustrations/files` (`make illustrations`).

Run after changing anything in `scripts/illustrations` or the body in `api/pages/illustrations`; the files are kept in
the repository (a test compares them).
"""

from __future__ import annotations

from api.pages.illustrations import FILES
from api.pages.illustrations.svg import framed
from scripts.illustrations import PICTURES


def draw() -> dict[str, str]:
    """Return every file's text by its name."""
    files = {"names.txt": "".join(f"{name}\n" for name in PICTURES)}
    for name, build in PICTURES.items():
        picture = build()
        files[f"{name}.svg"] = f"{picture.svg()}\n"
        if picture.motionless is not None:
            files[f"{name}-still.svg"] = f"{framed(picture.box, picture.motionless)}\n"
    return files


def main() -> None:
    """Write the files that differ, and remove those that are no longer drawn."""
    files = draw()
    FILES.mkdir(exist_ok=True)
    for name, text in files.items():
        path = FILES / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            print(f"drew {name}")
    for path in FILES.iterdir():
        if path.name not in files:
            path.unlink()
            print(f"removed {path.name}")


if __name__ == "__main__":
    main()
