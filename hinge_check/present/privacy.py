"""Covers heads, privacy first: in doubt, more is covered.

* The head of the person analysed: a disc around the face landmarks with a wide margin, swept between the
  analysed frames before and after, also over gaps of up to `GAP_S`.
* Heads of others, seen in the sparse scan: larger discs, from one scan to the next. The scan finds people who
  fill a good part of the picture, not every passer-by far behind: those stay as they are.
* Where no person was found for longer than `GAP_S`, one may still be there (walking up to the phone, for example),
  and such a frame holds nothing to judge: the whole picture is covered.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d

from hinge_check.arrays import FloatArray
from hinge_check.capture.landmarks import EARS, FACE, HIPS, SHOULDERS
from hinge_check.capture.track import PoseTrack
from hinge_check.present.text import Picture

GAP_S = 1.0
WINDOW_S = 0.3
"""A head is covered at its largest size this close in time: landmarks lag in quick movement."""
OTHERS_WIDER = 1.8

Sweep = tuple[FloatArray, FloatArray, float]
"""From, to (x, y pixels), radius."""


def heads(people: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return centre and radius of the disc that covers a head.

    The radius is the largest of what face landmarks, ear to shoulder and the trunk suggest. A head is 0.13 of
    stature high and a trunk (hip to shoulder) 0.29, the ear 0.11 above the shoulder (Winter 2009, table 4.1 and
    figure 4.1): half a head is 0.23 trunks, or 0.6 of ear to shoulder; half as much again is margin.

    Parameters
    ----------
    people : (..., 33, >=2) float array
        Landmarks, pixels; NaN where not seen.

    Returns
    -------
    centre : (..., 2) float array
    radius : (...,) float array
        Pixels; NaN where no person is seen.
    """
    points = np.asarray(people, dtype=np.float64)[..., :2]
    face = points[..., FACE, :]
    ears = points[..., EARS, :].mean(axis=-2)
    centre = (face.mean(axis=-2) + ears) / 2
    shoulder, hip = points[..., SHOULDERS, :].mean(axis=-2), points[..., HIPS, :].mean(axis=-2)
    spread = np.linalg.norm(face - centre[..., None, :], axis=-1).max(axis=-1)
    neck = np.linalg.norm(ears - shoulder, axis=-1)
    trunk = np.linalg.norm(shoulder - hip, axis=-1)
    return centre, np.maximum(np.maximum(1.6 * spread, 0.9 * neck), 0.35 * trunk)


class HeadCover:
    """Covers heads in the frames of one track."""

    def __init__(self, track: PoseTrack) -> None:
        centre, radius = heads(track.landmarks)
        known = np.isfinite(radius) & np.isfinite(centre).all(axis=1)
        self._time = np.asarray(track.time_s, dtype=np.float64)[known]
        self._centre = centre[known]
        step = float(np.median(np.diff(self._time))) if len(self._time) > 1 else WINDOW_S
        around = 2 * int(np.ceil(WINDOW_S / max(step, 1e-3))) + 1
        self._radius = maximum_filter1d(radius[known], around, mode="nearest") if known.any() else radius[known]
        self._scan_time = np.asarray(track.scan_time_s, dtype=np.float64)
        self._scan_centre, self._scan_radius = heads(track.scan_people)

    def apply(self, picture: Picture, time_s: float, scale: tuple[float, float]) -> None:
        """Cover all heads in place.

        Parameters
        ----------
        scale
            Pixels of `picture` per pixel of the analysed picture, x and y.
        """
        own = self._own_head(time_s)
        if own is None:
            _coarsen(picture, max(8, min(picture.shape[:2]) // 10))
            return
        factor, size = np.asarray(scale), max(scale)
        for start, end, radius in [own, *self._other_heads(time_s, own)]:
            _cover(picture, start * factor, end * factor, radius * size)

    def _own_head(self, time_s: float) -> Sweep | None:
        """Return the analysed person's head; None where it is not known within `GAP_S`."""
        times = self._time
        if len(times) == 0:
            return None
        after = int(np.searchsorted(times, time_s))
        i, j = max(after - 1, 0), min(after, len(times) - 1)
        gap = float(times[j] - times[i]) if i != j else abs(float(times[i]) - time_s)
        if gap > GAP_S:
            return None
        # The path within a gap is unknown: up to half as wide again while it lasts.
        wider = 1.0 + 0.5 * min(gap / GAP_S, 1.0)
        return self._centre[i], self._centre[j], float(max(self._radius[i], self._radius[j])) * wider

    def _other_heads(self, time_s: float, own: Sweep) -> list[Sweep]:
        """Return the heads of all other people in the scans before and after."""
        if len(self._scan_time) == 0:
            return []
        after = int(np.searchsorted(self._scan_time, time_s))
        found = []
        for s in {max(after - 1, 0), min(after, len(self._scan_time) - 1)}:
            then = self._own_head(float(self._scan_time[s])) or own
            for centre, radius in zip(self._scan_centre[s], self._scan_radius[s], strict=True):
                if np.isfinite(radius) and float(np.linalg.norm(centre - then[0])) > then[2]:
                    found.append((centre, centre, float(radius) * OTHERS_WIDER))
        return found


def _cover(picture: Picture, start: FloatArray, end: FloatArray, radius: float) -> None:
    """Coarsen the disc swept from `start` to `end`."""
    low = np.floor(np.minimum(start, end) - radius).astype(int)
    high = np.ceil(np.maximum(start, end) + radius).astype(int) + 1
    x0, y0 = max(0, int(low[0])), max(0, int(low[1]))
    x1, y1 = min(picture.shape[1], int(high[0])), min(picture.shape[0], int(high[1]))
    if x0 >= x1 or y0 >= y1:
        return
    region = picture[y0:y1, x0:x1]
    mask: npt.NDArray[np.uint8] = np.zeros(region.shape[:2], np.uint8)
    a, b = ((round(float(p[0])) - x0, round(float(p[1])) - y0) for p in (start, end))
    cv2.line(mask, a, b, 255, max(1, round(2 * radius)))
    for point in (a, b):
        cv2.circle(mask, point, round(radius), 255, -1)
    coarse = region.copy()
    _coarsen(coarse, max(4, round(0.5 * radius)))
    cv2.copyTo(coarse, mask, region)


def _coarsen(region: Picture, cell: int) -> None:
    """Average over cells, blurred into each other, in place: four cells across a head leave no face."""
    height, width = region.shape[:2]
    few = cv2.resize(region, (max(1, width // cell), max(1, height // cell)), interpolation=cv2.INTER_AREA)
    region[...] = cv2.resize(few, (width, height), interpolation=cv2.INTER_LINEAR)
