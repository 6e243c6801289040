"""Before a set: where person and camera stand, then the tall, still stand that gives the zero."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np

from hinge_check.arrays import Side
from hinge_check.capture.track import TrackInfo
from hinge_check.live.frame_buffer import FrameBuffer, as_track
from hinge_check.live.framing_check import LOOK_S, FramingCheck, check_framing
from hinge_check.live.posture import Posture, posture_of
from hinge_check.live.standing_reference import KEPT, StandingReference, is_same_place, reference_of, standing_rows
from hinge_check.live.stillness import Stillness

LOOK_EVERY_S = 0.25
"""Between two looks at how person and camera stand."""
MIND_S = 0.6
"""So long something must be amiss before it is said."""
SOFT_S = 6.0
"""So long something that would only be better is asked for; then it goes on without."""
LEAST_FRAMES = 3
"""Fewer are no look."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Ready for a set."""

    zero: StandingReference
    since_s: float
    """What was done from then on counts too."""


class SetupStage:
    """Looks at the last moments four times a second until a set can begin."""

    def __init__(self, buffer: FrameBuffer, info: TrackInfo) -> None:
        self._buffer = buffer
        self._info = info
        self._stillness = Stillness()
        self.forward = 1.0
        """+1 when the person faces the picture's right, -1 left."""
        self.begin()

    def begin(self) -> None:
        """Look anew."""
        self._placing = FramingCheck(None, False, None)
        self._amiss: tuple[str, float] | None = None
        self._looked_s = self._well_s = float("nan")
        self.standing = False
        """Whether the placing is good and only the stand is waited for."""
        self._stillness.clear()

    @property
    def near(self) -> Side | None:
        """Side of the body towards the camera, as last looked at."""
        return self._placing.near

    def interrupted(self) -> None:
        """The picture broke off: stillness begins anew."""
        self._stillness.clear()

    def progress(self, now: float) -> float:
        """Share of the stand that is done, 0..1."""
        return self._stillness.progress(now)

    def instruction(self, now: float) -> str:
        """Code of the one thing to do."""
        if self._amiss is not None and now - self._amiss[1] >= MIND_S and not self.standing:
            return self._amiss[0]
        return "stand_tall"

    def update(self, now: float, pose: Posture, others: int, known: StandingReference | None) -> Ready | None:
        """One frame with the person in it, already in the buffer; what a set can begin with, or None.

        `known` is a reference from before: good still when the person is back where they stood.
        """
        if isnan(self._looked_s) or now - self._looked_s >= LOOK_EVERY_S:
            self._look(now, others)
        if self._placing.blocks or isnan(self._well_s):
            self._stillness.clear()
            return None
        if known is not None and known.near == self._placing.near and is_same_place(known, pose.hip, pose.length):
            return Ready(known, now)
        still = self._stillness.update(now, pose)
        if still >= 1.0 and self.standing:
            return self._firm(now, self._buffer.index(self._stillness.since_s))
        if self._stillness.begun(pose):
            return self._provisional(self._buffer.index(self._well_s))
        return None

    def _look(self, now: float, others: int) -> None:
        start = self._buffer.index(now - LOOK_S)
        if len(self._buffer) - start < LEAST_FRAMES:
            return
        self._looked_s = now
        track = as_track(self._buffer.times(start), self._buffer.rows(start), self._info)
        self._placing = check_framing(track, others)
        forward = -1.0 if self._placing.near == "left" else 1.0
        if forward != self.forward:
            self.forward = forward
            self._stillness.clear()
        code = self._placing.code
        if code is None:
            self._amiss = None
        elif self._amiss is None or self._amiss[0] != code:
            self._amiss = (code, now)
        if self._placing.blocks:
            self._well_s = float("nan")
            # One look may err; what was well stays well until it is said otherwise.
            if self._amiss is not None and now - self._amiss[1] >= MIND_S:
                self.standing = False
            return
        if isnan(self._well_s):
            self._well_s = float(self._buffer.times(start)[0])
        if code is None or now - self._well_s >= SOFT_S:
            self.standing = True

    def _firm(self, now: float, start: int) -> Ready:
        return Ready(reference_of(self._seen_rows(start), self._info, near=None, firm=True), now)

    def _seen_rows(self, start: int) -> dict[str, np.ndarray]:
        rows = self._buffer.rows(start)
        seen = np.isfinite(rows["landmarks"][:, 0, 0])
        return {name: rows[name][seen] for name in KEPT}

    def _provisional(self, start: int) -> Ready | None:
        """Somebody hinges without standing still first: whatever stand there was must do."""
        times = self._buffer.times(start)
        found = standing_rows(times, self._buffer.rows(start), self._info)
        if found is None:
            return None
        rows, near = found
        return Ready(reference_of(rows, self._info, near=near, firm=False), float(times[0]))

    def refined(self, zero: StandingReference, since_s: float) -> StandingReference:
        """A provisional reference replaced by a real stand between two repetitions."""
        rows = self._seen_rows(self._buffer.index(since_s))
        if len(rows["landmarks"]) < LEAST_FRAMES:
            return zero
        return reference_of(rows, self._info, near=zero.near, firm=True)


def bends_since(buffer: FrameBuffer, since_s: float, zero: StandingReference) -> list[tuple[float, float]]:
    """Time and bend above the stand of the frames from `since_s` on, without the last."""
    out = []
    start = buffer.index(since_s)
    for k, time_s in enumerate(buffer.times(start).tolist()[:-1], start):
        points = buffer.row("landmarks", k)
        if np.isfinite(points[0, 0]):
            out.append((time_s, posture_of(points, zero.forward).bend - zero.bend))
    return out
