"""Records the externally visible surface of a checkout, and compares two records.

Proves that a refactoring changes nothing a user or a client program sees:

    python scripts/surface.py record --root OLD --out old.json --clips DIR ...
    python scripts/surface.py record --root NEW --out new.json --clips DIR ...
    python scripts/surface.py compare old.json new.json

A record has two halves. `portable` is the same on every machine: OpenAPI without prose, routes, settings, database
tables, commands and options, report schema, CSV headers, live messages, codes. `tests/test_surface.py` compares it
with `tests/golden/surface.json`; after an intended change refresh that file:

    python scripts/surface.py record --portable --out tests/golden/surface.json

`machine` has digests of measured values: every clip through `hinge-check analyze`, a stored set under every protocol
and through the live socket, the blobs of a running service. Two runs of the same code agree only on the same machine.

Each part is a script next to this one, run in a process that imports the chosen checkout. The parts rely on stable
entry points only: the command line, `api.app.create_app`, `api.db.migrate.upgrade`, `api.settings`, HTTP and SQL.
Clips take long, so results are cached in OUT.clips, together with the reports and tables for diff.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PORTABLE = ("source", "service", "cli", "live")
SLOW = ("store", "clips")
MAX_SHOWN = 200

Record = dict[str, dict[str, Any]]


def main() -> int:
    """Exit code: 1 when two records differ, else 0."""
    args = _parse_arguments()
    if args.action == "record":
        result = record(args.root.resolve(), args.out, args.clips, portable=args.portable, jobs=args.jobs)
        write(result, args.out)
        return 0
    lines = list(find_differences(_read(args.before), _read(args.after)))
    for line in lines[:MAX_SHOWN]:
        print(line)
    if len(lines) > MAX_SHOWN:
        print(f"... and {len(lines) - MAX_SHOWN} more")
    print(f"{len(lines)} differences" if lines else "no difference")
    return 1 if lines else 0


def record(root: Path, out: Path, clips: list[Path], *, portable: bool, jobs: int) -> Record:
    """Record the surface of the checkout at `root`; its sample videos are always among the clips."""
    result: Record = {"portable": {}, "machine": {}}
    cache = out.resolve().with_name(f"{out.name}.clips")
    folders = [str(folder.resolve()) for folder in (root / "sample_videos", *clips)]
    arguments = {"source": [str(root)], "clips": [str(root), str(cache), str(jobs), *folders]}
    for part in PORTABLE if portable else (*PORTABLE, *SLOW):
        print(f"{part} of {root}", file=sys.stderr, flush=True)
        for half, found in run_part(part, root, arguments.get(part, [])).items():
            if found and not (portable and half == "machine"):
                result[half][part] = found
    return {half: found for half, found in result.items() if found}


def run_part(part: str, root: Path, arguments: list[str]) -> Record:
    """Run the script of a part with `api` and `hinge_check` imported from `root`; returns its record.

    Raises
    ------
    subprocess.CalledProcessError
        The script failed; its messages are on stderr.
    """
    command = [sys.executable, str(HERE / f"surface_{part}.py"), *arguments]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HINGE_")}
    env = {**clean, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "100", "NO_COLOR": "1"}
    with tempfile.TemporaryDirectory(prefix="surface-") as elsewhere:
        done = subprocess.run(command, cwd=elsewhere, env=env, stdout=subprocess.PIPE, check=True)
    found: Record = json.loads(done.stdout)
    return found


def find_differences(before: Any, after: Any, at: str = "") -> Iterator[str]:
    """Yield a line for each value that was changed (~), added (+) or removed (-)."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}):
            path = f"{at} / {name}" if at else name
            if name not in after:
                yield f"- {path}: {_short(before[name])}"
            elif name not in before:
                yield f"+ {path}: {_short(after[name])}"
            else:
                yield from find_differences(before[name], after[name], path)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_differences(before, after, at)
    elif before != after or type(before) is not type(after):
        yield f"~ {at}: {_short(before)} -> {_short(after)}"


def write(result: Record, path: Path) -> None:
    """Write a record as sorted, indented JSON."""
    path.write_text(json.dumps(result, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def _list_differences(before: list[Any], after: list[Any], at: str) -> Iterator[str]:
    if len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from find_differences(old, new, f"{at}[{number}]")
        return
    removed = [each for each in before if each not in after]
    added = [each for each in after if each not in before]
    yield from (f"- {at}: {_short(each)}" for each in removed)
    yield from (f"+ {at}: {_short(each)}" for each in added)
    if not removed and not added:
        yield f"~ {at}: {len(before)} -> {len(after)} entries"


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:300]}..."


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Record the externally visible surface of a checkout, or compare two records."
    )
    actions = parser.add_subparsers(dest="action", required=True)
    recording = actions.add_parser("record", help="record a checkout")
    recording.add_argument("--out", type=Path, required=True, metavar="FILE.json")
    recording.add_argument("--root", type=Path, default=HERE.parent, metavar="DIR", help="default: this checkout")
    recording.add_argument("--clips", type=Path, nargs="*", default=[], metavar="DIR", help="folders of videos")
    recording.add_argument("--jobs", type=int, default=1, metavar="N", help="clips analysed at once")
    recording.add_argument("--portable", action="store_true", help="only what does not depend on the machine")
    comparison = actions.add_parser("compare", help="print differences; exit code 1 if there are any")
    comparison.add_argument("before", type=Path)
    comparison.add_argument("after", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
