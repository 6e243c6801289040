"""What disturbs a session: nobody there, somebody else, a bumped camera, a stopped picture, too few frames."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import dist, hypot, inf, isnan
from statistics import median

import numpy as np

from hinge_check.live.frame import LiveFrame
from hinge_check.live.posture import Posture
from hinge_check.measure.framing import NOTE_DARK_LUMA, NOTE_PAN

LOST_S = 0.7
"""Unseen for so long is lost: MediaPipe drops a frame or three now and then."""
GAP_S = 1.0
"""No frame for so long is a hidden tab or a stalled camera; what happened meanwhile is not known."""
SLOW_HZ, QUICK_HZ = 8.0, 10.0
"""Under the one frames are too few to read pace from, over the other they suffice again: a one-second descent is
then seen ten times."""
JUMP, JUMP_PER_S = 0.5, 4.0
"""Trunk lengths hips and feet go from one frame to the next, or per second: a person runs at four trunk lengths a
second, and does not hinge meanwhile."""
ALIKE, SAME_SIZE = 0.15, 0.12
"""Ankles, hips and shoulders displaced alike to so many trunk lengths, the size unchanged to that share: the camera
was bumped. Otherwise it is somebody else."""
PAN_S = 1.5
"""Seconds over which the background's displacement is added up."""
STRANGER_S = 5.0
"""Somebody else followed for so long is who there is."""
COMPANY_S = 4.0
"""Two looks with somebody else within so many seconds: one look may see a coat-stand."""


@dataclass(frozen=True, slots=True)
class Disturbances:
    """What one frame means for the session."""

    lost: bool = False
    """Nobody for a while."""
    gap_s: float = 0.0
    """Seconds without a frame before this one, where that is a gap."""
    bumped: bool = False
    """On the frame at which it was noticed."""
    stranger: bool = False
    """Somebody else is being followed: nothing of this frame counts."""
    exchanged: bool = False
    """On the frame at which somebody else is taken for who there is."""
    slow: bool = False
    company: bool = False
    dark: bool = False


class DisturbanceDetector:
    """Notices disturbances; knows nothing of states."""

    def __init__(self, frame_size: tuple[int, int]) -> None:
        self._edge = max(frame_size)
        self._last_s = float("nan")
        self._seen_s = float("nan")
        self._before: tuple[float, Posture] | None = None
        self._doubtful = 0
        self._home: Posture | None = None
        self._home_since = float("nan")
        self._steps: deque[float] = deque(maxlen=45)
        self._pans: deque[tuple[float, float, float]] = deque(maxlen=32)
        self._company: deque[float] = deque(maxlen=2)
        self._looks_alone = 0
        self._luma: deque[float] = deque(maxlen=5)
        self._slow = False

    @property
    def rate_hz(self) -> float:
        """Frames a second over the last ones; 0 before there are some."""
        return len(self._steps) / sum(self._steps) if len(self._steps) >= 5 else 0.0

    def unseen_s(self, now: float) -> float:
        """Seconds since somebody was seen."""
        return 0.0 if isnan(self._seen_s) else now - self._seen_s

    def update(self, frame: LiveFrame, pose: Posture | None) -> Disturbances:
        """Take one frame in; `pose` is None when nobody is in it."""
        now = frame.time_s
        gap = self._tick(now)
        bumped = self._panned(frame)
        self._look_around(frame)
        if gap:
            self._before, self._home = None, None
        if pose is not None:
            self._seen_s = now
        elif isnan(self._seen_s):
            self._seen_s = now - LOST_S
        stranger = exchanged = False
        if pose is not None:
            if self._home is not None:
                stranger, exchanged = self._still_strange(now, pose)
            else:
                moved = self._jumped(now, pose)
                bumped, stranger = bumped or moved == "bumped", moved in ("doubtful", "stranger")
        return Disturbances(
            lost=now - self._seen_s >= LOST_S,
            gap_s=gap,
            bumped=bumped,
            stranger=stranger,
            exchanged=exchanged,
            slow=self._slow,
            company=self._home is not None or (len(self._company) == 2 and now - self._company[0] <= COMPANY_S),
            dark=len(self._luma) == self._luma.maxlen and median(self._luma) < NOTE_DARK_LUMA,
        )

    def _tick(self, now: float) -> float:
        """Seconds of a gap before this frame, 0 where there is none."""
        step = now - self._last_s
        self._last_s = now
        if isnan(step):
            return 0.0
        if step >= GAP_S:
            self._steps.clear()
            return step
        self._steps.append(step)
        rate = self.rate_hz
        # Two seconds of them, so that one stall is no slow camera.
        if rate and sum(self._steps) >= 2.0:
            self._slow = rate < (QUICK_HZ if self._slow else SLOW_HZ)
        return 0.0

    def _panned(self, frame: LiveFrame) -> bool:
        dx, dy = frame.camera_shift
        if isnan(dx) or isnan(dy):
            return False
        pans = self._pans
        pans.append((frame.time_s, dx, dy))
        while frame.time_s - pans[0][0] > PAN_S:
            pans.popleft()
        if hypot(sum(p[1] for p in pans), sum(p[2] for p in pans)) <= NOTE_PAN * self._edge:
            return False
        pans.clear()
        return True

    def _look_around(self, frame: LiveFrame) -> None:
        if not isnan(frame.luma):
            self._luma.append(frame.luma)
        if frame.others is None:
            return
        if frame.others:
            self._company.append(frame.time_s)
            self._looks_alone = 0
        else:
            self._looks_alone += 1
            if self._looks_alone >= 2:
                self._company.clear()

    def _jumped(self, now: float, pose: Posture) -> str:
        """'', 'bumped', 'stranger', or 'doubtful' while it may be either or neither."""
        if self._before is None:
            self._before = (now, pose)
            return ""
        before_s, before = self._before
        scale = max(before.length, 1.0)
        hips, feet = dist(pose.hip, before.hip) / scale, dist(pose.ankle, before.ankle) / scale
        # Hips and feet both: in a hinge the feet stay.
        least = max(JUMP, JUMP_PER_S * (now - before_s)) if now - before_s < GAP_S else inf
        resized = abs(pose.length / scale - 1) if pose.trunk < 30 and before.trunk < 30 else 0.0
        if not (min(hips, feet) > least or (resized > 3 * SAME_SIZE and feet > JUMP / 2)):
            self._doubtful = 0
            self._before = (now, pose)
            return ""
        self._doubtful += 1
        if self._doubtful < 2:  # one frame elsewhere is the tracker's slip
            return "doubtful"
        self._doubtful = 0
        by = np.subtract([pose.shoulder, pose.hip, pose.ankle], [before.shoulder, before.hip, before.ankle]) / scale
        if float(np.ptp(by, axis=0).max()) < ALIKE and resized < SAME_SIZE:
            self._before = (now, pose)
            return "bumped"
        self._home, self._home_since = before, now
        return "stranger"

    def _still_strange(self, now: float, pose: Posture) -> tuple[bool, bool]:
        """Whether it is still somebody else, and whether that is now who there is."""
        home = self._home
        if home is None:
            return False, False
        off = dist(pose.ankle, home.ankle) / max(home.length, 1.0)
        if off < JUMP:  # feet where they were: the hips may be anywhere in a hinge
            self._home, self._before = None, (now, pose)
            return False, False
        if now - self._home_since < STRANGER_S:
            return True, False
        self._home, self._before = None, (now, pose)
        return False, True
