"""Ring buffer of the last seconds as arrays of fixed size; measurements take a slice of it as a `PoseTrack`."""

from __future__ import annotations

import numpy as np

from hinge_check.arrays import FloatArray
from hinge_check.capture.track import EDGE_S, PoseTrack, TrackInfo
from hinge_check.live.frame import FAR, LiveFrame

CAPACITY = 512
"""Frames: 17 s at 30 a second, 0.8 MB. A longer repetition is thinned evenly to half as many frames: then fifteen a
second, still enough for a movement without anything above 6 Hz."""

_SHAPES: dict[str, tuple[int, ...]] = {
    "landmarks": (33, 3),
    "world": (33, 3),
    "visibility": (33,),
    "edges": (2, len(EDGE_S)),
    "border": (4,),
    "luma": (),
    "sharpness": (),
    "camera_shift": (2,),
}


class FrameBuffer:
    """Frames in order; the oldest are overwritten, except those after `hold_s`, which are thinned instead."""

    def __init__(self) -> None:
        self._time: FloatArray = np.zeros(CAPACITY)
        self._rows = {name: np.full((CAPACITY, *shape), np.nan, np.float32) for name, shape in _SHAPES.items()}
        self._n = 0
        self.hold_s = -np.inf
        """Frames from this time on are not overwritten."""

    def __len__(self) -> int:
        return self._n

    @property
    def first_s(self) -> float:
        """Time of the oldest frame; NaN without any."""
        return float(self._time[0]) if self._n else float("nan")

    def clear(self) -> None:
        """Drop all frames."""
        self._n = 0
        self.hold_s = -np.inf

    def append(self, frame: LiveFrame) -> None:
        """Add a frame, later than the last one."""
        if self._n == CAPACITY:
            self._make_room()
        k, rows = self._n, self._rows
        self._time[k] = frame.time_s
        for name in ("landmarks", "world", "visibility", "edges", "border"):
            value = getattr(frame, name)
            rows[name][k] = np.nan if value is None else value
        rows["luma"][k] = _plausible(frame.luma)
        rows["sharpness"][k] = _plausible(frame.sharpness)
        rows["camera_shift"][k] = [_plausible(part) for part in frame.camera_shift]
        self._n += 1

    def _make_room(self) -> None:
        keep = np.arange(self._n // 2, self._n)
        if self._time[keep[0]] > self.hold_s:
            first = int(np.searchsorted(self._time[: self._n], self.hold_s))
            keep = np.arange(first, self._n)
            if len(keep) > 3 * CAPACITY // 4:  # evenly over time: frames thinned before are not thinned twice
                even = np.linspace(self._time[first], self._time[self._n - 1], CAPACITY // 2)
                keep = np.unique(np.searchsorted(self._time[: self._n], even - 1e-9).clip(first, self._n - 1))
        for array in (self._time, *self._rows.values()):
            array[: len(keep)] = array[keep]
        self._n = len(keep)

    def index(self, time_s: float) -> int:
        """Return the index of the first frame at or after a time."""
        return int(np.searchsorted(self._time[: self._n], time_s))

    def row(self, name: str, k: int) -> FloatArray:
        """Return one frame's array by its name in `PoseTrack`; negative `k` counts from the end."""
        return np.asarray(self._rows[name][k if k >= 0 else self._n + k])

    def times(self, start: int = 0, stop: int | None = None) -> FloatArray:
        """Return the times of a slice."""
        return self._time[start : self._n if stop is None else stop]

    def rows(self, start: int = 0, stop: int | None = None) -> dict[str, FloatArray]:
        """Return the arrays of a slice, by name."""
        return {name: array[start : self._n if stop is None else stop] for name, array in self._rows.items()}


def _plausible(value: float) -> float:
    """Return the value, or NaN where no picture can give such a value."""
    return value if abs(value) < FAR else np.nan


def as_track(time_s: FloatArray, rows: dict[str, FloatArray], info: TrackInfo) -> PoseTrack:
    """Return some rows as a `PoseTrack`."""
    edges = rows["edges"]
    visibility = rows["visibility"]
    return PoseTrack(
        time_s=time_s,
        landmarks=rows["landmarks"],
        world=rows["world"],
        visibility=np.where(np.isfinite(visibility), visibility, np.float32(0)),
        edges=edges,
        edge_blur=np.broadcast_to(np.float32(np.nan), edges.shape),  # no measurement reads it
        border=np.nan_to_num(rows["border"]),
        luma=rows["luma"],
        sharpness=rows["sharpness"],
        camera_shift=rows["camera_shift"],
        scan_time_s=np.zeros(0),
        scan_people=np.zeros((0, 1, 33, 3), np.float32),
        info=info,
    )
