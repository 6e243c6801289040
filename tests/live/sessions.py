"""Tracks pushed through a coach, and the coach's updates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from hinge_check.assess.protocol import Protocol, load_protocol
from hinge_check.capture.track import PoseTrack
from hinge_check.live import CoachUpdate, LiveCoach, LiveFrame, RepDone, State, frame_of
from tests.stick_figure import clock, hinges, stick

Edit = Callable[[LiveFrame], LiveFrame | None]


@dataclass(slots=True)
class Coached:
    """A session and its updates; the last one answers `finish`."""

    coach: LiveCoach
    answers: list[CoachUpdate]

    @property
    def reps(self) -> list[RepDone]:
        return [answer.rep for answer in self.answers if answer.rep is not None]

    @property
    def states(self) -> list[State]:
        """States in order, without repeats."""
        out: list[State] = []
        for answer in self.answers:
            if not out or out[-1] is not answer.state:
                out.append(answer.state)
        return out

    def said(self, *kinds: str) -> list[tuple[float, str]]:
        """Time and code of each utterance."""
        return [(a.time_s, a.say.code) for a in self.answers if a.say is not None and a.say.kind in kinds]

    def notices(self) -> set[str]:
        return {code for answer in self.answers for code in answer.notices}

    @property
    def total(self) -> int:
        return self.answers[-1].total


def coach_track(
    track: PoseTrack,
    *,
    protocol: Protocol | None = None,
    coach: LiveCoach | None = None,
    edit: Edit = lambda frame: frame,
    finish: bool = True,
) -> Coached:
    """Push a track at its own pace; `edit` changes frames or drops them (None)."""
    info = track.info
    coach = coach or LiveCoach(protocol or load_protocol(), frame_size=info.frame_size, source_size=info.source_size)
    frames = (edit(frame_of(track, k)) for k in range(len(track)))
    answers = [coach.push(frame) for frame in frames if frame is not None]
    if finish:
        answers.append(coach.finish())
    return Coached(coach, answers)


def set_track(reps: int = 3, *, lead: float = 2.5, tail: float = 1.5, fps: float = 30.0, **changes: Any) -> PoseTrack:
    """Return a stick person who stands, hinges `reps` times and stands."""
    time = clock(lead + reps * 3.2 + tail, fps)
    return stick(time, hinges(time, reps, lead=lead) if reps else 0 * time, **changes).track


def pick_frames(track: PoseTrack, index: npt.NDArray[np.integer[Any]]) -> PoseTrack:
    """Return some frames of a track."""
    n = len(track)
    arrays = {
        f.name: getattr(track, f.name)[index]
        for f in fields(track)
        if f.name not in ("info", "scan_time_s", "scan_people") and len(getattr(track, f.name)) == n
    }
    return replace(track, **arrays)


def shift_time(track: PoseTrack, by_s: float) -> PoseTrack:
    """Return the same frame at another time."""
    return replace(track, time_s=track.time_s + by_s)


def jitter_times(track: PoseTrack, spread_s: float, seed: int = 0) -> PoseTrack:
    """Return frames that arrive early or late, but in order."""
    step = np.diff(track.time_s, prepend=track.time_s[0] - 1 / 30)
    off = np.random.default_rng(seed).uniform(-spread_s, spread_s, len(track))
    times = np.maximum.accumulate(track.time_s + off)
    times = times + np.arange(len(times)) * 1e-6
    return replace(track, time_s=np.where(step > 0, times, track.time_s))
