"""Times of frames from imperfect timestamps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hinge_check.capture.timing import MAX_PENDING, steady_times

D = 0.1
N = None


@pytest.mark.parametrize(
    ("stamps", "times", "kept"),
    [
        ([5.0, 5.1, 5.2], [0.0, 0.1, 0.2], [0, 1, 2]),  # first is zero
        ([-0.3, -0.2, 0.0], [0.0, 0.1, 0.3], [0, 1, 2]),  # negative
        ([0.0, 0.1, 0.1, 0.2], [0.0, 0.1, 0.2], [0, 1, 3]),  # repeated
        ([0.0, 0.2, 0.1, 0.3], [0.0, 0.2, 0.3], [0, 1, 3]),  # a small step back
        ([0.0, 0.03, 0.5, 0.51], [0.0, 0.03, 0.5, 0.51], [0, 1, 2, 3]),  # variable rate
        ([0.0, N, N, 0.6], [0.0, 0.2, 0.4, 0.6], [0, 1, 2, 3]),  # missing: between neighbours
        ([N, N, 0.2, 0.3], [0.0, 0.1, 0.2, 0.3], [0, 1, 2, 3]),  # missing at the start
        ([0.0, 0.1, N, N], [0.0, 0.1, 0.2, 0.3], [0, 1, 2, 3]),  # missing at the end
        ([N, N, N], [0.0, 0.1, 0.2], [0, 1, 2]),  # none at all
        ([0.0, 0.1, N, 0.1, 0.2], [0.0, 0.1, 0.2], [0, 1, 4]),  # missing before a repeat: no room for it
        ([8.0, 8.1, 0.0, 0.1], [0.0, 0.1, 0.2, 0.3], [0, 1, 2, 3]),  # clock started again
        ([0.0, 0.1, 9000.0, 9000.1], [0.0, 0.1, 0.2, 0.3], [0, 1, 2, 3]),  # clock set ahead
        ([0.0, 8.0], [0.0, 8.0], [0, 1]),  # a frozen picture is a pause
        ([], [], []),
    ],
)
def test_imperfect_timestamps_become_increasing_times(
    stamps: list[float | None], times: list[float], kept: list[int]
) -> None:
    out = list(steady_times([(stamp, D, k) for k, stamp in enumerate(stamps)]))
    assert [k for _, k in out] == kept
    assert [t for t, _ in out] == pytest.approx(times, abs=1e-9)


def test_time_starts_at_the_stream_s_start_also_after_a_seek() -> None:
    out = list(steady_times([(12.0, D, "a"), (12.1, D, "b")], start_s=2.0))
    assert [t for t, _ in out] == pytest.approx([10.0, 10.1])


def test_unstamped_frames_are_not_buffered() -> None:
    taken = 0

    def endless() -> Iterator[tuple[None, float, int]]:
        nonlocal taken
        while True:
            taken += 1
            yield None, D, taken

    times = steady_times(endless())
    assert [next(times)[1] for _ in range(3)] == [1, 2, 3]
    assert taken <= MAX_PENDING + 1
