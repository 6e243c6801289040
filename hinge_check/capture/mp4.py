"""The outermost structure of an mp4 or mov file, for telling whole files from cut ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"}
"""What such a file may begin with."""


def mp4_complete(path: Path) -> bool:
    """Whether all top-level boxes are whole, and both index and pictures are there."""
    with path.open("rb") as file:
        boxes = list(_boxes(file))
    return all(whole for _, whole in boxes) and {b"moov", b"mdat"} <= {kind for kind, _ in boxes}


def _boxes(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Top-level boxes: kind, and whether the file holds all of it."""
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
