"""The clips with known truth: the sample videos, the clips rendered here, the shared ones."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hinge_check.capture.video import sha256_of
from validation.truth import Truth, load_truth

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "clips"
CLIPS_FILE = Path(__file__).with_name("clips.toml")

FOLDERS: dict[str, Path] = {
    "shared": SHARED / "synthetic",
    "own": ROOT / "validation" / "cache" / "clips",
    "samples": ROOT / "sample_videos",
}
"""Name of the set -> folder, in the order in which duplicates are settled: the first that has a clip keeps it."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One rendered clip and its truth."""

    name: str
    group: str
    """Name of the set it belongs to."""
    video: Path
    sha256: str
    truth: Truth
    mask: Path | None
    """True silhouettes, where they are kept."""


@cache
def options() -> dict[str, Any]:
    """Read clips.toml."""
    return tomllib.loads(CLIPS_FILE.read_text())


def find_clips(folders: Sequence[Path] | None = None) -> list[Clip]:
    """List every clip with truth, sorted by set and name; a clip that lies in two folders counts once.

    Parameters
    ----------
    folders
        Where to look instead of `FOLDERS`; a set is then called by its folder's name.
    """
    places = FOLDERS if folders is None else {folder.name: folder for folder in folders}
    clips: list[Clip] = []
    known: set[str] = set()
    for group, folder in places.items():
        for path in sorted(folder.glob("*.truth.json")):
            name = path.name.removesuffix(".truth.json")
            video, mask = folder / f"{name}.mp4", folder / f"{name}.mask.npz"
            digest = sha256_of(video) if video.is_file() else ""
            if not digest or digest in known:
                continue
            known.add(digest)
            truth = load_truth(path, options()["samples"].get(name, {}))
            clips.append(Clip(name, group, video, digest, truth, mask if mask.is_file() else None))
    return clips
