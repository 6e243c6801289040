"""OpenCV beside an inference that has every core."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cv2


@contextmanager
def single_threaded() -> Iterator[None]:
    """Keep OpenCV, meanwhile, from spreading a call over threads of its own; also a decorator.

    Its pictures are small here: handing one out takes longer than the work, and its waiting threads take the cores from
    inference, decoding and drawing, which run beside it (`python -m benchmarks.analyze`: a tenth of the whole).
    """
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
