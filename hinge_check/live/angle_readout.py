"""Current hip and lumbar flexion: medians of the last frames' readings."""

from __future__ import annotations

from collections import deque
from statistics import median

from hinge_check.live.frame import LiveFrame
from hinge_check.live.standing_reference import StandingReference, reading_of
from hinge_check.live.updates import AngleReading

READ_EVERY_S = 0.09
"""Interval between readings. A bar that is set ten times a second (every other frame of fifteen) and glides between
moves looks smooth, and a reading costs as much as everything else that is done with a frame."""
SHOWN_S = 0.3
"""Window of the median that is shown: three readings, so that a single slip does not show."""

Reading = AngleReading | None


class AngleReadout:
    """The angles to show now, from the last few readings."""

    def __init__(self) -> None:
        self._readings: deque[tuple[float, Reading, Reading]] = deque(maxlen=8)
        self._shown: tuple[Reading, Reading] = (None, None)

    def clear(self) -> None:
        """Drop all readings."""
        self._readings.clear()

    def update(self, now: float, frame: LiveFrame, reference: StandingReference, *, readable: bool) -> None:
        """Read one frame, unless the last reading is only just past."""
        readings = self._readings
        if readings and now - readings[-1][0] < READ_EVERY_S:
            return
        if frame.landmarks is None or frame.edges is None or not readable:
            readings.append((now, None, None))
        else:
            readings.append((now, *reading_of(frame.landmarks, frame.edges, reference)))
        recent = [reading for reading in readings if now - reading[0] <= SHOWN_S]
        self._shown = (
            _median_reading([reading[1] for reading in recent]),
            _median_reading([reading[2] for reading in recent]),
        )

    def current(self, now: float) -> tuple[Reading, Reading]:
        """Return hip and lumbar flexion; None where under half of the last readings have a value, or none is recent."""
        if not self._readings or now - self._readings[-1][0] > SHOWN_S:
            return None, None
        return self._shown


def _median_reading(window: list[Reading]) -> Reading:
    known = [reading for reading in window if reading is not None]
    if not known or 2 * len(known) < len(window):
        return None
    return AngleReading(
        round(median(reading.deg for reading in known), 1), round(median(reading.se for reading in known), 1)
    )
