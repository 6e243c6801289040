"""Analysis of a video: capture -> measure -> assess. Inference once; all after the track is a pure function."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from hinge_check.assess.assess import assess
from hinge_check.assess.calibration import person_file
from hinge_check.assess.protocol import Protocol
from hinge_check.assess.report import HingeReport
from hinge_check.capture.track import PoseTrack
from hinge_check.measure.measure import measure
from hinge_check.measure.types import Measurement
from hinge_check.options import CaptureOptions, Progress, SideChoice, silent


@dataclass(frozen=True, slots=True)
class Analysis:
    """The results of one recording."""

    track: PoseTrack
    measurement: Measurement
    report: HingeReport
    person: str | None = None
    """The protocol file with the person's own range, TOML; of a calibration recording only."""


def analyze(
    video: Path,
    protocol: Protocol,
    *,
    options: CaptureOptions = CaptureOptions(),
    side: SideChoice = "auto",
    calibrate: bool = False,
    progress: Progress = silent,
) -> Analysis:
    """Analyse a video; with `calibrate`, as a range test of slow maximal forward bends, which is not judged.

    Raises
    ------
    Refused
        When the file cannot be read as a video. A video that can be read but not measured gives an `Analysis` whose
        report has status 'refused'.
    InstallationError
        `model_missing`.
    """
    from hinge_check.capture.capture_clip import capture  # MediaPipe is slow to import

    track = capture(video, options=options, progress=progress)
    return reassess(track, protocol, side=side, calibrate=calibrate)


def reassess(
    track: PoseTrack,
    protocol: Protocol,
    *,
    side: SideChoice = "auto",
    calibrate: bool = False,
) -> Analysis:
    """Measure and assess a track; no inference, the same result for the same track and protocol."""
    # A maximal bend begins standing, whatever the exercise: hands that reach the floor lift nothing.
    rules = replace(protocol.reps, start="standing") if calibrate else protocol.reps
    measurement = measure(track, rules, side=side)
    report = assess(track, measurement, protocol, calibrate=calibrate)
    calibration = report.calibration
    person = None if calibration is None else person_file(protocol, calibration, track.info)
    return Analysis(track, measurement, report, person)
