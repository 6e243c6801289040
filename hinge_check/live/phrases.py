"""What the coach says besides the faults' cues (`assess.phrases.EAR`), by code; each phrase is translated as a whole.

Calm, concrete, kind. What is spoken during a set stays under six words.
"""

from __future__ import annotations

from hinge_check.assess.phrases import EAR

INSTRUCTION: dict[str, str] = {
    "step_into_view": "Step into the picture, side on.",
    "show_whole_body": "Move so that all of you is seen.",
    "show_head": "Tilt the camera up a little.",
    "show_feet": "Tilt the camera down a little.",
    "come_closer": "Come a step closer.",
    "move_back": "Take a step back.",
    "turn_side_on": "Turn your side to the camera.",
    "more_light": "Switch on a light, please.",
    "one_person": "One person in the picture, please.",
    "face_level": "Set the camera level.",
    "steady_camera": "Put the camera down firmly.",
    "stand_tall": "Stand tall and still.",
    "hinge_when_ready": "Hips back when you are ready.",
    "rest": "Rest. Begin again when you like.",
    "paused": "Paused.",
    "done": "Done. Well worked.",
}
"""Shown as long as they hold, spoken once."""

NOTICE: dict[str, str] = {
    "person_lost": "I cannot see you",
    "welcome_back": "There you are, go on",
    "second_person": "Someone else is in view",
    "camera_moved": "The camera moved",
    "gap": "Picture stopped, count is kept",
    "slow_frames": "The picture is slow",
    "too_dark": "It is getting dark",
    "back_not_readable": "Your back is hidden",
    "turned_around": "You turned around",
    "resumed": "Going on, count is kept",
}

PRAISE: dict[str, str] = {
    "that_is_it": "That is it",
    "keep_that": "Good, keep that",
    "good_set": "A steady set",
}

SPOKEN: dict[str, dict[str, str]] = {"instruction": INSTRUCTION, "notice": NOTICE, "praise": PRAISE, "cue": EAR}
"""Catalogue by kind; counts are numbers and need no text."""
