"""The command `hinge-check live`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hinge_check.capture.track import PoseTrack
from tests import samples

pytestmark = pytest.mark.model


def live(*options: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run it without a display."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        [sys.executable, "-m", "hinge_check", "live", *options],
        capture_output=True,
        text=True,
        timeout=120,
        env={**kept, **env},
        check=False,
    )


@pytest.fixture(autouse=True)
def _model() -> None:
    samples.full_model()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
def test_without_a_display_it_names_headless() -> None:
    done = live("--source", str(samples.FOLDER / "rounded.mp4"))
    assert done.returncode == 3
    assert "no_display" in done.stderr
    assert "--headless" in done.stderr


def test_without_a_camera_it_says_so() -> None:
    done = live("--camera", "77", "--headless")
    assert done.returncode == 3
    assert "no_camera" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_file_played_headless_and_recorded(tmp_path: Path) -> None:
    done = live(
        "--source", str(samples.FOLDER / "neutral_good.mp4"), "--headless", "--record", str(tmp_path), "--voice"
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    states = [line["state"] for line in lines[:-2]]
    assert states[0] in ("looking", "placing")
    assert states[-1] == "summary"
    assert not [line for line in lines[:-2] if line["say"] and line["say"]["kind"] == "cue"]
    # In real time a busy machine skips frames, at worst those of a whole repetition.
    reps = lines[-2]["summary"]["reps"]
    assert reps in (2, 3)
    assert lines[-1]["report"]["summary"]["reps"] == reps
    folder = tmp_path / "neutral_good.hinge"
    names = {path.name for path in folder.iterdir()}
    assert names >= {"report.json", "track.npz", "annotated.mp4", "session.json", "reps.csv", "chart.png"}
    assert json.loads((folder / "report.json").read_text())["summary"]["reps"] in (2, 3)
    assert len(PoseTrack.load(folder / "track.npz")) > 10
    assert [path.name for path in tmp_path.iterdir()] == ["neutral_good.hinge"]
    again = live("--source", str(samples.FOLDER / "neutral_good.mp4"), "--headless", "--record", str(tmp_path))
    assert again.returncode == 2
    assert "--overwrite" in again.stderr
