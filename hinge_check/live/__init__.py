"""Live coaching: frames in as they come, states and cues out, by the same measuring and judging as a recorded clip.

    coach = LiveCoach(load_protocol("rdl"), frame_size=(1280, 720))
    answer = coach.push(LiveFrame(time_s, landmarks, world, visibility, edges))

Nothing here knows of cameras, windows, networks or MediaPipe.
"""

from __future__ import annotations

from hinge_check.live.coach import LiveCoach
from hinge_check.live.frame import LiveFrame, frame_of
from hinge_check.live.snapshot import Snapshot
from hinge_check.live.updates import (
    AngleReading,
    CoachUpdate,
    Phrase,
    RepDone,
    RepHighlight,
    SessionSummary,
    State,
    Utterance,
)

__all__ = [
    "AngleReading",
    "CoachUpdate",
    "LiveCoach",
    "LiveFrame",
    "Phrase",
    "RepDone",
    "RepHighlight",
    "SessionSummary",
    "Snapshot",
    "State",
    "Utterance",
    "frame_of",
]
