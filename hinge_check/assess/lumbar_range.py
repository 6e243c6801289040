"""Lumbar flexion as a share of what the back can do: of the person's own range, or of the population's band.

Degrees alone do not say how far a back is bent: of 22°, a back with a range of 49° uses 45 %, one with 72° uses 31 %.
The person's own range comes from a calibration recording (`assess.calibration`) or from a clinician's measure, in the
protocol's `[person]`; without it only a band can be stated.
"""

from __future__ import annotations

import math
from typing import Literal, TypedDict

from hinge_check.assess import digits
from hinge_check.assess.protocol import Protocol
from hinge_check.assess.report import RepReport, Summary

POPULATION_MAX_DEG = (40.0, 72.0)
"""Full lumbar flexion of the oldest and of the youngest of 405 people, 90 and 16 years old (Troke 2001). A band, not a
middle: the recording tells nobody's age, and 56 degrees would be a range nobody was measured to have."""

POPULATION_WORDS = "72° at 16 years to 40° at 90 (Troke 2001)"


class Share(TypedDict):
    """Fields of a repetition and of the summary; at most one of share and band is given."""

    lumbar_share_of_range: float | None
    lumbar_share_of_range_se: float | None
    lumbar_share_band: tuple[float, float] | None


class Range(TypedDict):
    """Fields of the summary: which range the shares are of."""

    lumbar_range_deg: float | None
    lumbar_range_se_deg: float | None
    lumbar_range_band_deg: tuple[float, float] | None
    lumbar_range_source: Literal["person", "population"]


def range_of(protocol: Protocol) -> Range:
    """The range that a protocol gives, or the population's."""
    own = protocol.lumbar_max_deg is not None
    return Range(
        lumbar_range_deg=protocol.lumbar_max_deg,
        lumbar_range_se_deg=protocol.lumbar_max_se_deg,
        lumbar_range_band_deg=None if own else POPULATION_MAX_DEG,
        lumbar_range_source="person" if own else "population",
    )


def share_of(lumbar: float, lumbar_se: float, protocol: Protocol) -> Share:
    """Lumbar flexion as a share of the range.

    Parameters
    ----------
    lumbar, lumbar_se
        Degrees from standing, NaN where not measured; a flexion below 0 (arching) gives a share below 0.

    Returns
    -------
    Share
        All None without a measured flexion. The band is that of the range alone: the flexion's own error is not in it.
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
    """Standard error of part / whole, to first order, with errors taken as independent.

    Of one person seen twice by one estimator the two errors are alike in part and then cancel: the error stated is
    rather too wide. A range whose error is not stated (0) is taken as exact.
    """
    return math.hypot(part_se / whole, part * whole_se / whole**2)


def describe_share(values: RepReport | Summary, summary: Summary) -> str:
    """'45 % of this person's own 49°', '30 to 55 % of a usual range'; empty where there is no flexion to share.

    In steps of five per cent: the error of measuring is larger.
    """
    share, band, own = values.lumbar_share_of_range, values.lumbar_share_band, summary.lumbar_range_deg
    if share is not None and own is not None and share > 0:
        return f"{per_cent(share)} % of this person's own {own:.0f}°"
    if band is not None and band[0] > 0:
        return f"{per_cent(band[0])} to {per_cent(band[1])} % of a usual range"
    return ""


def per_cent(share: float) -> int:
    """A share in per cent, to the nearest five."""
    return 5 * round(20 * share)
