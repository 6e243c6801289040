"""Lumbar flexion as a share of the possible range: of the person's own, or of the population's band.

Degrees alone do not say how far a back is bent: 22° is 45 % of a range of 49° and 31 % of one of 72°.
The person's own range comes from a calibration recording (`assess.calibration`) or from a clinician's measurement, in
the protocol's `[person]`; without it only a band can be stated.
"""

from __future__ import annotations

import math
from typing import Literal, TypedDict

from hinge_check.assess import digits
from hinge_check.assess.protocol import Protocol
from hinge_check.assess.report import RepReport, Summary

POPULATION_MAX_DEG = (40.0, 72.0)
"""Full lumbar flexion of the oldest and of the youngest of 405 people, 90 and 16 years old (Troke 2001). A band, not a
middle: the recording does not know the age, and 56 degrees would be a range that nobody was measured to have."""

POPULATION_WORDS = "72° at 16 years to 40° at 90 (Troke 2001)"


class Share(TypedDict):
    """The share, in a repetition and in the summary; at most one of share and band is given."""

    lumbar_share_of_range: float | None
    lumbar_share_of_range_se: float | None
    lumbar_share_band: tuple[float, float] | None


class Range(TypedDict):
    """The range of which the shares are, in the summary."""

    lumbar_range_deg: float | None
    lumbar_range_se_deg: float | None
    lumbar_range_band_deg: tuple[float, float] | None
    lumbar_range_source: Literal["person", "population"]


def range_of(protocol: Protocol) -> Range:
    """Return the range that a protocol gives, or the population's."""
    own = protocol.lumbar_max_deg is not None
    return Range(
        lumbar_range_deg=protocol.lumbar_max_deg,
        lumbar_range_se_deg=protocol.lumbar_max_se_deg,
        lumbar_range_band_deg=None if own else POPULATION_MAX_DEG,
        lumbar_range_source="person" if own else "population",
    )


def share_of(lumbar: float, lumbar_se: float, protocol: Protocol) -> Share:
    """Express lumbar flexion as a share of the range.

    Parameters
    ----------
    lumbar, lumbar_se
        Degrees from standing, NaN where not measured; arching (below 0) gives a share below 0.

    Returns
    -------
    Share
        All None without a measured flexion. The band reflects the range alone: the error of the flexion is not in it.
    """
    nothing = Share(lumbar_share_of_range=None, lumbar_share_of_range_se=None, lumbar_share_band=None)
    if not math.isfinite(lumbar):
        return nothing
    own = protocol.lumbar_max_deg
    if own is None:
        low, high = sorted(digits.to_digits(lumbar / most, digits.SHARE) for most in POPULATION_MAX_DEG)
        return Share(**{**nothing, "lumbar_share_band": (low, high)})
    se = ratio_se(lumbar, lumbar_se, own, protocol.lumbar_max_se_deg or 0.0)
    return Share(
        lumbar_share_of_range=digits.share(lumbar / own),
        lumbar_share_of_range_se=digits.share(se),
        lumbar_share_band=None,
    )


def ratio_se(part: float, part_se: float, whole: float, whole_se: float) -> float:
    """Return the standard error of part / whole, to first order, for independent errors.

    When one estimator sees one person twice, the two errors are partly the same and cancel: the stated error is rather
    too wide. A range without a stated error (0) is taken as exact.
    """
    return math.hypot(part_se / whole, part * whole_se / whole**2)


def describe_share(values: RepReport | Summary, summary: Summary) -> str:
    """Write '45 % of this person's own 49°' or '30 to 55 % of a usual range'; empty where there is no flexion.

    In steps of five per cent: the error of measuring is larger.
    """
    share, band, own = values.lumbar_share_of_range, values.lumbar_share_band, summary.lumbar_range_deg
    if share is not None and own is not None and share > 0:
        return f"{per_cent(share)} % of this person's own {own:.0f}°"
    if band is not None and band[0] > 0:
        return f"{per_cent(band[0])} to {per_cent(band[1])} % of a usual range"
    return ""


def per_cent(share: float) -> int:
    """Convert a share to per cent, to the nearest five."""
    return 5 * round(20 * share)
