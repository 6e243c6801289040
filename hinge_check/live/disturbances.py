"""What disturbs a session: an absent or a different person, a bumped camera, a stalled picture, a low frame rate."""

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
"""A person unseen for this long is lost. MediaPipe drops a frame or three now and then."""
GAP_S = 1.0
"""A pause this long between frames is a hidden tab or a stalled camera; what happened meanwhile is unknown."""
SLOW_HZ, QUICK_HZ = 8.0, 10.0
"""Below the first rate there are too few frames to read pace from; above the second there are enough again: a
one-second descent is then seen ten times."""
JUMP, JUMP_PER_S = 0.5, 4.0
"""Trunk lengths that hips and feet move from one frame to the next, or per second, to count as a jump. A person runs at
four trunk lengths a second, and does not hinge meanwhile."""
ALIKE, SAME_SIZE = 0.15, 0.12
"""The camera was bumped if ankles, hips and shoulders moved alike to within this many trunk lengths and the size is
unchanged to within this share. Otherwise the pose belongs to a different person."""
PAN_S = 1.5
"""Seconds over which the displacement of the background is summed."""
STRANGER_S = 5.0
"""A different person followed for this long replaces the one being coached."""
BYSTANDER_S = 4.0
"""Two scans within this many seconds must show another person: a single scan may mistake a coat-stand for one."""


@dataclass(frozen=True, slots=True)
class Disturbances:
    """Disturbances found on one frame."""

    lost: bool = False
    """The person has been out of the picture for a while."""
    gap_s: float = 0.0
    """Seconds without a frame before this one, if that is a gap; else 0."""
    bumped: bool = False
    """The camera moved; set on the frame that shows it."""
    stranger: bool = False
    """The pose belongs to a different person: nothing of this frame counts."""
    replaced: bool = False
    """A different person has replaced the one being coached; set on the frame of the decision."""
    slow: bool = False
    bystanders: bool = False
    dark: bool = False


class DisturbanceDetector:
    """Detects disturbances from frame to frame; independent of the session's state."""

    def __init__(self, frame_size: tuple[int, int]) -> None:
        self._edge = max(frame_size)
        self._last_s = float("nan")
        self._seen_s = float("nan")
        self._before: tuple[float, Posture] | None = None
        self._doubtful = 0
        self._own_pose: Posture | None = None
        self._stranger_since = float("nan")
        self._steps: deque[float] = deque(maxlen=45)
        self._pans: deque[tuple[float, float, float]] = deque(maxlen=32)
        self._bystanders: deque[float] = deque(maxlen=2)
        self._scans_alone = 0
        self._luma: deque[float] = deque(maxlen=5)
        self._slow = False

    @property
    def rate_hz(self) -> float:
        """Frames per second over the last frames; 0 until there are enough."""
        return len(self._steps) / sum(self._steps) if len(self._steps) >= 5 else 0.0

    def unseen_s(self, now: float) -> float:
        """Return the seconds since the person was last seen."""
        return 0.0 if isnan(self._seen_s) else now - self._seen_s

    def update(self, frame: LiveFrame, pose: Posture | None) -> Disturbances:
        """Return the disturbances of the next frame; `pose` is None when nobody is in it."""
        now = frame.time_s
        gap = self._update_rate(now)
        bumped = self._detect_pan(frame)
        self._update_surroundings(frame)
        if gap:
            self._before, self._own_pose = None, None
        if pose is not None:
            self._seen_s = now
        elif isnan(self._seen_s):
            self._seen_s = now - LOST_S
        stranger = replaced = False
        if pose is not None:
            if self._own_pose is not None:
                stranger, replaced = self._check_stranger(now, pose)
            else:
                moved = self._classify_jump(now, pose)
                bumped, stranger = bumped or moved == "bumped", moved in ("doubtful", "stranger")
        return Disturbances(
            lost=now - self._seen_s >= LOST_S,
            gap_s=gap,
            bumped=bumped,
            stranger=stranger,
            replaced=replaced,
            slow=self._slow,
            bystanders=self._own_pose is not None
            or (len(self._bystanders) == 2 and now - self._bystanders[0] <= BYSTANDER_S),
            dark=len(self._luma) == self._luma.maxlen and median(self._luma) < NOTE_DARK_LUMA,
        )

    def _update_rate(self, now: float) -> float:
        """Update the frame rate and return the seconds of a gap before this frame, 0 without one."""
        step = now - self._last_s
        self._last_s = now
        if isnan(step):
            return 0.0
        if step >= GAP_S:
            self._steps.clear()
            return step
        self._steps.append(step)
        rate = self.rate_hz
        # Two seconds of frames, so that a single stall does not count as a slow camera.
        if rate and sum(self._steps) >= 2.0:
            self._slow = rate < (QUICK_HZ if self._slow else SLOW_HZ)
        return 0.0

    def _detect_pan(self, frame: LiveFrame) -> bool:
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

    def _update_surroundings(self, frame: LiveFrame) -> None:
        if not isnan(frame.luma):
            self._luma.append(frame.luma)
        if frame.others is None:
            return
        if frame.others:
            self._bystanders.append(frame.time_s)
            self._scans_alone = 0
        else:
            self._scans_alone += 1
            if self._scans_alone >= 2:
                self._bystanders.clear()

    def _classify_jump(self, now: float, pose: Posture) -> str:
        """Return '', 'bumped' or 'stranger', or 'doubtful' while it may be either or neither."""
        if self._before is None:
            self._before = (now, pose)
            return ""
        before_s, before = self._before
        scale = max(before.length, 1.0)
        hips, feet = dist(pose.hip, before.hip) / scale, dist(pose.ankle, before.ankle) / scale
        # Hips and feet must both move: in a hinge the feet stay.
        least = max(JUMP, JUMP_PER_S * (now - before_s)) if now - before_s < GAP_S else inf
        resized = abs(pose.length / scale - 1) if pose.trunk < 30 and before.trunk < 30 else 0.0
        if not (min(hips, feet) > least or (resized > 3 * SAME_SIZE and feet > JUMP / 2)):
            self._doubtful = 0
            self._before = (now, pose)
            return ""
        self._doubtful += 1
        if self._doubtful < 2:  # a single frame elsewhere is a slip of the tracker
            return "doubtful"
        self._doubtful = 0
        by = np.subtract([pose.shoulder, pose.hip, pose.ankle], [before.shoulder, before.hip, before.ankle]) / scale
        if float(np.ptp(by, axis=0).max()) < ALIKE and resized < SAME_SIZE:
            self._before = (now, pose)
            return "bumped"
        self._own_pose, self._stranger_since = before, now
        return "stranger"

    def _check_stranger(self, now: float, pose: Posture) -> tuple[bool, bool]:
        """Return whether the pose is still a different person's, and whether that person is now the one to coach."""
        own_pose = self._own_pose
        if own_pose is None:
            return False, False
        off = dist(pose.ankle, own_pose.ankle) / max(own_pose.length, 1.0)
        if off < JUMP:  # the feet are back; the hips may be anywhere in a hinge
            self._own_pose, self._before = None, (now, pose)
            return False, False
        if now - self._stranger_since < STRANGER_S:
            return True, False
        self._own_pose, self._before = None, (now, pose)
        return False, True
