"""Camera motion: displacement of the background from sample to sample."""

from __future__ import annotations

import cv2
import numpy as np

from hinge_check.arrays import FloatArray, GrayImage

SMALL_EDGE = 320
"""Long edge, pixels, of the picture searched for camera motion: a shift of 1 % of the picture is 3 px there."""

MIN_CELLS, MIN_AGREE, AGREE_PX = 4, 0.7, 1.5
"""A moving camera shifts the whole background alike: corners must lie in four cells of a 3 x 3 grid and seven in ten
must agree within 1.5 px (at `SMALL_EDGE`). A swinging bar or a cut between shots does neither: then none is given."""


class CameraMotion:
    """Tracker of background corners from sample to sample (Lucas-Kanade; median shift of the corners that agree)."""

    def __init__(self) -> None:
        self._before: GrayImage | None = None
        self._free: GrayImage | None = None

    def update(self, gray: GrayImage, mask: FloatArray | None) -> tuple[float, float]:
        """Return the displacement of the background since the last call, pixels; NaN when it cannot be determined.

        Parameters
        ----------
        gray : (H, W) uint8
            Luma at analysed size.
        mask : (H, W) float32 or None
            Person probability: corners on the person are ignored.
        """
        nothing = (float("nan"), float("nan"))
        scale = min(1.0, SMALL_EDGE / max(gray.shape))
        size = (round(gray.shape[1] * scale), round(gray.shape[0] * scale))
        small = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
        free = np.full(small.shape, 255, np.uint8)
        if mask is not None:
            person = (np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA)) > 0.1).astype(np.uint8)
            free[cv2.dilate(person, np.ones((25, 25), np.uint8)) > 0] = 0
        before, before_free = self._before, self._free
        self._before, self._free = small, free
        if before is None or before_free is None:
            return nothing
        corners = cv2.goodFeaturesToTrack(before, 80, 0.02, 7, mask=before_free)
        if corners is None or len(corners) < 8:
            return nothing
        moved, status, _ = cv2.calcOpticalFlowPyrLK(before, small, corners, np.empty_like(corners))
        ok = status.ravel() > 0
        origin, target = corners.reshape(-1, 2)[ok], moved.reshape(-1, 2)[ok]
        cells = {(int(3 * x / size[0]), int(3 * y / size[1])) for x, y in origin}
        if len(origin) < 8 or len(cells) < MIN_CELLS:
            return nothing
        delta = target - origin
        shift = np.median(delta, axis=0)
        if (np.hypot(*(delta - shift).T) < AGREE_PX).mean() < MIN_AGREE:
            return nothing
        dx, dy = shift / scale
        return float(dx), float(dy)
