"""Statistics of agreement. Bias, limits, errors and ICC come from `poseaudit`; here is what it does not offer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import poseaudit
from scipy.stats import rankdata

from hinge_check.arrays import BoolArray, FloatArray

BIG_ERROR_DEG = 10.0
"""Error that counts as large: the field notes' floor below which no other instrument reads the lumbar spine."""

Z95 = 1.96


def audit(
    product: FloatArray, truth: FloatArray, clips: Sequence[str], *, name: str = "angle", resamples: int = 50
) -> poseaudit.AuditResult:
    """Audit paired angles, degrees; the values of one clip are resampled together.

    NaN in `product` counts as not read. More resamples only make the intervals steadier.
    """
    return poseaudit.audit_values(
        product, truth, BIG_ERROR_DEG, name=name, unit="deg", subject=list(clips), resamples=resamples
    )


def auc(scores: FloatArray, positive: BoolArray) -> float:
    """Return the chance that a positive scores above a negative (ties half), of the known scores; NaN without both."""
    known = np.isfinite(scores)
    ranks, up = rankdata(scores[known]), positive[known]
    n, m = int(up.sum()), int((~up).sum())
    if not n or not m:
        return float("nan")
    return float((ranks[up].sum() - n * (n + 1) / 2) / (n * m))


def coverage_curve(error: FloatArray, se: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the share of repetitions kept and their mean absolute error, as ever larger stated errors are accepted.

    Parameters
    ----------
    error, se : (R,) degrees; NaN where no number was given: such a repetition is never kept
    """
    given = np.flatnonzero(np.isfinite(error) & np.isfinite(se))
    order = given[np.argsort(se[given], kind="stable")]
    kept = np.arange(1, len(order) + 1)
    return kept / max(len(error), 1), np.cumsum(np.abs(error[order])) / kept


def interval_share(error: FloatArray, se: FloatArray) -> float:
    """Return the share of the stated 95 % intervals that contain the truth; NaN without any."""
    given = np.isfinite(error) & np.isfinite(se)
    return float(np.mean(np.abs(error[given]) <= Z95 * se[given])) if given.any() else float("nan")


def smallest_detectable_change(error: FloatArray, clips: Sequence[str]) -> float:
    """Return 1.96 sqrt 2 times the pooled spread of the error between repetitions of one clip; NaN without repeats."""
    squares, freedom = 0.0, 0
    names = np.asarray(clips)
    for name in np.unique(names):
        of_clip = error[(names == name) & np.isfinite(error)]
        if len(of_clip) >= 2:
            squares += float(((of_clip - of_clip.mean()) ** 2).sum())
            freedom += len(of_clip) - 1
    return float(Z95 * np.sqrt(2 * squares / freedom)) if freedom else float("nan")


def correlation(a: FloatArray, b: FloatArray) -> float:
    """Return Pearson's r of what is known in both; NaN under three pairs or without spread."""
    known = np.isfinite(a) & np.isfinite(b)
    if known.sum() < 3 or np.ptp(a[known]) == 0 or np.ptp(b[known]) == 0:
        return float("nan")
    return float(np.corrcoef(a[known], b[known])[0, 1])
