"""OpenCV's threads, beside an inference that uses every core."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cv2


@contextmanager
def single_threaded() -> Iterator[None]:
    """Keep OpenCV from spreading a call over threads of its own while the block runs; also a decorator.

    The pictures are small: distributing one takes longer than the work, and OpenCV's waiting threads take the cores
    from inference, decoding and drawing, which run beside it (`python -m benchmarks.analyze`: a tenth of the time).
    """
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
