from __future__ import annotations

import os
from pathlib import Path

import pytest

from hinge_check.desktop import voice


def test_a_speech_program_receives_the_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = tmp_path / "heard"
    program = tmp_path / "espeak"
    program.write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{heard}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    speak = voice.find_voice()
    assert speak is not None
    speak("Hips back; rm -rf")
    assert heard.read_text() == "Hips back; rm -rf"


def test_without_a_speech_program_there_is_no_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path) + os.pathsep)

    def missing(name: str) -> object:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(voice, "import_module", missing)
    assert voice.find_voice() is None
    assert "hinge-check[voice]" in voice.HOW_TO


def test_a_program_that_fails_is_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "say"
    program.write_text("no program")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    speak = voice.find_voice()
    assert speak is not None
    speak("Hips back")
