"""Live coaching: takes frames one by one and answers with states and cues, measured and judged as a recorded clip is.

    coach = LiveCoach(load_protocol("rdl"), frame_size=(1280, 720))
    update = coach.push(LiveFrame(time_s, landmarks, world, visibility, edges))

This package knows nothing about cameras, windows, networks or MediaPipe.
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
