"""The top-level boxes of an mp4 or mov file, which tell whole files from truncated ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

FIRST_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"}
"""Boxes with which such a file may begin."""


def mp4_complete(path: Path) -> bool:
    """Return whether all top-level boxes are whole and both index and pictures are there."""
    with path.open("rb") as file:
        boxes = list(_boxes(file))
    return all(whole for _, whole in boxes) and {b"moov", b"mdat"} <= {kind for kind, _ in boxes}


def _boxes(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield the top-level boxes: kind, and whether the file contains the whole box."""
    total = file.seek(0, os.SEEK_END)
    at = 0
    while at + 8 <= total:
        file.seek(at)
        header = file.read(16)
        size, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if size == 0:  # up to the end of the file
            size = total - at
        elif size == 1:
            size = int.from_bytes(header[8:16], "big")
        if size < 8:
            yield kind, False
            return
        yield kind, at + size <= total
        at += size
