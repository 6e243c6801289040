"""A fabricated analysis without pose model or video, for tests of what happens around it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from hinge_check.analysis import Analysis
from hinge_check.assess.report import (
    Calibration,
    Cues,
    HingeReport,
    Note,
    ProtocolReport,
    RepReport,
    Summary,
    ViewReport,
)
from hinge_check.capture.track import EDGE_S, PoseTrack, TrackInfo
from hinge_check.cli.batch import Job, Outcome
from hinge_check.errors import ADVICE, Code
from hinge_check.measure.types import Measurement
from hinge_check.options import Progress


def fake_track(frames: int = 3) -> PoseTrack:
    """Return a track of nobody."""
    nothing = np.full((frames, 33, 3), np.nan, np.float32)
    edges = np.full((frames, 2, len(EDGE_S)), np.nan, np.float32)
    return PoseTrack(
        time_s=np.arange(frames) / 30,
        landmarks=nothing,
        world=nothing,
        visibility=np.zeros((frames, 33), np.float32),
        edges=edges,
        edge_blur=edges,
        border=np.zeros((frames, 4), np.float32),
        luma=np.full(frames, 100.0, np.float32),
        sharpness=np.full(frames, 100.0, np.float32),
        camera_shift=np.zeros((frames, 2), np.float32),
        scan_time_s=np.zeros(0),
        scan_people=np.zeros((0, 0, 33, 3), np.float32),
        info=TrackInfo("00", (640, 360), (640, 360), frames / 30, 30.0, "full", "11", {}),
    )


def fake_report(refusal: Code | None = None, *, lumbar: float | None = 7.4) -> HingeReport:
    """Return a report of two reps, or of a refusal."""
    reps = [
        RepReport(
            rep=number,
            start_s=number * 3.0,
            bottom_s=number * 3 + 1.0,
            end_s=number * 3 + 2.0,
            hip_flexion_deg=86.6,
            hip_flexion_se_deg=3.0,
            lumbar_flexion_deg=lumbar,
            lumbar_flexion_se_deg=None if lumbar is None else 4.0,
            knee_flexion_deg=18.2,
            trunk_inclination_deg=70.0,
            hip_share=None if lumbar is None else 0.921,
            descent_s=1.04,
            bottom_hold_s=0.26,
            ascent_s=0.9,
            score=None if lumbar is None else 88.0,
            score_se=None if lumbar is None else 4.0,
        )
        for number in (1, 2)
    ]
    return HingeReport(
        status="analysed" if refusal is None else "refused",
        refusal=None if refusal is None else Note(code=refusal, message="This cannot be read.", advice=ADVICE[refusal]),
        findings=[],
        view=ViewReport(facing="right", near_side="right", yaw_deg=2.0, yaw_se_deg=3.0),
        reps=[] if refusal is not None else reps,
        summary=Summary(
            reps=0 if refusal is not None else 2,
            hip_flexion_deg=86.6,
            hip_flexion_se_deg=2.0,
            lumbar_flexion_deg=lumbar,
            lumbar_flexion_se_deg=None if lumbar is None else 3.0,
            knee_flexion_deg=18.2,
            hip_share=None if lumbar is None else 0.921,
            score=None if lumbar is None else 88.0,
            score_se=None if lumbar is None else 3.0,
        ),
        faults=[],
        cues=Cues(client=["The bend comes from your hips.", "Go a little slower."], clinician=[], ear=["Slower down"]),
        protocol=ProtocolReport(name="bodyweight_hinge", title="Bodyweight hinge", sha256="22"),
        provenance=None,
    )


def fake_analysis(refusal: Code | None = None, *, lumbar: float | None = 7.4) -> Analysis:
    """Return an analysis with nothing measured in it: for code that only hands it on."""
    return Analysis(fake_track(), cast("Measurement", None), fake_report(refusal, lumbar=lumbar))


def fake_calibration(*, lumbar_max: float | None = 49.0) -> Analysis:
    """Return an analysis of a calibration recording; without a range where none could be stated."""
    found = None
    if lumbar_max is not None:
        found = Calibration(lumbar_max_deg=lumbar_max, lumbar_max_se_deg=4.0, hip_max_deg=65.0, reps=2)
    report = fake_report(lumbar=lumbar_max).model_copy(update={"judged_as": "range", "calibration": found})
    person = f'extends = "bow"\n[person]\nlumbar_max_deg = {lumbar_max}\n' if found is not None else None
    return Analysis(fake_track(), cast("Measurement", None), report, person)


def use_plain_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a line of text in place of curves, chart and video."""

    def write(thing: Any, path: Path) -> None:
        assert thing is not None
        path.write_text(path.name)

    def video(source: Path, analysis: Analysis, out: Path, *, blur_face: bool, progress: Progress) -> None:
        assert analysis is not None
        progress("draw", 1.0, 1.0, 30)
        out.write_text(f"{source.name} {blur_face}")

    for name in ("write_angles_csv", "write_reps_csv", "write_chapters_vtt"):
        monkeypatch.setattr(f"hinge_check.present.export.{name}", write)
    monkeypatch.setattr("hinge_check.present.charts.draw_chart", write)
    monkeypatch.setattr("hinge_check.present.annotate.annotate", video)


def fake_work(job: Job, progress: Progress) -> Outcome:
    """Work for a batch in processes of its own: the video's name selects the outcome."""
    import os

    progress("analyse", 0.5, 1.0, 15)
    name = job.video.stem
    if name.startswith("crash"):
        os._exit(9)
    if name.startswith("odd"):
        raise ZeroDivisionError("one by nought")
    if name.startswith("slow"):
        part = job.out_dir.parent / f".{name}.part"
        part.write_text("half")
        try:
            time.sleep(60)
        finally:
            part.unlink()
    return Outcome(0, fake_report(), written=True)
