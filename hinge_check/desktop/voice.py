"""A voice in a thread of its own: never waited for, and only the newest words count."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable
from importlib import import_module
from types import TracebackType
from typing import Self

Speak = Callable[[str], None]
"""Says some words and returns when they are said."""

PROGRAMS = ("say", "espeak-ng", "espeak")
"""Programs that speak their last argument: macOS has the first, Linux distributions the others."""
LONGEST_S = 8.0
"""No sentence of ours takes longer; a voice that hangs is ended."""
HOW_TO = (
    "No voice is installed, so cues are shown only. Install espeak-ng, or the extra: pip install 'hinge-check[voice]'."
)


def find_voice() -> Speak | None:
    """The machine's voice: a program that speaks, else pyttsx3; None where there is neither."""
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
            return  # no sound: the words stand on the screen too

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


class Voice:
    """Speaks what it is given, newest wins; a context manager.

    Parameters
    ----------
    speak
        Says some words and returns when they are said.
    """

    def __init__(self, speak: Speak) -> None:
        self._speak = speak
        self._ready = threading.Condition()
        self._words: str | None = None
        self._stop = False
        self.muted = False
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._ready:
            self._stop = True
            self._ready.notify_all()
        self._thread.join(LONGEST_S)

    def say(self, words: str) -> None:
        """Say it after what is being said now; words that were still waiting are dropped. Returns at once."""
        if self.muted:
            return
        with self._ready:
            self._words = words
            self._ready.notify_all()

    def _run(self) -> None:
        while True:
            with self._ready:
                self._ready.wait_for(lambda: self._words is not None or self._stop)
                if self._stop:
                    return
                words, self._words = self._words, None
            if words is not None and not self.muted:
                self._speak(words)
