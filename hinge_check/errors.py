"""Refusals and findings: a stable code, what was seen, what to do about it.

Codes are the public contract of the library, the command line, the service and the pages: new ones may be added, none
renamed. Messages address the person who filmed: calm, concrete, no jargon, no file names.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Stable codes of refusals and findings."""

    UNREADABLE = "unreadable"
    NOT_A_VIDEO = "not_a_video"
    NO_VIDEO_STREAM = "no_video_stream"
    TRUNCATED = "truncated"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_LARGE = "too_large"
    TOO_DARK = "too_dark"
    BLURRED = "blurred"
    NO_PERSON = "no_person"
    PERSON_LOST = "person_lost"
    PERSON_TOO_SMALL = "person_too_small"
    OUT_OF_FRAME = "out_of_frame"
    SEVERAL_PEOPLE = "several_people"
    NOT_SIDE_VIEW = "not_side_view"
    CAMERA_MOVED = "camera_moved"
    CAMERA_TILTED = "camera_tilted"
    FEET_MOVED = "feet_moved"
    TEMPO_UNCERTAIN = "tempo_uncertain"
    NO_STANDING_REFERENCE = "no_standing_reference"
    NO_HINGE = "no_hinge"
    LUMBAR_NOT_MEASURABLE = "lumbar_not_measurable"
    MODEL_MISSING = "model_missing"
    OUTPUT_UNWRITABLE = "output_unwritable"
    DISK_FULL = "disk_full"
    INTERRUPTED = "interrupted"


ADVICE: dict[Code, str] = {
    Code.UNREADABLE: "Check that the file still exists and that you may open it, then try again.",
    Code.NOT_A_VIDEO: "Choose the video itself, as your phone saved it (mp4 or mov).",
    Code.NO_VIDEO_STREAM: "This file holds no picture. Choose the video as your phone saved it.",
    Code.TRUNCATED: "Send the video again and let the upload finish; if it still stops early, film again.",
    Code.TOO_SHORT: "Film at least one whole hinge: stand tall for two seconds, bend, stand up.",
    Code.TOO_LONG: "Trim the video to one set, or film one set at a time.",
    Code.TOO_LARGE: "Film in 1080p; larger pictures add nothing here.",
    Code.TOO_DARK: "Switch on a light, or turn so that the window is behind the phone.",
    Code.BLURRED: "Wipe the lens and lean the phone against something steady.",
    Code.NO_PERSON: "Place the phone so that your whole body is in the picture, then film again.",
    Code.PERSON_LOST: "Stay in the picture from the first to the last repetition.",
    Code.PERSON_TOO_SMALL: "Bring the phone closer: two to three metres is right.",
    Code.OUT_OF_FRAME: "Move the phone back a step, so that head and feet stay in the picture.",
    Code.SEVERAL_PEOPLE: "Film with nobody else in the picture if you can.",
    Code.NOT_SIDE_VIEW: "Turn so that one shoulder points at the phone, then film again.",
    Code.CAMERA_MOVED: "Lean the phone against something steady and leave it there while you move.",
    Code.CAMERA_TILTED: "Set the phone upright and level.",
    Code.FEET_MOVED: "Keep both feet where they are during the set.",
    Code.TEMPO_UNCERTAIN: "If this is slow motion, say how slow it plays (for example 0.125).",
    Code.NO_STANDING_REFERENCE: "Start by standing tall and still for two seconds.",
    Code.NO_HINGE: "Film yourself from the side while you push your hips back and stand up again.",
    Code.LUMBAR_NOT_MEASURABLE: "Wear a fitted top, stand side-on and keep arms off your back.",
    Code.MODEL_MISSING: "Run: hinge-check models fetch",
    Code.OUTPUT_UNWRITABLE: "Choose another folder for the result (--out).",
    Code.DISK_FULL: "Free some space and run it again; nothing half-written was kept.",
    Code.INTERRUPTED: "Run it again when you are ready; nothing half-written was kept.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """An observation that the reader should know; a refusal is a finding that ends the analysis.

    Parameters
    ----------
    code
        Stable code.
    message
        What was seen, in plain words, with the figure that decided.
    advice
        What to do about it.
    """

    code: Code
    message: str
    advice: str


def finding(code: Code, message: str, advice: str | None = None) -> Finding:
    """Make a finding, with the usual advice of its code unless another is given."""
    return Finding(code, message, ADVICE[code] if advice is None else advice)


class HingeError(Exception):
    """Base of the errors that this library raises on purpose; carries a `Finding`."""

    exit_code = 3

    def __init__(self, code: Code, message: str, advice: str | None = None) -> None:
        super().__init__(message)
        self.finding = finding(code, message, advice)

    @property
    def code(self) -> Code:
        """The stable code."""
        return self.finding.code


class Refused(HingeError):
    """The video was refused or could not be measured (exit code 3)."""


class InstallationError(HingeError):
    """A model is missing or the installation is broken (exit code 4)."""

    exit_code = 4


class UsageError(Exception):
    """A mistake in the call itself: an option, a protocol file, a range (exit code 2)."""

    exit_code = 2
