"""Colours and words shared by the overlay and the charts: safe for colour-blind viewers, never alarming.

Hues are those of Okabe & Ito (2008), distinguishable in all common forms of colour vision. No reading depends on
colour alone: hip and back also differ by marker (disc, diamond), and the back edge carries its number.
"""

from __future__ import annotations

import numpy as np

Rgb = tuple[int, int, int]

HIP: Rgb = (86, 180, 233)
BACK: Rgb = (245, 166, 35)
INK: Rgb = (250, 250, 248)
MUTED: Rgb = (190, 198, 206)
PANEL: Rgb = (20, 24, 30)
PANEL_RAISED: Rgb = (46, 54, 64)
OUTLINE: Rgb = (12, 14, 18)
UNKNOWN: Rgb = (150, 156, 164)
"""The back edge where lumbar flexion is not known."""

HIP_ON_WHITE: Rgb = (0, 114, 178)
BACK_ON_WHITE: Rgb = (213, 94, 0)

STEADY_DEG = 10.0
"""Within this range of standing the back keeps its calm colour: a change below the measurement error (5-10 degrees for
every instrument outside a laboratory) must not look like one."""
FULL_DEG = 40.0
"""Degrees beyond which the colour stops changing."""

_ROUNDED = np.array([[226.0, 240.0, 236.0], [250.0, 208.0, 92.0], [240.0, 140.0, 20.0], [222.0, 84.0, 10.0]])
_ARCHED = np.array([[226.0, 240.0, 236.0], [196.0, 168.0, 238.0], [150.0, 104.0, 226.0], [110.0, 60.0, 190.0]])


def back_colour(lumbar_flexion_deg: float) -> Rgb:
    """Return the colour of the back edge: pale when steady, towards orange when rounding, towards violet when arching.

    Parameters
    ----------
    lumbar_flexion_deg
        Degrees from standing, + rounding; NaN gives `UNKNOWN`.
    """
    if not np.isfinite(lumbar_flexion_deg):
        return UNKNOWN
    beyond = abs(lumbar_flexion_deg) - STEADY_DEG
    stops = _ROUNDED if lumbar_flexion_deg > 0 else _ARCHED
    place = float(np.clip(beyond / (FULL_DEG - STEADY_DEG), 0.0, 1.0)) * (len(stops) - 1)
    r, g, b = (round(float(np.interp(place, np.arange(len(stops)), stops[:, c]))) for c in range(3))
    return r, g, b


def unit(colour: Rgb) -> tuple[float, float, float]:
    """Convert a colour for matplotlib, 0..1."""
    r, g, b = colour
    return r / 255, g / 255, b / 255


PHASE_WORDS = {"stand": "standing", "descent": "going down", "bottom": "bottom", "ascent": "coming up", "": ""}
