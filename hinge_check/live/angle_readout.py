"""Hip and lumbar flexion as they are at this moment: medians of the last frames' readings."""

from __future__ import annotations

from collections import deque
from statistics import median

from hinge_check.live.frame import LiveFrame
from hinge_check.live.standing_reference import StandingReference, reading_of
from hinge_check.live.updates import AngleReading

READ_EVERY_S = 0.09
"""Between two readings: a bar that is set ten times a second (every other frame of fifteen) and glides between moves
smoothly, and reading costs as much as all else that is done with a frame."""
SHOWN_S = 0.3
"""The median of what was read in so many seconds is shown: three readings, so that one slip is not seen."""

Bar = AngleReading | None


class AngleReadout:
    """Keeps the last readings."""

    def __init__(self) -> None:
        self._readings: deque[tuple[float, Bar, Bar]] = deque(maxlen=8)
        self._shown: tuple[Bar, Bar] = (None, None)

    def clear(self) -> None:
        """Forget them."""
        self._readings.clear()

    def update(self, now: float, frame: LiveFrame, zero: StandingReference, *, readable: bool) -> None:
        """Read one frame, unless the last one was read just now."""
        readings = self._readings
        if readings and now - readings[-1][0] < READ_EVERY_S:
            return
        if frame.landmarks is None or frame.edges is None or not readable:
            readings.append((now, None, None))
        else:
            readings.append((now, *reading_of(frame.landmarks, frame.edges, zero)))
        recent = [one for one in readings if now - one[0] <= SHOWN_S]
        self._shown = _middle([one[1] for one in recent]), _middle([one[2] for one in recent])

    def current(self, now: float) -> tuple[Bar, Bar]:
        """Hip and lumbar flexion; None where fewer than half of the last readings could be told, or none is recent."""
        if not self._readings or now - self._readings[-1][0] > SHOWN_S:
            return None, None
        return self._shown


def _middle(part: list[Bar]) -> Bar:
    known = [one for one in part if one is not None]
    if not known or 2 * len(known) < len(part):
        return None
    return AngleReading(round(median(one.deg for one in known), 1), round(median(one.se for one in known), 1))
