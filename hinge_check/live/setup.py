"""Set-up before a set: checks the framing, then waits for the still stand that gives the reference for all angles."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np

from hinge_check.arrays import Side
from hinge_check.capture.track import TrackInfo
from hinge_check.live.frame_buffer import FrameBuffer, as_track
from hinge_check.live.framing_check import LOOK_S, FramingCheck, check_framing
from hinge_check.live.posture import Posture, posture_of
from hinge_check.live.standing_reference import (
    STORED_ROWS,
    StandingReference,
    is_same_place,
    reference_of,
    standing_rows,
)
from hinge_check.live.stillness import Stillness

CHECK_EVERY_S = 0.25
"""Interval between checks of the framing."""
PROBLEM_HOLD_S = 0.6
"""A problem must hold this long before the instruction mentions it."""
OPTIONAL_ADVICE_S = 6.0
"""Longest time to ask for an improvement that is not required."""
MIN_FRAMES = 3
"""Fewer frames are not enough for a check."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What a set begins with."""

    reference: StandingReference
    since_s: float
    """Repetitions done from this time on count."""


class SetupStage:
    """Checks the framing four times a second until a set can begin."""

    def __init__(self, buffer: FrameBuffer, info: TrackInfo) -> None:
        self._buffer = buffer
        self._info = info
        self._stillness = Stillness()
        self.forward = 1.0
        """+1 when the person faces right in the picture, -1 left."""
        self.begin()

    def begin(self) -> None:
        """Start the set-up again."""
        self._framing = FramingCheck(None, False, None)
        self._problem: tuple[str, float] | None = None
        self._checked_s = self._unblocked_since_s = float("nan")
        self.awaiting_stand = False
        """Whether the framing is good and only the stand is missing."""
        self._stillness.clear()

    @property
    def near(self) -> Side | None:
        """Side of the body towards the camera, by the last check."""
        return self._framing.near

    def reset_stillness(self) -> None:
        """Start the still stand again, after the picture was interrupted."""
        self._stillness.clear()

    def progress(self, now: float) -> float:
        """Return the share of the stand that is done, 0..1."""
        return self._stillness.progress(now)

    def instruction(self, now: float) -> str:
        """Return the code of the one thing to do."""
        if self._problem is not None and now - self._problem[1] >= PROBLEM_HOLD_S and not self.awaiting_stand:
            return self._problem[0]
        return "stand_tall"

    def update(self, now: float, pose: Posture, others: int, known: StandingReference | None) -> Ready | None:
        """Process a frame with the person in it, already in the buffer; return what a set can begin with, or None.

        `known` is an earlier reference: still valid when the person is back at the same place.
        """
        if isnan(self._checked_s) or now - self._checked_s >= CHECK_EVERY_S:
            self._check_framing(now, others)
        if self._framing.blocks or isnan(self._unblocked_since_s):
            self._stillness.clear()
            return None
        if known is not None and known.near == self._framing.near and is_same_place(known, pose.hip, pose.length):
            return Ready(known, now)
        still = self._stillness.update(now, pose)
        if still >= 1.0 and self.awaiting_stand:
            return self._ready_after_stand(now, self._buffer.index(self._stillness.since_s))
        if self._stillness.hinge_begun(pose):
            return self._ready_without_stand(self._buffer.index(self._unblocked_since_s))
        return None

    def _check_framing(self, now: float, others: int) -> None:
        start = self._buffer.index(now - LOOK_S)
        if len(self._buffer) - start < MIN_FRAMES:
            return
        self._checked_s = now
        track = as_track(self._buffer.times(start), self._buffer.rows(start), self._info)
        self._framing = check_framing(track, others)
        forward = -1.0 if self._framing.near == "left" else 1.0
        if forward != self.forward:
            self.forward = forward
            self._stillness.clear()
        code = self._framing.code
        if code is None:
            self._problem = None
        elif self._problem is None or self._problem[0] != code:
            self._problem = (code, now)
        if self._framing.blocks:
            self._unblocked_since_s = float("nan")
            # A single check may err: the framing stays accepted until a problem has held for a while.
            if self._problem is not None and now - self._problem[1] >= PROBLEM_HOLD_S:
                self.awaiting_stand = False
            return
        if isnan(self._unblocked_since_s):
            self._unblocked_since_s = float(self._buffer.times(start)[0])
        if code is None or now - self._unblocked_since_s >= OPTIONAL_ADVICE_S:
            self.awaiting_stand = True

    def _ready_after_stand(self, now: float, start: int) -> Ready:
        return Ready(reference_of(self._rows_with_person(start), self._info, near=None, firm=True), now)

    def _rows_with_person(self, start: int) -> dict[str, np.ndarray]:
        rows = self._buffer.rows(start)
        visible = np.isfinite(rows["landmarks"][:, 0, 0])
        return {name: rows[name][visible] for name in STORED_ROWS}

    def _ready_without_stand(self, start: int) -> Ready | None:
        """Return a provisional reference from whatever stand there was before a hinge without one."""
        times = self._buffer.times(start)
        standing_frames = standing_rows(times, self._buffer.rows(start), self._info)
        if standing_frames is None:
            return None
        rows, near = standing_frames
        return Ready(reference_of(rows, self._info, near=near, firm=False), float(times[0]))

    def refine_reference(self, reference: StandingReference, since_s: float) -> StandingReference:
        """Replace a provisional reference by a real stand between two repetitions."""
        rows = self._rows_with_person(self._buffer.index(since_s))
        if len(rows["landmarks"]) < MIN_FRAMES:
            return reference
        return reference_of(rows, self._info, near=reference.near, firm=True)


def bends_since(buffer: FrameBuffer, since_s: float, reference: StandingReference) -> list[tuple[float, float]]:
    """Return time and bend above the stand of the frames from `since_s` on, without the last."""
    out = []
    start = buffer.index(since_s)
    for k, time_s in enumerate(buffer.times(start).tolist()[:-1], start):
        points = buffer.row("landmarks", k)
        if np.isfinite(points[0, 0]):
            out.append((time_s, posture_of(points, reference.forward).bend - reference.bend))
    return out
