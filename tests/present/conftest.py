"""A stick figure that hinges with known angles, as a complete Analysis; no video, no inference."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hinge_check.analysis import Analysis
from hinge_check.assess.report import (
    Cues,
    Fault,
    HingeReport,
    ProtocolReport,
    RepReport,
    Summary,
    ViewReport,
)
from hinge_check.capture.track import EDGE_S, PoseTrack, TrackInfo
from hinge_check.measure.types import HingeAngles, Measurement, Rep, View

REP_S = 3.0
LEAD_S = 1.0


def _bend(time: npt.NDArray[np.float64], reps: int) -> npt.NDArray[np.float64]:
    """Return 0 standing .. 1 at the bottom, one raised cosine per rep."""
    inside = (time >= LEAD_S) & (time < LEAD_S + reps * REP_S)
    return np.where(inside, (1 - np.cos(2 * np.pi * (time - LEAD_S) / REP_S)) / 2, 0.0)


def _points(hip: float, lumbar: float, size: tuple[int, int], facing: int) -> tuple[Any, Any]:
    """Return 33 landmarks and the back edge of a figure bent by these angles (degrees), pixels."""
    width, height = size
    unit = min(0.8 * height / 1.75, 0.55 * width)  # pixels a metre; bent, the figure reaches 0.8 m forward
    hips = np.array([0.5 * width, 0.9 * height - 0.85 * unit])

    def up(length: float, degrees: float) -> npt.NDArray[np.float64]:
        turn = np.radians(degrees)
        return length * unit * np.array([facing * np.sin(turn), -np.cos(turn)])

    waist = hips + up(0.2, hip)
    shoulder = waist + up(0.3, hip + lumbar)
    ear = shoulder + up(0.2, hip + lumbar)
    nose = ear + unit * 0.09 * np.array([facing * np.cos(np.radians(hip)), np.sin(np.radians(hip))])
    down = np.array([0.0, unit])
    marks = np.full((33, 2), np.nan)
    marks[:11] = (ear + nose) / 2
    marks[[7, 8]], marks[0] = ear, nose
    marks[[11, 12]], marks[[23, 24]] = shoulder, hips
    marks[[13, 14]], marks[[15, 16]] = shoulder + 0.28 * down, shoulder + 0.52 * down
    marks[[25, 26]], marks[[27, 28]] = hips + 0.45 * down, hips + 0.85 * down
    marks[17:23], marks[29:33] = marks[15], marks[27]
    dorsal = -up(0.1, hip + 90)
    return marks, np.linspace(hips, shoulder, 12) + dorsal


@pytest.fixture
def make_analysis() -> Callable[..., Analysis]:
    """Build an Analysis: `size`, `facing` (+1 right), `reps`, peak `hip` and `lumbar` (NaN: not measurable)."""

    def build(
        *,
        size: tuple[int, int] = (640, 360),
        facing: int = 1,
        reps: int = 2,
        hip: float = 60.0,
        lumbar: float = 30.0,
        fps: float = 20.0,
        unseen: tuple[float, float] | None = None,
        score: float | None = 82.0,
        score_se: float = 3.0,
    ) -> Analysis:
        time = np.arange(0.0, 2 * LEAD_S + reps * REP_S, 1 / fps)
        n = len(time)
        bend = _bend(time, reps)
        drawn = [_points(hip * b, 0.0 if np.isnan(lumbar) else lumbar * b, size, facing) for b in bend]
        xy, back = np.array([d[0] for d in drawn]), np.array([d[1] for d in drawn])
        gone = np.zeros(n, bool) if unseen is None else (time >= unseen[0]) & (time < unseen[1])
        xy[gone], back[gone] = np.nan, np.nan
        angle = np.where(gone, np.nan, bend)
        nan = np.full(n, np.nan)
        landmarks = np.concatenate([xy, np.zeros((n, 33, 1))], axis=2).astype(np.float32)
        landmarks[gone] = np.nan
        info = TrackInfo("0" * 64, size, size, float(time[-1] + 1 / fps), fps, "full", "1" * 64, {"hinge-check": "0"})
        track = PoseTrack(
            time_s=time,
            landmarks=landmarks,
            world=np.zeros((n, 33, 3), np.float32),
            visibility=np.where(gone[:, None], np.nan, np.ones((n, 33))).astype(np.float32),
            edges=np.full((n, 2, len(EDGE_S)), np.nan, np.float32),
            edge_blur=np.full((n, 2, len(EDGE_S)), np.nan, np.float32),
            border=np.zeros((n, 4), np.float32),
            luma=np.full(n, 120.0, np.float32),
            sharpness=np.full(n, 100.0, np.float32),
            camera_shift=np.zeros((n, 2), np.float32),
            scan_time_s=np.zeros(0),
            scan_people=np.zeros((0, 1, 33, 3), np.float32),
            info=info,
        )
        angles = HingeAngles(
            time_s=time,
            trunk_inclination=(hip + np.nan_to_num(lumbar)) * angle,
            hip_flexion=hip * angle,
            hip_se=np.full(n, 3.0),
            lumbar_flexion=lumbar * angle,
            lumbar_se=np.full(n, 4.0) if np.isfinite(lumbar) else nan,
            pelvic_tilt=hip * angle,
            knee_flexion=10 * angle,
            shank_inclination=2 * angle,
            neck_flexion=nan,
            bend=hip * angle,
            hips_back=0.3 * angle,
            hips_down=0.1 * angle,
            wrist_forward=0.1 * angle,
            lumbar_quality=1.0,
            lumbar_abstains="" if np.isfinite(lumbar) else "Loose clothes cover the back.",
        )
        frames = [round((LEAD_S + k * REP_S) * fps) for k in range(reps + 1)]
        spans = tuple(Rep(a, (a + b) // 2 - 2, (a + b) // 2, (a + b) // 2 + 2, b) for a, b in pairwise(frames))
        phase = np.full(n, "stand", dtype="<U8")
        for rep in spans:
            phase[rep.start : rep.bottom_start] = "descent"
            phase[rep.bottom_start : rep.bottom_end] = "bottom"
            phase[rep.bottom_end : rep.end] = "ascent"
        phase[gone] = ""
        measurement = Measurement(
            view=View("right" if facing > 0 else "left", "right" if facing > 0 else "left", 3, 4, 0, 300, 1),
            angles=angles,
            reps=spans,
            phase=phase,
            standing=time < LEAD_S,
            back_px=back,
            speed=1.0,
            findings=(),
            refusal=None,
        )
        known = None if np.isnan(lumbar) else lumbar
        rounding = known is not None and known > 20
        rows = [
            RepReport(
                rep=k + 1,
                start_s=float(time[r.start]),
                bottom_s=float(time[r.bottom]),
                end_s=float(time[r.end]),
                hip_flexion_deg=hip,
                hip_flexion_se_deg=3.0,
                lumbar_flexion_deg=known,
                lumbar_flexion_se_deg=None if known is None else 4.0,
                knee_flexion_deg=10.0,
                trunk_inclination_deg=hip + (known or 0.0),
                hip_share=None if known is None else hip / (hip + known),
                descent_s=1.4,
                bottom_hold_s=0.2,
                ascent_s=1.4,
                score=None if known is None else score,
                score_se=None if known is None else score_se,
                faults=["lumbar_flexion", "neck"] if rounding else [],
            )
            for k, r in enumerate(spans)
        ]
        faults = []
        if rounding and rows:
            faults.append(
                Fault(
                    code="lumbar_flexion",
                    reps=[r.rep for r in rows],
                    time_s=rows[0].bottom_s,
                    value=float(lumbar),
                    limit=20.0,
                    unit="deg",
                    confidence=0.9,
                    severity="marked",
                )
            )
        report = HingeReport(
            status="analysed",
            refusal=None,
            findings=[],
            view=ViewReport(facing="right", near_side="right", yaw_deg=3, yaw_se_deg=4),
            reps=rows,
            summary=Summary(
                reps=reps,
                hip_flexion_deg=hip,
                lumbar_flexion_deg=known,
                lumbar_flexion_se_deg=None,
                hip_share=None,
                score=None if known is None else score,
                score_se=None if known is None else score_se,
            ),
            faults=faults,
            cues=Cues(client=[], clinician=[], ear=["Chest long, hips back"] if rounding else []),
            protocol=ProtocolReport(name="bow", title="Waiter's bow", sha256="2" * 64),
            provenance=None,
        )
        return Analysis(track, measurement, report)

    return build


@pytest.fixture
def picture() -> Callable[[Analysis, float], npt.NDArray[np.uint8]]:
    """Return the stick figure's frame at a time: grey room, figure, a checkered face."""

    def draw(analysis: Analysis, time_s: float) -> npt.NDArray[np.uint8]:
        width, height = analysis.track.info.frame_size
        rgb = np.full((height, width, 3), 110, np.uint8)
        k = int(np.abs(analysis.track.time_s - time_s).argmin())
        marks = analysis.track.landmarks[k, :, :2]
        if np.isfinite(marks[0, 0]):
            for a, b in ((27, 25), (25, 23), (23, 11), (11, 7)):
                cv2.line(rgb, tuple(map(int, marks[a])), tuple(map(int, marks[b])), (60, 70, 120), height // 18)
            x, y = (int(v) for v in marks[:11].mean(axis=0))
            reach = max(4, height // 24)
            for i in range(-reach, reach + 1):
                for j in range(-reach, reach + 1):
                    if i * i + j * j <= reach * reach and 0 <= y + j < height and 0 <= x + i < width:
                        rgb[y + j, x + i] = 255 if (i // 2 + j // 2) % 2 else 0
        return rgb

    return draw
