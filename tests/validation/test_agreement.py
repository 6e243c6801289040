"""Statistics on numbers that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from validation.agreement import (
    auc,
    audit,
    correlation,
    coverage_curve,
    interval_share,
    smallest_detectable_change,
)

NAN = float("nan")


def test_audit_is_prediction_minus_truth_and_keeps_clips_together() -> None:
    truth = np.array([0.0, 10.0, 20.0, 30.0, 40.0, 50.0])
    said = truth + np.array([2.0, 4.0, 2.0, 4.0, 2.0, 4.0])
    said[-1] = NAN
    result = audit(said, truth, ["a", "a", "b", "b", "c", "c"])
    assert result.bias == pytest.approx(14 / 5)
    assert result.mean_abs_error == pytest.approx(14 / 5)
    assert result.not_read.no_predicted_point == 1
    assert result.clusters == 3
    assert result.icc > 0.95


@pytest.mark.parametrize(
    ("scores", "positive", "expected"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], 1.0),
        ([4, 3, 2, 1], [0, 0, 1, 1], 0.0),
        ([1, 1, 1, 1], [0, 1, 0, 1], 0.5),
        ([1, 3, 2, 4], [0, 0, 1, 1], 0.75),
        ([1, NAN, 2, NAN], [0, 0, 1, 1], 1.0),
    ],
)
def test_auc(scores: list[float], positive: list[int], expected: float) -> None:
    assert auc(np.array(scores, float), np.array(positive, bool)) == pytest.approx(expected)


def test_auc_of_one_class_is_nan() -> None:
    assert np.isnan(auc(np.array([1.0, 2.0]), np.array([True, True])))


def test_coverage_counts_missing_values() -> None:
    error = np.array([5.0, -1.0, NAN, 3.0])
    share, mean = coverage_curve(error, np.array([9.0, 1.0, 1.0, 4.0]))
    assert share.tolist() == [0.25, 0.5, 0.75]
    assert mean.tolist() == [1.0, 2.0, 3.0]


def test_interval_share() -> None:
    assert interval_share(np.array([1.0, -3.0, 5.0, NAN]), np.array([1.0, 2.0, 2.0, 1.0])) == pytest.approx(2 / 3)
    assert np.isnan(interval_share(np.array([NAN]), np.array([1.0])))


def test_smallest_detectable_change_ignores_a_clip_s_common_error() -> None:
    clips = ["a", "a", "b", "b", "c"]
    same = smallest_detectable_change(np.array([10.0, 12.0, -5.0, -3.0, 7.0]), clips)
    # Pooled variance within clips: (2 + 2) / 2 = 2.
    assert same == pytest.approx(1.96 * np.sqrt(2) * np.sqrt(2))
    assert np.isnan(smallest_detectable_change(np.array([1.0, 2.0]), ["a", "b"]))


def test_correlation_needs_spread() -> None:
    assert correlation(np.array([1.0, 2.0, 3.0, NAN]), np.array([2.0, 4.0, 6.0, 0.0])) == pytest.approx(1.0)
    assert np.isnan(correlation(np.zeros(4), np.arange(4.0)))
