"""OpenCV's threads: none while the product works, restored afterwards."""

from __future__ import annotations

import cv2
import pytest

from hinge_check.capture.opencv_threads import single_threaded


def test_threads_are_off_during_the_block_and_restored_afterwards() -> None:
    cv2.setNumThreads(2)
    before = cv2.getNumThreads()
    with single_threaded():
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == before
    with pytest.raises(RuntimeError, match="no matter"), single_threaded():
        raise RuntimeError("no matter")
    assert cv2.getNumThreads() == before
