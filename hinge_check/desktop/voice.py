"""Speech in a thread of its own: never waited for, and only the newest words count."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from importlib import import_module

from hinge_check.background import BackgroundThread
from hinge_check.capture.latest import LatestSlot

Speak = Callable[[str], None]
"""Speaks some words and returns when they are spoken."""

PROGRAMS = ("say", "espeak-ng", "espeak")
"""Programs that speak their last argument: macOS has the first, Linux distributions the others."""
LONGEST_S = 8.0
"""Longer than any of our sentences takes; a voice that hangs is ended after it."""
HOW_TO = (
    "No voice is installed, so cues are shown only. Install espeak-ng, or the extra: pip install 'hinge-check[voice]'."
)


def find_voice() -> Speak | None:
    """Return the machine's voice: a program that speaks, else pyttsx3; None where there is neither."""
    for name in PROGRAMS:
        program = shutil.which(name)
        if program is not None:
            return _by_program(program)
    return _by_pyttsx3()


def _by_program(program: str) -> Speak:
    def speak(words: str) -> None:
        try:
            subprocess.run(
                [program, words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=LONGEST_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return  # no sound: the words are on the screen too

    return speak


def _by_pyttsx3() -> Speak | None:
    try:
        engine = import_module("pyttsx3").init()
    except (ImportError, OSError, RuntimeError, KeyError):  # not installed, or without the system's speech library
        return None

    def speak(words: str) -> None:
        engine.say(words)
        engine.runAndWait()

    return speak


class Voice(BackgroundThread):
    """Speaks the newest words it was given, in a thread of its own. A context manager.

    Parameters
    ----------
    speak
        Speaks some words and returns when they are spoken.
    """

    def __init__(self, speak: Speak) -> None:
        super().__init__("voice", join_s=LONGEST_S)
        self._speak = speak
        self._words: LatestSlot[str] = LatestSlot()
        self.muted = False

    def say(self, words: str) -> None:
        """Speak after the words being spoken now; words that still waited are dropped. Returns at once."""
        if not self.muted:
            self._words.put(words)

    def request_stop(self) -> None:
        """Drop the words that still wait; those being spoken are finished."""
        self._words.end()

    def run(self) -> None:
        """Speak the newest words until asked to stop."""
        while True:
            try:
                words = self._words.take(None)
            except EOFError:
                return
            if not self._words.wanted:
                return
            if words is not None and not self.muted:
                self._speak(words)
