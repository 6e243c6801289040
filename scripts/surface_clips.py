"""Records digests of the results of `hinge-check analyze` for each clip; part of `scripts/surface.py`.

Each clip is analysed by the command line in a process of its own, so nothing depends on module names. Two runs of the
same code on one machine agree to the last byte; two machines need not (MediaPipe's arithmetic), so these digests are
compared on one machine and never committed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

VIDEOS = frozenset({".avi", ".gif", ".m4v", ".mkv", ".mov", ".mp4", ".ts", ".webm"})
KEPT = frozenset({".csv", ".json", ".vtt"})
"""Copied next to the record, so that differing digests can be investigated with diff."""
OUT = "OUT"

Clip = dict[str, object]


def videos_in(folders: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Yield name (folder/file) and path of every video directly inside the folders.

    Raises
    ------
    FileNotFoundError
        A folder is missing: a record that silently covers less proves nothing.
    """
    for folder in folders:
        for path in sorted(folder.resolve().iterdir()):
            if path.suffix.lower() in VIDEOS:
                yield f"{path.parent.name}/{path.name}", path


def record_clips(root: Path, folders: Iterable[Path], cache: Path, *, jobs: int) -> dict[str, Clip]:
    """Analyse all clips; those that `cache` already has for the same code and clip are read from it."""
    clips = dict(videos_in(folders))
    code = hash_code(root)
    with ThreadPoolExecutor(jobs) as pool:
        measured = pool.map(lambda name: _analyse_cached(root, code, name, clips[name], cache), clips)
        return dict(zip(clips, measured, strict=True))


def hash_code(root: Path) -> str:
    """Hash every file of the library and its models, so that the cache never outlives a change."""
    digest = hashlib.sha256()
    for folder in ("hinge_check", "models"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{path.relative_to(root)}\0{_sha256(path.read_bytes())}\n".encode())
    return digest.hexdigest()


def analyse_clip(root: Path, video: Path, keep: Path | None = None) -> Clip:
    """Analyse a clip; returns exit code and SHA-256 of what was printed and of every file written.

    Parameters
    ----------
    root
        Checkout to measure.
    video
        Clip, analysed with the default protocol and model, without the annotated video.
    keep
        Folder for copies of the texts.
    """
    with tempfile.TemporaryDirectory(prefix="surface-") as scratch:
        out = Path(scratch) / OUT
        command = [sys.executable, "-m", "hinge_check", "analyze", "--no-video", "--out", str(out), str(video)]
        done = subprocess.run(
            command, cwd=root, env=clean_environment(root), capture_output=True, text=True, check=False
        )
        # Two runs differ in the paths of results and clip, nothing else.
        printed = {
            name: text.replace(str(out), OUT).replace(str(video), video.name)
            for name, text in (("stdout", done.stdout), ("stderr", done.stderr))
        }
        left = sorted(path for path in out.rglob("*") if path.is_file())
        files = {str(path.relative_to(out)): _sha256(path.read_bytes()) for path in left}
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            for path in left:
                if path.suffix in KEPT:
                    shutil.copy(path, keep)
            for name, text in printed.items():
                (keep / f"{name}.txt").write_text(text, encoding="utf-8")
    return {"exit": done.returncode, **{k: _sha256(v.encode()) for k, v in printed.items()}, "files": files}


def clean_environment(root: Path) -> dict[str, str]:
    """Environment of a process that imports the checkout at `root` and writes nothing into it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HINGE_")}
    # The width decides where printed lines break.
    return {**clean, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "100", "NO_COLOR": "1"}


def _analyse_cached(root: Path, code: str, name: str, video: Path, cache: Path) -> Clip:
    keep = cache / name
    path = keep / "digests.json"
    wanted = {"code": code, "video": _sha256(video.read_bytes())}
    if path.is_file():
        earlier = json.loads(path.read_text(encoding="utf-8"))
        if earlier["of"] == wanted:
            clip: Clip = earlier["clip"]
            return clip
    clip = analyse_clip(root, video, keep)
    path.write_text(json.dumps({"of": wanted, "clip": clip}, indent=1), encoding="utf-8")
    print(f"{name}: exit {clip['exit']}", file=sys.stderr, flush=True)
    return clip


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main() -> None:
    """Print the digests of the clips in folders: ROOT CACHE JOBS FOLDER..."""
    root, cache, jobs, *folders = sys.argv[1:]
    clips = record_clips(Path(root), map(Path, folders), Path(cache), jobs=int(jobs))
    json.dump({"portable": {}, "machine": clips}, sys.stdout)


if __name__ == "__main__":
    main()
